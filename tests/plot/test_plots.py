"""Plots: what they show, and that they look as they did when a person last looked at them.

The reference images have no text, whose shapes depend on the fonts. After a change, write new images, and look at them
before you commit them: ``OKAPI_NEW_IMAGES=1 python -m pytest tests/plot``.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.style
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from okapi_sdk import (
    ConfigurationError,
    InputError,
    OkapiClient,
    Passes,
    PassSummary,
    RiskEstimation,
    RiskPrediction,
    TimeWindow,
    plot,
)
from okapi_sdk.emulator import Emulator
from tests.support.cases import iss_passes

REFERENCES = Path(__file__).with_name("reference")
TOLERANCE = 6.0
"""Root mean square of the difference of the pixels, of 255."""
ESTIMATION = RiskEstimation.model_validate(
    {
        "b_plane_x": 0.3, "b_plane_y": -0.1, "b_plane_xx": 0.04, "b_plane_xy": 0.02, "b_plane_yy": 0.03,
        "sat1_hard_body_radius": 15, "sat2_hard_body_radius": 5,
    }
)  # fmt: skip
PREDICTION = RiskPrediction.model_validate(
    {
        "risk_trend": [
            {"time_to_tca": 3600.0 * hours, "collision_probability": 1e-6 * 10 ** (4 - abs(hours - 20) / 10)}
            for hours in range(2, 72, 6)
        ]
    }
)
TRACK = [
    SimpleNamespace(longitude=(80 + 3.45 * step) % 360 - 180, latitude=51.6 * math.sin(step / 14.8))
    for step in range(190)
]


@pytest.fixture(scope="module")
def passes() -> Passes:
    window = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T12:00Z")
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        return client.run(iss_passes().model_copy(update={"time_window": window}))


PLOTS: dict[str, Callable[[Passes], Axes]] = {
    "sky": plot.sky,
    "elevation": plot.elevation,
    "timeline": lambda passes: plot.timeline({"ISS, Braunschweig": passes, "ISS, elsewhere": passes[1:]}),
    "ground_track": lambda _: plot.ground_track(TRACK),
    "encounter": lambda _: plot.encounter(ESTIMATION),
    "risk_trend": lambda _: plot.risk_trend(PREDICTION),
}


@pytest.mark.parametrize("style", ["default", "dark_background", "grayscale"])
@pytest.mark.parametrize("name", PLOTS)
def test_it_looks_as_before(name: str, style: str, passes: Passes, tmp_path: Path) -> None:
    with matplotlib.style.context(style):
        figure = PLOTS[name](passes).figure
        _remove_text(figure)
        drawn, reference = tmp_path / f"{name}-{style}.png", REFERENCES / f"{name}-{style}.png"
        figure.savefig(drawn, dpi=40)
    if os.environ.get("OKAPI_NEW_IMAGES"):
        REFERENCES.mkdir(exist_ok=True)
        drawn.replace(reference)
    else:
        assert compare_images(str(reference), str(drawn), TOLERANCE) is None


def _remove_text(figure: Any) -> None:
    figure.set_layout_engine("none")
    for ax in figure.axes:
        ax.set(xlabel="", ylabel="", xticklabels=[], yticklabels=[])
        if ax.get_legend() is not None:
            ax.get_legend().remove()


@pytest.mark.parametrize("name", PLOTS)
def test_every_axis_has_a_unit_and_nothing_global_changes(name: str, passes: Passes) -> None:
    assert "matplotlib.pyplot" not in sys.modules or not matplotlib.pyplot.get_fignums()
    ax = PLOTS[name](passes)
    labels = {ax.get_xlabel(), ax.get_ylabel()} - {""}
    known = ("degrees", "hours", "km", "UTC", "probability")
    assert all(label.endswith(known) or label == "collision probability" for label in labels)


def test_a_notebook_shows_the_figure_without_pyplot() -> None:
    # IPython asks an object for its picture by this name.
    picture = plot.risk_trend(PREDICTION).figure._repr_png_()  # type: ignore[union-attr]
    assert picture.startswith(b"\x89PNG")


def test_it_draws_on_the_given_axes(passes: Passes) -> None:
    figure = Figure()
    plain, polar = figure.add_subplot(2, 1, 1), figure.add_subplot(2, 1, 2, projection="polar")
    assert plot.elevation(passes, plain) is plain
    assert plot.sky(passes, polar) is polar
    with pytest.raises(InputError, match="polar axes"):
        plot.sky(passes, plain)
    with pytest.raises(InputError, match="matplotlib axes"):
        plot.elevation(passes, figure)  # type: ignore[arg-type]


def test_the_sky_has_north_up_and_east_right(passes: Passes) -> None:
    polar = plot.sky(passes)
    assert polar.get_theta_direction() == -1
    assert polar.get_theta_offset() == pytest.approx(math.pi / 2)
    azimuths = polar.lines[0].get_xdata()
    assert math.degrees(azimuths[0]) == pytest.approx(280.77, abs=0.01)  # type: ignore[index,arg-type]


def test_a_track_that_crosses_the_180th_meridian_is_drawn_to_both_edges() -> None:
    rows = [SimpleNamespace(longitude=longitude, latitude=0.0) for longitude in (170, 178, -174, -166)]
    lines = [list(map(float, line.get_xdata())) for line in plot.ground_track(rows).lines[-4:-2]]  # type: ignore[arg-type]
    assert lines == [[170, 178, 186], [-182, -174, -166]]


def test_the_ellipses_contain_what_they_should() -> None:
    ellipses = [patch for patch in plot.encounter(ESTIMATION).patches if hasattr(patch, "angle")]
    one = ellipses[1]
    # The eigenvalues of [[0.04, 0.02], [0.02, 0.03]] are (0.07 +- sqrt(0.0017)) / 2.
    assert one.width / 2 == pytest.approx(math.sqrt((0.07 + math.sqrt(0.0017)) / 2))
    assert one.height / 2 == pytest.approx(math.sqrt((0.07 - math.sqrt(0.0017)) / 2))
    assert math.tan(math.radians(2 * one.angle)) == pytest.approx(2 * 0.02 / (0.04 - 0.03))


def test_estimations_are_a_trend_too() -> None:
    rows = [
        RiskEstimation.model_validate(
            {"tca": "2026-12-03T00:00:00Z", "creation_date": f"2026-12-0{day}T00:00:00Z", "collision_probability": p}
        )
        for day, p in ((2, 1e-4), (1, 1e-5), (1, None))
    ]
    (line, _) = plot.risk_trend(rows).lines
    assert list(line.get_xdata()) == [48, 24]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("draw", "given"),
    [
        (plot.sky, 5), (plot.sky, [5]), (plot.elevation, "passes"), (plot.timeline, [5]), (plot.ground_track, [5]),
        (plot.encounter, 5), (plot.encounter, RiskEstimation()), (plot.risk_trend, 5), (plot.risk_trend, [5]),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(draw: Any, given: Any) -> None:
    with pytest.raises(InputError):
        draw(given)


def test_passes_without_tracks_are_refused_with_the_remedy(passes: Passes) -> None:
    rows = [{name: value for name, value in row.items() if name != "track"} for row in passes.to_dicts()]
    summary = PassSummary(rows, status=passes.status, raw=None)
    with pytest.raises(InputError, match="PassSummary has none"):
        plot.sky(summary)
    assert len(plot.timeline([("ISS", summary)]).collections) == 1  # type: ignore[list-item]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    with pytest.raises(ConfigurationError, match=r"okapi-sdk\[plot\]"):
        plot.ground_track([])
