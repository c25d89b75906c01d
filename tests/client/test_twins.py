"""The async classes offer what their sync twins offer: the same methods, parameters and docstrings."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from okapi_sdk import AsyncOkapiClient, AsyncPages, AsyncRequest, OkapiClient, Pages, Request

TWINS = {OkapiClient: AsyncOkapiClient, Request: AsyncRequest, Pages: AsyncPages}
ASYNC_ONLY = {
    # An async client belongs to one event loop.
    "close": """

Raises:
    ConfigurationError: if called from a different event loop than the client's other calls; nothing is closed.""",
}


def public_methods(kind: type[Any]) -> dict[str, Any]:
    return {name: member for name, member in inspect.getmembers(kind) if not name.startswith("_") and callable(member)}


def test_twins_have_the_same_public_names() -> None:
    for sync, twin in TWINS.items():
        assert [name for name in dir(sync) if not name.startswith("_")] == [
            name for name in dir(twin) if not name.startswith("_")
        ]


METHODS = [
    pytest.param(method, public_methods(twin)[name], id=f"{sync.__name__}.{name}")
    for sync, twin in TWINS.items()
    for name, method in public_methods(sync).items()
]


@pytest.mark.parametrize(("method", "twin"), METHODS)
def test_a_method_and_its_twin_have_the_same_docstring(method: Any, twin: Any) -> None:
    text = inspect.getdoc(method)
    assert text
    assert inspect.getdoc(twin) == text + ASYNC_ONLY.get(method.__name__, "")


@pytest.mark.parametrize(("method", "twin"), METHODS)
def test_a_method_and_its_twin_have_the_same_parameters(method: Any, twin: Any) -> None:
    assert inspect.signature(twin).parameters == inspect.signature(method).parameters


def test_the_constructors_differ_only_in_the_borrowed_client() -> None:
    sync, twin = (dict(inspect.signature(kind).parameters) for kind in (OkapiClient, AsyncOkapiClient))
    assert list(sync) == list(twin)
    assert {name for name in sync if sync[name] != twin[name]} == {"http_client"}
