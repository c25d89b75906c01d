"""Base class of messages that can be read from text: KVN, XML or JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ..errors import InputError
from ..models.ccsds import CcsdsMessage
from ..models.files import TextPath, load_text
from ..models.json_form import untag
from ..models.many import build_all
from ..models.problems import refusal
from .kvn import error_with_lines
from .text_files import TextFile
from .text_kinds import TextPart, is_json, only_element, parse_json, separate

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


class ListedMessage(TextMessage):
    """A message of which a text may hold any number."""

    _keyword: ClassVar[str]
    """Keyword of the first line of a message in KVN."""

    @classmethod
    def parse_many(cls, text: str) -> tuple[Self, ...]:
        """Parse any number of messages, one after the other, in any form that `parse` accepts.

        Raises:
            InputError: if messages are invalid; lists all of them, with line numbers except in JSON. `field` begins
                with the index of the message.
        """
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes, or read a file with load_many")
        try:
            return build_all(cls, separate(cls, text, cls._keyword), cls._of_part)
        except PydanticCustomError:
            return (cls.model_validate(text),)  # which reports that the JSON is invalid

    @classmethod
    def load_many(cls, path: TextPath) -> tuple[Self, ...]:
        """Read any number of messages from a UTF-8 file.

        Raises:
            InputError: if the file cannot be read, as in `load`, or `parse_many` rejects its text.
        """
        return load_text(cls, path, cls.parse_many)

    @classmethod
    def _of_part(cls, part: Any) -> Self:
        if not isinstance(part, TextPart):
            return cls.model_validate(part)
        try:
            return cls.model_validate(part.text)
        except InputError:
            pass
        # Raise the same error with the line numbers of the whole text.
        return cls.model_validate("\n" * part.lines_before + part.text)
