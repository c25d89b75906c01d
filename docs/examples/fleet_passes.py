"""Predict the passes of a fleet over five stations for three days, into a spreadsheet and a calendar."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from okapi_sdk import GroundLocation, OkapiClient, Passes, PredictPasses, Progress, TimeWindow, Tles
from okapi_sdk.emulator import Emulator

stations = GroundLocation.load_many(Path(__file__).with_name("stations.csv"))
now = datetime.now(UTC)
window = TimeWindow(start=now, end=now + timedelta(days=3))

with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:  # OkapiClient() calls the platform
    orbits = [record.tle() for record in client.list(Tles(latest=True))]
    calculations = [
        PredictPasses(orbit=orbit, ground_location=station, time_window=window)
        for orbit in orbits for station in stations
    ]  # fmt: skip
    with Progress() as progress:
        passes = Passes.concat(outcome.result() for outcome in client.map(calculations, on_progress=progress))

passes.above(10).to_csv("passes.csv")
passes.above(10).to_ics("passes.ics")
print(f"{len(orbits)} satellites, {len(stations)} stations: {len(passes.above(10))} passes above 10 degrees")
