"""What OPM, OEM and OMM share: keys of the CCSDS standard, and the way from an answer to a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from .base import Message, Number

Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Comments = tuple[str, ...]


class CcsdsMessage(Message):
    """A block of a CCSDS message: the standard's upper-case keywords on the wire, the same in lower case here."""

    model_config = ConfigDict(
        alias_generator=str.upper,
        validate_by_name=True,
        validate_by_alias=True,
        loc_by_alias=False,
        coerce_numbers_to_str=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _nulls_are_missing(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or all(item is not None for item in value.values()):
            return value
        known = {key for name, field in cls.model_fields.items() for key in (name, field.alias)}
        return {key: item for key, item in value.items() if item is not None or key not in known}


def last(found: Any) -> Any:
    """The last of several messages; a single one as it is."""
    return found[-1] if isinstance(found, list) and found else found
