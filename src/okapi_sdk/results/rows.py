"""Result lists: sequences whose rows stay data until they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar, cast, overload

from ..errors import ResponseFormatError
from ..models.base import Record
from ..models.envelope import rows as rows_in
from ..text import short
from .response import parse_json
from .status import Status

E = TypeVar("E", bound=Record, covariant=True)


class Rows(Sequence[E]):
    """A list of records from a finished answer. An element becomes a model when it is taken out.

    A slice is a list of the same kind. An empty list is falsy, like any other.
    """

    _element: ClassVar[type[Record]]
    """The model of one row."""
    _first_of: ClassVar[str] = ""
    """Key of the time that the ``repr`` shows."""

    __slots__ = ("_rows", "raw", "status")

    status: Status
    """What the platform says of the calculation."""
    raw: Any
    """The whole answer, parsed: what the list leaves out is here."""

    def __init__(self, rows: Sequence[Any], *, status: Status, raw: Any) -> None:
        self._rows = list(rows)
        self.status = status
        self.raw = raw

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Read the parsed JSON of a finished answer, in the envelope of any dialect.

        The rows are the first array of objects in the body, or the body itself.

        Raises:
            ResponseFormatError: the answer is neither an object nor an array.
        """
        found = rows_in(data)
        if found is None:
            raise ResponseFormatError(
                f"The answer does not read as {cls.__name__}: an object or an array was due, not {short(data)}",
                reason="schema", body=data,
            )  # fmt: skip
        return cls(found, status=Status.of(data), raw=data)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self:
        """Read the JSON text of a finished answer.

        Raises:
            ResponseFormatError: the text is no JSON, or neither an object nor an array.
        """
        try:
            data = parse_json(json_data.encode() if isinstance(json_data, str) else bytes(json_data))
        except (ValueError, RecursionError) as error:
            text = json_data if isinstance(json_data, str) else bytes(json_data[:200]).decode(errors="replace")
            failure = ResponseFormatError(f"The answer is not JSON: {error}", reason="not_json", body=text[:200])
        else:
            return cls.from_answer(data)
        raise failure

    def to_dicts(self) -> list[Any]:
        """The rows as the platform sent them, by its names and in its units: plain data, as for ``json.dump``."""
        return list(self._rows)

    @overload
    def __getitem__(self, index: int) -> E: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> E | Self:
        if isinstance(index, slice):
            return self._only(self._rows[index])
        return self._model(self._rows[index], index)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[E]:
        return (self._model(row, index) for index, row in enumerate(self._rows))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rows) or type(other) is not type(self):
            return NotImplemented
        return self._rows == other._rows and self.status == other.status

    def __repr__(self) -> str:
        first = self._rows[0].get(self._first_of) if self._rows and isinstance(self._rows[0], Mapping) else None
        start = f", first {str(first)[:40]}" if first is not None else ""
        said = "" if self.status.rank < 200 else f", {self.status.type}: {self.status.text[:80]}"
        return f"<{type(self).__name__}: {len(self._rows)}{start}{said}>"

    def _only(self, rows: Sequence[Any]) -> Self:
        return type(self)(rows, status=self.status, raw=self.raw)

    def _model(self, row: Any, index: int) -> E:
        try:
            return cast(E, self._element.model_validate(row))
        except ResponseFormatError as error:
            failure = ResponseFormatError(f"{type(self).__name__}[{index}]: {error.message}", reason="schema", body=row)
        raise failure
