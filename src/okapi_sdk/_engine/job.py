"""A submitted calculation: polling it, waiting for it, reading its result.

The HTTP status alone decides whether a calculation has ended: 202 is pending, 200 is finished. The status object then
says whether the result can be used.
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
from .call_errors import calculation_failed_error
from .effects import Failure, Flow
from .interruption import interruption_note
from .json_bodies import readable_body, required_json
from .polling import Pace
from .protocol import result_path, retry_after
from .retrying import (
    Outcome,
    last_outcome,
    repeat,
    verdict,
)
from .session import Call, Session

log = logging.getLogger("okapi_sdk")

INFORMING = 200
"""Rank of INFO and REMARK."""


class Job(Generic[R]):
    """State and flows of one submitted calculation. `Request` and `AsyncRequest` run the flows."""

    def __init__(
        self,
        session: Session,
        ref: RequestRef[R],
        calculation: type[Calculation[R]],
        status: Status = NO_STATUS,
        *,
        just_submitted: bool = False,
    ) -> None:
        self.session = session
        self.ref = ref
        self.response: RawResponse | None = None
        self.warned: bool = False
        self._formats = calculation.formats(ref.path)
        self._seen_running = False
        self._submitted_at = session.clock.monotonic() if just_submitted else float("-inf")
        # Two threads may poll at the same time. A slower poll may return an older status, which must not undo the end.
        self._latest_status = status
        self._end: _End | None = None
        # Finished parts by format and index. They are kept even if a later part fails.
        self._parts: defaultdict[str, dict[int, _Part]] = defaultdict(dict)
        self._results: dict[type[Any], Any] = {}

    @property
    def status(self) -> Status:
        """The latest status from the platform."""
        return self._latest_status if self._end is None else self._end.status

    @property
    def ended(self) -> bool:
        """True if a poll has found that the calculation ended, even with status FATAL."""
        return self._end is not None

    def format_of(self, wanted: type[Any] | None) -> tuple[type[Any], str]:
        """Return the result type and the platform's name for its format.

        Raises:
            InputError: if the calculation has no such format; the message names the formats it has.
        """
        default = next(iter(self._formats))
        if wanted is None or wanted is default:
            return default, self.ref.format
        if isinstance(wanted, type) and wanted in self._formats:
            return wanted, self._formats[wanted]
        names = ", ".join(kind.__name__ for kind in self._formats)
        value = wanted.__name__ if isinstance(wanted, type) else short(wanted)
        problem = InputProblem("format", value, f"a result type of {self.ref.path}: {names}", "pass one of these types")
        raise InputError("result", (problem,))

    def reference_attached(self) -> AbstractContextManager[None]:
        """Return a context manager that attaches this calculation's reference to every exception."""
        return interruption_note(f"The calculation continues on the platform. Resume it with: {self.ref}", self.ref)

    def done(self) -> Flow[bool]:
        """Return True if the calculation has ended; polls at most once."""
        if not self.ended:
            session, format = self.session, self.ref.format
            poll = yield from self._poll(format, None, session.deadline(session.options.timeout))
            if not poll.running:
                self._finish(format, 0, None, poll.outcome)
        return self.ended

    def wait(self, timeout: float, on_poll: OnPoll | None) -> Flow[None]:
        """Poll until the calculation has ended."""
        if not self.ended:
            yield from self._until_finished(self.ref.format, 0, None, self.session.deadline(timeout), on_poll)

    def result(self, wanted: type[Any] | None, timeout: float) -> Flow[Any]:
        """Return the whole result, with all parts joined."""
        kind, format = self.format_of(wanted)
        if kind not in self._results:
            deadline, index = self.session.deadline(timeout), 0
            while (yield from self._part_data(format, index, deadline)) is not None:
                index += 1
            parts = [part.data for part in self._parts[format].values()]
            self._results.setdefault(kind, _parse_result(kind, join(parts)))
        return self._results[kind]

    def part(self, index: int, timeout: float) -> Flow[Any]:
        """Return one part of the result as the default type, counting from 0, or None after the last."""
        kind, format = self.format_of(None)
        data = yield from self._part_data(format, index, self.session.deadline(timeout))
        return None if data is None else _parse_result(kind, data)

    def _part_data(self, format: str, index: int, deadline: float) -> Flow[Any]:
        self._raise_if_failed(self._end)
        parts = self._parts[format]
        if index not in parts:
            number = parts[index - 1].next_number if index else None
            if index and number is None:
                return None
            end = yield from self._until_finished(format, index, number, deadline, None)
            self._raise_if_failed(end)
        return parts[index].data

    def _raise_if_failed(self, end: _End | None) -> None:
        if end is not None and end.status.failed:
            raise calculation_failed_error(self.ref, end.status, readable_body(end.response))

    def _until_finished(
        self, format: str, index: int, number: int | None, deadline: float, on_poll: OnPoll | None
    ) -> Flow[_End]:
        session, clock = self.session, self.session.clock
        pace = Pace(session.options.polling, clock.monotonic(), deadline, session.options.retry.max_retry_after)

        def poll_once() -> Flow[_Poll]:
            began = clock.monotonic()
            poll = yield from self._poll(format, number, min(deadline, began + session.options.timeout))
            pace.record_poll(began, clock.monotonic(), succeeded=poll.running)
            return poll

        def should_repeat(poll: _Poll) -> bool:
            return poll.running or (poll.repeatable and (poll.hint or 0.0) <= pace.longest_hint)

        def stop(state: tenacity.RetryCallState) -> bool:
            return pace.is_outage(clock.monotonic()) or pace.is_over(clock.monotonic())

        def report(state: tenacity.RetryCallState) -> None:
            now = clock.monotonic()
            elapsed = now - pace.started
            if pace.takes_reminder(now):
                log.info("Waiting for %s (%.0f s so far); use this reference to resume it", self.ref, elapsed)
            if on_poll is not None:
                pause = state.upcoming_sleep
                on_poll(PollEvent(self.ref, self.status, elapsed, state.attempt_number, pause))

        def make_policy(retry: tenacity.retry_if_result) -> tenacity.Retrying:
            return tenacity.Retrying(
                retry=retry,
                wait=lambda state: pace.pause(clock.monotonic(), last_outcome(state).hint),
                stop=stop,
                before_sleep=report,
                retry_error_callback=last_outcome,
            )

        poll: _Poll = yield from repeat(should_repeat, make_policy, poll_once, deadline)
        if should_repeat(poll) and not pace.is_outage(clock.monotonic()):
            raise self._wait_timeout(number, max(0.0, deadline - pace.started))
        return self._finish(format, index, number, poll.outcome)

    def _wait_timeout(self, number: int | None, seconds: float) -> WaitTimeoutError:
        if number is None:
            text = (
                f"{self.ref} has not finished after {seconds:.6g} s and continues on the platform. Wait again, or "
                "resume it later with this reference."
            )
        else:
            text = (
                f"Part {number} of {self.ref} did not arrive in the remaining {seconds:.6g} s. Earlier parts are "
                "kept; call again."
            )
        return WaitTimeoutError(text, ref=self.ref)

    def _poll(self, format: str, number: int | None, deadline: float) -> Flow[_Poll]:
        try:
            outcome = yield from self.session.try_once(self._call(format, number), deadline)
        except (TransportError, ServerError) as error:  # from a sign-in before the poll
            return _Poll(error, running=False, repeatable=True, hint=getattr(error, "retry_after", None))
        repeatable = verdict("read", outcome, self.session.options.retry) == "again"
        if isinstance(outcome, Failure):
            return _Poll(outcome, running=False, repeatable=repeatable, hint=None)
        running = False
        if outcome.status_code == 202:
            self._seen_running = True
            self.response, status = outcome, Status.of(readable_body(outcome))
            self._latest_status, running = status, not status.failed
        elif outcome.status_code == 404:
            # Right after the submit, the service that serves results may not know the calculation yet.
            age = self.session.clock.monotonic() - self._submitted_at
            running = not self._seen_running and not self.ended and age < self.session.options.polling.grace
        return _Poll(outcome, running, repeatable, retry_after(outcome, self.session.clock.wall()))

    def _finish(self, format: str, index: int, number: int | None, outcome: Outcome | OkapiError) -> _End:
        if isinstance(outcome, OkapiError):
            raise outcome
        # A 404 for another format may mean that the platform does not have this format.
        known = self._seen_running and format == self.ref.format
        if isinstance(outcome, RawResponse) and (outcome.status_code == 410 or (outcome.status_code == 404 and known)):
            raise ResultExpiredError(
                f"The platform no longer has {self.ref} (HTTP {outcome.status_code}). Submit the calculation again.",
                ref=self.ref,
            )
        self.response = response = self.session.require_success(self._call(format, number), outcome)
        if response.status_code == 202:  # FATAL: any other 202 would still be running
            self._end = end = _End(Status.of(readable_body(response)), response)
            return end
        data = required_json(response, 200)
        self._require_own(data)
        end = _End(Status.of(data), response)
        if end.status.rank == INFORMING:
            log.info("%s: %s", self.ref, end.status.line)
        if not end.status.failed:
            self._parts[format].setdefault(index, self._make_part(data, number))
        self._end = end
        return end

    def _require_own(self, data: Any) -> None:
        other = data.get("request_id") if isinstance(data, Mapping) else None
        if isinstance(other, str) and other != self.ref.id:
            raise ResponseFormatError(
                f"The platform returned the result of {short(other)} instead of that of {self.ref}.",
                reason="schema",
                body=data,
            )

    def _make_part(self, data: Any, expected: int | None) -> _Part:
        body = output(data)
        fields: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
        stated = fields.get("result_part_id")
        number = stated if isinstance(stated, int) and stated is not True and stated > 0 else expected or 1
        if expected not in (None, number):
            raise ResponseFormatError(
                f"The platform returned part {number} of {self.ref} instead of part {expected}. Earlier parts "
                "are kept: parts() yields them.",
                reason="schema",
                body=data,
            )
        return _Part(data, number + 1 if fields.get("next_result_part_foreseen") is True else None)

    def _call(self, format: str, number: int | None) -> Call:
        return Call("read", "GET", result_path(self.ref.path, self.ref.dialect, self.ref.id, format, number))


@dataclass(frozen=True, slots=True)
class _End:
    status: Status
    response: RawResponse


@dataclass(frozen=True, slots=True)
class _Poll:
    outcome: Outcome | OkapiError
    running: bool
    """The calculation is still running, or so new that the platform may not recognize its ID yet."""
    repeatable: bool
    """The poll failed, but another one may succeed."""
    hint: float | None
    """Pause that the platform requests, in seconds."""


@dataclass(frozen=True, slots=True)
class _Part:
    data: Any
    next_number: int | None
    """Number of the next part, None after the last."""


def _parse_result(kind: type[Any], data: Any) -> Any:
    # The result of a raw calculation is the dictionary itself.
    return kind.from_answer(data) if hasattr(kind, "from_answer") else data
