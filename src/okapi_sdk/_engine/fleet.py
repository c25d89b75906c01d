"""Many calculations at once: which of them takes its next step, and when.

A `Member` is one calculation, from its submit to its result. Between two steps it needs no thread, timer or generator:
it waits in the heap of a `Fleet` until it is due. The runners in `okapi_sdk.fleet` carry the steps out.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Generic, NamedTuple

from ..calculations.base import Calculation
from ..errors import OkapiError, R, RequestRef, SubmissionUncertainError, attach
from .effects import Ended, Flow, Sleep
from .job import Job
from .protocol import new_idempotency_key
from .session import Session
from .submitting import Submission, prepare
from .waiting import Wait


class Entry(NamedTuple):
    """What an earlier run recorded about a calculation."""

    ref: RequestRef[Any] | None
    """The reference, or None if the run ended during the submit."""
    key: str
    submitted_at: datetime | None


class Records:
    """The record of a run that keeps none. A journal overrides all methods."""

    def open(self) -> None:
        """Begin the run."""

    def close(self) -> None:
        """End the run."""

    def find(self, position: int, submission: Submission[Any]) -> Entry | None:
        """Return what an earlier run recorded about a calculation, or None if it has to be submitted."""
        return None

    def submitting(self, position: int, submission: Submission[Any]) -> None:
        """Record that a calculation is about to be submitted."""

    def submitted(self, position: int, job: Job[Any]) -> None:
        """Record that the platform accepted a calculation."""

    def ended(self, position: int, error: OkapiError | None) -> None:
        """Record how a calculation ended."""

    def exhausted(self, count: int) -> None:
        """Record the number of calculations in the input."""


class Member(Generic[R]):
    """One calculation of a fleet."""

    __slots__ = ("calculation", "deadline", "error", "flow", "handle", "job", "position", "submission", "wait")

    def __init__(self, position: int, deadline: float, calculation: Any) -> None:
        self.position = position
        """Place in the input, from 0."""
        self.deadline = deadline
        self.calculation = calculation
        """The calculation to submit; None if the caller has a request for it."""
        self.handle: Any = None
        """The caller's request."""
        self.submission: Submission[R] | None = None
        """The calculation as it is sent, until the platform has accepted it."""
        self.job: Job[R] | None = None
        self.wait: Wait
        self.flow: Any = None
        """The step that is under way, a flow. Its value is the pause before the next step, or None after the last."""
        self.error: OkapiError | None = None

    def follow(self, job: Job[R]) -> float:
        """Wait for a calculation from now on. Return the pause before the first poll."""
        self.job, self.wait = job, Wait(job, job.ref.format, 0, None, self.deadline)
        return self.wait.delay()

    def begin(self, records: Records) -> Flow[float | None]:
        """Return the next step."""
        return self._submit(self.submission, records) if self.submission is not None else self._poll()

    def _submit(self, submission: Submission[R], records: Records) -> Flow[float | None]:
        records.submitting(self.position, submission)
        ref, status = yield from submission.send()
        session, kind = submission.session, type(self.calculation)
        job = Job(session, ref, kind, status, calculation=self.calculation, just_submitted=True)
        pause = self.follow(job)
        records.submitted(self.position, job)
        return pause

    def _poll(self) -> Flow[float | None]:
        job: Any = self.wait.job
        wait = self.wait
        if not job.ended:
            poll = yield from wait.poll_once()
            if wait.should_repeat(poll) and not wait.is_over():
                return wait.pause(poll)
            wait.finish(poll)
        if self.calculation is not None:
            yield from job.result(None, self.deadline - job.session.clock.monotonic())
        return None


class Fleet(Generic[R]):
    """The calculations of one run. All times are on the client's monotonic clock."""

    def __init__(self, session: Session, timeout: float, records: Records | None = None) -> None:
        self._session, self._timeout, self.records = session, timeout, records or Records()
        self._waiting: list[tuple[float, int, Member[R]]] = []
        self._pushes = 0
        self.members: set[Member[R]] = set()
        """The calculations that have not ended."""
        self.ended: deque[Member[R]] = deque()
        """The calculations that have ended, in this order, until the caller takes them."""
        self.count = self.submitted = self.running = self.succeeded = self.failed = 0

    @property
    def now(self) -> float:
        """The time on the client's monotonic clock."""
        return self._session.clock.monotonic()

    def add(self, calculation: Calculation[R]) -> None:
        """Add a calculation: to submit it, or to resume it if an earlier run submitted it."""
        member = self._new_member(calculation)
        try:
            submission = prepare(self._session, calculation, new_idempotency_key())
        except OkapiError as error:
            self._end(member, error)
            return
        entry = self.records.find(member.position, submission)
        if entry is None:
            member.submission = submission
            self._push(member, 0.0)
        elif entry.ref is None:
            self._end(member, _interrupted_submit(submission, entry.key))
        else:
            kind, at = type(calculation), entry.submitted_at
            member.follow(Job(self._session, entry.ref, kind, calculation=calculation, submitted_at=at))
            self.submitted += 1
            self.running += 1
            self._push(member, 0.0)

    def follow(self, job: Job[R], handle: Any) -> None:
        """Add a calculation that was submitted before, with the caller's request for it."""
        member = self._new_member(None)
        member.handle = handle
        self._push(member, member.follow(job))

    def exhausted(self) -> None:
        """Take note that no more calculations will be added."""
        self.records.exhausted(self.count)

    def take(self) -> Member[R] | None:
        """Return the calculation that is due first, with a step to carry out. Return None if none is due."""
        if not self._waiting or self.delay() > 0:
            return None
        member = heapq.heappop(self._waiting)[2]
        if member.flow is None:
            member.flow = member.begin(self.records)
        return member

    def delay(self) -> float:
        """Return the seconds until a calculation is due; infinity if none is waiting."""
        if not self._waiting:
            return math.inf
        return max(0.0, self._waiting[0][0] - self.now, self._session.throttle.delay())

    def settle(self, member: Member[R], end: Sleep | Ended[float | None] | OkapiError) -> None:
        """Take note of what became of a step: it sleeps, has ended or has failed."""
        if isinstance(end, Sleep):
            self._push(member, end.pause(self.now))
            return
        member.flow = None
        if member.submission is not None and member.job is not None:
            member.submission = None
            self.submitted += 1
            self.running += 1
        if isinstance(end, OkapiError):
            self._end(member, end)
        elif end.value is None:
            self._end(member, None)
        else:
            self._push(member, end.value)

    def references(self) -> Iterable[RequestRef[R]]:
        """Return the references of the calculations that continue on the platform."""
        return [member.job.ref for member in self.members if member.job is not None]

    def doubtful_keys(self) -> Iterable[str]:
        """Return the idempotency keys of the submits that are under way."""
        return [member.submission.key for member in self.members if member.submission is not None and member.flow]

    def _new_member(self, calculation: Calculation[R] | None) -> Member[R]:
        member = Member(self.count, self.now + self._timeout, calculation)
        self.count += 1
        self.members.add(member)
        return member

    def _push(self, member: Member[R], pause: float) -> None:
        self._pushes += 1  # those due at the same time take their steps in turn
        heapq.heappush(self._waiting, (self.now + pause, self._pushes, member))

    def _end(self, member: Member[R], error: OkapiError | None) -> None:
        if error is not None and member.job is not None:
            attach(error, member.job.ref)
        self.records.ended(member.position, error)
        member.error, member.submission = error, None
        self.members.discard(member)
        self.ended.append(member)
        self.running -= member.job is not None
        self.succeeded += error is None
        self.failed += error is not None


def _interrupted_submit(submission: Submission[Any], key: str) -> SubmissionUncertainError:
    return SubmissionUncertainError(
        f"An earlier run ended while it submitted this calculation to {submission.ref.path}: it may or may not have "
        f"arrived (Idempotency-Key {key}). It was not submitted again.",
        idempotency_key=key,
    )
