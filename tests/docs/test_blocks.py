"""Every Python and console block of README and docs runs, top to bottom, and its output is compared.

A text block right behind a Python block is what it prints. A Python block that begins with ``# file: name.py`` is
written to that file instead. A console block holds commands, each behind ``$``, and what they print; ``…`` in it stands
for anything within a line, and a command that ends with ``&`` runs until the page ends. Request ids and the port 8800
are those of the page, whatever they really are.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import okapi_sdk

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*\n(?:> .*\n)*)((?:(?!\$ ).*\n)*)", re.MULTILINE)
FILE = re.compile(r"# file: ([\w.]+)\n")
ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
PORT = "8800"


def blocks(page: Path) -> Iterator[tuple[int, str, str]]:
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found[1], found[2]


class Names:
    """What the page calls the ids and the port that really are."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._real = {PORT: str(free.getsockname()[1])}

    def as_printed(self, text: str, page: str) -> str:
        for real, named in zip(dict.fromkeys(ID.findall(text)), dict.fromkeys(ID.findall(page)), strict=False):
            if real not in self._real.values():
                self._real[named] = real
        for named, real in self._real.items():
            text = text.replace(real, named)
        return text

    def as_meant(self, command: str) -> str:
        for named, real in self._real.items():
            command = command.replace(named, real)
        return command


class Terminal:
    """Runs the commands of one page."""

    def __init__(self, folder: Path, names: Names) -> None:
        self._folder = folder
        self._names = names
        self._code = 0
        self._running: list[subprocess.Popen[str]] = []
        bin = folder / ".bin"
        bin.mkdir()
        for name, call in (("okapi", "-m okapi_sdk.cli"), ("python", ""), ("pytest", "-m pytest")):
            program = bin / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n', encoding="utf-8")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self._env = {
            **os.environ,
            "PATH": f"{bin}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(okapi_sdk.__file__).parents[1]),
            "COLUMNS": "100",
            "PYTHONUNBUFFERED": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "okapi_sdk.pytest_plugin",
        }
        for own in ("OKAPI_USERNAME", "OKAPI_PASSWORD", "PYTEST_CURRENT_TEST"):
            self._env.pop(own, None)

    def run(self, command: str, expected: str) -> str:
        command = self._names.as_meant(re.sub(r"\n> ", "\n", command.rstrip("\n")))
        if command.endswith(" &"):
            return self._names.as_printed(self._start(command[:-2], expected.count("\n")), expected)
        done = subprocess.run(
            ["sh", "-c", f"(exit {self._code})\n{command}"], cwd=self._folder, env=self._env, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=60,
        )  # fmt: skip
        self._code = done.returncode
        return self._names.as_printed(done.stdout, expected)

    def _start(self, command: str, lines: int) -> str:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"], cwd=self._folder, env=self._env, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._running.append(process)
        assert process.stdout is not None
        return "".join(process.stdout.readline() for _ in range(lines))

    def close(self) -> None:
        for process in self._running:
            process.terminate()
            process.communicate(timeout=10)


def pattern(expected: str) -> str:
    return "[^\n]*?".join(map(re.escape, expected.split("…")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_blocks_of_a_page_do_what_the_page_says(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OKAPI_USERNAME", "user@example.com")
    monkeypatch.setenv("OKAPI_PASSWORD", "of the docs")
    monkeypatch.chdir(tmp_path)
    given = Names()
    names: dict[str, object] = {"__name__": "__main__"}
    printed: str | None = None
    with contextlib.closing(Terminal(tmp_path, given)) as terminal:
        for line, language, content in blocks(page):
            if language == "text" and printed is not None:
                assert given.as_printed(printed, content) == content, f"{page.name}:{line}"
            printed = None
            if language == "python" and (file := FILE.match(content)):
                (tmp_path / file[1]).write_text(content, encoding="utf-8")
            elif language == "python":
                code = compile("\n" * line + content, str(page), "exec")
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(code, names)
                printed = out.getvalue()
            elif language == "console" and os.name == "posix":
                for command, expected in COMMAND.findall(content):
                    shown = terminal.run(command, expected)
                    assert re.fullmatch(pattern(expected), shown), f"{page.name}:{line}: {command}{shown}"


def test_the_first_example_prints_what_the_readme_shows() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(ROOT / "docs/examples/first_calculation.py"), run_name="__main__")
    shown = [content for page in PAGES for _, language, content in blocks(page) if language == "text"]
    assert out.getvalue() in shown
