"""Text formats of stored messages, such as KVN and XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, cast

from pydantic import PlainValidator

from .. import catalogue
from ..errors import ResponseFormatError
from ..models.base import RequestModel
from ..models.dumps import Named, from_named
from ..models.envelope import unwrap
from ..models.problems import refusal, rule
from ..redaction import masked, short
from ..results.response import RawResponse
from .base import Query, Stored
from .filters import Text


class TextForms:
    """Mixin for queries whose elements are also available as text."""

    _text_forms: ClassVar[tuple[str, ...]] = ("kvn", "xml")
    """The platform's names of the text formats, default first."""

    def texts(self, format: Literal["kvn", "xml", "BATCH"] | str = "") -> Texts:
        """Return a copy of this query that fetches each object as text:
        ``client.list(Oems(norad_id="25544").texts("kvn"))``.

        Args:
            format: the text format; by default the first one that the query supports.

        Raises:
            InputError: if the query does not support the format.
        """
        name = format or self._text_forms[0]
        if not isinstance(name, str) or name.lower() not in map(str.lower, self._text_forms):
            raise refusal(
                cast(type[RequestModel], type(self)), "format", name, f"one of {', '.join(self._text_forms)}",
                "omit texts() to get JSON",
            )  # fmt: skip
        return Texts(of=cast(Query[Any], self), format=name)


def _query(value: Any) -> Any:
    if isinstance(value, Mapping):
        value = from_named(value, *(catalogue.load(name) for name in catalogue.taken_by("list") if name in value))
    if isinstance(value, Query):
        return value
    raise rule("a query", "call texts() of the query, such as Oems(...).texts('kvn')")


class Texts(Query[str]):
    """A query that lists objects as text, created by the ``texts`` method of another query.

    The response is undocumented: a JSON list of strings gives one text per item; any other text gives one text per
    page.
    """

    _element: ClassVar[type[str]] = str

    of: Annotated[Query[Any], PlainValidator(_query), Named]
    """The query whose elements are listed; in dumps, an object with its class name as key."""
    format: Text
    """The platform's name of the text format."""

    @property
    def _paged(self) -> bool:
        """True if the underlying query is paged."""
        return self.of._paged

    @property
    def page(self) -> int:
        """First page to request."""
        return getattr(self.of, "page", 1)

    @property
    def limit(self) -> int:
        """Number of elements per page."""
        return getattr(self.of, "limit", 1)

    def _path(self) -> str:
        """Return the path relative to the base URL."""
        return self.of._path()

    def _params(self) -> dict[str, str]:
        """Return the query string parameters."""
        return {**self.of._params(), "format": self.format}

    def _content(self, response: RawResponse) -> Any:
        """Return the JSON data of a response, or a list with its text.

        Raises:
            ResponseFormatError: if the response is a web page.
        """
        content = _json_or_text(response)
        return [WholePage(content)] * bool(content.strip()) if isinstance(content, str) else content

    def _ends(self, elements: Sequence[Any]) -> bool:
        """Return True if a page is the last one. Whole-page text is never last: its number of elements is unknown."""
        return len(elements) < self.limit and not any(isinstance(element, WholePage) for element in elements)


class WholePage(str):
    """The text of a whole page."""

    __slots__ = ()


class StoredText(Stored):
    """Base class of stored objects in a text format."""

    text: str = ""
    """The text, unchanged from the platform."""

    @classmethod
    def _from_response(cls, response: RawResponse, id: str) -> Self:
        """Return the object from a response that is plain text or a JSON string.

        Raises:
            ResponseFormatError: if the response is a web page or any other JSON.
        """
        return cls.model_validate({cls._id_field: id, "text": response_text(response)})


def response_text(response: RawResponse) -> str:
    """Return the text of a response that is plain text or a JSON string.

    Raises:
        ResponseFormatError: if the response is a web page or any other JSON.
    """
    content = _json_or_text(response)
    if isinstance(content, str):
        return content
    raise ResponseFormatError(f"Expected text, not {short(masked(content))}.", reason="schema")


def _json_or_text(response: RawResponse) -> Any:
    if "html" in response.headers.get("content-type", "").lower():
        raise ResponseFormatError("Expected text, but received a web page.", reason="schema", body=response.text[:4096])
    try:
        return unwrap(response.json())
    except ResponseFormatError:
        return response.text
