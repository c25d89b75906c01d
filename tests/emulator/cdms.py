"""Conjunction data messages, in every form."""

from __future__ import annotations

from typing import Any

AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")


def plain_cdm() -> dict[str, Any]:
    """A crossing at 700 km, in CCSDS numbers: 120 m and 85 m apart in the encounter plane."""
    cdm: dict[str, Any] = {
        "CCSDS_CDM_VERS": "1.0",
        "CREATION_DATE": "2023-05-01T06:00:00.500Z",
        "ORIGINATOR": "TEST",
        "TCA": "2023-05-02T12:30:15.250Z",
        "MISS_DISTANCE": 146.97,
    }
    states = (
        (7078.0, 0.0, 0.0, 0.0, 7.5, 0.0),
        (7078.12, -0.06, -0.06, 0.0, 0.0, 7.5),
    )
    deviations = ((30.0, 200.0, 25.0), (60.0, 500.0, 80.0))
    for number, (state, deviation) in enumerate(zip(states, deviations, strict=True), 1):
        prefix = f"SAT{number}_"
        cdm[f"{prefix}OBJECT"] = f"OBJECT{number}"
        cdm[f"{prefix}OBJECT_NAME"] = f"BODY {number}"
        cdm[f"{prefix}OBJECT_DESIGNATOR"] = str(90_000 + number)
        cdm[f"{prefix}REF_FRAME"] = "GCRF"
        cdm |= dict(zip((f"{prefix}{name}" for name in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")), state, strict=True))
        for row, axis in enumerate(AXES):
            for column in AXES[: row + 1]:
                cdm[f"{prefix}C{axis}_{column}"] = 0.0
        for axis, value in zip("RTN", deviation, strict=True):
            cdm[f"{prefix}C{axis}_{axis}"] = value**2
            cdm[f"{prefix}C{axis}DOT_{axis}DOT"] = 0.25
        # Radial and transverse errors of an orbit go together.
        cdm[f"{prefix}CT_R"] = -0.5 * deviation[0] * deviation[1]
    return cdm


def cdm_of(case: dict[str, Any]) -> dict[str, Any]:
    """A case of `published.messages` as a message, without velocity covariances."""
    cdm: dict[str, Any] = {"TCA": case.get("tca", "2000-01-01T00:00:00.000"), "MISS_DISTANCE": case["miss_distance_m"]}
    for number, one in enumerate(case["objects"], 1):
        prefix = f"SAT{number}_"
        cdm[f"{prefix}REF_FRAME"] = one["ref_frame"]
        state = (*one["position_km"], *one["velocity_km_s"])
        cdm |= dict(zip((f"{prefix}{name}" for name in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")), state, strict=True))
        for row, axis in enumerate("RTN"):
            for column, other in enumerate("RTN"[: row + 1]):
                cdm[f"{prefix}C{axis}_{other}"] = one["covariance_rtn_m2"][row][column]
    return cdm


RADII = {"SAT1_HARD_BODY_RADIUS": 5.0, "SAT2_HARD_BODY_RADIUS": 2.5}


def space_track(cdm: dict[str, Any]) -> dict[str, Any]:
    """The same message as Space-Track writes it: texts, units apart, the fraction of the TCA apart."""
    found = {key: str(value) for key, value in cdm.items()}
    found |= {"CONSTELLATION": "TEST", "CDM_ID": "1", "INSERT_EPOCH": "2023-05-01 06:00:01", "GID": "1"}
    found |= {"TCA": "2023-05-02 12:30:15", "TCA_FRACTION": "250000", "MISS_DISTANCE_UNIT": "m"}
    found |= {"CREATION_DATE": "2023-05-01 06:00:00", "CREATION_DATE_FRACTION": "500000"}
    for prefix in ("SAT1_", "SAT2_"):
        found |= {f"{prefix}X_UNIT": "km", f"{prefix}X_DOT_UNIT": "km/s", f"{prefix}CR_R_UNIT": "m**2"}
        found |= {f"{prefix}CTDOT_TDOT_UNIT": "m**2/s**2", f"{prefix}CTDOT_R": "", f"{prefix}OPERATOR_EMAIL": None}
    return found


def kvn(cdm: dict[str, Any]) -> str:
    lines = ["CCSDS_CDM_VERS = 1.0", "COMMENT made for a test"]
    for key, value in cdm.items():
        if not key.startswith("SAT") and key != "CCSDS_CDM_VERS":
            lines.append(f"{key:<20} = {str(value).removesuffix('Z')}" + (" [m]" if key == "MISS_DISTANCE" else ""))
    for prefix in ("SAT1_", "SAT2_"):
        for key, value in cdm.items():
            if key.startswith(prefix):
                unit = " [km]" if key[5:] in "XYZ" else " [m**2]" if key[5:] == "CR_R" else ""
                lines.append(f"{key[5:]:<20} = {value}{unit}")
        lines.append("")
    return "\r\n".join(lines)


def without_ids(record: dict[str, Any], *others: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("risk_estimation_id", *others)}
