"""What an editor infers for maps, exports, files, watches and plots. Type-checked by mypy and pyright, never run."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, assert_type

import numpy
import pandas
import polars
import pyarrow
from matplotlib.axes import Axes
from matplotlib.projections.polar import PolarAxes

from okapi_sdk import (
    AsyncOkapiClient,
    AsyncOutcome,
    AsyncPages,
    AsyncRequest,
    Calculation,
    Conjunction,
    ConjunctionChange,
    ConjunctionReport,
    Conjunctions,
    ConjunctionSighting,
    ConjunctionWatch,
    ElevationMask,
    Ephemeris,
    GroundLocation,
    GroundTrack,
    JournalEntry,
    MapProgress,
    Oem,
    OkapiClient,
    OkapiError,
    Omm,
    Outcome,
    Pages,
    Passes,
    PollEvent,
    Progress,
    RawQuery,
    RawResponse,
    Request,
    RequestRef,
    RiskEstimation,
    Satellites,
    Tle,
    as_completed,
    plot,
    read_journal,
    wait_all,
)


def report(progress: MapProgress) -> None:
    assert_type(progress.total, int | None)


def polled(event: PollEvent) -> None:
    assert_type(event.ref, RequestRef[Any])


def many(client: OkapiClient, calculations: list[Calculation[Passes]]) -> None:
    outcomes = client.map(calculations, max_in_flight=10, journal=Path("run.db"), on_progress=report)
    assert_type(outcomes, Iterator[Outcome[Passes]])
    for outcome in outcomes:
        assert_type(outcome.calculation, Calculation[Passes])
        assert_type(outcome.request, Request[Passes] | None)
        assert_type(outcome.ref, RequestRef[Passes] | None)
        assert_type(outcome.error, OkapiError | None)
        assert_type(outcome.position, int)
        assert_type(outcome.result(), Passes)
    requests = [client.submit(calculation) for calculation in calculations]
    assert_type(as_completed(requests, timeout=60), Iterator[Request[Passes]])
    assert_type(wait_all(requests), list[Request[Passes]])
    assert_type(requests[0].calculation, Calculation[Passes] | None)
    assert_type(requests[0].submitted_at, datetime | None)
    assert_type(client.run(calculations[0], on_poll=polled), Passes)
    with Progress() as progress:
        client.map(calculations, on_progress=progress)
    for entry in read_journal("run.db"):
        assert_type(entry, JournalEntry)


async def many_asynchronously(client: AsyncOkapiClient, calculations: list[Calculation[Passes]]) -> None:
    assert_type(client.map(calculations), AsyncIterator[AsyncOutcome[Passes]])
    async for outcome in client.map(iter(calculations)):
        assert_type(outcome.request, AsyncRequest[Passes] | None)
        assert_type(outcome.result(), Passes)
    requests = [await client.submit(calculation) for calculation in calculations]
    assert_type(as_completed(requests), AsyncIterator[AsyncRequest[Passes]])
    assert_type(await wait_all(requests), list[AsyncRequest[Passes]])


def exports(passes: Passes, ephemeris: Ephemeris, pages: Pages[Conjunction]) -> None:
    assert_type(passes.to_pandas(), pandas.DataFrame)
    assert_type(pages.to_polars(), polars.DataFrame)
    assert_type(ephemeris.to_arrow(), pyarrow.Table)
    assert_type(passes.to_dicts(), list[Any])
    passes.to_csv("passes.csv")
    passes.to_ics(io.StringIO())
    assert_type(Passes.concat([passes, passes]), Passes)
    assert_type(ephemeris.to_numpy(), tuple[numpy.ndarray, numpy.ndarray])
    assert_type(ephemeris.ground_track(), GroundTrack)
    ephemeris.ground_track().to_geojson(Path("track.json"))
    ephemeris.ground_track().to_kml("track.kml")
    ephemeris.to_czml("track.czml")
    assert_type(ephemeris.to_oem(object_id="25544"), Oem)
    assert_type(ephemeris.to_oem().to_kvn(), str)
    assert_type(passes.above(10), Passes)
    assert_type(passes.visible_over(ElevationMask.constant(10)), Passes)


async def exports_asynchronously(pages: AsyncPages[Conjunction]) -> None:
    assert_type(await pages.to_pandas(), pandas.DataFrame)
    await pages.to_csv("conjunctions.csv")


def files() -> None:
    assert_type(Tle.parse_many("…"), tuple[Tle, ...])
    assert_type(Tle.load(Path("iss.tle")), Tle)
    assert_type(Tle.load_many("fleet.tle"), tuple[Tle, ...])
    assert_type(Omm.parse_many("…"), tuple[Omm, ...])
    assert_type(Omm.load("gp.json").to_tle(), Tle)
    assert_type(Oem.load("iss.oem").to_kvn(), str)
    assert_type(GroundLocation.parse_many("…"), tuple[GroundLocation, ...])
    assert_type(ElevationMask.load("mask.csv"), ElevationMask)


def told(report: ConjunctionReport) -> None:
    assert_type(report.changes, tuple[ConjunctionChange, ...])


async def told_later(report: ConjunctionReport) -> None:
    told(report)


def watches(client: OkapiClient) -> None:
    watch = ConjunctionWatch(state=Path("seen.json"), min_probability=1e-5, on_change=told)
    found = watch.check(client)
    assert_type(found, ConjunctionReport)
    assert_type(found.alarming, bool)
    assert_type(found.changes[0].before, ConjunctionSighting | None)
    assert_type(found.changes[0].sighting.tca, datetime | None)


async def watches_asynchronously(client: AsyncOkapiClient) -> None:
    watch = ConjunctionWatch(state="seen.json", on_change=told_later)
    assert_type(await watch.check_async(client), ConjunctionReport)


def plots(passes: Passes, ephemeris: Ephemeris, risk: RiskEstimation, ax: Axes) -> None:
    assert_type(plot.sky(passes), PolarAxes)
    assert_type(plot.elevation(passes, ax), Axes)
    assert_type(plot.timeline({"ISS": passes}, ax=ax), Axes)
    assert_type(plot.ground_track(ephemeris), Axes)
    assert_type(plot.risk_trend([risk]), Axes)
    assert_type(plot.encounter(risk), Axes)


def openings(client: OkapiClient) -> None:
    assert_type(client.list(RawQuery("satellites", limit=5)), Pages[dict[str, Any]])
    assert_type(client.list(RawQuery("satellites")).first(), dict[str, Any] | None)
    assert_type(client.send("GET", "satellites", headers={"X-Request": "1"}), RawResponse)
    assert_type(OkapiClient("user@example.com", "secret", headers={"X-Key": "k"}).base_url, str)
    assert_type(client.username, str)


def refused(client: OkapiClient, request: Request[Passes], other: AsyncRequest[Passes]) -> None:
    client.map(request)  # type: ignore[arg-type]  # pyright: ignore
    client.map([Satellites()])  # type: ignore[arg-type]  # pyright: ignore
    client.list(RawQuery())  # type: ignore[call-arg]  # pyright: ignore
    client.list(Conjunctions(), headers={})  # type: ignore[call-arg]  # pyright: ignore
    as_completed([request, other])  # type: ignore[list-item]  # pyright: ignore
    Tle.load(1)  # type: ignore[arg-type]  # pyright: ignore
    ConjunctionWatch("seen.json")  # type: ignore[call-arg]  # pyright: ignore
    ConjunctionWatch(state="seen.json").check(client, now="2026")  # type: ignore[arg-type]  # pyright: ignore
    client.base_url = "https://elsewhere"  # type: ignore[misc]  # pyright: ignore
