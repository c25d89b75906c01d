"""Doubts about the numbers of a conjunction."""

from __future__ import annotations

from ..bodies.cdm import Cdm
from ..engines.conjunction import Conjunction

# In km. No orbit is predicted so well that all deviations are below the first, or two of them below the second.
_SMALLEST_LARGEST, _SMALLEST_MIDDLE = 1e-3, 1e-4
# States are printed to a millisecond and a metre, so they may be this many seconds and km off the closest approach.
_LARGEST_TIME_OFF, _LARGEST_DISTANCE_OFF = 0.01, 0.01


def input_objection(geometry: Conjunction) -> str | None:
    """The reason why no method holds for a conjunction, as a sentence, or None."""
    for number, one in enumerate(geometry.objects, 1):
        if not one.covariance_is_valid:
            return f"The covariance of object {number} is not positive definite."
        _, middle, largest = sorted(one.deviations.tolist())
        if largest < _SMALLEST_LARGEST or middle < _SMALLEST_MIDDLE:
            stated = ", ".join(f"{deviation * 1000:.2g}" for deviation in one.deviations)
            return (
                f"The covariance of object {number} has standard deviations of {stated} m along R, T, N, but no orbit "
                "is predicted that well. A CDM states covariances in m², not km²."
            )
    encounter = geometry.encounter
    seconds = encounter.seconds_to_closest
    along = abs(seconds) * encounter.relative_speed
    if abs(seconds) > _LARGEST_TIME_OFF and along > max(_LARGEST_DISTANCE_OFF, encounter.miss_distance / 100):
        side = "later" if seconds > 0 else "earlier"
        return (
            f"The states are not at the closest approach, which is {abs(seconds):.3g} s {side}, {along:.4g} km along "
            "the relative velocity. Send states at the TCA."
        )
    return None


def plane_objection(geometry: Conjunction) -> str | None:
    """The reason why no method of the encounter plane holds for a conjunction, as a sentence, or None."""
    if (reason := geometry.linearity.reason) is None:
        return None
    return (
        f"The integral over the encounter plane is not valid here, because {reason}. The true probability can be many "
        "times larger or smaller."
    )


def message_doubts(cdm: Cdm, geometry: Conjunction) -> list[str]:
    """Sentences on radii that a message omits and on a miss distance that contradicts its states."""
    doubts = [
        f"Object {number} has no radius and is treated as a point."
        for number, one in enumerate(geometry.objects, 1)
        if one.radius_m is None
    ]
    miss, stated = geometry.encounter.miss_distance * 1000, cdm.number("MISS_DISTANCE")
    if stated is not None and abs(miss - stated) > max(1.0, stated / 100):
        doubts.append(f"The CDM states a miss distance of {stated:g} m, but its states give {miss:.6g} m.")
    return doubts
