"""Comparison of two sightings of a conjunction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .sighting import ConjunctionSighting

Change = Literal["new", "worse", "better", "unchanged", "cleared", "passed"]
ORDER: tuple[Change, ...] = ("new", "worse", "better", "cleared", "passed", "unchanged")
_RANKS: Mapping[str | None, int] = {"non_critical": 0, "observe": 1, "critical": 2}
_NEGLIGIBLE = 1e-10


@dataclass(frozen=True)
class ConjunctionChange:
    """One conjunction in a `ConjunctionReport`: its change, the values reported last and the present ones."""

    change: Change
    """``new``, ``worse``, ``better``, ``unchanged``, ``cleared`` or ``passed``."""
    reasons: tuple[str, ...]
    """Why it is worse, better or cleared, in words."""
    before: ConjunctionSighting | None
    """The values reported last; None if it is new."""
    now: ConjunctionSighting | None
    """The present values; None if the conjunction is no longer listed."""

    @property
    def sighting(self) -> ConjunctionSighting:
        """The present values, or else the last ones."""
        found = self.now or self.before
        assert found is not None  # noqa: S101 - there is always one of them
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON data."""
        return {
            "change": self.change,
            "conjunction_id": self.sighting.conjunction_id,
            "reasons": list(self.reasons),
            "before": None if self.before is None else self.before.model_dump(mode="json"),
            "now": None if self.now is None else self.now.model_dump(mode="json"),
        }


@dataclass(frozen=True)
class ConjunctionReport:
    """The result of `ConjunctionWatch.check`: every conjunction with its change, the most urgent first."""

    checked_at: datetime
    """Time of the check, UTC."""
    conjunctions: tuple[ConjunctionChange, ...]
    """All conjunctions, also those without a change."""

    @property
    def changes(self) -> tuple[ConjunctionChange, ...]:
        """The conjunctions that are new, worse, better, cleared or passed."""
        return tuple(one for one in self.conjunctions if one.change != "unchanged")

    @property
    def alarming(self) -> bool:
        """True if a conjunction is new or worse."""
        return any(one.change in ("new", "worse") for one in self.conjunctions)


@dataclass(frozen=True)
class Factors:
    """The factors by which a value must change to be reported."""

    probability: float
    miss_distance: float

    def compare(self, before: ConjunctionSighting, now: ConjunctionSighting) -> ConjunctionChange:
        """Return the change between two sightings. If one value is worse and another better, it is worse."""
        steps = list(self._steps(before, now))
        worse = tuple(text for is_worse, text in steps if is_worse)
        change: Change = "worse" if worse else "better" if steps else "unchanged"
        return ConjunctionChange(change, worse or tuple(text for _, text in steps), before, now)

    def _steps(self, before: ConjunctionSighting, now: ConjunctionSighting) -> Iterator[tuple[bool, str]]:
        """Yield the values that have changed: True if for the worse, and the change in words."""
        old_rank, new_rank = _RANKS.get(before.criticality), _RANKS.get(now.criticality)
        if old_rank is not None and new_rank is not None and old_rank != new_rank:
            yield new_rank > old_rank, f"criticality from {before.criticality} to {now.criticality}"
        old, new = before.collision_probability, now.collision_probability
        if old is not None and new is None:
            yield True, f"probability was {old:.1e} and can no longer be computed"
        elif old is not None and new is not None and _differ(old, new, self.probability, _NEGLIGIBLE):
            yield new > old, f"probability from {old:.1e} to {new:.1e}"
        old, new = before.miss_distance_km, now.miss_distance_km
        if old is not None and new is not None and _differ(old, new, self.miss_distance, 0):
            yield new < old, f"miss distance from {old:.3f} km to {new:.3f} km"


def _differ(old: float, new: float, factor: float, least: float) -> bool:
    low, high = sorted((max(old, least), max(new, least)))
    return high > low and high >= factor * low


def urgency(change: ConjunctionChange) -> tuple[int, int, float]:
    """Return the sort key of a change: kind, then criticality, then probability, the most urgent first."""
    one = change.sighting
    return ORDER.index(change.change), -_RANKS.get(one.criticality, 3), -(one.collision_probability or 0.0)
