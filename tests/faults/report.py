"""A pytest plugin that prints the table of faults: ``python -m pytest -m fault -p tests.faults.report``.

A test that is made for one kind of client by the fixture ``both``, or by ``fault(..., only="async")``, proves a row for
that kind; any other one for both, since what it tests has no twin. What a test proves travels with its report, so that
the table is whole when workers of pytest-xdist share the tests.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from .catalogue import DIFFERENT, LEFT_OUT, ROWS

KINDS = ("sync", "async")
PROVES = "proves"
"""The property of a test that names a row and a kind of client."""
ONE_KIND = {
    "T1": "sync", "T2": "sync", "T3": "async", "T5": "async", "T6": "sync", "P15": "async", "E1": "sync", "E2": "sync",
    "E7": "sync", "E8": "async", "E11": "async",
}  # fmt: skip
"""Rows that speak of threads or of tasks only."""


class Table:
    """Collects what became of the marked tests."""

    def __init__(self) -> None:
        self.seen: defaultdict[str, list[str]] = defaultdict(list)
        self.figures: list[str] = []
        self.overruns: list[tuple[float, str]] = []
        self.foreign = 0

    @pytest.hookimpl
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        callspec: Any = getattr(item, "callspec", None)
        made = None if callspec is None else callspec.params.get("both")
        for marker in item.iter_markers("fault"):
            only = marker.kwargs.get("only") or made
            for row in marker.args:
                item.user_properties += [(PROVES, f"{row} {kind}") for kind in KINDS if only in (None, kind)]

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == PROVES:
                if report.when == "call" or not report.passed:
                    self.seen[str(value)].append(report.outcome)
            elif report.when == "call":
                if name == "overrun":
                    self.overruns.append((float(str(value)), report.nodeid.rpartition("::")[2]))
                else:
                    self.figures.append(f"{name}: {value}")
        if report.failed and "foreign exception" in str(report.longrepr):
            self.foreign += 1

    def cell(self, row: str, kind: str) -> str:
        """What became of a row for a kind of client."""
        if ONE_KIND.get(row, kind) != kind:
            return "-"
        outcomes = self.seen[f"{row} {kind}"]
        return "ok" if outcomes and set(outcomes) == {"passed"} else "FAILED" if "failed" in outcomes else "not run"

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus == 0 and self.open_rows():
            session.exitstatus = 1

    def open_rows(self) -> list[str]:
        """Rows that did not end as stated."""
        due = [row for row in ROWS if row not in LEFT_OUT]
        return [row for row in due if {self.cell(row, kind) for kind in KINDS} - {"ok", "-"}]

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        write = terminalreporter.write_line
        write(f"{'row':4} {'sync':8} {'async':8} fault, and how it ends")
        for row, statement in ROWS.items():
            if row in LEFT_OUT:
                write(f"{row:4} {'left out':17} {statement}: {LEFT_OUT[row]}")
                continue
            write(f"{row:4} {self.cell(row, 'sync'):8} {self.cell(row, 'async'):8} {statement}")
            if row in DIFFERENT:
                write(f"{'':22} decided: {DIFFERENT[row]}")
        for figure in self.figures:
            write(figure)
        if self.overruns:
            worst, test = max(self.overruns)
            write(f"deadlines: worst overrun {1000 * worst:.0f} ms of {len(self.overruns)} calls ({test})")
        due, bad = len(ROWS) - len(LEFT_OUT), self.open_rows()
        foreign = f"{self.foreign} foreign exceptions" if self.foreign else "no foreign exception"
        write(f"{due - len(bad)} of {due} catalogue rows end as stated, sync and async; {foreign}")
        if bad:
            write(f"open: {', '.join(bad)}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Table(), "table-of-faults")
