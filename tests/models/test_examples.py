"""The examples in docstrings do what they say."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from itertools import pairwise

import pytest

import okapi_sdk

MODULES = [
    found.name
    for room in ("calculations", "messages", "models", "objects", "results", "values")
    for found in pkgutil.iter_modules([f"{path}/{room}" for path in okapi_sdk.__path__], f"okapi_sdk.{room}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES) >= 10


def described(model: type) -> Iterator[str]:
    """Names of the fields under which a docstring stands, as editors and the reference read it."""
    (found,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(found, ast.ClassDef)
    for field, text in pairwise(found.body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            yield ast.unparse(field.target)


def test_every_public_class_and_field_is_documented() -> None:
    for name in okapi_sdk.__all__:
        found = getattr(okapi_sdk, name)
        if isinstance(found, type):
            assert found.__doc__, name
            models = [m for m in found.__mro__ if m.__module__.startswith("okapi_sdk.") and "[" not in m.__name__]
            undocumented = getattr(found, "model_fields", {}).keys() - {f for model in models for f in described(model)}
            assert not undocumented, name
