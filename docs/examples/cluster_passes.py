"""Predict the passes of a fleet over five stations for three days, and collect them with a cluster of processes."""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dask.distributed import Client, LocalCluster, Worker, WorkerPlugin, as_completed, get_worker

from okapi_sdk import GroundLocation, OkapiClient, PredictPasses, RequestRef, TimeWindow, Tles, wait_all
from okapi_sdk.emulator import Emulator

BATCH = 25
Submitted = tuple[PredictPasses, RequestRef[Any]]
Row = tuple[str | None, str | None, datetime, float]


def submit_all(okapi: OkapiClient, days: float) -> list[Submitted]:
    """Submit each stored satellite over each station. Only this process submits."""
    orbits = [record.tle() for record in okapi.list(Tles(latest=True))]
    stations = GroundLocation.load_many(Path(__file__).with_name("stations.csv"))
    begin = max(orbit.epoch for orbit in orbits)
    window = TimeWindow(start=begin, end=begin + timedelta(days=days))
    calculations = [
        PredictPasses(orbit=orbit, ground_location=station, time_window=window)
        for orbit in orbits for station in stations
    ]  # fmt: skip
    with ThreadPoolExecutor(20) as pool:
        requests = list(pool.map(okapi.submit, calculations))
    return [(calculation, request.ref) for calculation, request in zip(calculations, requests, strict=True)]


class OkapiPlugin(WorkerPlugin):
    """Gives each worker a client, which travels without credentials and signs in when the worker first uses it."""

    def __init__(self, okapi: OkapiClient) -> None:
        self.okapi = okapi

    def setup(self, worker: Worker) -> None:
        worker.okapi = self.okapi

    def teardown(self, worker: Worker) -> None:
        self.okapi.close()


def passes_of(batch: list[Submitted]) -> list[Row]:
    """Runs in a worker: wait for a batch, and return only what is needed of its results."""
    okapi = get_worker().okapi
    requests = wait_all([okapi.resume(ref) for _, ref in batch])
    return [
        (calculation.orbit.name, calculation.ground_location.name, row.aos, row.max_elevation)
        for (calculation, _), request in zip(batch, requests, strict=True)
        for row in request.result().above(10)
    ]


def collect(dask: Client, okapi: OkapiClient, submitted: list[Submitted]) -> Iterator[list[Row]]:
    """Yield the rows of each batch as soon as a worker has them."""
    dask.register_plugin(OkapiPlugin(okapi))
    batches = [submitted[first : first + BATCH] for first in range(0, len(submitted), BATCH)]
    for future in as_completed(dask.map(passes_of, batches)):
        yield future.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--satellites", type=int, default=200)
    parser.add_argument("--days", type=float, default=3)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with Emulator(fleet=options.satellites) as emulator:
        # The workers inherit them. On a real cluster, they are part of the deployment.
        os.environ |= {"OKAPI_USERNAME": emulator.username, "OKAPI_PASSWORD": emulator.password}
        with (
            OkapiClient.emulated(emulator) as okapi,  # OkapiClient() calls the platform
            LocalCluster(options.workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
            Client(cluster) as dask,
        ):
            submitted = submit_all(okapi, options.days)
            rows = [row for batch in collect(dask, okapi, submitted) for row in batch]
        print(f"{len(emulator.calculations)} calculations, {emulator.sign_ins} sign-ins")
    print(f"{len({row[0] for row in rows})} satellites, {len(rows)} passes above 10 degrees")


if __name__ == "__main__":
    main()
