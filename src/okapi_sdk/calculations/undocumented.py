"""Base class for calculations with an undocumented body; the caller supplies it."""

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
"""A JSON object whose keys are strings."""


class OpenCalculation(Calculation[R], Generic[R]):
    """A calculation with a caller-supplied body and fields for its known parts.

    The body is sent unchanged, with the fields added under their names.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(validate_by_name=True, validate_by_alias=True)

    content: Body = Field(alias="body")
    """The body of the POST, as JSON data. Its keys are undocumented."""

    _may_be_empty: ClassVar[bool] = False

    @model_validator(mode="after")
    def _check_body(self) -> Self:
        parts = dict(self._parts())
        for key in parts.keys() & self.content.keys():
            raise refusal(type(self), f"body.{key}", self.content[key], f"a single {key}", "remove it from the body")
        if not (parts or self.content or self._may_be_empty):
            raise refusal(type(self), "body", {}, "a body that is not empty", "describe the calculation in it")
        return self

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield ("body" if name == "content" else name), value

    def _generic_body(self) -> dict[str, Any]:
        return copy.deepcopy(self.content) | dict(self._parts())

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Return the keys and values that the fields add to the body."""
        return iter(())
