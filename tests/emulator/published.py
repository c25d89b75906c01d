"""Published collision probabilities: read where they are kept beside the repository, not part of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_NAME = Path("shared") / "reference" / "collision_probability.json"
_FOUND = next((path for parent in Path(__file__).parents if (path := parent / _NAME).is_file()), None)
_CONTENT: dict[str, list[dict[str, Any]]] = json.loads(_FOUND.read_text(encoding="utf-8")) if _FOUND else {}

needs_published_cases = pytest.mark.skipif(_FOUND is None, reason=f"no {_NAME} above this folder")


def planes() -> Iterator[tuple[str, dict[str, Any], float]]:
    """Encounter planes: name, the case, and the radius in the unit of its lengths; those that have an exact value."""
    for group in ("encounter_plane", "inertial", "cdm"):
        for case in _CONTENT.get(group, ()):
            if case.get("exact_2d") is not None:
                plane = case.get("encounter", case)
                yield case["name"], {**case, **plane}, case.get("radius", case.get("hard_body_radius_m"))


def messages() -> dict[str, dict[str, Any]]:
    """Conjunctions as messages give them, by name."""
    return {case["name"]: case for case in _CONTENT.get("cdm", ())}
