"""The table of features names tests that exist, and what no other test covers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line.split("|")
    for line in (ROOT / "docs/reference/features.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "`" in line
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1].strip()[:40])
def test_each_feature_has_tests_that_exist(row: list[str]) -> None:
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", row[3])
    assert named
    for path, name in named:
        source = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert not name or re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), f"{path}::{name}"


def test_the_glossary_explains_the_terms() -> None:
    page = (ROOT / "docs/what-okapi-does.md").read_text(encoding="utf-8")
    glossary = page[page.index("```{glossary}") :]
    for term in ("TLE", "OEM", "CDM", "TCA"):
        assert re.search(rf"^.*\b{term}\b.*\n(.+\n)*:? +\S", glossary, re.MULTILINE), term


def test_ci_runs_every_supported_python_on_three_systems() -> None:
    if not (ROOT / ".github").exists():
        pytest.skip("an sdist has no workflows")
    ci = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert all(f"{system}-latest" in ci for system in ("ubuntu", "macos", "windows"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [found[1] for text in project["classifiers"] if (found := re.fullmatch(r".*:: (3\.\d+)", text))]
    assert versions
    assert all(f'"{version}"' in ci for version in versions)
    publish = (ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8")
    assert 'tags: ["v*"]' in publish
