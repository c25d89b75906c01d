"""Base class of messages that can be read from text: KVN, XML or JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator

from ..models.ccsds import CcsdsMessage
from ..models.json_form import untag
from ..models.problems import refusal
from .kvn import error_with_lines
from .text_files import TextFile
from .text_kinds import is_json, only_element, parse_json

Reader = Callable[[str], tuple[dict[str, Any], dict[str, int]]]
"""A function that parses KVN or XML text and returns the fields of a message with the line number of each."""


class TextMessage(TextFile, CcsdsMessage):
    """A message that can be built from data or text, with or without its type tag."""

    _tag: ClassVar[str]
    """The platform's name for the message type."""
    _reader: ClassVar[Reader]

    @classmethod
    def _parse_text(cls, text: str) -> Self:
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes, or read the file first")
        return cls.model_validate(text)

    @classmethod
    def _data(cls, value: Any) -> Any:
        """Arrange non-text data to match the fields of the model."""
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _any_form(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        value = untag(cls._tag)(value)
        if isinstance(value, str) and is_json(value):
            value = parse_json(value)
        value = only_element(value, cls)
        if not isinstance(value, str):
            return handler(cls._data(value))
        fields, numbers = cls._reader(value)
        try:
            return handler(fields)
        except ValidationError as error:
            failure = error_with_lines(cls, error, numbers)
        raise failure
