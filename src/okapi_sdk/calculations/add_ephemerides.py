"""Upload of ephemerides and raw GNSS data."""

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
        raise rule("at least one state in each segment", "remove empty segments")
    return value


def _ephemerides(value: Any) -> Any:
    if isinstance(value, Oem | Tagged):
        return value
    if isinstance(value, str) and value.lstrip("\ufeff \r\n\t").startswith("CCSDS_OEM_VERS"):
        return Oem.model_validate(value)
    if isinstance(value, Mapping):
        marked = value.keys() == {"type", "content"} and value["type"] != Oem._tag
        return (Tagged if marked else Oem).model_validate(value)
    raise rule(
        "an Oem or Tagged", "parse OEM text with Oem.parse(text), or pass raw GNSS data to AddEphemerides.navsol(text)"
    )


class AddEphemerides(Calculation[dict[str, Any]]):
    """Upload of ephemerides or raw GNSS data for a stored satellite.

    The platform determines the orbit from the data, propagates it and screens it for conjunctions. The satellite must
    already be stored, and the ``OBJECT_ID`` of an `Oem` should be its NORAD catalogue number.

    Result: the parsed response, because the keys of the ``simple`` format are undocumented; ``request.result(...)`` can
    also return an `Oem` or an `Omm`.

    The body is undocumented. The SDK sends a tagged ``orbit``, as other services expect. To send a different body, use
    `RawCalculation`.

    >>> AddEphemerides.navsol('''
    ... SpacecraftTime,GNSS_S_ITOW,GNSS_S_FTOW,GNSS_S_WEEK,GNSS_S_GPSFIX
    ... 1586908800,345618000,0,2101,3
    ... ''').body()["orbit"]["type"]
    'navsol.txt'
    """

    service: ClassVar[str] = "add-ephemerides"

    ephemerides: Annotated[Oem | Tagged, BeforeValidator(_ephemerides), AfterValidator(_with_states)]
    """An `Oem` or a `Tagged` value, for example ``oem.xml`` text. For raw GNSS data, use `navsol`."""

    @classmethod
    def navsol(cls, text: str) -> Self:
        """Create an upload of raw GNSS data, which is sent unchanged.

        Args:
            text: CSV with a header row.

        Raises:
            InputError: if the text is not CSV with a header row.
        """
        lines = text.strip().splitlines() if isinstance(text, str) else []
        if len(lines) < 2 or "," not in lines[0]:
            raise refusal(
                cls, "text", text, "CSV with a header row",
                "pass the file's contents, not its name",
            )  # fmt: skip
        return cls(ephemerides=Tagged(type=NAVSOL, content=text))

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or KEY not in data:
            return data
        if "ephemerides" in data:
            raise refusal(cls, KEY, data[KEY], "either orbit or ephemerides, not both", f"remove {KEY}")
        return {("ephemerides" if key == KEY else key): value for key, value in data.items()}

    def _generic_body(self) -> dict[str, Any]:
        return {KEY: tagged(self.ephemerides)}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return a dictionary for the ``simple`` format, `Oem` for ``oem`` and `Omm` for ``omm``."""
        return {dict: "simple", Oem: "oem", Omm: "omm"}
