"""Every endpoint of the platform has a row on the coverage page, and a noun that serves it in both clients."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from okapi_sdk import AsyncOkapiClient, OkapiClient

SOURCE = Path(__file__).parents[2] / "docs" / "coverage_page.py"
VERBS = {"submit", "run", "list", "get", "add", "update", "delete"}


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_page", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


coverage = _load()


@pytest.mark.parametrize("path", coverage.SERVICES)
def test_each_service_has_one_noun(path: str) -> None:
    assert len(coverage.nouns(path)) == 1, "a service is one class in one file"


@pytest.mark.parametrize("one", coverage.STORED, ids=lambda one: f"{one.method} {one.path}")
def test_each_stored_endpoint_has_a_verb_and_a_noun(one: object) -> None:
    serving = coverage.servants(one.method, one.path)  # type: ignore[attr-defined]
    assert serving
    for client in (OkapiClient, AsyncOkapiClient):
        assert {call.partition("(")[0] for call in serving} <= set(dir(client)) & VERBS


def test_the_emulator_answers_these_endpoints_and_no_others() -> None:
    services = {
        (method, f"{path}/{rest}")
        for path in coverage.SERVICES
        for method, rest in (("POST", "requests"), ("GET", "results/{request_id}/{format}"))
    }
    stored = {(one.method, one.path) for one in coverage.STORED}
    assert coverage.computed().keys() == services | stored | coverage.NOT_NOUNS.keys()


def test_the_page_is_that_of_the_code() -> None:
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page(), "run: python docs/coverage_page.py"
