"""What is known of a submitted calculation: its status, its end and the parts of its result, updated by each poll.

The HTTP status alone decides whether a calculation has ended: 202 is pending, 200 is finished. The status object then
says whether the result can be used.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple

from ..calculations.base import Calculation
from ..errors import (
    OkapiError,
    R,
    RequestRef,
    ResponseFormatError,
    ResultExpiredError,
    ServerError,
    TransportError,
    WaitTimeoutError,
)
from ..models.envelope import output
from ..results.response import RawResponse
from ..results.status import NO_STATUS, Status
from ..text import short
from .effects import Failure, Flow
from .json_bodies import readable_body, required_json
from .protocol import result_path, retry_after
from .retrying import Outcome, verdict
from .session import Call, Session

log = logging.getLogger("okapi_sdk")

INFORMING = 200
"""Rank of INFO and REMARK."""


class End(NamedTuple):
    """The end of a calculation."""

    status: Status
    response: RawResponse


class Poll(NamedTuple):
    """The outcome of one poll."""

    outcome: Outcome | OkapiError
    running: bool
    """The calculation is still running, or so new that the platform may not recognize its ID yet."""
    repeatable: bool
    """The poll failed, but another one may succeed."""
    hint: float | None
    """Pause that the platform requests, in seconds."""


class Part(NamedTuple):
    """A part of a result."""

    data: Any
    next_number: int | None
    """Number of the next part, None after the last."""


class State(Generic[R]):
    """What is known of one submitted calculation."""

    __slots__ = (
        "_end", "_kind", "_latest_status", "_parts", "_results", "_seen_running", "_submitted", "calculation",
        "last_running", "ref", "response", "session", "submitted_at", "warned",
    )  # fmt: skip

    def __init__(
        self,
        session: Session,
        ref: RequestRef[R],
        kind: type[Calculation[R]],
        status: Status = NO_STATUS,
        *,
        calculation: Calculation[R] | None = None,
        submitted_at: datetime | None = None,
        just_submitted: bool = False,
    ) -> None:
        self.session: Session = session
        self.ref: RequestRef[R] = ref
        self.calculation: Calculation[R] | None = calculation
        self.submitted_at: datetime | None = (
            datetime.fromtimestamp(session.clock.wall(), UTC) if just_submitted else submitted_at
        )
        self.response: RawResponse | None = None
        self.warned: bool = False
        self.last_running: float = 0.0
        """Age of the calculation when a poll last found it running, in s, or 0."""
        self._kind = kind
        self._seen_running = False
        self._submitted = session.clock.monotonic() if just_submitted else None
        # Two threads may poll at the same time. A slower poll may return an older status, which must not undo the end.
        self._latest_status = status
        self._end: End | None = None
        # Finished parts by format and index. They are kept even if a later part fails.
        self._parts: defaultdict[str, dict[int, Part]] = defaultdict(dict)
        self._results: dict[type[Any], Any] = {}

    @property
    def _formats(self) -> Mapping[type[Any], str]:
        """The platform's names for the formats of the result, the default first."""
        return self._kind.formats(self.ref.path)

    @property
    def status(self) -> Status:
        """The latest status from the platform."""
        return self._latest_status if self._end is None else self._end.status

    @property
    def ended(self) -> bool:
        """True if a poll has found that the calculation ended, even with status FATAL."""
        return self._end is not None

    @property
    def submitted(self) -> float | None:
        """Time of the submit on the client's monotonic clock, if this process submitted the calculation."""
        return self._submitted

    def age(self) -> float:
        """Return the seconds since the submit; infinity if this process did not submit the calculation."""
        return math.inf if self._submitted is None else self.session.clock.monotonic() - self._submitted

    def poll(self, format: str, number: int | None, deadline: float) -> Flow[Poll]:
        """Poll once."""
        try:
            outcome = yield from self.session.attempt(self._call(format, number), deadline)
        except (TransportError, ServerError) as error:  # from a sign-in before the poll
            return Poll(error, running=False, repeatable=True, hint=getattr(error, "retry_after", None))
        repeatable = verdict("read", outcome, self.session.options.retry) == "again"
        if isinstance(outcome, Failure):
            return Poll(outcome, running=False, repeatable=repeatable, hint=None)
        running = False
        if outcome.status_code == 202:
            self._seen_running = True
            self.response, status = outcome, Status.of(readable_body(outcome))
            self._latest_status, running = status, not status.failed
        elif outcome.status_code == 404:
            # Right after the submit, the service that serves results may not know the calculation yet.
            running = not self._seen_running and not self.ended and self.age() < self.session.options.polling.grace
        return Poll(outcome, running, repeatable, retry_after(outcome, self.session.clock.wall()))

    def finish(self, format: str, index: int, number: int | None, outcome: Outcome | OkapiError) -> End:
        """Keep the end that a poll found, or raise the error of a poll that failed."""
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
            self._end = end = End(Status.of(readable_body(response)), response)
            return end
        data = required_json(response, 200)
        self._require_own(data)
        end = End(Status.of(data), response)
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

    def _make_part(self, data: Any, expected: int | None) -> Part:
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
        return Part(data, number + 1 if fields.get("next_result_part_foreseen") is True else None)

    def _call(self, format: str, number: int | None) -> Call:
        return Call("read", "GET", result_path(self.ref.path, self.ref.dialect, self.ref.id, format, number))

    def wait_timeout(self, number: int | None, seconds: float) -> WaitTimeoutError:
        """Return the error for a wait that ended too early."""
        if number is None:
            text = (
                f"{self.ref} has not finished after {seconds:.4g} s and continues on the platform. Wait again, or "
                "resume it later with this reference."
            )
        else:
            text = (
                f"Part {number} of {self.ref} did not arrive in the remaining {seconds:.4g} s. Earlier parts are "
                "kept; call again."
            )
        return WaitTimeoutError(text, ref=self.ref)
