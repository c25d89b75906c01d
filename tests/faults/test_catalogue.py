"""Every row of the catalogue has a test or a reason to have none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import tests

from .catalogue import DIFFERENT, LEFT_OUT, ROWS

COUNTS = {"L": 16, "T": 20, "S": 23, "P": 20, "B": 19, "N": 7, "E": 22, "U": 34, "X": 25, "Z": 8}


def _marked(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
            assert node.args, f"{file.name}:{node.lineno}: a mark without a row"
            for argument in node.args:
                assert isinstance(argument, ast.Constant), f"{file.name}:{node.lineno}: rows are written out"
                yield str(argument.value)


def test_the_catalogue_is_whole() -> None:
    assert list(ROWS) == [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
    assert LEFT_OUT.keys() <= ROWS.keys()
    assert DIFFERENT.keys() <= ROWS.keys() - LEFT_OUT.keys()


def test_every_row_has_a_test_or_a_reason_to_be_left_out() -> None:
    assert tests.__file__ is not None
    found = {row for file in Path(tests.__file__).parent.rglob("*.py") for row in _marked(file)}
    assert found - ROWS.keys() == set(), "unknown rows"
    assert ROWS.keys() - found - LEFT_OUT.keys() == set(), "rows without a test"
    assert found & LEFT_OUT.keys() == set(), "rows that are tested need no excuse"
