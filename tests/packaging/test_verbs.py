"""The docstrings and refusals of the client's verbs list every class that fits, as the catalogue has them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import get_args

import pytest

import okapi_sdk
from okapi_sdk import (
    AsyncOkapiClient,
    Calculation,
    Changes,
    Deletable,
    Gettable,
    InputError,
    New,
    OkapiClient,
    PagedQuery,
    Query,
    catalogue,
)
from okapi_sdk.reference import class_named

BOUNDS: dict[catalogue.Verb, type] = {
    "submit": Calculation,
    "list": Query,
    "get": Gettable,
    "add": New,
    "update": Changes,
    "delete": Deletable,
}


def fitting(bound: type) -> Iterator[str]:
    bases = {*BOUNDS.values(), PagedQuery}
    for name in okapi_sdk.__all__:
        found = getattr(okapi_sdk, name)
        if inspect.isclass(found) and issubclass(found, bound) and found not in bases:
            yield name


def test_every_verb_has_its_classes() -> None:
    assert set(get_args(catalogue.Verb)) == BOUNDS.keys()


@pytest.mark.parametrize("verb", BOUNDS)
def test_the_catalogue_lists_all_that_fit_and_nothing_else(verb: catalogue.Verb) -> None:
    assert sorted(catalogue.taken_by(verb)) == sorted(fitting(BOUNDS[verb]))


@pytest.mark.parametrize("client", [OkapiClient, AsyncOkapiClient])
@pytest.mark.parametrize("verb", [*BOUNDS, "run"])
def test_the_docstring_lists_them(client: type, verb: str) -> None:
    text = inspect.getdoc(getattr(client, verb)) or ""
    listed = re.search(r"^Takes ((?:.|\n)*?)\.$", text, re.MULTILINE)
    assert listed is not None
    taken = catalogue.taken_by("submit" if verb == "run" else verb)  # type: ignore[arg-type]
    assert re.findall(r"`(\w+)`", listed[1]) == taken
    assert max(map(len, text.splitlines())) <= 120


def test_a_refused_class_name_lists_the_same() -> None:
    with pytest.raises(InputError) as caught:
        class_named("Nonsense")
    assert all(name in caught.value.rule for name in catalogue.taken_by("submit"))
