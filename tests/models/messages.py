"""Messages in the standard's text form, with the numbers of its published examples."""

from __future__ import annotations

CDM_COVARIANCES = (
    "4.142E+01 -8.579E+00 2.533E+03 -2.313E+01 1.336E+01 7.098E+01 2.520E-03 -5.476E+00 8.626E-04 5.744E-03 -1.006E-02"
    " 4.041E-03 -1.359E-03 -1.502E-05 1.049E-05 1.053E-03 -3.412E-03 1.213E-02 -3.004E-06 -1.091E-06 5.529E-05",
    "1.337E+03 -4.806E+04 2.492E+06 -3.298E+01 -7.5888E+02 7.105E+01 2.591E-03 -4.152E-02 -1.784E-06 6.886E-05"
    " -1.016E-02 -1.506E-04 1.637E-03 -2.987E-06 1.059E-05 4.400E-03 8.482E-03 8.633E-05 -1.903E-06 -4.594E-06"
    " 5.178E-05",
)
_AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
CDM_ELEMENTS = [f"C{row}_{column}" for index, row in enumerate(_AXES) for column in _AXES[: index + 1]]
_UNITS = ("m**2", "m**2/s", "m**2/s**2")


def _covariance(numbers: str) -> str:
    def unit(name: str) -> str:
        return _UNITS[name.count("DOT")]

    rows = zip(CDM_ELEMENTS, numbers.split(), strict=True)
    return "".join(f"{name:<29} = {number} [{unit(name)}]\n" for name, number in rows)


CDM = f"""\
CCSDS_CDM_VERS                = 1.0
COMMENT screened twice
CREATION_DATE                 = 2010-03-12T22:31:12.000
ORIGINATOR                    = JSPOC
MESSAGE_FOR                   = SATELLITE A
MESSAGE_ID                    = 201113719185
COMMENT Relative data
TCA                           = 2010-03-13T22:37:52.618
MISS_DISTANCE                 = 715 [m]
RELATIVE_SPEED                = 14762 [m/s]
RELATIVE_POSITION_R           = 27.4 [m]
RELATIVE_POSITION_T           = -70.2 [m]
RELATIVE_POSITION_N           = 711.8 [m]
RELATIVE_VELOCITY_R           = -7.2 [m/s]
RELATIVE_VELOCITY_T           = -14692.0 [m/s]
RELATIVE_VELOCITY_N           = -1437.2 [m/s]
COLLISION_PROBABILITY         = 4.835E-05
COLLISION_PROBABILITY_METHOD  = FOSTER-1992
COMMENT Operator Hard Body Radius: 5.0 [m]
OBJECT                        = OBJECT1
OBJECT_DESIGNATOR             = 12345
CATALOG_NAME                  = SATCAT
OBJECT_NAME                   = SATELLITE A
INTERNATIONAL_DESIGNATOR      = 1997-030E
OBJECT_TYPE                   = PAYLOAD
EPHEMERIS_NAME                = EPHEMERIS SATELLITE A
COVARIANCE_METHOD             = CALCULATED
MANEUVERABLE                  = YES
REF_FRAME                     = EME2000
GRAVITY_MODEL                 = EGM-96: 36D 36O
SOLAR_RAD_PRESSURE            = NO
COMMENT Orbit determination
TIME_LASTOB_START             = 2010-03-12T02:14:12.746
TIME_LASTOB_END               = 2010-03-12T02:14:12.746
RECOMMENDED_OD_SPAN           = 7.88 [d]
OBS_AVAILABLE                 = 592
RESIDUALS_ACCEPTED            = 97.8 [%]
WEIGHTED_RMS                  = 0.864
COMMENT Parameters
AREA_PC                       = 5.2 [m**2]
MASS                          = 251.6 [kg]
CD_AREA_OVER_MASS             = 0.045663 [m**2/kg]
SEDR                          = 4.54570E-05 [W/kg]
COMMENT State
X                             = 2570.097065 [km]
Y                             = 2244.654904 [km]
Z                             = 6281.497978 [km]
X_DOT                         = 4.418769571 [km/s]
Y_DOT                         = 4.833547743 [km/s]
Z_DOT                         = -3.526774282 [km/s]
COMMENT Covariance
{_covariance(CDM_COVARIANCES[0])}\
OBJECT                        = OBJECT2
OBJECT_DESIGNATOR             = 30337
CATALOG_NAME                  = SATCAT
OBJECT_NAME                   = FENGYUN 1C DEB
INTERNATIONAL_DESIGNATOR      = 1999-025AA
OBJECT_TYPE                   = DEBRIS
EPHEMERIS_NAME                = NONE
COVARIANCE_METHOD             = CALCULATED
MANEUVERABLE                  = NO
REF_FRAME                     = EME2000
X                             = 2569.540800 [km]
Y                             = 2245.093614 [km]
Z                             = 6281.599946 [km]
X_DOT                         = -2.888612500 [km/s]
Y_DOT                         = -6.007247516 [km/s]
Z_DOT                         = 3.328770172 [km/s]
{_covariance(CDM_COVARIANCES[1])}\
"""
"""Numbers of the example in annex F of CCSDS 508.0-B-1; laid out as the SDK writes."""

OEM = """\
CCSDS_OEM_VERS                = 2.0
COMMENT two spans
CREATION_DATE                 = 1996-11-04T17:22:31.000
ORIGINATOR                    = NASA/JPL

META_START
COMMENT from a fit
OBJECT_NAME                   = MARS GLOBAL SURVEYOR
OBJECT_ID                     = 1996-062A
CENTER_NAME                   = MARS BARYCENTER
REF_FRAME                     = EME2000
TIME_SYSTEM                   = UTC
START_TIME                    = 1996-12-18T12:00:00.331
USEABLE_START_TIME            = 1996-12-18T12:10:00.331
USEABLE_STOP_TIME             = 1996-12-28T21:23:00.331
STOP_TIME                     = 1996-12-28T21:28:00.331
INTERPOLATION                 = HERMITE
INTERPOLATION_DEGREE          = 7
META_STOP

COMMENT km and km/s
1996-12-18T12:00:00.331 2789.619 -280.045 -1746.755 4.73372 -2.49586 -1.04195
1996-12-18T12:01:00.331 2783.419 -308.143 -1877.071 5.18604 -2.42124 -1.99608
1996-12-28T21:28:00.331 -3881.024 563.959 -682.773 -3.28827 -3.66735 1.63861

META_START
OBJECT_NAME                   = MARS GLOBAL SURVEYOR
OBJECT_ID                     = 1996-062A
CENTER_NAME                   = MARS BARYCENTER
REF_FRAME                     = EME2000
TIME_SYSTEM                   = UTC
START_TIME                    = 1996-12-28T21:29:07.267
STOP_TIME                     = 1996-12-30T01:28:02.267
META_STOP

1996-12-28T21:29:07.267 -2432.166 -63.042 1742.754 7.33702 -3.495867 -1.041945
1996-12-28T21:59:02.267 -2445.234 -878.141 1873.073 1.86043 -3.421256 -0.996366
1996-12-30T01:28:02.267 2458.526 -683.858 -684.572 2.25482 -2.987356 1.12437

COVARIANCE_START
COMMENT of the fit
EPOCH                         = 1996-12-28T21:29:07.267
COV_REF_FRAME                 = RTN
0.00033313494
0.00046189273 0.00067824216
-0.00030700078 -0.00042212341 0.00032319319
-3.349365e-07 -4.686084e-07 2.484949e-07 4.29602e-10
-2.211832e-07 -2.864186e-07 1.798098e-07 2.608899e-10 1.767514e-10
-3.041346e-07 -4.989496e-07 3.54031e-07 1.869263e-10 1.008862e-10 6.224444e-10
COVARIANCE_STOP
"""
"""Numbers of the examples in CCSDS 502.0-B-2 5.2; laid out as the SDK writes."""

TDM = """\
CCSDS_TDM_VERS                = 2.0
COMMENT a pass over a station
CREATION_DATE                 = 2020-09-18T10:00:00.000
ORIGINATOR                    = OPERATOR
MESSAGE_ID                    = 17

META_START
COMMENT two-way
TRACK_ID                      = T1
DATA_TYPES                    = RANGE,ANGLE_1,ANGLE_2
TIME_SYSTEM                   = UTC
START_TIME                    = 2020-09-18T09:00:00.000
STOP_TIME                     = 2020-09-18T09:00:10.000
PARTICIPANT_1                 = STATION
PARTICIPANT_2                 = 1998-067A
MODE                          = SEQUENTIAL
PATH                          = 1,2,1
TIMETAG_REF                   = RECEIVE
INTEGRATION_INTERVAL          = 1.0
INTEGRATION_REF               = END
RANGE_MODE                    = COHERENT
RANGE_MODULUS                 = 0.0
RANGE_UNITS                   = km
ANGLE_TYPE                    = AZEL
TRANSMIT_DELAY_1              = 7.7e-05
CORRECTION_RANGE              = -0.5
CORRECTIONS_APPLIED           = YES
META_STOP
DATA_START
COMMENT rain
RANGE                         = 2020-09-18T09:00:00.000 1234.5678
ANGLE_1                       = 2020-09-18T09:00:00.000 256.64
ANGLE_2                       = 2020-09-18T09:00:00.000 11.5
RANGE                         = 2020-09-18T09:00:10.000 1200.25
DATA_STOP

META_START
TIME_SYSTEM                   = UTC
PARTICIPANT_1                 = TELESCOPE
PARTICIPANT_2                 = 1998-067A
MODE                          = SEQUENTIAL
PATH                          = 2,1
ANGLE_TYPE                    = RADEC
REFERENCE_FRAME               = EME2000
META_STOP
DATA_START
ANGLE_1                       = 2020-09-18T19:00:00.123456 1.0e-05
ANGLE_2                       = 2020-09-18T19:00:00.123456 -11.5
MAG                           = 2020-09-18T19:00:00.123456 4.2
DATA_STOP
"""
"""Laid out as the SDK writes."""

OMM = """\
CCSDS_OMM_VERS                = 2.0
COMMENT from the two-line elements
CREATION_DATE                 = 2018-08-06T20:00:00.000
ORIGINATOR                    = 18 SPCS
COMMENT of the station
OBJECT_NAME                   = ISS (ZARYA)
OBJECT_ID                     = 1998-067A
CENTER_NAME                   = EARTH
REF_FRAME                     = TEME
TIME_SYSTEM                   = UTC
MEAN_ELEMENT_THEORY           = SGP4
COMMENT mean elements
EPOCH                         = 2018-08-06T18:19:42.981
MEAN_MOTION                   = 15.53806849 [rev/day]
ECCENTRICITY                  = 0.0005481
INCLINATION                   = 51.6423 [deg]
RA_OF_ASC_NODE                = 126.6422 [deg]
ARG_OF_PERICENTER             = 33.3092 [deg]
MEAN_ANOMALY                  = 62.9075 [deg]
EPHEMERIS_TYPE                = 0
CLASSIFICATION_TYPE           = U
NORAD_CAT_ID                  = 25544
ELEMENT_SET_NO                = 999
REV_AT_EPOCH                  = 12638
BSTAR                         = 2.9472e-05 [1/ER]
MEAN_MOTION_DOT               = 1.449e-05 [rev/day**2]
MEAN_MOTION_DDOT              = 0.0 [rev/day**3]
USER_DEFINED_SOURCE           = A
"""
"""The elements of the SDK's example TLE; laid out as the SDK writes."""
