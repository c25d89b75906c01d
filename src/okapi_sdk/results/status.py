"""The platform's status object, and how answers of every generation carry it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..models.base import Record
from ..models.envelope import STATUS_KEYS
from ..text import one_line

Severity = Literal["NONE", "DEBUG", "OK", "NORMAL", "INFO", "REMARK", "WARNING", "FATAL"]

_RANKS: Mapping[str, int] = {
    "NONE": 0, "DEBUG": 0, "OK": 100, "NORMAL": 100, "INFO": 200, "REMARK": 200, "WARNING": 300, "FATAL": 400,
}  # fmt: skip


class Status(Record):
    """What the platform says of a calculation: a severity and a text."""

    type: Severity | str = "NONE"
    """Severity, upper case: NONE, REMARK, WARNING, FATAL and others; an unknown one is kept as it came."""
    text: str = "No messages"
    """The platform's words."""
    input_problem: bool = False
    """True where the platform says that the input is at fault."""

    @property
    def rank(self) -> int:
        """Severity as a number: 0 nothing to say, 100 normal, 200 remark, 300 warning, 400 fatal, 1000 unknown."""
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
        """True for WARNING: the result is usable, the text says what to mind."""
        return self.type == "WARNING"

    @classmethod
    def of(cls, answer: Any) -> Status:
        """The worst status that an answer of any generation carries; NONE where it carries none. Never raises."""
        return max((_status(found) for found in _statuses(answer)), key=lambda status: status.rank, default=NO_STATUS)


NO_STATUS = Status()


def _statuses(answer: Any) -> Iterator[Any]:
    items = answer if isinstance(answer, list) else [answer]
    for item in items:
        if isinstance(item, Mapping):
            output = item.get("okapi_output")
            body = output if isinstance(output, Mapping) else item
            for key in STATUS_KEYS:
                found = body.get(key)
                if isinstance(found, list):
                    yield from found
                elif found is not None:
                    yield found


def _status(found: Any) -> Status:
    if isinstance(found, Mapping) and isinstance(found.get("content"), Mapping):
        found = found["content"]
    if not isinstance(found, Mapping):
        return NO_STATUS
    kind, text = found.get("type"), found.get("text")
    return Status.model_construct(
        type=kind.upper() if isinstance(kind, str) else "NONE",
        text=text if isinstance(text, str) else "No messages",
        input_problem=found.get("input_problem") is True,
    )
