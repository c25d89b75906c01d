"""What calculations share whose body no source shows: it is the caller's."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Generic, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from ..errors import R
from ..models.json_form import json_data
from ..models.problems import refusal, rule
from .base import Calculation


def _body(value: object) -> Any:
    if not isinstance(value, Mapping):
        raise rule("a JSON object", "pass a dict")
    return json_data(value)


Body = Annotated[dict[str, Any], BeforeValidator(_body)]
"""A JSON object with text keys."""


class OpenCalculation(Calculation[R], Generic[R]):
    """A calculation whose body is the caller's, with what is known of it as fields beside.

    The body is sent as it is, with the fields under their names.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(validate_by_name=True, validate_by_alias=True)

    content: Body = Field(alias="body")
    """The body of the POST: JSON data. No source shows its keys."""

    _may_be_empty: ClassVar[bool] = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        parts = dict(self._parts())
        for key in parts.keys() & self.content.keys():
            raise refusal(type(self), f"body.{key}", self.content[key], f"one {key}, and not two", "remove one")
        if not (parts or self.content or self._may_be_empty):
            raise refusal(type(self), "body", {}, "a body with something in it", "pass what the platform is to compute")
        return self

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield ("body" if name == "content" else name), value

    def _generic_body(self) -> dict[str, Any]:
        return copy.deepcopy(self.content) | dict(self._parts())

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Keys and values that the fields beside the body add to it."""
        return iter(())
