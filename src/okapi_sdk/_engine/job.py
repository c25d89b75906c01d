"""A submitted calculation: waiting for it and reading its result."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from typing import Any

import tenacity

from ..errors import InputError, InputProblem, R
from ..models.envelope import join
from ..results.answer import Answer
from ..results.poll_event import OnPoll, PollEvent
from ..results.rows import Rows
from ..text import short
from .call_errors import calculation_failed_error
from .effects import Flow, sleep
from .interruption import interruption_note
from .json_bodies import readable_body
from .retrying import last_outcome, repeat
from .state import End, Poll, State
from .waiting import Wait

log = logging.getLogger("okapi_sdk")


class Job(State[R]):
    """State and flows of one submitted calculation. `Request` and `AsyncRequest` run the flows."""

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
            poll = yield from self.poll(format, None, session.deadline(session.options.timeout))
            if not poll.running:
                self.finish(format, 0, None, poll.outcome)
        return self.ended

    def wait(self, timeout: float, on_poll: OnPoll | None) -> Flow[None]:
        """Poll until the calculation has ended."""
        if not self.ended:
            yield from self._until_finished(self.ref.format, 0, None, self.session.deadline(timeout), on_poll)

    def result(self, wanted: type[Any] | None, timeout: float, on_poll: OnPoll | None = None) -> Flow[Any]:
        """Return the whole result, with all parts joined."""
        kind, format = self.format_of(wanted)
        if kind not in self._results:
            deadline, index = self.session.deadline(timeout), 0
            while (yield from self._part_data(format, index, deadline, on_poll)) is not None:
                index += 1
            parts = [part.data for part in self._parts[format].values()]
            self._results.setdefault(kind, self._parse_result(kind, join(parts)))
        return self._results[kind]

    def known_result(self) -> R:
        """Return the whole result in the default format, which has been read."""
        value: R = self._results[self.format_of(None)[0]]
        return value

    def part(self, index: int, timeout: float) -> Flow[Any]:
        """Return one part of the result as the default type, counting from 0, or None after the last."""
        kind, format = self.format_of(None)
        data = yield from self._part_data(format, index, self.session.deadline(timeout))
        return None if data is None else self._parse_result(kind, data)

    def _parse_result(self, kind: type[Any], data: Any) -> Any:
        if not hasattr(kind, "from_answer"):
            return data  # the result of a raw calculation is the dictionary itself
        result = kind.from_answer(data)
        if isinstance(result, Rows | Answer):
            result._carry(self.calculation)
        return result

    def _part_data(self, format: str, index: int, deadline: float, on_poll: OnPoll | None = None) -> Flow[Any]:
        self._raise_if_failed(self._end)
        parts = self._parts[format]
        if index not in parts:
            number = parts[index - 1].next_number if index else None
            if index and number is None:
                return None
            end = yield from self._until_finished(format, index, number, deadline, on_poll if index == 0 else None)
            self._raise_if_failed(end)
        return parts[index].data

    def _raise_if_failed(self, end: End | None) -> None:
        if end is not None and end.status.failed:
            raise calculation_failed_error(self.ref, end.status, readable_body(end.response))

    def _until_finished(
        self, format: str, index: int, number: int | None, deadline: float, on_poll: OnPoll | None
    ) -> Flow[End]:
        wait, clock = Wait(self, format, index, number, deadline), self.session.clock

        def report(state: tenacity.RetryCallState) -> None:
            now = clock.monotonic()
            elapsed = now - wait.pace.started
            if wait.pace.takes_reminder(now):
                log.info("Waiting for %s (%.0f s so far); use this reference to resume it", self.ref, elapsed)
            if on_poll is not None:
                pause = state.upcoming_sleep
                on_poll(PollEvent(self.ref, self.status, elapsed, state.attempt_number, pause))

        def make_policy(retry: tenacity.retry_if_result) -> tenacity.Retrying:
            return tenacity.Retrying(
                retry=retry,
                wait=lambda state: wait.pause(last_outcome(state)),
                stop=lambda state: wait.is_over(),
                before_sleep=report,
                retry_error_callback=last_outcome,
            )

        if (delay := wait.delay()) > 0:
            yield from sleep(delay, deadline)
        poll: Poll = yield from repeat(wait.should_repeat, make_policy, wait.poll_once, deadline)
        return wait.finish(poll)
