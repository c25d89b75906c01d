"""An OPM with one maneuver, and a later time at which its orbit is known again."""

from __future__ import annotations

from typing import Any

import numpy as np

STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
START = np.array((7078.0, 0.0, 0.0, 0.0, 1.2, 7.4))
THRUST = np.array((1e-7, 1e-6, -2e-7))
BURN = (1800.0, 300.0)
EPOCH, OBSERVED, SECONDS = "2023-05-02T06:00:00.000Z", "2023-05-02T08:00:00.000Z", 7200.0


def opm(epoch: str, state: Any, *, deviation: float | None = None, thrust: Any = None) -> dict[str, Any]:
    data: dict[str, Any] = {"EPOCH": epoch, **dict(zip(STATE, np.asarray(state).tolist(), strict=True))}
    data |= {"MASS": 500.0, "DRAG_AREA": 4.0, "DRAG_COEFF": 2.2, "SOLAR_RAD_COEFF": 1.3}
    if deviation is not None:
        sizes = (deviation,) * 3 + (deviation * 1e-3,) * 3
        data |= {f"C{name}_{name}": size**2 for name, size in zip(STATE, sizes, strict=True)}
    if thrust is not None:
        accelerations = {f"USER_DEFINED_MAN_A_{axis}": float(value) for axis, value in enumerate(thrust, 1)}
        burn = {"MAN_EPOCH_IGNITION": "2023-05-02T06:30:00.000Z", "MAN_DURATION": BURN[1], "MAN_REF_FRAME": "RTN"}
        data["MANEUVERS"] = [burn | accelerations]
    return {"OPM_HEADER": {"CCSDS_OPM_VERS": 2.0}, "OPM_META_DATA": {"REF_FRAME": "GCRF"}, "OPM_DATA": data}
