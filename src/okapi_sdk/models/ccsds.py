"""Shared parts of OPM, OEM and OMM: CCSDS keywords, and messages parsed from responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

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
        raise rule("greater than 0", "omit it if unknown")
    return value


def _not_negative(value: float, info: ValidationInfo) -> float:
    if value < 0 and info.context is not ANSWER:
        raise rule("at least 0", "omit it if unknown")
    return value


def _utc(value: Any, info: ValidationInfo) -> Any:
    if info.context is ANSWER:
        return value
    if isinstance(value, str) and value.strip().upper() == "UTC":
        return "UTC"
    raise rule("times in UTC, the only time system the platform accepts", "convert the times to UTC")


def _earth(value: Any, info: ValidationInfo) -> Any:
    if info.context is ANSWER or (isinstance(value, str) and value.strip().upper() == "EARTH"):
        return value
    raise rule("EARTH, the only central body the platform accepts", "convert the state, or omit it if it is the Earth")


TimeSystem = Annotated[Literal["UTC"] | str, BeforeValidator(_utc)]
"""The time system of a message: UTC, in upper or lower case."""
EarthName = Annotated[Literal["EARTH"] | str, BeforeValidator(_earth)]
"""The central body of a state whose coordinates are checked: the Earth."""
Positive = Annotated[Number, AfterValidator(_positive)]
NotNegative = Annotated[Number, AfterValidator(_not_negative)]
OmittedIfEmpty: Any = Field(exclude_if=lambda values: not values)


def _comment_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Comments = Annotated[tuple[str, ...], BeforeValidator(_comment_tuple), OmittedIfEmpty]
"""Comment lines; a single string counts as one line."""


class CcsdsMessage(Message):
    """A block of a CCSDS message. Fields are the standard's keywords in lower case; JSON uses upper case.

    Both spellings are accepted.
    """

    # With AliasChoices, the signature of the model keeps the lower-case names.

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
        field_keys = {key for name, field in cls.model_fields.items() for key in (name, field.serialization_alias)}
        return {key: item for key, item in value.items() if item is not None or key not in field_keys}


def keyword_field(key: str, name: str) -> Any:
    """Return a field whose JSON key differs from its upper-case name."""
    return Field(validation_alias=AliasChoices(key, name), serialization_alias=key)


def last_message(messages: Any) -> Any:
    """Return the last of several messages, or a single message unchanged."""
    return messages[-1] if isinstance(messages, list) and messages else messages
