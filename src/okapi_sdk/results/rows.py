"""Result lists: sequences that convert rows to models on access."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self, TypeVar, cast, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_wrap_validator_function, plain_serializer_function_ser_schema

from ..errors import OkapiError, ResponseFormatError
from ..models.base import Record
from ..models.envelope import rows as rows_in
from ..models.problems import rule
from ..text import short
from .columns import NAMES, Columns, columns_of_rows
from .response import parse_json
from .status import NO_STATUS, Status
from .subject import named_rows
from .tables import rows_text, table_html
from .tabular import Tabular

E = TypeVar("E", bound=Record, covariant=True)


class Rows(Tabular, Sequence[E]):
    """A list of records from a finished calculation. Rows are converted to models on access.

    A slice is a list of the same type. An empty list is falsy.
    """

    _element: ClassVar[type[Record]]
    """The model of a row."""

    __slots__ = ("_rows", "calculation", "raw", "status")

    status: Status
    """The platform's status of the calculation."""
    raw: Any
    """The complete response, parsed, including anything outside the list."""
    calculation: Any
    """The calculation that was submitted, if it is known."""

    def __init__(self, rows: Sequence[Any], *, status: Status, raw: Any) -> None:
        self._rows = list(rows)
        self.status = status
        self.raw = raw
        self.calculation = None

    def _carry(self, calculation: Any) -> None:
        self.calculation = calculation

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Return the list from the parsed JSON of a finished calculation, in the envelope of any dialect.

        The rows are the first array of objects in the body, or the body itself.

        Raises:
            ResponseFormatError: if the response is neither an object nor an array.
        """
        rows = rows_in(data)
        if rows is None:
            raise ResponseFormatError(
                f"The response is not a valid {cls.__name__}: expected an object or an array, not {short(data)}",
                reason="schema", body=data,
            )  # fmt: skip
        return cls(rows, status=Status.of(data), raw=data)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self:
        """Return the list from the JSON text of a finished calculation.

        Raises:
            ResponseFormatError: if the text is not JSON, or is neither an object nor an array.
        """
        try:
            data = parse_json(json_data.encode() if isinstance(json_data, str) else bytes(json_data))
        except (TypeError, ValueError, RecursionError) as error:
            text = bytes(json_data[:200]).decode(errors="replace") if isinstance(json_data, bytes) else short(json_data)
            failure = ResponseFormatError(f"The response is not JSON: {error}", reason="not_json", body=text[:200])
        else:
            return cls.from_answer(data)
        raise failure

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # As a field of a model, the list takes and dumps its rows; its schema is that of a list of them.
        return no_info_wrap_validator_function(
            lambda value, _: cls._validated(value),
            handler.generate_schema(list[getattr(cls, "_element", Record)]),  # type: ignore[misc]
            serialization=plain_serializer_function_ser_schema(cls.to_dicts),
        )

    @classmethod
    def _validated(cls, value: Any) -> Self:
        if isinstance(value, cls):
            return value
        try:
            result = cls.from_answer(value)
            list(result)  # parse every row
        except OkapiError as error:
            problem = error.message
        else:
            return result
        raise rule(f"a {cls.__name__}, or a list of its rows", problem)

    def to_dicts(self) -> list[Any]:
        """Return the rows as plain data, with the platform's names and units, for example for ``json.dump``."""
        return list(self._rows)

    @classmethod
    def concat(cls, results: Iterable[Self]) -> Self:
        """Return the rows of several results in one list, whose rows name their ``satellite`` and ``station`` if known.

        Rows of risk calculations name the objects of the CDM: ``sat1_name`` and ``sat2_name``.
        The status is the most severe one; ``raw`` is the list of the responses.
        """
        parts = list(results)
        rows = [row for part in parts for row in named_rows(part.to_dicts(), part.calculation)]
        status = max((part.status for part in parts), key=lambda status: status.rank, default=NO_STATUS)
        return cls(rows, status=status, raw=[part.raw for part in parts])

    def _columns(self) -> Columns:
        rows = named_rows(self.to_dicts(), self.calculation)
        columns = columns_of_rows(rows, self._element, lambda: list(self._with_rows(rows)))
        return dict(sorted(columns.items(), key=lambda column: column[0] not in NAMES))

    @overload
    def __getitem__(self, index: int) -> E: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> E | Self:
        if isinstance(index, slice):
            return self._with_rows(self._rows[index])
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
        return rows_text(self._title(), self, self._element)

    def _repr_html_(self) -> str:
        return table_html(self._title(), self, self._element)

    def _title(self) -> str:
        status = "" if self.status.rank < 200 else f", {self.status.type}: {self.status.text[:80]}"
        return f"{type(self).__name__}: {len(self._rows)}{status}"

    def _with_rows(self, rows: Sequence[Any]) -> Self:
        part = type(self)(rows, status=self.status, raw=self.raw)
        part.calculation = self.calculation
        return part

    def _model(self, row: Any, index: int) -> E:
        try:
            return cast(E, self._element.model_validate(row))
        except ResponseFormatError as error:
            failure = ResponseFormatError(f"{type(self).__name__}[{index}]: {error.message}", reason="schema", body=row)
        raise failure
