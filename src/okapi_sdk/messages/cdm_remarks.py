"""Radii that a CDM states in remarks, since the standard has no keyword for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .cdm_object import CdmBlock

_REMARKS = {
    "COMMENT_OPERATOR_HARD_BODY_RADIUS": re.compile(r"hard[ _-]*body[ _-]*radius|HBR\b", re.IGNORECASE),
    "COMMENT_EXCLUSION_VOLUME_RADIUS": re.compile(r"exclusion[ _-]*volume[ _-]*radius", re.IGNORECASE),
}
_BOTH_OBJECTS = re.compile(r"HBR\b", re.IGNORECASE)


def radius_remarks(blocks: Iterable[tuple[str, CdmBlock]]) -> dict[str, str]:
    """Return the remarks on radii under the keys that Space-Track's format has for them.

    Without such a key, JSON would lose the remark, because comments are part of KVN only. ``HBR``, stated once for
    both objects, goes to the first one.
    """
    remarks: dict[str, str] = {}
    for prefix, block in reversed(list(blocks)):
        for key, pattern in _REMARKS.items():
            stated = getattr(block, key.lower(), None)
            texts = [stated] if stated else [text for text in _comments(block) if pattern.search(text)]
            if not prefix:
                texts = [text for text in texts if _BOTH_OBJECTS.match(text)]
            if texts:
                remarks.setdefault(f"{prefix or 'SAT1_'}{key}", texts[0])
    return remarks


def _comments(block: CdmBlock) -> Iterator[str]:
    for name in type(block).model_fields:
        value = getattr(block, name)
        if isinstance(value, tuple):
            yield from value
