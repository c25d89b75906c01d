"""Upload of ephemerides and of raw GNSS data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from ..messages.oem import Oem
from ..messages.omm import Omm
from ..models.problems import refusal, rule
from ..values.tagged import Tagged
from .base import Calculation
from .orbits import tagged

NAVSOL = "navsol.txt"
KEY = "orbit"


def _with_states(value: Oem | Tagged) -> Oem | Tagged:
    if isinstance(value, Oem) and not all(segment.data for segment in value.segments):
        raise rule("states in each segment", "leave empty segments out")
    return value


def _ephemerides(value: Any) -> Any:
    if isinstance(value, Oem | Tagged):
        return value
    if isinstance(value, str) and value.lstrip("\ufeff \r\n\t").startswith("CCSDS_OEM_VERS"):
        return Oem.model_validate(value)
    if isinstance(value, Mapping):
        marked = value.keys() == {"type", "content"} and value["type"] != Oem._tag
        return (Tagged if marked else Oem).model_validate(value)
    raise rule("an Oem or Tagged", "Oem.parse(text) reads an OEM; AddEphemerides.navsol(text) takes raw GNSS data")


class AddEphemerides(Calculation[dict[str, Any]]):
    """Ephemerides or raw GNSS data of a satellite that the platform knows.

    The platform determines the orbit from it, propagates and screens it. The satellite must be stored first, and the
    ``OBJECT_ID`` of an `Oem` should be its NORAD catalogue number.

    Results: no source shows the keys of the platform's ``simple``, so it is the parsed answer; with
    ``request.result(...)`` also an `Oem` or an `Omm`. That the body holds an ``orbit``, tagged like that of the other
    services, is the likeliest reading; no source shows it. Send any other body with `RawCalculation`.

    >>> AddEphemerides.navsol('''
    ... SpacecraftTime,GNSS_S_ITOW,GNSS_S_FTOW,GNSS_S_WEEK,GNSS_S_GPSFIX
    ... 1586908800,345618000,0,2101,3
    ... ''').body()["orbit"]["type"]
    'navsol.txt'
    """

    service: ClassVar[str] = "add-ephemerides"

    ephemerides: Annotated[Oem | Tagged, BeforeValidator(_ephemerides), AfterValidator(_with_states)]
    """An `Oem`, or a `Tagged` value, such as ``oem.xml`` with its text; `navsol` makes one of raw GNSS data."""

    @classmethod
    def navsol(cls, text: str) -> Self:
        """Raw GNSS data: a line of column names and lines of values, separated by commas. They are sent as they are.

        Raises:
            InputError: that is not such text.
        """
        lines = text.strip().splitlines() if isinstance(text, str) else []
        if len(lines) < 2 or "," not in lines[0]:
            raise refusal(
                cls, "text", text, "a line of column names separated by commas, and lines of values",
                "pass the content of the file, not its name",
            )  # fmt: skip
        return cls(ephemerides=Tagged(type=NAVSOL, content=text))

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or KEY not in data:
            return data
        if "ephemerides" in data:
            raise refusal(cls, KEY, data[KEY], "one of orbit and ephemerides, and not two", f"remove {KEY}")
        return {("ephemerides" if key == KEY else key): value for key, value in data.items()}

    def _generic_body(self) -> dict[str, Any]:
        return {KEY: tagged(self.ephemerides)}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """A dictionary is the platform's ``simple``, an `Oem` its ``oem``, an `Omm` its ``omm``."""
        return {dict: "simple", Oem: "oem", Omm: "omm"}
