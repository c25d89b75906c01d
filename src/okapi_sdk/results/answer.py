"""Results that are one object rather than a list of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import PrivateAttr

from ..errors import ResponseFormatError
from ..models.base import Record
from ..models.envelope import ENVELOPE_KEYS, output, unwrap
from ..text import short
from .status import NO_STATUS, Status


class Answer(Record):
    """A finished answer as one object: its payload as fields, and beside it what the platform says of the calculation.

    What comes under a name that is not listed here is kept and can be read by that name.
    """

    _status: Status = PrivateAttr(NO_STATUS)
    _raw: Any = PrivateAttr(None)

    @property
    def status(self) -> Status:
        """What the platform says of the calculation."""
        return self._status

    @property
    def raw(self) -> Any:
        """The whole answer, parsed."""
        return self._raw

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Read the parsed JSON of a finished answer.

        Raises:
            ResponseFormatError: the answer is no object, or a field of it cannot be read.
        """
        body = unwrap(output(data))
        if not isinstance(body, Mapping):
            raise ResponseFormatError(
                f"The answer does not read as {cls.__name__}: an object was due, not {short(data)}",
                reason="schema", body=data,
            )  # fmt: skip
        found = cls.model_validate({key: unwrap(value) for key, value in body.items() if key not in ENVELOPE_KEYS})
        found._status, found._raw = Status.of(data), data
        return found
