"""Astrodynamics: numbers in, numbers out.

An engine takes floats, numpy arrays and plain dataclasses and returns the same. If it cannot compute a result, it
raises `EngineError` with the reason. Engines know nothing about HTTP, stored objects, request bodies or JSON, so they
can be tested without a server. Lengths are in km, speeds in km/s, times in UTC, unless a docstring says otherwise.

* time and frames: `instants`, `frames`;
* motion of one object: `motion` (the interface), `sgp4_motion`, `ephemeris`, `numerical`, `elements`, `slot`;
* thrust: `thrust_effect`, `avoidance`, `avoided_conjunction`, `executed_maneuver`, `sunlight`;
* passes over a ground location: `local_sky`, `search`, `passes`;
* two objects: `catalogue_screening`, `screening`, `encounter`, `conjunction`, `probability`, `linearity`, `clouds`,
  `curved_probability`, `risk_trend`.

A new engine gets a module here and a service of its own in `services`. What implements `motion.Motion` serves pass
prediction and screening.

Most modules load numpy, sgp4, skyfield or brahe, which take longer to import than the server takes to start. They are
imported only when the first calculation is computed.
"""
