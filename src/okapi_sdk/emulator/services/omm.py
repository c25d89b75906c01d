"""Conversion of a TLE to an orbit mean-elements message.

The keywords are those of CCSDS 502.0-B, in blocks named like those of the platform's OPM and OEM.
"""

from __future__ import annotations

from datetime import datetime

from ..bodies.tle import Tle
from ..engines.instants import iso


def omm_of(tle: Tle, created: datetime) -> dict[str, dict[str, object]]:
    """Return the elements of a TLE as an OMM."""
    return {
        "OMM_HEADER": {
            "CCSDS_OMM_VERS": 2.0,
            "CREATION_DATE": iso(created),
            "ORIGINATOR": "okapi-sdk emulator",
        },
        "OMM_META_DATA": {
            "OBJECT_NAME": tle.name or "Unspecified",
            "OBJECT_ID": tle.cospar_id or "Unspecified",
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "TEME",
            "TIME_SYSTEM": "UTC",
            "MEAN_ELEMENT_THEORY": "SGP4",
        },
        "OMM_DATA": {
            # Not rounded to milliseconds: this epoch is one of the elements.
            "EPOCH": tle.epoch.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
            "MEAN_MOTION": tle.mean_motion,
            "ECCENTRICITY": tle.eccentricity,
            "INCLINATION": tle.inclination,
            "RA_OF_ASC_NODE": tle.right_ascension_of_node,
            "ARG_OF_PERICENTER": tle.argument_of_perigee,
            "MEAN_ANOMALY": tle.mean_anomaly,
            "EPHEMERIS_TYPE": tle.ephemeris_type,
            "CLASSIFICATION_TYPE": tle.classification,
            "NORAD_CAT_ID": tle.catalogue_number,
            "ELEMENT_SET_NO": tle.element_set,
            "REV_AT_EPOCH": tle.revolution,
            "BSTAR": tle.bstar,
            "MEAN_MOTION_DOT": tle.mean_motion_dot,
            "MEAN_MOTION_DDOT": tle.mean_motion_ddot,
        },
    }
