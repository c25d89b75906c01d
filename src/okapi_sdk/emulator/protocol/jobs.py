"""Calculations from submission to result."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ...settings import Clock
from ..services.catalogue import Service
from ..services.outcome import Context, Status
from ..store.tables import OwnerGoneError, Store, StoreFullError
from . import limits
from .bounded import Bounded
from .computation import Collector, Finished, compute
from .processes import Processes
from .refusals import RefusedError
from .scripts import NextCalculation
from .worker_process import Task
from .workers import Workers


@dataclass(frozen=True)
class Calculation:
    """One entry of the ledger: an accepted request with its ID."""

    id: str
    path: str
    idempotency_key: str | None
    created: datetime


@dataclass(frozen=True)
class Job:
    """A calculation in progress. It is done when its result has been computed and its processing time is over."""

    calculation: Calculation
    service: Service
    body_digest: bytes
    due: float
    future: Future[None]


class Jobs:
    """All jobs of an emulator. They are computed by `workers` or, if they are long, by `processes`.

    If a job's processing time has elapsed but its result has not been computed yet, a poll is answered "not yet" or, if
    `patient`, waits for the computation. Old jobs and results are forgotten; see `limits`.
    """

    def __init__(self, clock: Clock, workers: Workers, processes: Processes, store: Store, *, patient: bool) -> None:
        self.processing_time: float = 0.0
        self.rows_per_part = 10_000
        self._clock = clock
        self._workers = workers
        self._processes = processes
        self._store = store
        self._patient = patient
        self._jobs: Bounded[Job] = Bounded(limits.MOST_CALCULATIONS)
        # As many as there are jobs: `_forget` removes those of others.
        self._results: Bounded[Finished] = Bounded(float("inf"), limits.LARGEST_RESULTS)
        self._by_key: Bounded[Job] = Bounded(limits.MOST_CALCULATIONS)
        self._unfinished: dict[str, int] = {}  # sizes of bodies
        self._unstored: dict[str, Job] = {}
        self._ends_to_store: dict[str, Finished] = {}
        self._abandoned = threading.Event()

    @property
    def ledger(self) -> list[Calculation]:
        """The accepted calculations in order."""
        return [job.calculation for job in self._jobs.values()]

    def newest(self, count: int) -> list[dict[str, str]]:
        """Return the last calculations with their states, newest first."""
        now, jobs = self._clock.monotonic(), self._jobs.values()[-count:]
        return [
            {
                "id": job.calculation.id,
                "endpoint": job.service.path,
                "state": "done" if job.future.done() and now >= job.due else "running",
                "submitted": job.calculation.created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            }
            for job in reversed(jobs)
        ]

    def repeated(self, key: str | None, service: Service, body: bytes) -> Calculation | None:
        """Return the calculation submitted with this idempotency key. Another request with that key is a conflict."""
        if key is None or (job := self._by_key.get(key)) is None:
            return None
        if job.service is not service or job.body_digest != _digest(body):
            raise RefusedError(409, "This Idempotency-Key was already used for another request.")
        return job.calculation

    def submit(
        self, service: Service, request: Any, body: bytes, key: str | None, script: NextCalculation
    ) -> Calculation:
        """Add a request to the ledger and start its computation."""
        self._forget_old()
        self._check_backlog(len(body))
        created = datetime.fromtimestamp(self._clock.wall(), UTC)
        calculation = Calculation(str(uuid.uuid4()), f"/{service.path}/requests", key, created)
        processing_time = self.processing_time if script.processing_time is None else script.processing_time
        rows_per_part, collector = self.rows_per_part, Collector(self._abandoned)
        workers: Workers | Processes = self._workers
        ended: Callable[[], Finished]
        if (script.status or "").upper() == "FATAL":
            ended = partial(Finished, Status("FATAL", ""))  # there is nothing to compute
        elif service.is_long(request):
            task, workers = Task(service.path, body, created, rows_per_part), self._processes
            ended = partial(self._processes.compute, task, self._store, collector)
        else:
            ended = partial(compute, service, request, Context(created, self._store), rows_per_part, collector)

        def work() -> None:
            finished = _scripted(collector.complete(ended()), script)
            if service.stores:
                self._ends_to_store[calculation.id] = finished
            else:
                self._results.put(calculation.id, finished, finished.size)
                self._unfinished.pop(calculation.id, None)

        self._unfinished[calculation.id] = len(body)
        due = self._clock.monotonic() + processing_time
        job = Job(calculation, service, _digest(body), due, workers.submit(work))
        for forgotten in self._jobs.put(calculation.id, job):
            self._forget(forgotten)
        if service.stores:
            self._unstored[calculation.id] = job
        if key is not None:
            self._by_key.put(key, job)
        return calculation

    async def poll(self, service: Service, request_id: str) -> Finished | None:
        """Return the end of a calculation, or None while it is in progress."""
        self._forget_old()
        job = self._jobs.get(request_id)
        if job is None or job.service is not service:
            kept = f"The last {limits.MOST_CALCULATIONS:,} are kept, for up to {limits.KEPT_SECONDS / 86_400:.0f} days."
            raise RefusedError(404, f"There is no request {request_id} of {service.path}. {kept}")
        if not await self._is_done(job):
            return None
        finished = self._results.get(request_id)
        if finished is None:
            kept = f"The emulator keeps {limits.LARGEST_RESULTS / 2**20:.0f} MiB of results."
            raise RefusedError(
                410, f"The result of {request_id} was discarded to make room for newer ones. {kept} Submit it again."
            )
        return finished

    def collected(self, request_id: str) -> None:
        """Let a result that was collected give way before those that were not."""
        self._results.give_way_first(request_id)

    async def store_finished(self) -> None:
        """Store the elements of calculations that have ended. Every call about stored objects does this first."""
        for job in list(self._unstored.values()):
            await self._is_done(job)

    def abandon(self) -> None:
        """End all calculations soon: nobody can ask for their results any more."""
        self._abandoned.set()
        self._processes.abandon()

    async def _is_done(self, job: Job) -> bool:
        """Return whether a job is done, with its elements stored."""
        if self._clock.monotonic() < job.due or not (self._patient or job.future.done()):
            return False
        await asyncio.wrap_future(job.future)
        self._store_elements(job.calculation.id)
        return True

    def _store_elements(self, id_: str) -> None:
        finished = self._ends_to_store.pop(id_, None)
        if finished is None:
            return
        del self._unstored[id_], self._unfinished[id_]
        try:
            with self._store.all_or_nothing():
                for new in finished.new_elements:
                    new.put(self._store)
        except (StoreFullError, OwnerGoneError) as reason:
            finished = Finished(Status("FATAL", f"Nothing was stored. {reason}"))
        if self._jobs.get(id_) is not None:
            self._results.put(id_, replace(finished, new_elements=()), finished.size)

    def _check_backlog(self, size: int) -> None:
        sizes = list(self._unfinished.values())
        if len(sizes) >= limits.MOST_UNFINISHED or sum(sizes) + size > limits.LARGEST_BACKLOG:
            text = "The emulator has too many unfinished calculations. Submit this one when some have ended."
            raise RefusedError(503, text, headers={"retry-after": "1"})

    def _forget_old(self) -> None:
        last = self._clock.monotonic() - limits.KEPT_SECONDS
        while (job := self._jobs.oldest()) is not None and job.due < last and job.future.done():
            self._jobs.remove(job.calculation.id)
            self._forget(job)

    def _forget(self, job: Job) -> None:
        """Forget the result of a job that is no longer known, and that its key was used."""
        # It may still be in progress.
        job.future.add_done_callback(lambda _: self._results.remove(job.calculation.id))
        key = job.calculation.idempotency_key
        if key is not None and self._by_key.get(key) is job:
            self._by_key.remove(key)


def _scripted(finished: Finished, script: NextCalculation) -> Finished:
    if script.status is None and script.text is None:
        return finished
    kind = (script.status or finished.status.type).upper()
    text = script.text if script.text is not None else f"Scripted {kind} of the emulator"
    status = replace(finished.status, type=kind, text=text)
    return Finished(status) if kind == "FATAL" else replace(finished, status=status)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
