"""Export of lists: the methods that results and pages share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, cast

from pydantic import BaseModel

from ..redaction import masked
from .columns import Columns
from .files import File, csv_text, write
from .frames import arrow_table, pandas_frame, polars_frame
from .optional import Unloaded

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow
else:
    pandas = polars = pyarrow = Unloaded()


class Tabular:
    """Export of a list to data frames, Arrow and CSV.

    Columns have the names of the fields. Lengths have their unit as suffix, such as ``min_range_km``; other units are
    those of the fields. Times are in UTC with microseconds. Fields that hold lists or objects have no column. If the
    calculation is known and names its satellite and ground location, the columns ``satellite`` and ``station`` come
    first; those of a risk calculation are ``sat1_name`` and ``sat2_name``.
    """

    __slots__ = ()

    def _columns(self) -> Columns:
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame.

        Raises:
            ConfigurationError: if pandas is not installed.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        return cast("pandas.DataFrame", pandas_frame(self._columns()))

    def to_polars(self) -> polars.DataFrame:
        """Return the rows as a polars data frame.

        Raises:
            ConfigurationError: if polars is not installed.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        return cast("polars.DataFrame", polars_frame(self._columns()))

    def to_arrow(self) -> pyarrow.Table:
        """Return the rows as an Arrow table.

        Raises:
            ConfigurationError: if pyarrow is not installed.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        return cast("pyarrow.Table", arrow_table(self._columns()))

    def to_csv(self, file: File) -> None:
        """Write the rows as CSV in UTF-8: a header, times as ISO 8601 with a ``Z``, numbers with all digits.

        Args:
            file: a path, or a file open for writing; an existing file is replaced.

        Raises:
            InputError: if ``file`` is neither.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        write(file, csv_text(self._columns()), "to_csv")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export the rows through the Arrow PyCapsule interface, to polars, DuckDB, pyarrow and others."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        remedy = "to_numpy() or " if hasattr(self, "to_numpy") else ""
        raise TypeError(f"{type(self).__name__} has columns of different types; use {remedy}to_pandas()")


class AsyncTabular:
    """Export of a list that is read asynchronously. The methods are those of `Tabular`, and are awaited."""

    async def _columns(self) -> Columns:
        raise NotImplementedError

    async def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame.

        Raises:
            ConfigurationError: if pandas is not installed.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        return cast("pandas.DataFrame", pandas_frame(await self._columns()))

    async def to_polars(self) -> polars.DataFrame:
        """Return the rows as a polars data frame.

        Raises:
            ConfigurationError: if polars is not installed.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        return cast("polars.DataFrame", polars_frame(await self._columns()))

    async def to_arrow(self) -> pyarrow.Table:
        """Return the rows as an Arrow table.

        Raises:
            ConfigurationError: if pyarrow is not installed.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        return cast("pyarrow.Table", arrow_table(await self._columns()))

    async def to_csv(self, file: File) -> None:
        """Write the rows as CSV in UTF-8: a header, times as ISO 8601 with a ``Z``, numbers with all digits.

        Args:
            file: a path, or a file open for writing; an existing file is replaced.

        Raises:
            InputError: if ``file`` is neither.
            OkapiError: if a row cannot be parsed, or a page cannot be read.
        """
        write(file, csv_text(await self._columns()), "to_csv")


def plain_rows(elements: Iterable[Any]) -> list[Any]:
    """Return models as plain data with the platform's names, without fields that were not sent; secrets are masked."""
    return [masked(_plain(element)) for element in elements]


def _plain(element: Any) -> Any:
    if not isinstance(element, BaseModel):
        return element
    wire = getattr(element, "wire", None)
    return wire() if wire is not None else element.model_dump(mode="json", by_alias=True, exclude_unset=True)
