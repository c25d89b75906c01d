"""Tables of Markdown, and the page that they stand on."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
PICTURES = PAGE.parent / "_static" / "benchmarks"


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of several values."""
        return cls(*statistics.quantiles(values, n=4, method="inclusive"))

    def text(self, form: str) -> str:
        """Median, and quartiles in brackets."""
        return f"{self.median:{form}} ({self.low:{form}} to {self.high:{form}})"


def table(picture: str, head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """A table of Markdown, and the picture that `pictures` draws of it."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return (
        f"{text}\n\n![The figures of the table as bars]({PICTURES.relative_to(PAGE.parent).as_posix()}/{picture}.svg)"
    )


def target(text: str, holds: bool) -> str:
    """Return a line that says whether a target is met."""
    return f"- {'Target met' if holds else '**Target not met**'}: {text}."


def machine(packages: Sequence[str]) -> str:
    """Machine and versions."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, {platform.python_implementation()} "
        f"{platform.python_version()}; {versions}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, platform.machine()) or platform.machine()


def process_cost(command: Sequence[str]) -> tuple[float, str]:
    """CPU seconds of a process and what it printed. Python may keep byte code, as it does for users."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    said = process.stdout.read()
    process.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return used.ru_utime + used.ru_stime, said


def write(name: str, text: str) -> None:
    """Exchange one generated part of the page."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- generated: begin {name} -->", f"<!-- generated: end {name} -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")
