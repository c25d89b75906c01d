"""Many calculations at once: which of them takes its next step, and when.

A `Member` is one calculation, from its submit to its result. Between two steps it needs no thread, timer or generator:
it waits in the heap of a `Fleet` until it is due. The runners in `okapi_sdk.fleet` carry the steps out.
"""

from __future__ import annotations

import math
from collections import deque
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, NamedTuple, cast

from ..calculations.base import Calculation
from ..errors import ConfigurationError, OkapiError, R, RequestRef, SubmissionUncertainError, attach
from .effects import Ended, Flow, Sleep
from .job import Job
from .protocol import new_idempotency_key
from .schedule import Schedule, Scouts
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
    """The record of a run that keeps none. A journal overrides all methods.

    Workers call `submitting` and `submitted`, at any time; the caller's thread or task calls the others.
    """

    def open(self) -> None:
        """Begin the run."""

    def close(self) -> None:
        """End the run."""

    def find(self, position: int, submission: Submission[Any]) -> Entry | None:
        """Return what an earlier run recorded about a calculation, or None if it has to be submitted."""
        return None

    def submitting(self, position: int, submission: Submission[Any]) -> None:
        """Record that the POST of a calculation is about to be sent."""

    def postponed(self, position: int) -> None:
        """Record that the POST of a calculation was not processed, and will be sent again."""

    def submitted(self, position: int, job: Job[Any]) -> None:
        """Record that the platform accepted a calculation."""

    def ended(self, position: int, error: OkapiError | None) -> None:
        """Record how a calculation ended."""

    def exhausted(self, count: int) -> None:
        """Record the number of calculations in the input."""


class Member(Generic[R]):
    """One calculation of a fleet."""

    __slots__ = (
        "calculation", "deadline", "error", "flow", "handle", "is_sent", "job", "position", "submission", "wait",
    )  # fmt: skip

    def __init__(self, position: int, calculation: Any) -> None:
        self.position: int = position
        """Place in the input, from 0."""
        self.calculation: Any = calculation
        """The calculation to submit; None if the caller has a request for it."""
        self.handle: Any = None
        """The caller's request."""
        self.submission: Submission[R] | None = None
        """The calculation as it is sent, until the platform has accepted it."""
        self.is_sent: bool = False
        """True if its POST was sent, and is not known to be unprocessed."""
        self.job: Job[R] | None = None
        self.deadline: float
        """Time on the clock of `Fleet.elapsed`."""
        self.wait: Wait
        self.flow: Any = None
        """The step that is under way, a flow. Its value is the pause before the next step, or None after the last."""
        self.error: OkapiError | None = None

    @property
    def is_submitting(self) -> bool:
        """True if its POST may have arrived, but its reference is not known."""
        return self.submission is not None and self.is_sent and self.job is None

    def follow(self, job: Job[R], fleet: Fleet[R]) -> None:
        """Wait for a calculation from now on."""
        self.job, self.wait = job, Wait(job, job.ref.format, 0, None, self.deadline + fleet.idle)

    def begin(self, fleet: Fleet[R]) -> Flow[float | None]:
        """Return the next step."""
        return self._poll(fleet) if self.submission is None else self._submit(self.submission, fleet)

    def _submit(self, submission: Submission[R], fleet: Fleet[R]) -> Flow[float | None]:
        def record() -> None:
            if fleet.is_stopped:
                raise ConfigurationError("The run has ended.")  # for nobody: only a thread that was left behind gets it
            fleet.records.submitting(self.position, submission)
            self.is_sent = True

        self.deadline = fleet.deadline()
        ref, status = yield from submission.send(self.deadline + fleet.idle, before_send=record)
        kind = type(self.calculation)
        job = Job(submission.session, ref, kind, status, calculation=self.calculation, just_submitted=True)
        self.follow(job, fleet)
        fleet.records.submitted(self.position, job)
        return 0.0  # the fleet decides when to poll it first

    def _poll(self, fleet: Fleet[R]) -> Flow[float | None]:
        wait, job = self.wait, cast("Job[R]", self.job)
        wait.pace.deadline = self.deadline + fleet.idle
        if not job.ended:
            poll = yield from wait.poll_once()
            if wait.should_repeat(poll) and not wait.is_over():
                if self.calculation is not None:
                    job.response = None  # nobody can ask for it yet, and it is most of what a pending calculation holds
                return wait.pause(poll)
            wait.finish(poll)
        if self.calculation is not None:
            yield from job.result(None, wait.pace.deadline - fleet.now)
        return None


class Fleet(Generic[R]):
    """The calculations of one run. All times are on the client's monotonic clock, unless stated otherwise."""

    def __init__(self, session: Session, timeout: float, records: Records | None = None) -> None:
        self._session, self._timeout = session, timeout
        self.records: Records = records or Records()
        self._waiting: Schedule[Member[R]] = Schedule()
        self._scouts: Scouts[Member[R]] = Scouts(session.durations)
        self._next_take = -math.inf
        self.is_stopped: bool = False
        self.idle: float = 0.0
        """Seconds in which the caller did not ask for an outcome. They do not count toward the timeout."""
        self.members: set[Member[R]] = set()
        """The calculations that have not ended."""
        self.ended: deque[Member[R]] = deque()
        """The calculations that have ended, in this order, until the caller takes them."""
        self.count: int = 0
        self.submitted: int = 0
        self.running: int = 0
        self.succeeded: int = 0
        self.failed: int = 0

    @property
    def now(self) -> float:
        """The time on the client's monotonic clock."""
        return self._session.clock.monotonic()

    @property
    def elapsed(self) -> float:
        """The time on a clock that stands still while the caller does not ask for an outcome."""
        return self.now - self.idle

    def deadline(self) -> float:
        """Return the deadline for a calculation that begins now, on the clock of `elapsed`."""
        return self.elapsed + self._timeout

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
            job = Job(self._session, entry.ref, kind, calculation=calculation, submitted_at=at)
            member.follow(job, self)
            self._poll_later(member)
            self.submitted += 1
            self.running += 1

    def follow(self, job: Job[R], handle: Any) -> None:
        """Add a calculation that was submitted before, with the caller's request for it."""
        member = self._new_member(None)
        member.handle = handle
        member.follow(job, self)
        self._poll_later(member)

    def exhausted(self) -> None:
        """Take note that no more calculations will be added."""
        self.records.exhausted(self.count)

    def take(self) -> Member[R] | None:
        """Return the calculation that is due first, with a step to carry out. Return None if none is due."""
        if self.delay() > 0:
            return None
        member = self._waiting.pop()
        if member.flow is None:
            member.flow = member.begin(self)
        # A step that is taken counts its call only when it is carried out. Take no others for the same slot.
        self._next_take = self.now + self._session.throttle.interval
        return member

    def delay(self) -> float:
        """Return the seconds until a step may be taken; infinity if none is waiting."""
        if (due := self._waiting.due) == math.inf:
            return math.inf
        return max(0.0, max(due, self._next_take) - self.now, self._session.throttle.delay())

    def settle(self, member: Member[R], end: Sleep | Ended[float | None] | OkapiError) -> None:
        """Take note of what became of a step: it sleeps, has ended or has failed."""
        if isinstance(end, Sleep):
            self._postpone(member)
            self._push(member, end.pause(self.now))
            return
        member.flow = None
        is_accepted = member.submission is not None and member.job is not None
        if is_accepted:
            member.submission = None
            self.submitted += 1
            self.running += 1
        if isinstance(end, OkapiError):
            self._end(member, end)
        elif end.value is None:
            self._end(member, None)
            for spared in self._scouts.released():
                if spared in self._waiting and spared.flow is None:
                    self._push(spared, spared.wait.delay())
        elif is_accepted:
            self._poll_later(member)
        else:
            self._push(member, end.value)

    def _postpone(self, member: Member[R]) -> None:
        # A submit is sent again only if the platform has not processed it, unless the policy is to repeat its key.
        if member.submission is not None and member.is_sent and self._session.options.retry.submit != "same-key":
            member.is_sent = False
            self.records.postponed(member.position)

    def references(self) -> list[RequestRef[R]]:
        """Return the references of the calculations whose outcomes the caller has not taken."""
        return [member.job.ref for member in self._untaken() if member.job is not None]

    def doubtful_keys(self) -> list[str]:
        """Return the idempotency keys of the submits that may or may not have arrived."""
        keys = []
        for member in self._untaken():
            if member.submission is not None and member.is_submitting:
                keys.append(member.submission.key)
            elif isinstance(member.error, SubmissionUncertainError) and member.error.idempotency_key:
                keys.append(member.error.idempotency_key)
        return keys

    def _untaken(self) -> list[Member[R]]:
        return sorted((*self.ended, *self.members), key=lambda member: member.position)

    def stop(self) -> None:
        """Let no further submit leave."""
        self.is_stopped = True

    def close(self) -> None:
        """Drop all calculations, so that an exception that refers to this fleet holds neither them nor their calls."""
        for member in self.members:
            if member.flow is not None:
                with suppress(ValueError):  # a thread that could not be stopped is carrying it out
                    member.flow.close()
            member.flow = member.submission = None
        self.members.clear()
        self.ended.clear()
        self._waiting.clear()
        self._scouts.clear()

    def _new_member(self, calculation: Calculation[R] | None) -> Member[R]:
        member: Member[R] = Member(self.count, calculation)
        member.deadline = self.deadline()
        self.count += 1
        self.members.add(member)
        return member

    def _poll_later(self, member: Member[R]) -> None:
        self._scouts.place(member, member.wait)
        self._push(member, member.wait.delay())

    def _push(self, member: Member[R], pause: float) -> None:
        self._waiting.push(member, self.now + pause)

    def _end(self, member: Member[R], error: OkapiError | None) -> None:
        if error is not None:
            error.__traceback__ = None  # its frames would hold the whole fleet as long as the caller holds the error
            if member.job is not None:
                attach(error, member.job.ref)
        self.records.ended(member.position, error)
        member.error, member.submission = error, None
        self.members.discard(member)
        self._scouts.remove(member)
        self.ended.append(member)
        self.running -= member.job is not None
        self.succeeded += error is None
        self.failed += error is not None


def _interrupted_submit(submission: Submission[Any], key: str) -> SubmissionUncertainError:
    return SubmissionUncertainError(
        f"An earlier run submitted this calculation to {submission.ref.path}, and its journal does not say whether it "
        f"arrived (Idempotency-Key {key}). It was not submitted again.",
        idempotency_key=key,
    )
