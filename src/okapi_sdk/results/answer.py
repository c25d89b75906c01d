"""Results that consist of a single object."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import PrivateAttr

from ..errors import ResponseFormatError
from ..models.base import Record
from ..models.envelope import ENVELOPE_KEYS, output, unwrap
from ..text import short
from .status import NO_STATUS, Status


class Answer(Record):
    """Base class of single-object results: the payload as fields, plus the status of the calculation.

    Unknown fields are available as attributes under their own names.
    """

    _status: Status = PrivateAttr(NO_STATUS)
    _raw: Any = PrivateAttr(None)
    _calculation: Any = PrivateAttr(None)

    @property
    def status(self) -> Status:
        """The platform's status of the calculation."""
        return self._status

    @property
    def raw(self) -> Any:
        """The complete response, parsed."""
        return self._raw

    @property
    def calculation(self) -> Any:
        """The calculation that was submitted, if it is known."""
        return self._calculation

    def _carry(self, calculation: Any) -> None:
        self._calculation = calculation

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Return the result from the parsed JSON of a finished calculation.

        Raises:
            ResponseFormatError: if the response is not an object, or a field is invalid.
        """
        body = unwrap(output(data))
        if not isinstance(body, Mapping):
            raise ResponseFormatError(
                f"The response is not a valid {cls.__name__}: expected an object, not {short(data)}",
                reason="schema", body=data,
            )  # fmt: skip
        result = cls.model_validate({key: unwrap(value) for key, value in body.items() if key not in ENVELOPE_KEYS})
        result._status, result._raw = Status.of(data), data
        return result
