"""The ready display of progress: its lines, and where they go."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from okapi_sdk import InputError, MapProgress, OkapiClient, PollEvent, Progress, RequestRef, Status
from okapi_sdk.emulator import Emulator
from okapi_sdk.progress import progress_line
from okapi_sdk.testing import InstantClock
from tests.support.cases import iss_passes

REF: RequestRef[Any] = RequestRef("predict-passes/sgp4", "r1", "PredictPasses", "simple", "generic", "https://x")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (PollEvent(REF, Status(), 12.3, 5, 0.6), "predict-passes/sgp4/r1: running for 12 s"),
        (
            PollEvent(REF, Status(type="INFO", text="step 2\nof 3\x1b[2J"), 600.0, 5, 0.6),
            "predict-passes/sgp4/r1: running for 10 min (INFO: step 2 of 3",
        ),
        (MapProgress(0, 0, 0, 0, 500, 0.0), "[....................] 0 of 500 done"),
        (
            MapProgress(200, 77, 120, 3, 500, 3.0),
            "[#####...............] 123 of 500 done, 3 failed, 77 running, 41/s, about 9 s left",
        ),
        (MapProgress(9, 0, 9, 0, 9, 3.0), "[####################] 9 of 9 done, 3/s"),
        (MapProgress(5000, 100, 4900, 0, None, 10000.0), "4,900 done, 100 running, 0.49/s"),
        (MapProgress(0, 0, 0, 0, 0, 1.0), "0 done"),
    ],
)
def test_an_event_is_one_line(event: PollEvent | MapProgress, line: str) -> None:
    found = progress_line(event)
    assert found.startswith(line)
    assert found.isprintable()


def test_a_log_gets_a_line_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "okapi_sdk")
    with Progress("log", interval=10) as progress:
        for ended in range(101):
            progress(MapProgress(ended, 0, ended, 0, 100, ended / 4))
    assert [record.getMessage()[23:].split(",")[0] for record in caplog.records] == [
        "0 of 100 done", "40 of 100 done", "80 of 100 done", "100 of 100 done",
    ]  # fmt: skip


def test_a_terminal_gets_one_line_drawn_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    with Progress("terminal") as progress:
        for ended in range(3):
            progress(MapProgress(9, 9 - ended, ended, 0, 9, ended * 0.2))
    shown = capsys.readouterr().err
    assert shown.count("\r") == 3
    assert shown.count("\n") == 1
    assert all(len(line) == 39 for line in shown.strip("\n").split("\r")[1:])


def test_a_notebook_gets_one_output_that_is_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append("again " + data["text/plain"]))

    def display(data: dict[str, str], raw: bool, display_id: bool) -> Any:
        shown.append(data["text/plain"])
        return handle

    shell = SimpleNamespace(kernel=object())
    module = SimpleNamespace(display=display)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=module))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    with Progress() as progress:
        progress(MapProgress(1, 1, 0, 0, None, 0.0))
        progress(MapProgress(1, 1, 0, 0, None, 0.1))
        progress(MapProgress(1, 0, 1, 0, None, 1.0))
    assert shown == ["0 done, 1 running", "again 1 done, 1/s"]


def test_it_reports_waits_and_maps(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "okapi_sdk")
    with Emulator(clock=InstantClock(), processing_time=30) as emulator, OkapiClient.emulated(emulator) as client:
        with Progress("log") as progress:
            client.run(iss_passes(), on_poll=progress)
            assert all(outcome.result() for outcome in client.map([iss_passes()] * 3, on_progress=progress))
    lines = [record.getMessage() for record in caplog.records]
    assert any("running for" in line for line in lines)
    assert any("3 of 3 done" in line for line in lines)


@pytest.mark.parametrize("arguments", [{"style": "bar"}, {"interval": -1}, {"interval": "often"}])
def test_bad_arguments_are_refused(arguments: Any) -> None:
    with pytest.raises(InputError):
        Progress(**arguments)
