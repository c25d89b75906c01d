"""generate-maneuver: maneuvers of the first object that bring the risk of a conjunction down to the accepted one.

No source shows the body of a request or says how the platform designs maneuvers. The result has the platform's keys.
The emulator does the following:

* The first object of the newest CDM of the conjunction maneuvers. It must be a stored satellite, whose mass, thrust and
  accepted collision probability apply; `thrust_limits` says when it may thrust.
* `strategy_name` is `short_term` for thrust within the last revolution before the closest approach and `long_term` for
  earlier thrust, at most 12 hours or two revolutions before. Those in the satellite's `maneuver_strategy` are computed.
* For each, the smallest maneuver along the orbit and the smallest across it is designed to first order; see
  `engines.avoidance`. One along the radial direction, or in any direction, is added if it is smaller than those.
* Each is then propagated numerically with its thrust, and its risk is estimated at the closest approach that results,
  with the covariance of the CDM and the satellite's thrust errors. It is enlarged until that risk is small enough.
* `maneuver_file` has the state a minute before the first ignition, with the thrust as accelerations along R, T, N.
* The maneuvers are ranked by `thrust_total`; the smallest is `suggested`. They are stored with the conjunction, if it
  is stored, and the suggested one is added to `maneuver-plans`.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from ..bodies.cartesian import STATE
from ..bodies.cdm import Cdm
from ..bodies.generate_maneuver import ManeuverRequest
from ..engines.arrays import Array
from ..engines.avoidance import Avoidance, Burn, Spans
from ..engines.avoided_conjunction import Flown, FreeFlight
from ..engines.errors import PropagationError, UnusableInputError
from ..engines.instants import iso
from ..engines.kepler import GRAVITY
from ..engines.numerical import Forces, InitialState, NumericalMotion
from ..engines.thrust_effect import ThrustEffect
from ..store.tables import Store
from .cdm_conjunction import CdmConjunction, conjunction_of
from .doubts import input_objection, message_doubts, plane_objection
from .outcome import Context, Listing, NewElement, NoResultError, Outcome, Status, engine_errors_as_fatal
from .risk_record import risk_records
from .stored_conjunction import newest_cdm, owner_of
from .stored_elements import satellite_of
from .thrust_limits import ThrustLimits

_METHOD = "foster-1992"
_LONGEST_LEAD = timedelta(hours=12)
# The state of an OPM is a minute before its first maneuver.
_BEFORE_OPM = timedelta(seconds=120)
_STRATEGIES = ("short_term", "long_term")
# The design is accurate to about 0.1 %, so most maneuvers need no second propagation.
_AIM = 0.995
_MOST_ROUNDS = 5
# A maneuver in any direction is listed only if it is smaller than those along an axis by more than this share.
_WORTHWHILE = 0.02
_EVALUATIONS = "conjunctions/{conjunction_id}/maneuver-evals"


@dataclass(frozen=True)
class _Problem:
    """A conjunction, the satellite that is to avoid it, and the probability that it accepts."""

    conjunction: CdmConjunction
    limits: ThrustLimits
    accepted: float


@dataclass(frozen=True)
class _Found:
    """A maneuver that was flown, with its strategy and its direction in words."""

    strategy: str
    direction: str
    flown: Flown


def generate_maneuver(request: ManeuverRequest, context: Context) -> Outcome:
    """Design maneuvers, or say why there are none."""
    conjunction_id, cdm = _message(request, context.store)
    if request.overrides.unclear or request.overrides.scales:
        raise NoResultError(
            "overrides: a maneuver takes hard-body radii only, no positions or scaling ranges. Omit the others.",
            input_problem=True,
        )
    conjunction = conjunction_of(cdm, request.overrides.radii)
    limits = ThrustLimits(_satellite(context.store, conjunction.designators[0]), request.constraints)
    problem = _Problem(conjunction, limits, limits.accepted_probability)
    present = _present_probability(problem)
    beside: dict[str, Any] = limits.echoed()
    if request.constraints.stated is not None:
        beside = {"maneuver_constraints": request.constraints.stated, **beside}
    if present <= problem.accepted:
        text = (
            f"No maneuver is needed: the collision probability is {present:.3g}, and the satellite accepts "
            f"{problem.accepted:.3g}."
        )
        return Outcome(Status("REMARK", text), {"simple": Listing("cam_result_data", [], beside)})
    flight, avoidance = _flight(problem, context)
    found = sorted(_designed(problem, flight, avoidance), key=lambda one: one.flown.speed_change)
    rows = [_row(problem, one, number) for number, one in enumerate(found, 1)]
    doubts = message_doubts(cdm, conjunction.geometry)
    text = " ".join((_summary(found, present, problem), *_method_words(limits), *doubts))
    return Outcome(
        Status("NONE" if found and not doubts else "WARNING", text),
        {"simple": Listing("cam_result_data", rows, beside)},
        _stored(rows, conjunction_id),
    )


def _message(request: ManeuverRequest, store: Store) -> tuple[str | None, Cdm]:
    """Return the ID of the stored conjunction, if it is stored, and its newest CDM."""
    if request.cdm is not None:
        return owner_of(store, request.cdm), request.cdm
    id_ = request.conjunction_id or ""
    return id_, newest_cdm(store, id_)


def _satellite(store: Store, designator: str) -> Mapping[str, Any]:
    if satellite := satellite_of(designator, store):
        return satellite
    raise NoResultError(
        f"No stored satellite has the NORAD ID {designator!r}, the designator of the first object in the CDM. Its "
        "mass, thrust and accepted risk are needed. Add the satellite first.",
        input_problem=True,
    )


def _present_probability(problem: _Problem) -> float:
    """Return the probability without a maneuver.

    Raises:
        NoResultError: if the methods of the encounter plane do not hold.
    """
    geometry = problem.conjunction.geometry
    if not geometry.radius_m:
        raise NoResultError(
            "Neither the CDM nor the overrides state a hard-body radius above zero. Send overrides with "
            "SAT1_HARD_BODY_RADIUS and SAT2_HARD_BODY_RADIUS in metres.",
            input_problem=True,
        )
    if not problem.accepted > 0:
        raise NoResultError(
            f"accepted_collision_probability of the satellite is {problem.accepted:g}. No maneuver makes a probability "
            "zero. Set one above zero.",
            input_problem=True,
        )
    with engine_errors_as_fatal():
        probability = geometry.assess(_METHOD).estimate.probability
    if objection := input_objection(geometry) or plane_objection(geometry):
        raise NoResultError(f"{objection} No maneuver is designed from it.", input_problem=True)
    return probability or 0.0


def _flight(problem: _Problem, context: Context) -> tuple[FreeFlight, Avoidance]:
    conjunction, limits = problem.conjunction, problem.limits
    geometry, tca = conjunction.geometry, conjunction.tca
    thruster, spacecraft, forces = limits.thruster, limits.spacecraft, Forces()
    earliest = limits.earliest(context.created, conjunction.created, tca, context.store)
    period = _period(geometry.first.position, geometry.first.velocity)
    spans = limits.windows(tca, max(tca - max(_LONGEST_LEAD, timedelta(seconds=2 * period)), earliest))
    # The identity is no covariance of the object: with one, the motion has transition matrices.
    initial = InitialState(tca, geometry.first.position, geometry.first.velocity, np.eye(6))
    begin = tca + timedelta(seconds=spans[0][0] - limits.time_in_sun) - _BEFORE_OPM
    motion = NumericalMotion(initial, spacecraft, forces, begin, tca)
    spans = limits.sunlit(spans, motion, tca)
    avoidance = Avoidance(geometry, ThrustEffect(motion, tca, spans[0][0]), thruster, Spans(spans), period)
    return FreeFlight(geometry, tca, motion, spacecraft, forces), avoidance


def _period(position: Array, velocity: Array) -> float:
    """Return the seconds of one revolution. A state that is not on an ellipse has no valid risk, and was refused."""
    axis = 1 / (2 / float(np.linalg.norm(position)) - float(velocity @ velocity) / GRAVITY)
    return 2 * math.pi * math.sqrt(axis**3 / GRAVITY)


def _designed(problem: _Problem, flight: FreeFlight, avoidance: Avoidance) -> Iterator[_Found]:
    strategies = _strategies(problem)
    period = _period(flight.conjunction.first.position, flight.conjunction.first.velocity)
    for strategy, times in (("long_term", (-math.inf, -period)), ("short_term", (-period, 0.0))):
        if strategy not in strategies:
            continue
        aim = _AIM * problem.accepted
        burns = {name: avoidance.smallest(aim, times, name) for name in ("transverse", "normal")}
        for name, share in (("radial", 1.0), ("best", 1 - _WORTHWHILE)):
            smallest = min((_size(burn) for burn in burns.values() if burn), default=math.inf)
            other = avoidance.smallest(aim, times, None if name == "best" else name)
            if other is not None and _size(other) < share * smallest:
                burns[name] = other
        for name, burn in burns.items():
            flown = None if burn is None else _flown(flight, avoidance, burn, problem.accepted)
            if burn is not None and flown is not None:
                yield _Found(strategy, _direction_words(name, burn), flown)


def _strategies(problem: _Problem) -> list[str]:
    """Return the names of the satellite's strategies: a list, or the text of 2021 with both names."""
    stated = problem.limits.satellite.get("maneuver_strategy") or _STRATEGIES
    known = [name for name in _STRATEGIES if name in str(stated)]
    if not known:
        raise NoResultError(
            f"maneuver_strategy of the satellite is {str(stated)[:80]}. Set {' or '.join(_STRATEGIES)}.",
            input_problem=True,
        )
    return known


def _size(burn: Burn) -> float:
    return burn.duration * burn.phases


def _flown(flight: FreeFlight, avoidance: Avoidance, burn: Burn, accepted: float) -> Flown | None:
    """Return a maneuver after which the estimated probability is low enough, or None if there is none."""
    aim, larger = _AIM * accepted, burn
    for _ in range(_MOST_ROUNDS):
        try:
            flown = flight.flown(avoidance, larger)
        except (PropagationError, UnusableInputError):
            return None
        probability = flown.conjunction.assess(_METHOD).estimate.probability
        if probability is not None and probability <= accepted:
            return flown
        aim *= _AIM * accepted / (probability or math.inf)
        refined = avoidance.refined(aim, burn)
        if refined is None:
            return None
        larger = refined
    return None


def _direction_words(name: str, burn: Burn) -> str:
    radial, transverse, normal = burn.direction.tolist()
    if name == "best":
        return f"in the direction {radial:.2f}, {transverse:.2f}, {normal:.2f} along R, T, N"
    ways = {"radial": ("up", "down"), "transverse": ("forward", "backward"), "normal": ("to the left", "to the right")}
    return f"{ways[name][radial + transverse + normal < 0]} ({name})"


def _row(problem: _Problem, found: _Found, number: int) -> dict[str, Any]:
    flown, conjunction = found.flown, problem.conjunction
    after = replace(conjunction, tca=flown.tca, geometry=flown.conjunction)
    (record,) = risk_records(after, (_METHOD,))
    lead = (conjunction.tca - flown.thrusts[0].start).total_seconds()
    period = _period(flown.position, flown.velocity)
    phases = f" in {len(flown.thrusts)} phases" if len(flown.thrusts) > 1 else ""
    return {
        "id": str(uuid.uuid4()),
        "strategy_number": number,
        "strategy_name": found.strategy,
        "maneuver_file": _opm(problem, flown),
        "new_risk_estimation": record.content,
        "thrust_total": flown.speed_change * 1000,
        "delta_sma": flown.axis_change,
        "suggested": number == 1,
        "dismissed": False,
        "comment": (
            f"Thrust {found.direction}{phases}, first {lead / period:.2f} revolutions before the TCA. The new miss "
            f"distance is {flown.conjunction.encounter.miss_distance:.3f} km."
        ),
    }


def _opm(problem: _Problem, flown: Flown) -> dict[str, Any]:
    conjunction, spacecraft = problem.conjunction, problem.limits.spacecraft
    return {
        "OPM_HEADER": {"CCSDS_OPM_VERS": 2.0, "ORIGINATOR": "okapi-sdk emulator"},
        "OPM_META_DATA": {
            "OBJECT_NAME": conjunction.names[0],
            "OBJECT_ID": conjunction.designators[0],
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "GCRF",
            "TIME_SYSTEM": "UTC",
        },
        "OPM_DATA": {
            "EPOCH": iso(flown.epoch),
            **dict(zip(STATE, (*flown.position.tolist(), *flown.velocity.tolist()), strict=True)),
            "MASS": spacecraft.mass,
            "SOLAR_RAD_COEFF": spacecraft.radiation_coefficient,
            "DRAG_AREA": spacecraft.area,
            "DRAG_COEFF": spacecraft.drag_coefficient,
            "MANEUVERS": [
                {
                    "MAN_EPOCH_IGNITION": iso(thrust.start),
                    "MAN_DURATION": thrust.duration,
                    "MAN_REF_FRAME": "RTN",
                    **{f"USER_DEFINED_MAN_A_{axis}": value for axis, value in enumerate(thrust.acceleration, 1)},
                }
                for thrust in flown.thrusts
            ],
        },
    }


def _summary(found: list[_Found], present: float, problem: _Problem) -> str:
    risk = f"from {present:.3g} to {problem.accepted:.3g}, which the satellite accepts"
    if not found:
        thruster = problem.limits.thruster
        return (
            f"No maneuver within the constraints lowers the collision probability {risk}. Phases of thrust take "
            f"{thruster.shortest:g} to {thruster.longest:g} s at {thruster.acceleration * 1e6:.3g} mm/s². Allow longer "
            "or earlier thrust."
        )
    count = f"{len(found)} maneuvers lower" if len(found) > 1 else "One maneuver lowers"
    return f"{count} the collision probability {risk}, or below."


def _method_words(limits: ThrustLimits) -> list[str]:
    spacecraft = limits.spacecraft
    return [
        "Designed and verified by the okapi-sdk emulator with FOSTER-1992 and the library brahe, a stand-in for the "
        f"platform's propagator (mass {spacecraft.mass:g} kg, area {spacecraft.area:g} m², coefficients of drag "
        f"{spacecraft.drag_coefficient:g} and radiation pressure {spacecraft.radiation_coefficient:g}).",
        "No source says how the platform designs maneuvers.",
    ]


def _stored(rows: list[dict[str, Any]], conjunction_id: str | None) -> tuple[NewElement, ...]:
    if conjunction_id is None:
        return ()
    owner = ("conjunctions", conjunction_id)
    evaluations = [NewElement(_EVALUATIONS, "id", row, owner) for row in rows]
    plans = [
        NewElement(
            "maneuver-plans",
            "maneuver_plan_id",
            {
                "maneuver_plan_id": str(uuid.uuid4()),
                "type": "opm.json",
                "content": row["maneuver_file"],
                "conjunction_id": conjunction_id,
                "maneuver_eval_id": row["id"],
            },
            owner,
        )
        for row in rows
        if row["suggested"]
    ]
    return (*evaluations, *plans)
