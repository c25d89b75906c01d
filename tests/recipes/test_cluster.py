"""The recipe for Dask, on a small fleet. Only ``nox -s recipes`` installs Dask."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from okapi_sdk import OkapiClient
from okapi_sdk.emulator import Emulator

pytest.importorskip("distributed")

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
BATCHES = 4
# Dask leaves some sockets and processes to the garbage collector.
pytestmark = pytest.mark.filterwarnings("default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    import cluster_passes

    monkeypatch.setattr(cluster_passes, "BATCH", 10 // BATCHES + 1)
    module: ModuleType = cluster_passes
    return module


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator(fleet=2) as emulator:
        monkeypatch.setenv("OKAPI_USERNAME", emulator.username)
        monkeypatch.setenv("OKAPI_PASSWORD", emulator.password)
        yield emulator


@pytest.fixture
def dask(emulator: Emulator, recipe: ModuleType) -> Iterator[Any]:
    import dask
    from dask.distributed import Client, LocalCluster

    # Without workers, tasks fail instead of waiting for ever.
    with dask.config.set({"distributed.scheduler.no-workers-timeout": "60s"}):
        with LocalCluster(2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
            with Client(cluster) as client:
                yield client


def expected(okapi: OkapiClient, submitted: list[Any]) -> list[Any]:
    """Return the rows from one process, which submits everything again."""
    return sorted(
        (outcome.calculation.orbit.name, outcome.calculation.ground_location.name, row.aos, row.max_elevation)
        for outcome in okapi.map([calculation for calculation, _ in submitted])
        for row in outcome.result().above(10)
    )


def test_workers_sign_in_once_each_and_submit_nothing(dask: Any, emulator: Emulator, recipe: ModuleType) -> None:
    with OkapiClient.emulated(emulator) as okapi:
        submitted = recipe.submit_all(okapi, days=1)
        batches = list(recipe.collect(dask, okapi, submitted))
        assert (len(batches), emulator.sign_ins) == (BATCHES, 1 + 2)
        assert len(emulator.calculations) == len(submitted) == 10
        assert sorted(row for batch in batches for row in batch) == expected(okapi, submitted) != []
        assert emulator.password.encode() not in pickle.dumps((okapi, submitted))


def test_a_worker_that_dies_repeats_no_submit(dask: Any, emulator: Emulator, recipe: ModuleType) -> None:
    with OkapiClient.emulated(emulator) as okapi:
        submitted = recipe.submit_all(okapi, days=1)
        batches = recipe.collect(dask, okapi, submitted)
        found = [next(batches)]
        victim, *_ = dask.run(os.getpid).values()
        os.kill(victim, signal.SIGKILL)
        found += batches
        assert len(emulator.calculations) == 10
        assert sorted(row for batch in found for row in batch) == expected(okapi, submitted)
