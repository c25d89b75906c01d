"""Predict the passes of the ISS over Brunswick on the evening of 7 August 2018, with the local emulator."""

from okapi_sdk import GroundLocation, OkapiClient, PredictPasses, TimeWindow, Tle

TLE = """ISS (ZARYA)
1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
"""

with OkapiClient.emulated() as client:  # OkapiClient() calls the platform
    request = client.submit(
        PredictPasses(
            orbit=Tle.parse(TLE),
            ground_location=GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48),
            time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
        )
    )
    request.wait(timeout=60)
    for p in request.result():
        print(f"{p.start:%Y-%m-%d %H:%M:%S} to {p.end:%H:%M:%S} UTC, up to {p.max_elevation:.1f} degrees")
