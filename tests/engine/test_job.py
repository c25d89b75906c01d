"""A submitted calculation from poll to poll, without a socket: every request, pause, message and second."""

from __future__ import annotations

import asyncio
import email.utils
import logging
from typing import Any

import pytest

from okapi_sdk import (
    AuthenticationError,
    CalculationFailedError,
    InputError,
    InputProblem,
    NotFoundError,
    OkapiError,
    Omm,
    Passes,
    PassSummary,
    PollEvent,
    PollPolicy,
    RateLimitError,
    RequestRef,
    ResponseFormatError,
    ResultExpiredError,
    RetryPolicy,
    ServerError,
    Status,
    TransportError,
    WaitTimeoutError,
)
from okapi_sdk._engine.effects import Failure
from okapi_sdk._engine.job import Job
from okapi_sdk.reference import class_named
from okapi_sdk.results.response import RawResponse
from tests.support.scripted import LOST, ROOT, Scripted, answered

REF: RequestRef[Any] = RequestRef("predict-passes/sgp4", "r1", "PredictPasses", "simple", "generic", ROOT)
RAW: RequestRef[Any] = RequestRef("do/it", "r1", "RawCalculation", "simple", "generic", ROOT)
DATA = {"status": {"type": "NONE", "text": "No messages"}, "rows": [{"a": 1}]}
STEADY = PollPolicy(floor=1, ceiling=1)
NOT_THERE = RawResponse(404, {}, b"")


def running(text: str = "running", **headers: str) -> RawResponse:
    return answered(202, {"request_id": "r1", "status": {"type": "NONE", "text": text}}, **headers)


def fatal(status: int, text: str = "no luck") -> RawResponse:
    return answered(status, {"status": {"type": "FATAL", "text": text}})


class Waiting(Scripted):
    """A platform with one calculation, and the client's job for it."""

    def __init__(self, *outcomes: object, ref: RequestRef[Any] = RAW, own: bool = False, **options: Any) -> None:
        super().__init__(*outcomes, **{"polling": STEADY, **options})
        self.clock.advance(1000)
        self.run(self.session.tokens.sign_in(self.session.deadline()))
        self.began = self.clock.monotonic()
        self.job: Job[Any] = Job(self.session, ref, class_named(ref.calculation), just_submitted=own)
        self.events: list[PollEvent] = []

    @property
    def now(self) -> float:
        """Seconds since the calculation was submitted."""
        return self.clock.monotonic() - self.began

    @property
    def paths(self) -> list[str]:
        return [sent.path for sent in self.sent]

    def wait(self, timeout: float = 100.0) -> Job[Any]:
        self.run(self.job.wait(timeout, self.events.append))
        return self.job

    def done(self) -> bool:
        return bool(self.run(self.job.done()))

    def result(self, wanted: type[Any] | None = None, timeout: float = 100.0) -> Any:
        return self.run(self.job.result(wanted, timeout))

    def part(self, number: int, timeout: float = 100.0) -> Any:
        return self.run(self.job.part(number, timeout))


# One poll


def test_a_poll_of_a_running_calculation() -> None:
    platform = Waiting(running("step 2"), timeout=7)
    assert not platform.done()
    assert (platform.job.status.text, platform.job.ended) == ("step 2", False)
    assert platform.job.response is platform.outcomes[0]
    assert (platform.paths, platform.lefts) == (["/do/it/results/r1/simple"], [7])
    assert not platform.done()
    assert len(platform.requests) == 2


def test_the_status_of_the_submit_is_kept_until_the_first_poll() -> None:
    session = Scripted(running()).session
    job = Job(session, REF, class_named(REF.calculation))
    assert (job.status, job.response, job.warned, job.ended) == (Status(), None, False, False)
    assert Job(session, REF, class_named(REF.calculation), Status(type="REMARK", text="queued")).status.text == "queued"


def test_a_poll_of_an_ended_calculation() -> None:
    platform = Waiting(DATA, running())
    assert platform.done()
    assert platform.job.ended
    assert platform.job.response is not None
    assert platform.job.response.json() == DATA
    assert platform.done()
    assert platform.wait().ended
    assert platform.result() == DATA
    assert platform.part(0) == DATA
    assert len(platform.requests) == 1


def test_a_result_seen_by_a_wait_is_not_requested_again() -> None:
    platform = Waiting(running(), DATA, running())
    platform.wait()
    assert platform.result() == DATA
    assert len(platform.requests) == 2


def test_a_single_poll_that_fails_is_not_repeated() -> None:
    platform = Waiting(LOST, answered(500), DATA)
    with pytest.raises(TransportError, match=r"^GET do/it/results/r1/simple: could not connect to 127"):
        platform.done()
    with pytest.raises(ServerError, match=r"^GET do/it/results/r1/simple returned HTTP 500"):
        platform.done()
    assert platform.clock.sleeps == []
    assert platform.done()


def test_the_reference_decides_the_path() -> None:
    ref = RequestRef("predict-passes/sgp4", "r1", "PredictPasses", "summary", "typed", ROOT)
    platform = Waiting(DATA, ref=ref)
    assert platform.done()
    assert platform.paths == ["/predict-passes/sgp4/summary/results/r1"]


# Waiting


def test_a_wait_polls_until_the_end_and_reports_every_poll_before() -> None:
    platform = Waiting(running("one"), running("two"), DATA, polling=PollPolicy(floor=2, ceiling=3))
    platform.takes = 0.5
    assert platform.wait().ended
    assert platform.clock.sleeps == [2, 2]
    told = [(event.ref, event.status.text, event.elapsed, event.polls, event.pause) for event in platform.events]
    assert told == [(RAW, "one", 0.5, 1, 2), (RAW, "two", 3, 2, 2)]
    assert platform.now == 5.5
    assert platform.paths == ["/do/it/results/r1/simple"] * 3


def test_a_wait_without_on_poll() -> None:
    platform = Waiting(running(), DATA)
    platform.run(platform.job.wait(100, None))
    assert platform.job.ended


def test_a_poll_has_the_timeout_but_no_more_than_is_left() -> None:
    platform = Waiting(running(), timeout=8)
    with pytest.raises(WaitTimeoutError) as caught:
        platform.wait(10)
    assert platform.lefts == pytest.approx([8, 8, 8, 7, 6, 5, 4, 3, 2, 1, 0.1])
    assert platform.now == pytest.approx(9.9)
    assert str(caught.value) == (
        "do/it/r1 has not finished after 10 s and continues on the platform. Wait again, or resume it later with this "
        "reference."
    )
    assert caught.value.ref == RAW
    assert len(platform.events) == 10
    assert not platform.job.ended


def test_the_last_poll_is_early_enough_to_be_answered() -> None:
    platform = Waiting(running())
    platform.takes = 3
    with pytest.raises(WaitTimeoutError, match="after 100 s"):
        platform.wait(100)
    assert platform.now == 95  # a poll takes 3 s, and twice as much is reserved: none begins after 94
    platform = Waiting(running())
    platform.takes = 8
    with pytest.raises(WaitTimeoutError):
        platform.wait(100)
    assert platform.now == pytest.approx(98)  # but no more than a tenth of the whole


def test_a_wait_that_fails_to_the_end_is_out_of_time_too() -> None:
    platform = Waiting(LOST)
    with pytest.raises(WaitTimeoutError):
        platform.wait(10)
    assert len(platform.requests) == 11
    assert {event.status.text for event in platform.events} == {"No messages"}


@pytest.mark.parametrize(("outcome", "kind"), [(LOST, TransportError), (answered(502), ServerError)])
def test_polls_that_fail_for_too_long_are_an_outage(outcome: object, kind: type[OkapiError]) -> None:
    platform = Waiting(running(), running(), outcome, polling=PollPolicy(floor=1, ceiling=1, outage=20))
    with pytest.raises(kind):
        platform.wait()
    assert platform.now == 22  # the first one failed at 2
    assert len(platform.requests) == 23


def test_a_good_poll_ends_an_outage() -> None:
    fails = [LOST] * 20
    platform = Waiting(*fails, running(), *fails, DATA, polling=PollPolicy(floor=1, ceiling=1, outage=20))
    platform.wait()
    assert platform.now == 41


@pytest.mark.parametrize("outcome", [answered(400), answered(403), Failure("tls", "no trust", sent=True)])
def test_an_error_that_stays_ends_the_wait(outcome: object) -> None:
    platform = Waiting(running(), outcome)
    with pytest.raises(OkapiError):
        platform.wait()
    assert len(platform.requests) == 2


@pytest.mark.parametrize(("asked", "pause"), [("7", 7), ("60", 60), ("0", 1), ("soon", 1)])
@pytest.mark.parametrize("status", [202, 429, 503])
def test_a_hint_is_followed(status: int, asked: str, pause: float) -> None:
    body = {"status": {"type": "NONE", "text": "busy"}}
    platform = Waiting(answered(status, body, retry_after=asked), DATA)
    platform.wait()
    assert platform.clock.sleeps == [pause]


def test_a_hint_may_be_a_date() -> None:
    platform = Waiting(DATA)
    date = email.utils.formatdate(platform.clock.wall() + 30, usegmt=True)
    platform.outcomes.insert(0, answered(503, retry_after=date))
    platform.wait()
    assert platform.clock.sleeps == [pytest.approx(30, abs=1.1)]


def test_a_hint_beyond_the_longest_is_cut_where_it_runs_and_ends_the_wait_where_it_fails() -> None:
    platform = Waiting(running(retry_after="61"), DATA)
    platform.wait()
    assert platform.clock.sleeps == [60]
    platform = Waiting(answered(429, retry_after="61"), DATA)
    with pytest.raises(RateLimitError) as caught:
        platform.wait()
    assert caught.value.retry_after == 61
    assert platform.clock.sleeps == []


def test_a_failure_without_a_hint_is_followed_by_another_poll_whatever_the_longest_hint() -> None:
    platform = Waiting(LOST, DATA, retry=RetryPolicy(max_retry_after=0))
    assert platform.wait().ended


def test_the_wait_says_how_to_resume_at_once_and_every_minute(caplog: pytest.LogCaptureFixture) -> None:
    platform = Waiting(*[running()] * 130, DATA)
    with caplog.at_level(logging.INFO, "okapi_sdk"):
        platform.wait(1000)
    assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
        ("okapi_sdk", "INFO", f"Waiting for do/it/r1 ({seconds} s so far); use this reference to resume it")
        for seconds in (0, 60, 120)
    ]


def test_a_sign_in_that_fails_for_a_while_counts_as_a_failed_poll() -> None:
    platform = Waiting(*[RawResponse(401, {}, b"")] * 3, DATA, retry=RetryPolicy(attempts=1))
    platform.sign_ins = [LOST, answered(503, retry_after="7")]
    assert platform.wait().ended
    assert platform.clock.sleeps == [1, 7]
    platform = Waiting(RawResponse(401, {}, b""), polling=PollPolicy(floor=1, ceiling=1, outage=20))
    platform.sign_ins = [LOST] * 99
    with pytest.raises(TransportError, match="oauth/token"):
        platform.wait()
    assert platform.now >= 20


def test_a_sign_in_that_is_refused_ends_the_wait() -> None:
    platform = Waiting(RawResponse(401, {}, b""), DATA)
    platform.sign_ins = [answered(403, {"error": "invalid_grant"})]
    with pytest.raises(AuthenticationError):
        platform.wait()
    assert platform.clock.sleeps == []


def test_a_long_fatal_response_is_read_too() -> None:
    platform = Waiting(fatal(202, "no luck " + "x" * 100_000))
    assert platform.wait().status.failed
    assert len(platform.requests) == 1


# Not known yet, or no longer


def test_just_submitted_it_may_not_be_known_yet() -> None:
    platform = Waiting(NOT_THERE, NOT_THERE, DATA, own=True)
    assert platform.wait().ended
    assert [event.polls for event in platform.events] == [1, 2]


def test_the_grace_ends() -> None:
    platform = Waiting(NOT_THERE, own=True, polling=PollPolicy(floor=2, ceiling=2, grace=10))
    with pytest.raises(NotFoundError, match=r"^GET do/it/results/r1/simple returned HTTP 404"):
        platform.wait()
    assert platform.now == 10


def test_a_resumed_calculation_has_no_grace() -> None:
    for ours in ({}, {"just_submitted": False}):
        platform = Waiting(NOT_THERE)
        platform.job = Job(platform.session, RAW, class_named(RAW.calculation), **ours)
        with pytest.raises(NotFoundError):
            platform.wait()
        assert len(platform.requests) == 1


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("code", [404, 410])
def test_a_calculation_that_was_there_and_is_gone_has_expired(code: int, own: bool) -> None:
    platform = Waiting(running(), RawResponse(code, {}, b""), own=own)
    with pytest.raises(ResultExpiredError) as caught:
        platform.wait()
    assert len(platform.requests) == 2
    assert caught.value.ref == RAW
    assert str(caught.value) == (f"The platform no longer has do/it/r1 (HTTP {code}). Submit the calculation again.")


@pytest.mark.parametrize("own", [True, False])
def test_another_format_that_is_not_there_says_nothing_of_the_calculation(own: bool) -> None:
    platform = Waiting(running(), {"passes": []}, NOT_THERE, ref=REF, own=own)
    platform.wait()
    with pytest.raises(NotFoundError):
        platform.result(PassSummary)
    assert len(platform.requests) == 3


def test_410_means_that_it_has_expired() -> None:
    with pytest.raises(ResultExpiredError):
        Waiting(RawResponse(410, {}, b""), own=True).wait()


# FATAL, remarks, and responses that are not results


@pytest.mark.parametrize("code", [200, 202])
def test_a_fatal_end(code: int) -> None:
    platform = Waiting(running(), fatal(code), DATA)
    assert platform.wait().ended
    assert (platform.job.status.text, platform.job.status.failed) == ("no luck", True)
    assert platform.job.response is not None
    assert platform.job.response.status_code == code
    for ask in (platform.result, lambda: platform.part(0), lambda: platform.part(3)):
        with pytest.raises(CalculationFailedError) as caught:
            ask()
        assert str(caught.value) == "do/it/r1 ended with status FATAL: no luck."
        assert caught.value.ref == RAW
        assert caught.value.body == {"status": {"type": "FATAL", "text": "no luck"}}
    assert len(platform.requests) == 2


@pytest.mark.parametrize("code", [200, 202])
def test_a_result_that_is_fatal(code: int) -> None:
    with pytest.raises(CalculationFailedError):
        Waiting(fatal(code)).result()


def test_a_later_part_that_is_fatal_leaves_the_earlier_ones_unread() -> None:
    platform = Waiting(part(1, more=True), fatal(200))
    assert platform.part(0) == part(1, more=True)
    with pytest.raises(CalculationFailedError):
        platform.part(1)
    assert platform.job.status.failed


def test_an_end_is_not_undone_by_a_slower_poll() -> None:
    platform = Waiting(DATA, running("old"), DATA, ref=REF)
    platform.wait()
    with pytest.raises(WaitTimeoutError):
        platform.outcomes = [running("old")]
        platform.result(PassSummary, 2)
    assert platform.job.ended
    assert platform.job.status.text == "No messages"


@pytest.mark.parametrize(("kind", "lines"), [
    ("REMARK", ["do/it/r1: by\\nthe way"]), ("INFO", ["do/it/r1: by\\nthe way"]), ("NORMAL", []), ("WARNING", []),
])  # fmt: skip
def test_a_remark_is_logged(kind: str, lines: list[str], caplog: pytest.LogCaptureFixture) -> None:
    platform = Waiting({"status": {"type": kind, "text": "by\tthe way"}})
    with caplog.at_level(logging.INFO, "okapi_sdk"):
        platform.wait()
    assert [record.getMessage() for record in caplog.records] == [line.replace("\\n", " ") for line in lines]
    assert all(record.levelname == "INFO" for record in caplog.records)


def test_a_result_of_another_calculation_is_refused() -> None:
    platform = Waiting({**DATA, "request_id": "r2"})
    with pytest.raises(ResponseFormatError) as caught:
        platform.wait()
    assert str(caught.value) == ("The platform returned the result of 'r2' instead of that of do/it/r1.")
    assert (caught.value.reason, caught.value.body) == ("schema", {**DATA, "request_id": "r2"})
    assert not platform.job.ended


@pytest.mark.parametrize(
    "body", [{"request_id": "r1"}, {"request_id": 2}, {"request_id": None}, [{"request_id": "r2"}]]
)
def test_a_result_without_another_request_id_is_accepted(body: Any) -> None:
    assert Waiting(body).result() == body


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (answered(204), "schema", "Expected HTTP 200 with JSON, got HTTP 204 with 0 bytes"),
        (answered(203, DATA), "schema", "Expected HTTP 200 with JSON, got HTTP 203"),
        (answered(200, b"<p>"), "not_json", "HTTP 200 with a body that is not JSON"),
    ],
)
def test_a_response_that_is_not_a_result(answer: RawResponse, reason: str, words: str) -> None:
    platform = Waiting(answer)
    with pytest.raises(ResponseFormatError, match=f"^{words}") as caught:
        platform.result()
    assert caught.value.reason == reason
    assert not platform.job.ended


# Results and their formats


def test_a_result_is_asked_for_once_in_each_format() -> None:
    platform = Waiting({"passes": [{"start": "2018-08-07T18:00:00Z"}]}, {"passes": []}, ref=REF)
    assert isinstance(platform.result(), Passes)
    assert platform.result() is platform.result(Passes)
    assert isinstance(platform.result(PassSummary), PassSummary)
    assert platform.result(PassSummary) is platform.result(PassSummary)
    assert platform.paths == ["/predict-passes/sgp4/results/r1/simple", "/predict-passes/sgp4/results/r1/summary"]


def test_the_default_format_is_that_of_the_reference() -> None:
    job = Waiting(ref=RequestRef("do/it", "r1", "RawCalculation", "own", "generic", ROOT)).job
    assert job.format_of(None) == job.format_of(dict) == (dict, "own")
    assert Waiting(ref=REF).job.format_of(PassSummary) == (PassSummary, "summary")


def test_the_path_decides_which_formats_there_are() -> None:
    sgp4, neptune = (
        Waiting(ref=RequestRef(f"propagate-orbit/{method}", "r1", "PropagateOrbit", "simple", "generic", ROOT)).job
        for method in ("sgp4", "neptune")
    )
    assert sgp4.format_of(Omm) == (Omm, "omm")
    with pytest.raises(InputError, match="a result type of propagate-orbit/neptune: Ephemeris, Oem, Opm "):
        neptune.format_of(Omm)


@pytest.mark.parametrize(("wanted", "given"), [(Omm, "Omm"), ("omm", "'omm'"), ([], "[]")])
def test_a_format_that_the_calculation_does_not_have(wanted: Any, given: str) -> None:
    platform = Waiting(DATA, ref=REF)
    with pytest.raises(InputError) as caught:
        platform.result(wanted)
    assert caught.value.problems == (
        (
            "format",
            given,
            "a result type of predict-passes/sgp4: Passes, PassSummary",
            "pass one of these types",
        ),
    )
    assert str(caught.value).startswith("Invalid argument of result(). ")
    assert platform.requests == []


# Parts


def part(number: Any = None, *, more: Any = False, rows: int = 1) -> dict[str, Any]:
    numbered = {} if number is None else {"result_part_id": number}
    return {"rows": [{"a": 1}] * rows, "next_result_part_foreseen": more, **numbered}


SIMPLE = "/do/it/results/r1/simple"


@pytest.mark.parametrize(
    ("numbers", "suffixes"),
    [
        ((1, 2, 3), ("/2", "/3")),
        ((None, None, None), ("/2", "/3")),
        ((None, 2, None), ("/2", "/3")),
        ((0, 2, 3), ("/2", "/3")),
        ((-4, 2, 3), ("/2", "/3")),
        ((True, 2, 3), ("/2", "/3")),
        (("1", 2, "x"), ("/2", "/3")),
        ((1, True, False), ("/2", "/3")),
        ((7, None, 9), ("/8", "/9")),
    ],
)
def test_parts_follow_one_another_by_their_numbers(numbers: Any, suffixes: tuple[str, ...]) -> None:
    parts = [part(number, more=index < 2, rows=index + 1) for index, number in enumerate(numbers)]
    platform = Waiting(*parts)
    assert len(platform.result()["rows"]) == 6
    assert platform.paths == [SIMPLE, *(SIMPLE + suffix for suffix in suffixes)]
    assert [platform.part(n) for n in range(4)] == [*parts, None]
    assert len(platform.requests) == 3


@pytest.mark.parametrize("more", [None, 1, "true", [], False])
def test_only_true_foresees_another_part(more: Any) -> None:
    platform = Waiting(part(more=more))
    platform.result()
    assert platform.paths == [SIMPLE]


def test_a_part_that_fails_is_named() -> None:
    platform = Waiting(part(more=True), answered(403))
    with pytest.raises(OkapiError, match=r"^GET do/it/results/r1/simple/2 returned HTTP 403"):
        platform.result()


def test_parts_in_envelopes() -> None:
    platform = Waiting({"okapi_output": part(4, more=True)}, {"okapi_output": part(5)})
    platform.result()
    assert platform.paths == [SIMPLE, SIMPLE + "/5"]


def test_results_that_are_lists_have_one_part() -> None:
    platform = Waiting([part(1, more=True)])
    assert platform.result() == [part(1, more=True)]
    assert platform.paths == [SIMPLE]


@pytest.mark.parametrize("number", [1, 3])
def test_another_part_than_the_requested_one_is_refused(number: int) -> None:
    platform = Waiting(part(1, more=True), part(number, more=True))
    with pytest.raises(ResponseFormatError) as caught:
        platform.result()
    assert str(caught.value) == (
        f"The platform returned part {number} of do/it/r1 instead of part 2. Earlier parts are kept: "
        "parts() yields them."
    )
    assert (caught.value.reason, caught.value.body) == ("schema", part(number, more=True))
    assert platform.part(0) == part(1, more=True)
    assert len(platform.requests) == 2


def test_parts_without_end_are_cut_by_the_deadline_and_kept() -> None:
    platform = Waiting(part(more=True))
    platform.takes = 2
    with pytest.raises(WaitTimeoutError) as caught:
        platform.result(timeout=5)
    assert str(caught.value) == (
        "Part 4 of do/it/r1 did not arrive in the remaining 0 s. Earlier parts are kept; call again."
    )
    asked = len(platform.requests)
    assert [platform.part(n) for n in range(3)] == [part(more=True)] * 3
    assert len(platform.requests) == asked


def test_a_later_part_may_still_run() -> None:
    platform = Waiting(part(more=True), running("part 2"), running("part 2"), part(rows=2))
    assert len(platform.result()["rows"]) == 3
    assert platform.clock.sleeps == [1, 1]


def test_a_part_as_the_type_of_its_calculation() -> None:
    platform = Waiting({"passes": [{"start": "2018-08-07T18:00:00Z"}], "next_result_part_foreseen": False}, ref=REF)
    assert isinstance(platform.part(0), Passes)
    assert platform.part(1) is None


def test_all_parts_share_the_time_of_a_result_and_each_has_its_own_by_itself() -> None:
    platform = Waiting(part(more=True), part(more=True), part(), timeout=100)
    platform.takes = 4
    platform.result(timeout=50)
    assert platform.lefts == [50, 46, 42]
    platform = Waiting(part(more=True), part(), timeout=100)
    platform.takes = 4
    assert [platform.part(n, 50) for n in (0, 1)] == [part(more=True), part()]
    assert platform.lefts == [50, 50]


# What ends the work from outside


def test_an_error_gets_the_reference_of_its_calculation() -> None:
    platform = Waiting(answered(500), DATA)
    with pytest.raises(ServerError) as caught, platform.job.reference_attached():
        platform.done()
    assert caught.value.ref == RAW


def test_an_input_that_is_refused_has_no_reference() -> None:
    with pytest.raises(InputError) as caught, Waiting(DATA).job.reference_attached():
        raise InputError("x", [InputProblem("a", "b", "c", "")])
    assert caught.value.ref is None


@pytest.mark.parametrize("cut", [KeyboardInterrupt, asyncio.CancelledError, SystemExit, GeneratorExit, ValueError])
def test_an_interruption_carries_a_note_on_how_to_resume(
    cut: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO, "okapi_sdk"),
        pytest.raises(cut) as caught,
        Waiting(DATA).job.reference_attached(),
    ):
        raise cut
    assert caught.value.__notes__ == ["The calculation continues on the platform. Resume it with: do/it/r1"]
    (record,) = caplog.records
    assert (record.name, record.levelname, record.getMessage()) == (
        "okapi_sdk",
        "WARNING",
        "The calculation continues on the platform. Resume it with: do/it/r1",
    )
