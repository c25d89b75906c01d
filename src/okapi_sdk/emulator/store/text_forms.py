"""Stored messages as text: OEM, OMM and CDM in CCSDS keyword notation (KVN) and in XML, TLEs as two lines.

Keywords without a value are left out. The keywords and their order are those of CCSDS 502.0-B and 508.0-B, the XML
elements those of 505.0-B.
"""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..bodies.cdm import UNITS
from ..bodies.fields import InputProblemError
from ..bodies.values import fraction_digits, read_number
from .elements import Element

_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_METADATA = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM")
_MEAN_ELEMENTS = (
    "EPOCH", "SEMI_MAJOR_AXIS", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
)  # fmt: skip
_TLE_PARAMETERS = (
    "EPHEMERIS_TYPE", "CLASSIFICATION_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH", "BSTAR",
    "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT",
)  # fmt: skip
_RELATIVE = ("TCA", "MISS_DISTANCE", "RELATIVE_SPEED")
_RELATIVE_STATE = tuple(f"RELATIVE_{kind}_{axis}" for kind in ("POSITION", "VELOCITY") for axis in "RTN")
_PROBABILITY = ("COLLISION_PROBABILITY", "COLLISION_PROBABILITY_METHOD")
_OBJECT = (
    "OBJECT", "OBJECT_DESIGNATOR", "CATALOG_NAME", "OBJECT_NAME", "INTERNATIONAL_DESIGNATOR", "OBJECT_TYPE",
    "OPERATOR_CONTACT_POSITION", "OPERATOR_ORGANIZATION", "OPERATOR_PHONE", "OPERATOR_EMAIL", "EPHEMERIS_NAME",
    "COVARIANCE_METHOD", "MANEUVERABLE", "REF_FRAME", "GRAVITY_MODEL", "ATMOSPHERIC_MODEL", "N_BODY_PERTURBATIONS",
    "SOLAR_RAD_PRESSURE", "EARTH_TIDES", "INTRACK_THRUST",
)  # fmt: skip
_DETERMINATION = (
    "TIME_LASTOB_START", "TIME_LASTOB_END", "RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN", "OBS_AVAILABLE", "OBS_USED",
    "TRACKS_AVAILABLE", "TRACKS_USED", "RESIDUALS_ACCEPTED", "WEIGHTED_RMS",
)  # fmt: skip
_RADIUS = "COMMENT_OPERATOR_HARD_BODY_RADIUS"
_ADDITIONAL = (_RADIUS, "AREA_PC", "AREA_DRG", "AREA_SRP", "MASS", "CD_AREA_OVER_MASS", "CR_AREA_OVER_MASS",
               "THRUST_ACCELERATION", "SEDR")  # fmt: skip
_AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT", "DRG", "SRP", "THR")
_COVARIANCE = tuple(f"C{row}_{column}" for index, row in enumerate(_AXES) for column in _AXES[: index + 1])

Lines = Iterator[tuple[str, str, str | None]]


def as_text(element: Element, form: str) -> str:
    """An element in the requested form. Raises InputProblemError if it does not have that form."""
    if form == "batch":
        if element.get("TLE_LINE1") and element.get("TLE_LINE2"):
            return f"{element['TLE_LINE1']}\n{element['TLE_LINE2']}"
    elif "OEM_META_DATA_DATA" in element:
        return _xml_oem(element) if form == "xml" else "\n".join(_kvn_oem(element)) + "\n"
    elif "OMM_DATA" in element:
        return _xml_omm(element) if form == "xml" else _kvn(_flat_omm(element))
    elif "TCA" in element:
        return _xml_cdm(element) if form == "xml" else _kvn(_flat_cdm(element))
    raise InputProblemError(f"format: an element has no form {form!r}; use json")


def _values(block: Mapping[str, Any], names: Iterable[str], prefix: str = "", *, units: bool = False) -> Lines:
    for name in names:
        value = block.get(prefix + name)
        if value is None or value == "":
            continue
        text = str(value)
        if name.startswith("TIME_LASTOB") or name in ("TCA", "CREATION_DATE"):
            text = _time_with_fraction(text, block.get(f"{prefix}{name}_FRACTION"))
        if name == _RADIUS:
            yield "COMMENT", text if read_number(text) is None else f"Operator Hard Body Radius = {text} [m]", None
        else:
            yield name, text, UNITS.get(name) if units else None


def _time_with_fraction(text: str, fraction: object) -> str:
    digits = fraction_digits(fraction)
    whole = text.strip().replace(" ", "T").removesuffix("Z")
    return f"{whole}.{digits}" if digits and "." not in whole else whole


def _kvn(lines: Lines) -> str:
    return "".join(
        f"{name} {value}\n" if name == "COMMENT" else f"{name} = {value}{f' [{unit}]' if unit else ''}\n"
        for name, value, unit in lines
    )


def _block(element: Element, name: str) -> Mapping[str, Any]:
    block = element.get(name)
    return block if isinstance(block, Mapping) else {}


def _flat_omm(element: Element) -> Lines:
    yield from _values(_block(element, "OMM_HEADER"), ("CCSDS_OMM_VERS", "CREATION_DATE", "ORIGINATOR"))
    yield from _values(_block(element, "OMM_META_DATA"), (*_METADATA, "MEAN_ELEMENT_THEORY"))
    yield from _values(_block(element, "OMM_DATA"), (*_MEAN_ELEMENTS, *_TLE_PARAMETERS))


def _flat_cdm(cdm: Element) -> Lines:
    yield from _values(cdm, ("CCSDS_CDM_VERS", "CREATION_DATE", "ORIGINATOR", "MESSAGE_FOR", "MESSAGE_ID"))
    yield from _values(cdm, (*_RELATIVE, *_RELATIVE_STATE, *_PROBABILITY), units=True)
    for prefix in ("SAT1_", "SAT2_"):
        names = (*_OBJECT, *_DETERMINATION, *_ADDITIONAL, *_STATE, *_COVARIANCE)
        yield from _values(cdm, names, prefix, units=True)


def _segments(element: Element) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    for segment in element["OEM_META_DATA_DATA"]:
        yield segment, segment.get("DATA") or []


def _oem_metadata(segment: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Lines:
    times = {"START_TIME": rows[0].get("EPOCH"), "STOP_TIME": rows[-1].get("EPOCH")} if rows else {}
    given = {name: value for name, value in segment.items() if value is not None}
    yield from _values({**times, **given}, (*_METADATA, "START_TIME", "STOP_TIME", "INTERPOLATION"))


def _kvn_oem(element: Element) -> Iterator[str]:
    header = _values(_block(element, "OEM_HEADER"), ("CCSDS_OEM_VERS", "CREATION_DATE", "ORIGINATOR"))
    yield _kvn(header).rstrip("\n")
    for segment, rows in _segments(element):
        yield "META_START"
        yield _kvn(_oem_metadata(segment, rows)).rstrip("\n")
        yield "META_STOP"
        for row in rows:
            yield " ".join(str(row[name]) for name in ("EPOCH", *_STATE) if name in row)


def _nodes(parent: Xml.Element, lines: Lines) -> None:
    for name, value, unit in lines:
        node = Xml.SubElement(parent, name)
        node.text = value
        if unit:
            node.set("units", unit)


def _root(kind: str, header: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Xml.Element, Xml.Element]:
    keyword = f"CCSDS_{kind.upper()}_VERS"
    root = Xml.Element(kind, {"id": keyword, "version": str(header.get(keyword) or "1.0")})
    _nodes(Xml.SubElement(root, "header"), _values(header, names))
    return root, Xml.SubElement(root, "body")


def _xml_text(root: Xml.Element) -> str:
    return Xml.tostring(root, encoding="unicode", xml_declaration=True)


def _xml_oem(element: Element) -> str:
    root, body = _root("oem", _block(element, "OEM_HEADER"), ("CREATION_DATE", "ORIGINATOR"))
    for segment, rows in _segments(element):
        node = Xml.SubElement(body, "segment")
        _nodes(Xml.SubElement(node, "metadata"), _oem_metadata(segment, rows))
        data = Xml.SubElement(node, "data")
        for row in rows:
            _nodes(Xml.SubElement(data, "stateVector"), _values(row, ("EPOCH", *_STATE)))
    return _xml_text(root)


def _xml_omm(element: Element) -> str:
    root, body = _root("omm", _block(element, "OMM_HEADER"), ("CREATION_DATE", "ORIGINATOR"))
    node = Xml.SubElement(body, "segment")
    metadata = _values(_block(element, "OMM_META_DATA"), (*_METADATA, "MEAN_ELEMENT_THEORY"))
    _nodes(Xml.SubElement(node, "metadata"), metadata)
    data = Xml.SubElement(node, "data")
    _nodes(Xml.SubElement(data, "meanElements"), _values(_block(element, "OMM_DATA"), _MEAN_ELEMENTS))
    _nodes(Xml.SubElement(data, "tleParameters"), _values(_block(element, "OMM_DATA"), _TLE_PARAMETERS))
    return _xml_text(root)


def _xml_cdm(cdm: Element) -> str:
    root, body = _root("cdm", cdm, ("CREATION_DATE", "ORIGINATOR", "MESSAGE_FOR", "MESSAGE_ID"))
    relative = Xml.SubElement(body, "relativeMetadataData")
    _nodes(relative, _values(cdm, _RELATIVE, units=True))
    _nodes(Xml.SubElement(relative, "relativeStateVector"), _values(cdm, _RELATIVE_STATE, units=True))
    _nodes(relative, _values(cdm, _PROBABILITY))
    for prefix in ("SAT1_", "SAT2_"):
        node = Xml.SubElement(body, "segment")
        _nodes(Xml.SubElement(node, "metadata"), _values(cdm, _OBJECT, prefix))
        data = Xml.SubElement(node, "data")
        for name, names in (
            ("odParameters", _DETERMINATION),
            ("additionalParameters", _ADDITIONAL),
            ("stateVector", _STATE),
            ("covarianceMatrix", _COVARIANCE),
        ):
            if lines := list(_values(cdm, names, prefix, units=True)):
                _nodes(Xml.SubElement(data, name), iter(lines))
    return _xml_text(root)
