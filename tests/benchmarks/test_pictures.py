"""The pictures of docs/benchmarks.md show its tables."""

from __future__ import annotations

from xml.etree import ElementTree

from .page import PAGE, PICTURES, Spread
from .pictures import DRAWN, Panel, draw, spread, tables, told


def test_each_picture_carries_the_figures_of_its_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = tables(page)
    assert found.keys() == DRAWN.keys() == {file.stem for file in PICTURES.iterdir()}
    assert page.count("\n| --- |") == len(found) + 1  # the table of what is compared has none
    for name, rows in found.items():
        description = ElementTree.parse(PICTURES / f"{name}.svg").find(".//{*}description")
        assert description is not None
        assert description.text == told(rows), "draw them again: python -m tests.benchmarks.pictures"


def test_cells_are_read() -> None:
    assert spread("**1.09 (0.97 to 1.19)**") == (Spread(0.97, 1.09, 1.19), "1.09")
    assert spread("1,459; 6.42") == (Spread(1459, 1459, 1459), "1,459")
    assert spread("no result; 3 polls") is None


def test_a_bar_for_each_figure_with_its_range_and_unit() -> None:
    rows = [["okapi-sdk", "0.20 (0.10 to 0.40); 2 polls", "2"], ["okapi-aether-sdk", "no result; 3 polls", "1"]]
    first, second = draw(rows, (Panel(1, "time lost in s"), Panel(2, "connections"))).axes
    assert [bar.get_width() for bar in first.patches] == [0.2]
    assert [bar.get_width() for bar in second.patches] == [2, 1]
    assert [text.get_text().strip() for text in first.texts] == ["0.20", "no result"]
    assert list(first.lines[0].get_xdata()) == [0.1, 0.4]
    assert (first.get_xlabel(), second.get_xlabel()) == ("time lost in s", "connections")
    assert [text.get_text() for text in first.get_yticklabels()] == ["okapi-sdk", "okapi-aether-sdk"]
