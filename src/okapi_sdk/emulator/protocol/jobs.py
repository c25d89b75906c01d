"""Calculations from submission to result."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ...settings import Clock
from ..services.catalogue import Service
from ..services.outcome import Context, NewElement, NoResultError, Outcome, Status
from ..store.tables import Store, StoreFullError
from .envelopes import Serialised, serialise
from .refusals import RefusedError
from .scripts import NextCalculation


@dataclass(frozen=True)
class Calculation:
    """One entry of the ledger: an accepted request with its ID."""

    id: str
    path: str
    idempotency_key: str | None
    created: datetime


@dataclass(frozen=True)
class Finished:
    """A calculation that has ended: its status, its serialised results, and the elements to store."""

    status: Status
    results: dict[str, Serialised] = field(default_factory=dict)
    new_elements: tuple[NewElement, ...] = ()


@dataclass(frozen=True)
class Job:
    """A calculation in progress. It is done when its result has been computed and its processing time is over."""

    calculation: Calculation
    service: Service
    body_digest: bytes
    due: float
    future: Future[Finished]


class Jobs:
    """All jobs of an emulator. They are computed by `executor`, never by the thread that handles calls.

    If the processing time of a job is over but its result is not computed yet, a poll is answered "not yet" or, if
    `patient`, waits for the computation.
    """

    def __init__(self, clock: Clock, executor: Executor, store: Store, *, patient: bool) -> None:
        self.processing_time: float = 0.0
        self.rows_per_part = 10_000
        self.ledger: list[Calculation] = []
        self._clock = clock
        self._executor = executor
        self._store = store
        self._patient = patient
        self._jobs: dict[str, Job] = {}
        self._by_key: dict[str, Job] = {}
        self._storing: dict[str, Job] = {}

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
        created = datetime.fromtimestamp(self._clock.wall(), UTC)
        calculation = Calculation(str(uuid.uuid4()), f"/{service.path}/requests", key, created)
        processing_time = self.processing_time if script.processing_time is None else script.processing_time
        rows_per_part, context = self.rows_per_part, Context(created, self._store)

        def work() -> Finished:
            return _scripted(_compute(lambda: service.compute(request, context), rows_per_part), script)

        due = self._clock.monotonic() + processing_time
        job = Job(calculation, service, _digest(body), due, self._executor.submit(work))
        self._jobs[calculation.id] = job
        if service.stores:
            self._storing[calculation.id] = job
        if key is not None:
            self._by_key[key] = job
        self.ledger.append(calculation)
        return calculation

    async def poll(self, service: Service, request_id: str) -> Finished | None:
        """Return the end of a calculation, or None while it is in progress."""
        job = self._jobs.get(request_id)
        if job is None or job.service is not service:
            raise RefusedError(404, f"There is no request {request_id} of {service.path}.")
        return await self._end_of(job)

    async def store_finished(self) -> None:
        """Store the elements of calculations that have ended. Every call about stored objects does this first."""
        for job in list(self._storing.values()):
            await self._end_of(job)

    async def _end_of(self, job: Job) -> Finished | None:
        if self._clock.monotonic() < job.due or not (self._patient or job.future.done()):
            return None
        finished = await asyncio.wrap_future(job.future)
        if job.calculation.id in self._storing:
            try:
                for new in finished.new_elements:
                    self._store.put(new.table, new.id_field, [new.element], new.owner)
            except StoreFullError as full:
                raise RefusedError(507, str(full)) from None
            self._storing.pop(job.calculation.id, None)
        return finished


def _compute(compute: Callable[[], Outcome], rows_per_part: int) -> Finished:
    try:
        outcome = compute()
        # Rows are computed while they are serialised, so this can fail too.
        results = {name: serialise(result, rows_per_part) for name, result in outcome.formats.items()}
    except NoResultError as failure:
        return Finished(failure.status)
    return Finished(outcome.status, results, outcome.new_elements)


def _scripted(finished: Finished, script: NextCalculation) -> Finished:
    if script.status is None and script.text is None:
        return finished
    kind = (script.status or finished.status.type).upper()
    text = script.text if script.text is not None else f"Scripted {kind} of the emulator"
    status = replace(finished.status, type=kind, text=text)
    return Finished(status) if kind == "FATAL" else replace(finished, status=status)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
