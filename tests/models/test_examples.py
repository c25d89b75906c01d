"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import okapi_sdk.calculations
import okapi_sdk.models

MODULES = [
    name
    for package in (okapi_sdk.models, okapi_sdk.calculations)
    for _, name, _ in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES) >= 10


@pytest.mark.parametrize("package", [okapi_sdk.models, okapi_sdk.calculations])
def test_every_public_class_and_field_is_documented(package: object) -> None:
    for name in package.__all__:  # type: ignore[attr-defined]
        found = getattr(package, name)
        if isinstance(found, type):
            assert found.__doc__, name
            for field, info in getattr(found, "model_fields", {}).items():
                assert info.description, f"{name}.{field}"
