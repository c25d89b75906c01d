"""A submitted calculation: looking at it, waiting for it, reading its result.

Done is decided by the HTTP status alone: 202 is pending, 200 is finished. Then the status object says whether the
result may be used.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic

import tenacity

from ..calculations.base import Calculation
from ..errors import (
    InputError,
    InputProblem,
    OkapiError,
    R,
    RequestRef,
    ResponseFormatError,
    ResultExpiredError,
    ServerError,
    TransportError,
    WaitTimeoutError,
)
from ..models.envelope import join, output
from ..results.poll_event import OnPoll, PollEvent
from ..results.response import RawResponse
from ..results.status import NO_STATUS, Status
from ..text import short
from .bodies import excerpt
from .effects import Failure, Flow
from .flows import (
    Call,
    Session,
    failed,
    parsed,
)
from .interruption import noted
from .polling import Pace
from .protocol import result_path, retry_after
from .retrying import (
    Outcome,
    loop,
    result_of,
    verdict,
)

log = logging.getLogger("okapi_sdk")

INFORMING = 200
"""Rank of INFO and REMARK."""


class Job(Generic[R]):
    """State and flows of one submitted calculation; `Request` and `AsyncRequest` run them."""

    def __init__(
        self,
        session: Session,
        ref: RequestRef[R],
        calculation: type[Calculation[R]],
        status: Status = NO_STATUS,
        *,
        own: bool = False,
    ) -> None:
        self.session = session
        self.ref = ref
        self.response: RawResponse | None = None
        self.warned: bool = False
        self._formats = calculation.formats(ref.path)
        self._alive = False
        self._submitted = session.clock.monotonic() if own else float("-inf")
        # Two threads may look at once, and the slower one brings what was true before: it must not undo an end.
        self._latest = status
        self._end: _End | None = None
        # Finished parts by format and number; they stay, whatever happens to a later one.
        self._parts: defaultdict[str, dict[int, _Part]] = defaultdict(dict)
        self._results: dict[type[Any], Any] = {}

    @property
    def status(self) -> Status:
        """What the platform last said of it."""
        return self._latest if self._end is None else self._end.status

    @property
    def ended(self) -> bool:
        """Whether it was seen to have ended, FATAL too."""
        return self._end is not None

    def format_of(self, wanted: type[Any] | None) -> tuple[type[Any], str]:
        """The type that a result is read as, and the platform's name of its format.

        Raises:
            InputError: the calculation has no such format; the message names those that it has.
        """
        default = next(iter(self._formats))
        if wanted is None or wanted is default:
            return default, self.ref.format
        if isinstance(wanted, type) and wanted in self._formats:
            return wanted, self._formats[wanted]
        names = ", ".join(kind.__name__ for kind in self._formats)
        given = wanted.__name__ if isinstance(wanted, type) else short(wanted)
        problem = InputProblem(
            "format", given, f"a result of {self.ref.path} is read as {names}", "pass one of these types"
        )
        raise InputError("result", (problem,))

    def bound(self) -> AbstractContextManager[None]:
        """Return a context in which every exception carries this calculation's reference."""
        return noted(f"The calculation continues on the platform. Resume it with: {self.ref}", self.ref)

    def done(self) -> Flow[bool]:
        """At most one look."""
        if not self.ended:
            session, format = self.session, self.ref.format
            look = yield from self._look(format, None, session.deadline(session.options.timeout))
            if not look.running:
                self._finish(format, 0, None, look.outcome)
        return self.ended

    def wait(self, timeout: float, on_poll: OnPoll | None) -> Flow[None]:
        """Look until it has ended."""
        if not self.ended:
            yield from self._until_finished(self.ref.format, 0, None, self.session.deadline(timeout), on_poll)

    def result(self, wanted: type[Any] | None, timeout: float) -> Flow[Any]:
        """The whole result, all parts joined."""
        kind, format = self.format_of(wanted)
        if kind not in self._results:
            deadline, number = self.session.deadline(timeout), 0
            while (yield from self._part(format, number, deadline)) is not None:
                number += 1
            self._results.setdefault(kind, _read(kind, join([part.data for part in self._parts[format].values()])))
        return self._results[kind]

    def part(self, number: int, timeout: float) -> Flow[Any]:
        """Result part ``number``, from 0, read as the default type; None after the last."""
        kind, format = self.format_of(None)
        data = yield from self._part(format, number, self.session.deadline(timeout))
        return None if data is None else _read(kind, data)

    def _part(self, format: str, number: int, deadline: float) -> Flow[Any]:
        self._raise_failure(self._end)
        parts = self._parts[format]
        if number not in parts:
            suffix = parts[number - 1].next if number else None
            if number and suffix is None:
                return None
            end = yield from self._until_finished(format, number, suffix, deadline, None)
            self._raise_failure(end)
        return parts[number].data

    def _raise_failure(self, end: _End | None) -> None:
        if end is not None and end.status.failed:
            raise failed(self.ref, end.status, excerpt(end.response))

    def _until_finished(
        self, format: str, number: int, suffix: int | None, deadline: float, on_poll: OnPoll | None
    ) -> Flow[_End]:
        session, clock = self.session, self.session.clock
        pace = Pace(session.options.polling, clock.monotonic(), deadline, session.options.retry.max_retry_after)

        def step() -> Flow[_Look]:
            began = clock.monotonic()
            look = yield from self._look(format, suffix, min(deadline, began + session.options.timeout))
            pace.looked(began, clock.monotonic(), good=look.running)
            return look

        def again(look: _Look) -> bool:
            return look.running or (look.repeatable and (look.hint or 0.0) <= pace.longest_hint)

        def stop(state: tenacity.RetryCallState) -> bool:
            return pace.outage(clock.monotonic()) or pace.over(clock.monotonic())

        def tell(state: tenacity.RetryCallState) -> None:
            now = clock.monotonic()
            if pace.reminds(now):
                log.info("Waiting for %s (%.0f s so far); resume it by this word", self.ref, now - pace.started)
            if on_poll is not None:
                pause = state.upcoming_sleep
                on_poll(PollEvent(self.ref, self.status, now - pace.started, state.attempt_number, pause))

        def policy(retry: tenacity.retry_if_result) -> tenacity.Retrying:
            return tenacity.Retrying(
                retry=retry,
                wait=lambda state: pace.pause(clock.monotonic(), result_of(state).hint),
                stop=stop,
                before_sleep=tell,
                retry_error_callback=result_of,
            )

        look: _Look = yield from loop(again, policy, step, deadline)
        if again(look) and not pace.outage(clock.monotonic()):
            time = f"{max(0.0, deadline - pace.started):.6g} s"
            text = f"Part {suffix} of {self.ref} did not come in the {time} left. Those before it are kept: ask again."
            if suffix is None:
                text = (
                    f"{self.ref} has not ended after {time} and goes on at the platform. Wait again, or resume it by "
                    "this word later."
                )
            raise WaitTimeoutError(text, ref=self.ref)
        return self._finish(format, number, suffix, look.outcome)

    def _look(self, format: str, suffix: int | None, deadline: float) -> Flow[_Look]:
        try:
            outcome = yield from self.session.attempt(self._call(format, suffix), deadline)
        except (TransportError, ServerError) as error:  # of a sign-in on the way
            return _Look(error, running=False, repeatable=True, hint=getattr(error, "retry_after", None))
        repeatable = verdict("read", outcome, self.session.options.retry) == "again"
        if isinstance(outcome, Failure):
            return _Look(outcome, running=False, repeatable=repeatable, hint=None)
        running = False
        if outcome.status_code == 202:
            self._alive = True
            self.response, status = outcome, Status.of(excerpt(outcome))
            self._latest, running = status, not status.failed
        elif outcome.status_code == 404:
            # Just submitted, it may not be known yet where the results are.
            age = self.session.clock.monotonic() - self._submitted
            running = not self._alive and not self.ended and age < self.session.options.polling.grace
        return _Look(outcome, running, repeatable, retry_after(outcome, self.session.clock.wall()))

    def _finish(self, format: str, number: int, suffix: int | None, outcome: Outcome | OkapiError) -> _End:
        if isinstance(outcome, OkapiError):
            raise outcome
        # A 404 for another format can mean that there is no such one.
        known = self._alive and format == self.ref.format
        if isinstance(outcome, RawResponse) and (outcome.status_code == 410 or (outcome.status_code == 404 and known)):
            raise ResultExpiredError(
                f"The platform no longer has {self.ref} (HTTP {outcome.status_code}). Submit the calculation again.",
                ref=self.ref,
            )
        self.response = response = self.session.good(self._call(format, suffix), outcome)
        if response.status_code == 202:  # it says FATAL, or it would run on
            self._end = end = _End(Status.of(excerpt(response)), response)
            return end
        data = parsed(response, 200)
        self._check_own(data)
        end = _End(Status.of(data), response)
        if end.status.rank == INFORMING:
            log.info("%s: %s", self.ref, end.status.line)
        if not end.status.failed:
            self._parts[format].setdefault(number, self._numbered(data, suffix))
        self._end = end
        return end

    def _check_own(self, data: Any) -> None:
        other = data.get("request_id") if isinstance(data, Mapping) else None
        if isinstance(other, str) and other != self.ref.id:
            raise ResponseFormatError(
                f"The platform answered with the result of {short(other)} where that of {self.ref} was due.",
                reason="schema",
                body=data,
            )

    def _numbered(self, data: Any, suffix: int | None) -> _Part:
        body = output(data)
        fields: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
        given = fields.get("result_part_id")
        number = given if isinstance(given, int) and given is not True and given > 0 else suffix or 1
        if suffix not in (None, number):
            raise ResponseFormatError(
                f"The platform answered with part {number} of {self.ref} where part {suffix} was due. Those before it "
                "are kept: parts() gives them.",
                reason="schema",
                body=data,
            )
        return _Part(data, number + 1 if fields.get("next_result_part_foreseen") is True else None)

    def _call(self, format: str, suffix: int | None) -> Call:
        return Call("read", "GET", result_path(self.ref.path, self.ref.dialect, self.ref.id, format, suffix))


@dataclass(frozen=True, slots=True)
class _End:
    status: Status
    response: RawResponse


@dataclass(frozen=True, slots=True)
class _Look:
    outcome: Outcome | OkapiError
    running: bool
    """It runs on; or it is not known yet, so soon after its own submit."""
    repeatable: bool
    """The look failed in a way that another one may not."""
    hint: float | None
    """Seconds that the platform asks to wait."""


@dataclass(frozen=True, slots=True)
class _Part:
    data: Any
    next: int | None
    """Suffix of the part that follows; None after the last."""


def _read(kind: type[Any], data: Any) -> Any:
    # A raw calculation is read as the dictionary that came.
    return kind.from_answer(data) if hasattr(kind, "from_answer") else data
