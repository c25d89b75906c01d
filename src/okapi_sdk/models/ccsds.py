"""What OPM, OEM and OMM share: keys of the CCSDS standard, and the way from an answer to a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasGenerator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from .base import Message
from .problems import rule
from .types import ANSWER, Number


def _positive(value: float, info: ValidationInfo) -> float:
    if value <= 0 and info.context is not ANSWER:
        raise rule("greater than 0", "leave it out where it is not known")
    return value


def _not_negative(value: float, info: ValidationInfo) -> float:
    if value < 0 and info.context is not ANSWER:
        raise rule("at least 0", "leave it out where it is not known")
    return value


Positive = Annotated[Number, AfterValidator(_positive)]
NotNegative = Annotated[Number, AfterValidator(_not_negative)]
SentIfAny: Any = Field(exclude_if=lambda values: not values)


def _remarks(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Comments = Annotated[tuple[str, ...], BeforeValidator(_remarks), SentIfAny]
"""Remarks; one text is taken as one of them."""


class CcsdsMessage(Message):
    """A block of a CCSDS message: the standard's upper-case keywords on the wire, the same in lower case here.

    Both are taken. A validation alias of choices leaves the lower-case names in the signature.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=AliasGenerator(
            validation_alias=lambda name: AliasChoices(name.upper(), name), serialization_alias=str.upper
        ),
        loc_by_alias=False,
        coerce_numbers_to_str=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _nulls_are_missing(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or all(item is not None for item in value.values()):
            return value
        known = {key for name, field in cls.model_fields.items() for key in (name, field.serialization_alias)}
        return {key: item for key, item in value.items() if item is not None or key not in known}


def keyword(key: str, name: str) -> Any:
    """A field whose key on the wire is not its name in upper case."""
    return Field(validation_alias=AliasChoices(key, name), serialization_alias=key)


def last(found: Any) -> Any:
    """The last of several messages; a single one as it is."""
    return found[-1] if isinstance(found, list) and found else found
