"""Calculations without an SDK class."""

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
        raise rule("only letters, digits, '-', '_' and '.'", f"for example {example!r}")
    return text


def _path(path: str) -> str:
    if "://" in path or "?" in path or "#" in path:
        raise rule("a path relative to the base URL, without host or query", "for example 'predict-passes/sgp4'")
    service = re.sub(r"/requests$", "", path.strip("/"))
    if service != path:
        raise rule("a path without leading or trailing slashes and without '/requests'", f"use {service!r}")
    for segment in path.split("/"):
        _segment(segment, "predict-passes/sgp4")
    return path


class RawCalculation(OpenCalculation[dict[str, Any]]):
    """A calculation without an SDK class: a path and a body, sent unchanged in every dialect.

    The result is the parsed response.

    >>> RawCalculation("estimate-covariance", {"orbit": {"type": "oem.kvn", "content": "…"}}).endpoint()
    'estimate-covariance'
    """

    path: Annotated[str, Strict(), AfterValidator(_path)]
    """Path relative to the base URL, without ``/requests``, such as ``predict-passes/sgp4``."""
    format: Annotated[str, Strict(), AfterValidator(lambda name: _segment(name, "simple"))] = "simple"
    """The platform's name for the format of the result."""

    _may_be_empty: ClassVar[bool] = True

    def __init__(self, path: str, body: Mapping[str, Any], format: str = "simple") -> None:
        OkapiModel.__init__(self, path=path, body=body, format=format)

    # Keeps model_validate from calling this __init__, which could not report an unknown field by name.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from (("path", self.path), ("body", self.content), ("format", self.format))

    def endpoint(self) -> str:
        """Return `path`."""
        return self.path

    def body(self, dialect: Dialect = "generic") -> dict[str, Any]:
        """Return a copy of the body, which is the same in every dialect."""
        return copy.deepcopy(self.content)

    def _format_name(self) -> str:
        """Return `format`."""
        return self.format

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return a dictionary for the ``simple`` format; an instance may specify a different `format`."""
        return {dict: "simple"}

    @classmethod
    def _serves(cls, endpoint: str) -> bool:
        """Return True: any path is valid."""
        return True
