"""estimate-risk: the collision risk of the conjunction that a CDM describes.

The result is the platform's, `risk_estimations` with a list of records; kilometres, but metres for the radii. What no
published source says, and how it is taken here:

* the tag of that list, `risk_estimations.json`, is the emulator's own, as are the directions of the encounter plane
  (see `encounter`) and the rule for `criticality`: critical from a probability of 1e-4 on, which is the platform's
  default of a satellite's accepted probability, to be observed from a hundredth of it on;
* a scaling range makes one record for each of its values, and several ranges one for each combination. A factor
  multiplies the variance along its axis, and the covariances with that axis by its square root;
* where the radius of one object is known and that of the other is not, the other counts as a point, with a WARNING.
"""

from __future__ import annotations

import itertools
import math
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np

from ..bodies.cdm import COVARIANCE, RADIUS, STATE, Cdm
from ..bodies.requests import Overrides, RiskRequest
from ..engines.encounter import Array, Encounter, rtn
from ..engines.frames import to_gcrf
from ..engines.instants import Instants, iso
from ..engines.probability import METHODS, Estimate, disc, estimate
from ..protocol.envelopes import Document, NoResultError, Outcome, Status
from ..store.tables import Context

ACCEPTED = 1e-4
_PREFIXES = ("SAT1_", "SAT2_")
_AXES = ("r", "t", "n")
_RATES = ("r_dot", "t_dot", "n_dot")
# Radians. Published Monte Carlo results depart from the plane integral by 4 % and more from 0.5 on, below 0.2 by less
# than 1 %.
_LONGEST_ARC = 0.3
_MOST_REMARKS = 8
# Covariances are printed with ten digits or fewer.
_ROUNDING = 1e-6
# Kilometres from the centre, and kilometres per second.
_NEAREST, _FARTHEST, _FASTEST = 1e2, 1e7, 1e2
_COMMENTS = {
    "maximum-probability": "The largest value of ALFRIEND-1999 over all scales of the covariance (Alfriend et al., "
    "Space Debris 1, 1999). No source says which definition the platform takes.",
}


@dataclass(frozen=True)
class Body:
    """One object at the time of closest approach: GCRF, km and km/s; `covariance` of position along its own R, T, N in
    km², `speed_covariance` of velocity in km²/s² if the message states one; `radius` in metres if it is known.
    """

    name: str
    designator: str
    position: Array
    velocity: Array
    covariance: Array
    speed_covariance: Array | None
    radius: float | None


@dataclass(frozen=True)
class Conjunction:
    """Two bodies, and what the message says about itself."""

    tca: datetime
    created: datetime | None
    originator: str
    bodies: tuple[Body, Body]

    @property
    def encounter(self) -> Encounter:
        """Their relative motion."""
        first, second = self.bodies
        return Encounter(first.position, first.velocity, second.position, second.velocity)

    @property
    def radius(self) -> float:
        """The sum of the radii in metres, where the one that is not known counts nothing."""
        return sum(body.radius or 0.0 for body in self.bodies)


def estimate_risk(request: RiskRequest, context: Context, method: str) -> Outcome:
    """One record for each method and each combination of scaling factors."""
    overrides = request.overrides
    if overrides.unclear:
        raise NoResultError(
            f"overrides: no source says in which unit the platform takes {overrides.unclear[0]}, so the emulator does "
            "not apply it. Leave it out, or change the states of the CDM.",
            input_problem=True,
        )
    conjunction = conjunction_of(request.cdm, overrides.radii)
    if not conjunction.radius:
        raise NoResultError(
            "Neither the CDM nor the overrides state a hard-body radius above zero. Send overrides with "
            f"SAT1_HARD_BODY_RADIUS and SAT2_HARD_BODY_RADIUS in metres, or a CDM with SAT1_{RADIUS}.",
            input_problem=True,
        )
    records, remarks, doubtful = [], [], False
    for factors in _combinations(overrides):
        for one in tuple(METHODS) if method == "all-methods" else (method,):
            found, said = record(conjunction, one, str(uuid.uuid4()), factors)
            records.append(found)
            doubtful = doubtful or said.doubtful
            if said.remark:
                remarks.append(f"{one.upper()}: {said.remark}.")
    doubts = _doubts(request.cdm, conjunction)
    text = [
        "Computed by the okapi-sdk emulator for straight relative motion:",
        f"{len(records)} {'record' if len(records) == 1 else 'records'}, combined radius {conjunction.radius:g} m.",
        *(["PATERA-2003 is not computed."] if method == "all-methods" else []),
        *(["Scaling factors multiply variances; no source says if the platform's do."] if overrides.scales else []),
        *doubts,
        *remarks[:_MOST_REMARKS],
        *(["The records' comments say more."] if len(remarks) > _MOST_REMARKS else []),
    ]
    status = Status("WARNING" if doubts or doubtful else "NONE", " ".join(text))
    content = {"type": "risk_estimations.json", "content": records}
    return Outcome(status, {"simple": Document("risk_estimations", content)})


def _doubts(cdm: Cdm, conjunction: Conjunction) -> list[str]:
    """What speaks against the result, in sentences."""
    found = []
    for number, body in enumerate(conjunction.bodies, 1):
        if body.radius is None:
            found.append(f"Object {number} has no radius and counts as a point.")
        variances = np.linalg.eigvalsh(body.covariance)
        if variances[0] < -_ROUNDING * abs(variances[-1]):
            found.append(f"The covariance of object {number} is not positive definite.")
    miss, stated = conjunction.encounter.miss_distance * 1000, cdm.number("MISS_DISTANCE")
    if stated is not None and abs(miss - stated) > max(1.0, stated / 100):
        found.append(f"The CDM states a miss distance of {stated:g} m, its states have {miss:.6g} m.")
    if (arc := _arc(conjunction)) > _LONGEST_ARC:
        found.append(
            f"The encounter is slow: it lasts for {math.degrees(arc):.0f} degrees of an orbit, and relative motion is "
            "not straight so long. The true probability can be a multiple of these."
        )
    return found


def _arc(conjunction: Conjunction) -> float:
    """Radians of its orbit that the first object flies while the second crosses three standard deviations."""
    encounter = conjunction.encounter
    along = (encounter.velocity2 - encounter.velocity1) / encounter.relative_speed
    first, second = _inertial(conjunction)
    deviation = math.sqrt(max(0.0, float(along @ (first + second) @ along)))
    momentum = np.linalg.norm(np.cross(encounter.position1, encounter.velocity1))
    rate = float(momentum / (encounter.position1 @ encounter.position1))
    return rate * 2 * (3 * deviation + conjunction.radius / 1000) / encounter.relative_speed


def conjunction_of(cdm: Cdm, radii: tuple[float | None, float | None] = (None, None)) -> Conjunction:
    """The conjunction in a message, with `radii` in place of its own. Raises NoResultError naming what is missing."""
    tca = cdm.time("TCA")
    if tca is None:
        raise _missing("TCA")
    frames = {cdm.frame(prefix) for prefix in _PREFIXES}
    if len(frames) > 1 and "ITRF" in frames:
        raise NoResultError(
            "One state is in ITRF and the other is not: without polar motion the emulator cannot compare them to a "
            "metre. Send both in one frame.",
            input_problem=True,
        )
    first, second = (_body(cdm, prefix, tca, radius) for prefix, radius in zip(_PREFIXES, radii, strict=True))
    if not np.linalg.norm(second.velocity - first.velocity) > 1e-9:
        raise NoResultError("Both objects have the same velocity, so there is no encounter plane.", input_problem=True)
    return Conjunction(tca, cdm.time("CREATION_DATE"), cdm.text("ORIGINATOR") or "Unspecified", (first, second))


def _body(cdm: Cdm, prefix: str, tca: datetime, radius: float | None) -> Body:
    frame = cdm.frame(prefix)
    if frame is None:
        raise _missing(f"{prefix}REF_FRAME")
    state = np.array([_number(cdm, f"{prefix}{name}") for name in STATE])
    if not (_NEAREST < math.hypot(*state[:3]) < _FARTHEST and 0 < math.hypot(*state[3:]) < _FASTEST):
        raise NoResultError(f"{prefix}X to {prefix}Z_DOT are no orbit of the Earth in km and km/s.", input_problem=True)
    at = Instants(tca, np.zeros(1))
    position, velocity = to_gcrf(frame, at, state[:3, np.newaxis], state[3:, np.newaxis])
    covariance = _lower([[_number(cdm, f"{prefix}{name}") for name in row] for row in COVARIANCE[:3]]) / 1e6
    if np.abs(covariance).max() > _FARTHEST**2 or not np.linalg.norm(np.cross(position.T, velocity.T)) > 1e-6:
        raise NoResultError(f"{prefix}: covariance or state are none of an orbit around the Earth.", input_problem=True)
    return Body(
        name=cdm.text(f"{prefix}OBJECT_NAME") or "Unspecified",
        designator=cdm.text(f"{prefix}OBJECT_DESIGNATOR") or "Unspecified",
        position=position[:, 0],
        velocity=velocity[:, 0],
        covariance=covariance,
        speed_covariance=_speed_covariance(cdm, prefix),
        radius=_radius(cdm, prefix) if radius is None else radius,
    )


def _speed_covariance(cdm: Cdm, prefix: str) -> Array | None:
    rows = [[cdm.number(f"{prefix}{name}") for name in row[3:]] for row in COVARIANCE[3:]]
    if any(value is None for row in rows for value in row):
        return None
    return _lower([[value or 0.0 for value in row] for row in rows]) / 1e6


def _radius(cdm: Cdm, prefix: str) -> float | None:
    found = cdm.radius(prefix)
    if found is None and (text := cdm.text(f"{prefix}{RADIUS}")) is not None:
        raise NoResultError(
            f"{prefix}{RADIUS} is {text[:80]!r}, not a number of metres. Send overrides with {prefix}HARD_BODY_RADIUS.",
            input_problem=True,
        )
    return found


def _lower(rows: list[list[float]]) -> Array:
    """The symmetric matrix that a lower triangle stands for."""
    found = np.zeros((len(rows), len(rows)))
    for index, row in enumerate(rows):
        found[index, : index + 1] = found[: index + 1, index] = row
    return found


def _number(cdm: Cdm, key: str) -> float:
    found = cdm.number(key)
    if found is None:
        raise _missing(key)
    return found


def _missing(key: str) -> NoResultError:
    return NoResultError(f"The CDM does not state {key}, which a collision probability needs.", input_problem=True)


Factors = Mapping[tuple[str, str], float]


def _combinations(overrides: Overrides) -> Iterator[Factors]:
    for values in itertools.product(*overrides.scales.values()):
        yield dict(zip(overrides.scales, values, strict=True))


def _scaled(conjunction: Conjunction, factors: Factors) -> Conjunction:
    """The conjunction with the covariances of the positions scaled."""
    bodies = []
    for body, prefix in zip(conjunction.bodies, _PREFIXES, strict=True):
        roots = np.sqrt([factors.get((prefix, axis.upper()), 1.0) for axis in _AXES])
        bodies.append(replace(body, covariance=body.covariance * np.outer(roots, roots)))
    return replace(conjunction, bodies=(bodies[0], bodies[1]))


def _inertial(conjunction: Conjunction) -> list[Array]:
    """The covariances of both positions in GCRF."""
    frames = [rtn(body.position, body.velocity) for body in conjunction.bodies]
    return [frame.T @ body.covariance @ frame for frame, body in zip(frames, conjunction.bodies, strict=True)]


def record(
    unscaled: Conjunction, method: str, id_: str, factors: Factors = MappingProxyType({})
) -> tuple[dict[str, Any], Estimate]:
    """A risk estimation by one method, and what that had to say. Raises NoResultError."""
    conjunction = _scaled(unscaled, factors)
    encounter, (first, second) = conjunction.encounter, conjunction.bodies
    miss, covariance = encounter.projected(*_inertial(conjunction))
    both = disc(miss, covariance, conjunction.radius / 1000)
    found = estimate(method, both)
    created = conjunction.created
    return {
        "risk_estimation_id": id_,
        **({} if created is None else {"creation_date": iso(created)}),
        "originator": conjunction.originator,
        "tca": iso(conjunction.tca),
        "collision_probability": found.probability,
        "collision_probability_method": method.upper(),
        "mahalanobis_distance": math.sqrt(both.squared_distance),
        "miss_distance": encounter.miss_distance,
        "relative_speed": encounter.relative_speed,
        "sat1_hard_body_radius": first.radius,
        "sat2_hard_body_radius": second.radius,
        **dict(zip(_AXES, encounter.relative_position.tolist(), strict=True)),
        **dict(zip(_RATES, encounter.relative_velocity.tolist(), strict=True)),
        **_deviations(conjunction, _AXES, [body.covariance for body in conjunction.bodies]),
        **_deviations(conjunction, _RATES, [body.speed_covariance for body in conjunction.bodies]),
        **{
            f"{prefix.lower()}covariance_{axis}_scaling_factor": factors.get((prefix, axis.upper()), 1.0)
            for prefix in _PREFIXES
            for axis in _AXES
        },
        "b_plane_x": float(miss[0]),
        "b_plane_y": float(miss[1]),
        "b_plane_xx": float(covariance[0, 0]),
        "b_plane_xy": float(covariance[0, 1]),
        "b_plane_yy": float(covariance[1, 1]),
        "b_plane_yx": float(covariance[1, 0]),
        "sat1_state_at_tca": _opm(first, conjunction.tca),
        "sat2_state_at_tca": _opm(second, conjunction.tca),
        "criticality": _criticality(found.probability),
        "suggested": True,
        "comment": " ".join(filter(None, (_COMMENTS.get(method), found.remark and f"{found.remark}."))),
        "based_on": "UNKNOWN",
    }, found


def _deviations(conjunction: Conjunction, axes: tuple[str, ...], covariances: list[Array | None]) -> dict[str, Any]:
    """Standard deviations of the relative motion along the first object's directions; None where one is not known."""
    variances: list[float | None] = [None] * len(axes)
    known = [covariance for covariance in covariances if covariance is not None]
    if len(known) == len(covariances):
        frames = [rtn(body.position, body.velocity) for body in conjunction.bodies]
        turned = [frames[0] @ frame.T for frame in frames]
        parts = [turn @ covariance @ turn.T for turn, covariance in zip(turned, known, strict=True)]
        variances = np.diag(parts[0] + parts[1]).tolist()
    return {
        f"{axis}_std": None if variance is None or variance < 0 else math.sqrt(variance)
        for axis, variance in zip(axes, variances, strict=True)
    }


def _criticality(probability: float | None) -> str | None:
    if probability is None:
        return None
    return "critical" if probability >= ACCEPTED else "observe" if probability >= ACCEPTED / 100 else "non_critical"


def _opm(body: Body, epoch: datetime) -> dict[str, Any]:
    return {
        "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0, "ORIGINATOR": "okapi-sdk emulator"},
        "OPM_META_DATA": {
            "OBJECT_NAME": body.name,
            "OBJECT_ID": body.designator,
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "GCRF",
            "TIME_SYSTEM": "UTC",
        },
        "OPM_DATA": {
            "EPOCH": iso(epoch),
            **dict(zip(STATE, (*body.position.tolist(), *body.velocity.tolist()), strict=True)),
        },
    }
