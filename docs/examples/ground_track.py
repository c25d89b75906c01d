"""Propagate an orbit for three hours, into a data frame and a picture of the ground track."""

from datetime import timedelta

from okapi_sdk import OkapiClient, PropagateOrbit, Tle, plot

orbit = Tle.parse("""ISS (ZARYA)
1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
""")

with OkapiClient.emulated() as client:  # OkapiClient() calls the platform
    ephemeris = client.run(PropagateOrbit(orbit=orbit, end=orbit.epoch + timedelta(hours=3)))

frame = ephemeris.to_pandas()
print(frame[["epoch", "x_km", "y_km", "z_km"]].head(3).to_string(index=False))
plot.ground_track(ephemeris).figure.savefig("ground_track.png")
