"""Text forms of messages: KVN, XML and the like, in lists and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import InstanceOf

from ..errors import ResponseFormatError
from ..models.base import RequestModel
from ..models.envelope import unwrap
from ..models.problems import refusal
from ..redaction import masked, short
from ..results.response import RawResponse
from .base import Query, Stored
from .filters import Text


class TextForms:
    """What queries have in common whose elements the platform also gives as text."""

    _text_forms: ClassVar[tuple[str, ...]] = ("kvn", "xml")
    """The platform's names of the text forms, the default first."""

    def texts(self, format: str = "") -> Texts:
        """The same query, its elements as text: ``client.list(Oems(norad_id="25544").texts("kvn"))``.

        Args:
            format: one of `text_forms`; with none given the first of them.

        Raises:
            InputError: the platform has no such form.
        """
        name = format or self._text_forms[0]
        if not isinstance(name, str) or name.lower() not in map(str.lower, self._text_forms):
            raise refusal(
                cast(type[RequestModel], type(self)), "format", name, f"one of {', '.join(self._text_forms)}",
                "leave out texts() for JSON",
            )  # fmt: skip
        return Texts(of=cast(Query[Any], self), format=name)


class Texts(Query[str]):
    """A query whose elements come as text. The method ``texts`` of a query makes it, where there are text forms.

    No source shows what the platform answers then: a list of texts is read as such, and an answer that is no JSON
    as one text a page.
    """

    _element: ClassVar[type[str]] = str

    of: Annotated[Query[Any], InstanceOf]
    """What is listed."""
    format: Text
    """The platform's name of the text form."""

    @property
    def _paged(self) -> bool:
        """As the query has it."""
        return self.of._paged

    @property
    def page(self) -> int:
        """Page to begin with."""
        return getattr(self.of, "page", 1)

    @property
    def limit(self) -> int:
        """Elements of a page."""
        return getattr(self.of, "limit", 1)

    def _path(self) -> str:
        """Path below the base URL."""
        return self.of._path()

    def _params(self) -> dict[str, str]:
        """The query string's keys and values."""
        return {**self.of._params(), "format": self.format}

    def _content(self, response: RawResponse) -> Any:
        """What an answer holds: JSON data, or a list of the one text that it is.

        Raises:
            ResponseFormatError: it is a web page.
        """
        found = _json_or_text(response)
        return [Whole(found)] * bool(found.strip()) if isinstance(found, str) else found

    def _ends(self, elements: Sequence[Any]) -> bool:
        """As the query has it; a text that is the whole page does not show how much stands in it."""
        return len(elements) < self.limit and not any(isinstance(element, Whole) for element in elements)


class Whole(str):
    """A text that is a whole page."""

    __slots__ = ()


class StoredText(Stored):
    """A stored object in a form that is text."""

    text: str = ""
    """The text as the platform sent it."""

    @classmethod
    def _from_response(cls, response: RawResponse, id: str) -> Self:
        """Read the answer: the text itself, or a JSON text that holds it.

        Raises:
            ResponseFormatError: JSON of another shape.
        """
        return cls.model_validate({cls._id_field: id, "text": text_of(response)})


def text_of(response: RawResponse) -> str:
    """The text that an answer is, or that it holds as JSON.

    Raises:
        ResponseFormatError: JSON of another shape, or a web page.
    """
    found = _json_or_text(response)
    if isinstance(found, str):
        return found
    raise ResponseFormatError(f"A text was due, not {short(masked(found))}.", reason="schema")


def _json_or_text(response: RawResponse) -> Any:
    if "html" in response.headers.get("content-type", "").lower():
        raise ResponseFormatError("A text was due, and a web page came.", reason="schema", body=response.text[:4096])
    try:
        return unwrap(response.json())
    except ResponseFormatError:
        return response.text
