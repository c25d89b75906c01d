"""Bodies of check-orbit."""

from __future__ import annotations

from dataclasses import dataclass

from .cartesian import FORMS as STATE_FORMS
from .cartesian import CartesianState, read_cartesian
from .fields import Fields
from .inputs import read_tle_text
from .oem import FORMS as OEM_FORMS
from .oem import Oem, read_oem
from .omm import FORMS as OMM_FORMS
from .omm import read_omm
from .tle import Tle


@dataclass(frozen=True)
class CheckRequest:
    """The orbit to check."""

    orbit: Tle | Oem | CartesianState


def read_check_orbit(body: object) -> CheckRequest:
    """Read a body of check-orbit. No source shows one, so the emulator assumes the structure of the other services."""
    fields = Fields(body)
    orbit = read_any_orbit(fields)
    fields.finish()
    return CheckRequest(orbit)


def read_any_orbit(fields: Fields) -> Tle | Oem | CartesianState:
    """Return the field `orbit` in any form that the emulator reads."""
    tag, content = fields.tagged_one_of("orbit", (*OMM_FORMS, *OEM_FORMS, *STATE_FORMS))
    if tag == "tle.txt":
        return read_tle_text(content, "orbit.content")
    if tag == "omm.json":
        return read_omm(content, "orbit.content")
    if tag in STATE_FORMS:
        return read_cartesian(tag, content, "orbit.content")
    return read_oem(tag, content, "orbit.content")
