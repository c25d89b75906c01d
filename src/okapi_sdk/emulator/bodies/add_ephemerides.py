"""Bodies of add-ephemerides."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Fields
from .oem import FORMS as OEM_FORMS
from .oem import Oem, read_oem


@dataclass(frozen=True)
class EphemeridesRequest:
    """Ephemerides to be stored; only the tag if the emulator does not read the format."""

    oem: Oem | str


def read_add_ephemerides(body: object) -> EphemeridesRequest:
    """Read a body of add-ephemerides. No source shows if the key is `orbit` or `ephemerides`; both are accepted."""
    fields = Fields(body)
    name = "ephemerides" if "ephemerides" in fields else "orbit"
    tag, content = fields.tagged_one_of(name, (*OEM_FORMS, "oem.xml", "navsol.txt"))
    fields.finish()
    return EphemeridesRequest(read_oem(tag, content, f"{name}.content") if tag in OEM_FORMS else tag)
