"""The docstrings of the verbs list every noun that fits: editors show no more than that text."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest

import okapi_sdk
from okapi_sdk import Calculation, OkapiClient, Query, calculations, objects
from okapi_sdk.calculations.base import Calculation as Base
from okapi_sdk.objects.base import Changes, Deletable, Gettable, New

BOUNDS: dict[str, type] = {
    "submit": Calculation,
    "run": Calculation,
    "list": Query,
    "get": Gettable,
    "add": New,
    "update": Changes,
    "delete": Deletable,
}


def fitting(bound: type) -> Iterator[str]:
    for package in (calculations, objects):
        for name in dir(package):
            found = getattr(package, name)
            if inspect.isclass(found) and issubclass(found, bound) and found.__module__.split(".")[-1] != "base":
                yield name


@pytest.mark.parametrize("verb", BOUNDS)
def test_the_docstring_lists_all_that_fit_and_nothing_else(verb: str) -> None:
    text = inspect.getdoc(getattr(OkapiClient, verb)) or ""
    listed = re.search(r"^(?:Takes|Of) ((?:.|\n)*?)\.$", text, re.MULTILINE)
    assert listed is not None
    assert set(re.findall(r"`(\w+)`", listed[1])) == set(fitting(BOUNDS[verb]))
    assert all(hasattr(okapi_sdk, name) for name in re.findall(r"`(\w+)`", listed[1]))


def test_there_is_something_to_list() -> None:
    assert issubclass(calculations.EstimateRisk, Base)
    assert all(len(list(fitting(bound))) >= 1 for bound in BOUNDS.values())
