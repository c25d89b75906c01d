"""Objects that a client adds or changes: their bodies, and the objects that the platform creates from them.

Types are checked, and so are names if the platform's schema is known. Enumeration values are not checked, because the
platform may have added values since this code was written.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..bodies.fields import Fields, InputProblemError
from ..bodies.values import read_epoch, read_number
from .elements import Element
from .tables import Store


@dataclass(frozen=True)
class Addition:
    """A POST to a collection: its body, the options of its query string, and the time of its arrival."""

    body: object
    options: Mapping[str, bool]
    now: datetime
    store: Store


@dataclass(frozen=True)
class Added:
    """The response to a POST, and the elements to store: by default, the content of the response."""

    answer: Element
    elements: list[Element] = field(default_factory=list)


Check = tuple[str, Callable[[object], bool]]
_MISSING = object()

_TEXT: Check = ("text", lambda value: isinstance(value, str))
_FLAG: Check = ("true or false", lambda value: isinstance(value, bool))
_NUMBER: Check = ("a number", lambda value: not isinstance(value, str) and read_number(value) is not None)
_OBJECT: Check = ("an object", lambda value: isinstance(value, Mapping))
_TEXTS: Check = (
    "text or a list of texts",
    lambda value: isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)),
)
_INTEGERS: Check = (
    "a list of integers",
    lambda value: (
        isinstance(value, list) and all(isinstance(item, int) and not isinstance(item, bool) for item in value)
    ),
)

_REQUIRED = ("satellite_id", "name", "norad_ids", "space_track_status")
# By field: its check, and the default in the platform's schema, which is set in an added satellite.
_SATELLITE: Mapping[str, tuple[Check, object]] = {
    "satellite_id": (_TEXT, _MISSING),
    "name": (_TEXT, _MISSING),
    "info": (_TEXT, _MISSING),
    "norad_ids": (_INTEGERS, _MISSING),
    "area": (_NUMBER, 0.01),
    "drag_area": (_NUMBER, _MISSING),
    "mass": (_NUMBER, 1.3),
    "thrust_uncertainty": (_NUMBER, 0.0),
    "thrust_pointing_uncertainty": (_NUMBER, 0.0),
    "thrust_output": (_NUMBER, 0.0),
    "max_thrust_duration": (_NUMBER, 1.0),
    "min_thrust_duration": (_NUMBER, _MISSING),
    "in_sun_constraint": (_FLAG, False),
    "min_time_in_sun": (_NUMBER, _MISSING),
    "symmetric_manoeuvres": (_FLAG, False),
    "use_ground_station_passes": (_FLAG, _MISSING),
    "use_offset_cdm_and_earliest_maneuver": (_FLAG, True),
    "offset_cdm_and_earliest_maneuver": (_NUMBER, 25200),
    "use_min_time_till_pass": (_FLAG, _MISSING),
    "min_time_till_pass": (_NUMBER, 3600),
    "propulsion_type": (_TEXT, "continuous"),
    "accepted_collision_probability": (_NUMBER, 1e-4),
    "accepted_minimum_distance": (_NUMBER, 1.0),
    "use_ai_risk_prediction": (_FLAG, False),
    "space_track_status": (_TEXT, _MISSING),
    "space_track_status_other": (_TEXT, _MISSING),
    "space_track_company_name": (_TEXT, _MISSING),
    "space_track_poc_name": (_TEXT, _MISSING),
    "space_track_poc_address": (_TEXT, _MISSING),
    "space_track_login": (_TEXT, _MISSING),
    "active": (_FLAG, _MISSING),
    "maneuver_strategy": (_TEXTS, ["short_term", "long_term"]),
    "send_mail_notifications": (_FLAG, False),
    "send_slack_notifications": (_FLAG, False),
    "send_teams_notifications": (_FLAG, False),
    "slack_webhook": (_TEXT, _MISSING),
    "teams_webhook": (_TEXT, _MISSING),
    "gnss_sensor": (_OBJECT, _MISSING),
    "notification_verbosity": (_TEXT, "observe"),
    "enable_accepted_collision_probability_limit_recommendation": (_FLAG, _MISSING),
    "enable_miss_distance_recommendation": (_FLAG, _MISSING),
    "drag_maneuver_settings": (_OBJECT, _MISSING),
}


def new_satellite(addition: Addition) -> Added:
    """Add a satellite. The server assigns its ID and the schema's defaults; the satellite is not active.

    The platform takes the name from its catalogue; the emulator has no catalogue and keeps the name that was sent.
    """
    given = _read_satellite(addition.body)
    for name in _REQUIRED:
        if given.get(name) is None:
            hint = "; any UUID will do, as the server replaces it" if name == "satellite_id" else ""
            raise InputProblemError(f"{name} is missing{hint}")
    defaults = {name: default for name, (_, default) in _SATELLITE.items() if default is not _MISSING}
    return Added({**defaults, **given, "satellite_id": str(uuid.uuid4()), "active": False})


def changed_satellite(stored: Element, body: object) -> Element:
    """Change the fields of a satellite that a body names. A client cannot change the ID or `active`."""
    given = _read_satellite(body)
    if given.get("satellite_id", stored["satellite_id"]) != stored["satellite_id"]:
        raise InputProblemError("satellite_id differs from the ID in the path")
    for name in _REQUIRED:
        if name in given and given[name] is None:
            raise InputProblemError(f"{name} cannot be null")
    return {**stored, **given, "active": stored.get("active", False)}


def new_tdm(addition: Addition) -> Added:
    """Add a tracking data message, `{"tdm": {"type": "tdm.txt", "content": ...}}`, with values from its metadata."""
    fields = Fields(addition.body)
    pair = fields.fields("tdm")
    tag, content = pair.take("type"), pair.take("content")
    pair.finish()
    fields.finish()
    if not isinstance(tag, str) or not re.fullmatch(r"tdm\.\w+", tag):
        raise InputProblemError(f"tdm.type must be 'tdm.txt' or another TDM format, not {tag!r}")
    if not isinstance(content, str) or "CCSDS_TDM_VERS" not in content:
        raise InputProblemError("tdm.content must be the text of a TDM, which begins with CCSDS_TDM_VERS")
    element: dict[str, Any] = {
        "tdm_id": str(uuid.uuid4()),
        "insert_epoch": _milliseconds(addition.now),
        "tdm": {"type": tag, "content": content},
    }
    # Line by line: one expression for the whole text would try each of many blank lines again and again.
    pairs = (line.partition("=") for line in content.splitlines())
    keywords = {key.strip(): value.strip() for key, equals, value in pairs if equals}
    if start := read_epoch(keywords.get("START_TIME")):
        element["epoch"] = _milliseconds(start)
    for index in range(1, 6):
        participant = keywords.get(f"PARTICIPANT_{index}", "")
        if re.fullmatch(r"\d{4}-\d{3}[A-Z]{1,3}", participant):
            element["cospar_id"] = participant
        elif re.fullmatch(r"\d{1,9}", participant):
            element["norad_id"] = int(participant)
    return Added(element)


def new_sensor_system(addition: Addition) -> Added:
    """Add a sensor system. Its fields are not documented, so all of them are kept."""
    return _add_unchecked(addition, "sensor_system_id")


def new_maneuver_plan(addition: Addition) -> Added:
    """Add a maneuver plan. Its fields are not documented, so all of them are kept."""
    return _add_unchecked(addition, "maneuver_plan_id")


def new_passes(addition: Addition) -> Added:
    """Add ground-station passes of several spacecraft. The response repeats the body; the stored elements have IDs."""
    fields = Fields(addition.body)
    groups = fields.take("elements")
    fields.finish()
    if not isinstance(groups, list) or not groups:
        raise InputProblemError("elements must be a list of spacecraft with their passes")
    elements: list[Element] = []
    for index, group in enumerate(groups):
        one = Fields(group, f"elements[{index}]")
        spacecraft, passes = one.take("spacecraft"), one.take("passes")
        one.finish()
        if not isinstance(spacecraft, str) or not spacecraft:
            raise InputProblemError(f"{one.path('spacecraft')} must be a name")
        if not isinstance(passes, list) or not passes:
            raise InputProblemError(f"{one.path('passes')} must be a list of passes")
        times = _read_passes(passes, one.path("passes"))
        elements.append(
            {
                "ground_station_passes_id": str(uuid.uuid4()),
                "spacecraft": spacecraft,
                "object_id": _norad_id(spacecraft, addition.store),
                "start_epoch": _milliseconds(times[0][0]),
                "stop_epoch": _milliseconds(times[-1][1]),
                "passes": [{"start": _milliseconds(start), "end": _milliseconds(end)} for start, end in times],
            }
        )
    return Added({"elements": groups}, elements)


def _read_satellite(body: object) -> dict[str, Any]:
    fields = Fields(body)
    given: dict[str, Any] = {}
    for name, ((kind, fits), _) in _SATELLITE.items():
        if name not in fields:
            continue
        value = fields.take(name)
        if name == "norad_ids" and isinstance(value, list):
            # Clients sent the numbers as text until 2021.
            value = [
                int(item) if isinstance(item, str) and re.fullmatch(r"[0-9]{1,9}", item) else item for item in value
            ]
        if value is not None and not fits(value):
            raise InputProblemError(f"{name} must be {kind}, not {str(value)[:80]!r}")
        given[name] = value
    fields.finish()
    return given


def _add_unchecked(addition: Addition, id_field: str) -> Added:
    if not isinstance(addition.body, Mapping):
        raise InputProblemError("the body must be a JSON object")
    if not addition.body:
        raise InputProblemError("the body is empty")
    return Added({**addition.body, id_field: str(uuid.uuid4())})


def _read_passes(passes: list[object], path: str) -> list[tuple[datetime, datetime]]:
    times: list[tuple[datetime, datetime]] = []
    for index, one in enumerate(passes):
        fields = Fields(one, f"{path}[{index}]")
        start, end = fields.time("start"), fields.time("end")
        fields.finish()
        if start >= end:
            raise InputProblemError(f"{fields.path('end')} must be later than {fields.path('start')}")
        if times and start < times[-1][0]:
            raise InputProblemError(
                f"{fields.path('start')} is before the start of the previous pass; passes must be in order of time"
            )
        times.append((start, end))
    return times


def _norad_id(spacecraft: str, store: Store) -> int | None:
    for satellite in store.elements("satellites"):
        if satellite.get("name") == spacecraft and satellite.get("norad_ids"):
            return int(satellite["norad_ids"][0])
    return None


def _milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
