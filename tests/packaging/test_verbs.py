"""The docstrings of the verbs list every noun that fits: editors show no more than that text."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest

import okapi_sdk
from okapi_sdk import Calculation, InputError, OkapiClient, Query, calculations, objects
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


def test_a_refused_class_name_lists_the_same() -> None:
    with pytest.raises(InputError) as caught:
        Calculation.named("Nonsense")
    listed = caught.value.rule.removeprefix("one of ").split(", ")
    ours = {name for name in listed if hasattr(calculations, name)}
    assert ours == set(fitting(Calculation))
    assert not {"ConjunctionRisk", "OpenCalculation"} & set(listed)
