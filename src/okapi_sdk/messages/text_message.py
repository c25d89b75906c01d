"""What messages share that are read from KVN text too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator

from ..models.ccsds import CcsdsMessage
from ..models.json_form import untag
from ..models.problems import refusal
from .kvn import located

Reader = Callable[[str], tuple[dict[str, Any], dict[str, int]]]
"""Reads KVN text: the fields of a message, and the line of each."""


class TextMessage(CcsdsMessage):
    """A message that is read from data and from KVN text, tagged or not."""

    _tag: ClassVar[str]
    """The platform's name of its type."""
    _reader: ClassVar[Reader]

    @classmethod
    def _parsed(cls, text: str) -> Self:
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes first, and read files")
        return cls.model_validate(text)

    @classmethod
    def _data(cls, value: Any) -> Any:
        """What is no text, in the form that the fields have."""
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _any_form(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        value = untag(cls._tag)(value)
        if not isinstance(value, str):
            return handler(cls._data(value))
        fields, numbers = cls._reader(value)
        try:
            return handler(fields)
        except ValidationError as error:
            failure = located(cls, error, numbers)
        raise failure
