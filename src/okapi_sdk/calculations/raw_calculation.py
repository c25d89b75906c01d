"""Calculations that the SDK has no class for."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Strict

from ..models.base import OkapiModel
from ..models.problems import rule
from ..settings.policies import Dialect
from .undocumented import OpenCalculation

_SEGMENT = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)


def _segment(text: str, example: str) -> str:
    if not _SEGMENT.fullmatch(text) or text in {".", ".."}:
        raise rule("letters, digits, '-', '_' and '.'", f"for example {example!r}")
    return text


def _path(path: str) -> str:
    if "://" in path or "?" in path or "#" in path:
        raise rule("a path below the base URL, without host and query", "for example 'predict-passes/sgp4'")
    service = re.sub(r"/requests$", "", path.strip("/"))
    if service != path:
        raise rule("a path without slashes at its ends and without '/requests'", f"use {service!r}")
    for segment in path.split("/"):
        _segment(segment, "predict-passes/sgp4")
    return path


class RawCalculation(OpenCalculation[dict[str, Any]]):
    """A calculation that the SDK has no class for: a path and a body, sent as they are in every dialect.

    The result is the parsed answer.

    >>> RawCalculation("estimate-covariance", {"orbit": {"type": "oem.kvn", "content": "…"}}).endpoint()
    'estimate-covariance'
    """

    path: Annotated[str, Strict(), AfterValidator(_path)]
    """Path below the base URL, without ``/requests``, such as ``predict-passes/sgp4``."""
    format: Annotated[str, Strict(), AfterValidator(lambda name: _segment(name, "simple"))] = "simple"
    """The platform's name of the format that the result is read in."""

    _may_be_empty: ClassVar[bool] = True

    def __init__(self, path: str, body: Mapping[str, Any], format: str = "simple") -> None:
        OkapiModel.__init__(self, path=path, body=body, format=format)

    # model_validate goes past this __init__, so that it can name an unknown field.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from (("path", self.path), ("body", self.content), ("format", self.format))

    def endpoint(self) -> str:
        """The path."""
        return self.path

    def body(self, dialect: Dialect = "generic") -> dict[str, Any]:
        """A copy of the body, the same in every dialect."""
        return copy.deepcopy(self.content)

    def _format_name(self) -> str:
        """The format that was asked for."""
        return self.format

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """A dictionary, in the format ``simple`` where the calculation itself does not name another."""
        return {dict: "simple"}

    @classmethod
    def _serves(cls, endpoint: str) -> bool:
        """Any path."""
        return True
