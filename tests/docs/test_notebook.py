"""The notebook of the tutorials runs from top to bottom, and its cells show tables and pictures."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorials" / "notebook.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]


def run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell and return the value that a notebook would show."""
    *statements, last = ast.parse(source).body
    exec(compile(ast.Module(statements, []), str(NOTEBOOK), "exec"), names)
    if not isinstance(last, ast.Expr):
        exec(compile(ast.Module([last], []), str(NOTEBOOK), "exec"), names)
        return None
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)


def test_the_cells_show_tables_and_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = [value for cell in CODE if (value := run("".join(cell["source"]), names)) is not None]
    pictures = [value._repr_png_() for value in shown if hasattr(value, "_repr_png_")]
    tables = [value._repr_html_() for value in shown if not hasattr(value, "_repr_png_")]
    assert len(pictures) == 5
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert len(tables) == 7
    assert all("<table" in table for table in tables)


def test_it_is_stored_without_outputs() -> None:
    # They would be old after each change, and make the changes unreadable.
    assert not any(cell["outputs"] or cell["execution_count"] for cell in CODE)
