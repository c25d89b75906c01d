"""Passes as calendar events (RFC 5545)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from .. import _version
from ..text import printable

_NAMESPACE = uuid.UUID("6f1d2c4e-0c0e-5b8a-9d43-3f2a7f3c6b10")
"""Namespace of the events' UIDs: the same pass has the same UID in every calendar."""
_OCTETS = 75


class Event(NamedTuple):
    """A calendar event."""

    start: datetime
    """Start, UTC."""
    end: datetime
    """End, UTC."""
    summary: str
    """Title."""
    description: str = ""
    """Lines of text below the title."""
    location: str = ""
    """Name of the place."""
    geo: tuple[float, float] | None = None
    """Latitude and longitude of the place in degrees."""


def ics_text(events: Iterable[Event], created: datetime) -> str:
    """Return an iCalendar with the events, in UTC and whole seconds that include each event."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//okapi-sdk//{_version.__version__}//EN", "CALSCALE:GREGORIAN"]
    for event in events:
        lines += _event_lines(event, created)
    return "".join(f"{part}\r\n" for line in (*lines, "END:VCALENDAR") for part in _folded(line))


def _event_lines(event: Event, created: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(event)}"
    yield f"DTSTAMP:{_time(created)}"
    yield f"DTSTART:{_time(event.start)}"
    yield f"DTEND:{_time(event.end + timedelta(microseconds=999_999))}"
    yield f"SUMMARY:{_escaped(printable(event.summary))}"
    if event.description:
        yield f"DESCRIPTION:{_escaped(event.description)}"
    if event.location:
        yield f"LOCATION:{_escaped(printable(event.location))}"
    if event.geo is not None:
        yield "GEO:{:.6f};{:.6f}".format(*event.geo)
    yield "TRANSP:TRANSPARENT"  # a pass does not make its reader busy
    yield "END:VEVENT"


def _uid(event: Event) -> str:
    minute = event.start.replace(second=0, microsecond=0)
    name = "|".join((event.summary.partition(",")[0], event.location, str(event.geo), minute.isoformat()))
    return f"{uuid.uuid5(_NAMESPACE, name)}@okapi-sdk"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Return text with RFC 5545's escapes; line breaks are kept, other control characters are not."""
    lines = map(printable, text.split("\n"))
    special = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})
    return "\\n".join(line.translate(special) for line in lines)


def _folded(line: str) -> Iterator[str]:
    """Split a line into parts of at most 75 octets, none within a character; later parts begin with a blank."""
    part, octets = "", 0
    for character in line:
        size = len(character.encode(errors="replace"))
        if octets + size > _OCTETS:
            yield part
            part, octets = " ", 1
        part, octets = part + character, octets + size
    yield part
