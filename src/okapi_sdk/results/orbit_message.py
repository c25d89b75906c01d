"""An ephemeris as an orbit ephemeris message (CCSDS 502.0-B-3)."""

from __future__ import annotations

from datetime import datetime

from ..errors import InputError, InputProblem, ResponseFormatError
from ..messages.oem import Oem
from ..messages.oem_blocks import OemHeader, OemSegment
from ..messages.opm_blocks import OpmData
from ..text import short
from .arrays import POSITION, VELOCITY
from .columns import Columns
from .subject import UNSPECIFIED

_AXES = ("x", "y", "z", *VELOCITY)


def oem_of(columns: Columns, name: str | None, number: str | None, originator: str, created: datetime) -> Oem:
    """Return complete states as a message of one segment in the GCRF. A name of None is that of the states, if KVN can
    hold it, else the number.

    Raises:
        InputError: if the states belong to several satellites.
        ResponseFormatError: if there are no states.
    """
    names = sorted({text for text in columns["satellite"].values if text}) if "satellite" in columns else []
    if len(names) > 1:
        problem = InputProblem("states", short(names), "the states of one satellite", "write a message for each result")
        raise InputError("to_oem", (problem,))
    rows = zip(*(columns[column].values for column in ("epoch", *POSITION, *VELOCITY)), strict=True)
    states = tuple(OpmData(epoch=epoch, **dict(zip(_AXES, values, strict=True))) for epoch, *values in rows)
    if not states:
        raise ResponseFormatError("The ephemeris has no states", reason="schema", body=[])
    number = number or UNSPECIFIED
    known = names[0] if names and names[0].isascii() and names[0].isprintable() else number
    segment = OemSegment(object_name=name or known, object_id=number, data=states)
    return Oem(header=OemHeader(creation_date=created, originator=originator), segments=(segment,))
