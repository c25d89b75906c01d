"""Every Python block of README and docs runs, top to bottom; a text block behind one is what it prints."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[tuple[int, str, str]]:
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found[1], found[2]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_do_what_the_page_says(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OKAPI_USERNAME", "user@example.com")
    monkeypatch.setenv("OKAPI_PASSWORD", "of the docs")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    printed: str | None = None
    for line, language, content in blocks(page):
        if language == "python":
            code = compile("\n" * line + content, str(page), "exec")
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, names)
            printed = out.getvalue()
        elif language == "text":
            if printed is not None:
                assert printed == content, f"{page.name}:{line}"
            printed = None
        else:
            printed = None


@pytest.mark.parametrize("example", sorted(ROOT.glob("docs/examples/*.py")), ids=lambda path: path.name)
def test_the_examples_print_what_the_readme_shows(example: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(example), run_name="__main__")
    shown = [content for page in PAGES for _, language, content in blocks(page) if language == "text"]
    assert out.getvalue() in shown
