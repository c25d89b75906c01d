"""The platform's status object, read from responses of every API generation."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

from pydantic import model_validator

from ..models.base import Record
from ..models.envelope import STATUS_KEYS
from ..text import one_line

Severity = Literal["NONE", "DEBUG", "OK", "NORMAL", "INFO", "REMARK", "WARNING", "FATAL"]

_RANKS: Mapping[str, int] = {
    "NONE": 0, "DEBUG": 0, "OK": 100, "NORMAL": 100, "INFO": 200, "REMARK": 200, "WARNING": 300, "FATAL": 400,
}  # fmt: skip


class Status(Record):
    """The platform's status of a calculation: a severity and a text."""

    type: Severity | str = "NONE"
    """Severity in upper case, such as NONE, REMARK, WARNING or FATAL; unknown values are kept."""
    text: str = "No messages"
    """The platform's explanation, verbatim."""
    input_problem: bool = False
    """True if the platform attributes the problem to the input."""

    @model_validator(mode="before")
    @classmethod
    def _nulls_are_missing(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, Mapping) else data

    @property
    def rank(self) -> int:
        """Severity as a number: 0 none, 100 normal, 200 remark, 300 warning, 400 fatal, 1000 unknown."""
        return _RANKS.get(self.type, 1000)

    @property
    def line(self) -> str:
        """The text as one printable line."""
        return one_line(self.text)

    @property
    def failed(self) -> bool:
        """True for FATAL: the result must not be used."""
        return self.type == "FATAL"

    @property
    def warned(self) -> bool:
        """True for WARNING: the result is usable, but the text describes a caveat."""
        return self.type == "WARNING"

    @classmethod
    def of(cls, answer: Any) -> "Status":
        """Return the most severe status in a response of any API generation, or NONE. Never raises."""
        return max((_status(entry) for entry in _statuses(answer)), key=lambda status: status.rank, default=NO_STATUS)


NO_STATUS = Status()


def _statuses(answer: Any) -> Iterator[Any]:
    items = answer if isinstance(answer, list) else [answer]
    for item in items:
        if isinstance(item, Mapping):
            output = item.get("okapi_output")
            body = output if isinstance(output, Mapping) else item
            for key in STATUS_KEYS:
                entry = body.get(key)
                if isinstance(entry, list):
                    yield from entry
                elif entry is not None:
                    yield entry


def _status(entry: Any) -> "Status":
    if isinstance(entry, Mapping) and isinstance(entry.get("content"), Mapping):
        entry = entry["content"]
    if not isinstance(entry, Mapping):
        return NO_STATUS
    kind, text = entry.get("type"), entry.get("text")
    return _shared_status(
        kind.upper() if isinstance(kind, str) else "NONE",
        text if isinstance(text, str) else "No messages",
        entry.get("input_problem") is True,
    )


@lru_cache(64)
def _shared_status(type: str, text: str, input_problem: bool) -> "Status":
    # Thousands of pending calculations have the same status.
    return Status.model_construct(type=type, text=text, input_problem=input_problem)
