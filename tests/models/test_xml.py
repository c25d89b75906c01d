"""Messages in XML: the same values as in KVN, and no document types."""

from __future__ import annotations

import contextlib
import re
import time
from typing import Any

import pytest

from okapi_sdk import Cdm, InputError, Oem, Omm, Opm, Tdm
from okapi_sdk.messages.covariance import ROWS
from tests.models.messages import CDM, OEM, OMM, TDM
from tests.models.test_opm import MANEUVER, OPM

STATE = ("EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")


def leaf(keyword: str, value: str) -> str:
    number, _, unit = value.partition(" [")
    attributes = f' units="{unit.rstrip("]")}"' if unit else ""
    if keyword.startswith("USER_DEFINED_"):
        keyword, attributes = "USER_DEFINED", f' parameter="{keyword.removeprefix("USER_DEFINED_")}"'
    return f"<{keyword}{attributes}>{number.replace('<', '&lt;')}</{keyword}>"


def xml_of(kvn: str) -> str:
    """The XML form of a text in KVN, with the elements that the readers look at."""
    first, *lines = kvn.splitlines()
    kind, version = first[6:9].lower(), first.partition("=")[2].strip()
    body, row, is_data = [], 0, False
    for line in lines:
        keyword, sign, value = (part.strip() for part in line.partition("="))
        if line in ("META_START", "META_STOP"):
            body.append("<metadata>" if line == "META_START" else "</metadata>")
        elif line in ("DATA_START", "DATA_STOP"):
            body.append("<data>" if line == "DATA_START" else "</data>")
            is_data = line == "DATA_START"
        elif line in ("COVARIANCE_START", "COVARIANCE_STOP"):
            row = 0
        elif line.startswith("COMMENT "):
            body.append(f"<COMMENT>{line[8:]}</COMMENT>")
        elif is_data:
            epoch, number = value.split()
            body.append(f"<observation>{leaf('EPOCH', epoch)}{leaf(keyword, number)}</observation>")
        elif sign and kind == "oem" and keyword == "EPOCH":
            body.append(f"<covarianceMatrix>{leaf(keyword, value)}")
        elif sign:
            body.append(leaf(keyword, value))
        elif len(line.split()) == len(STATE):
            values = (leaf(name, value) for name, value in zip(STATE, line.split(), strict=True))
            body.append(f"<stateVector>{''.join(values)}</stateVector>")
        elif line:
            body += (leaf(name.upper(), value) for name, value in zip(ROWS[row], line.split(), strict=True))
            row += 1
            body += ["</covarianceMatrix>"] * (row == len(ROWS))
    content = "\n".join(body)
    root = f'<{kind} id="{first[:14]}" version="{version}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n{content}\n</{kind}>\n'


@pytest.mark.parametrize(
    ("model", "kvn"), [(Omm, OMM), (Oem, OEM), (Opm, OPM), (Opm, OPM + MANEUVER), (Cdm, CDM), (Tdm, TDM)]
)
def test_xml_has_the_values_of_kvn(model: Any, kvn: str) -> None:
    expected = model.parse(kvn)
    assert model.parse(xml_of(kvn)) == expected
    assert model.parse("\ufeff\n" + xml_of(kvn).replace("\n", "\r\n")) == expected
    named = re.sub(r"<(/?)(omm|oem|opm|cdm|tdm)\b", r"<\1n:\2", xml_of(kvn)).replace(" id=", ' xmlns:n="urn:x" id=', 1)
    assert model.parse(named) == expected


BOMB = '<!DOCTYPE omm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE omm [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "declaration", [BOMB, FILE, "<!DOCTYPE omm>", '<!DOCTYPE omm SYSTEM "http://127.0.0.1/x.dtd">']
)
def test_document_types_are_refused(declaration: str) -> None:
    with pytest.raises(InputError, match="line 2: XML without a document type"):
        Omm.parse(xml_of(OMM).replace("<omm", f"{declaration}<omm", 1).replace("1998-067A", "&a;"))


@pytest.mark.parametrize(
    ("model", "kvn", "old", "new", "problem"),
    [
        (Omm, OMM, "</omm>", "", "well-formed XML; no element found"),
        (Omm, OMM, "1998-067A", "&a;", "well-formed XML; undefined entity"),
        (Omm, OMM, 'units="deg"', 'units="rad"', "line 17: a value in deg; this one is in rad"),
        (Omm, OMM, "<omm ", "<opm ", "well-formed XML; mismatched tag"),
        (Oem, OEM, "<X>2789.619", '<X units="m/s">2789.619', "a value in km; this one is in m/s"),
        (Oem, OEM, "<Y>-280.045</Y>", "", "this line has 5"),
        (Oem, OEM, "<CY_X>0.00046189273</CY_X>", "", "a lower triangle"),
        (Cdm, CDM, 'id="CCSDS_CDM_VERS"', 'id="CCSDS_OEM_VERS"', r"use Oem\.parse"),
    ],
)
def test_errors_of_xml_name_their_line(model: Any, kvn: str, old: str, new: str, problem: str) -> None:
    assert old in xml_of(kvn)
    with pytest.raises(InputError, match=problem) as caught:
        model.parse(xml_of(kvn).replace(old, new, 1))
    assert re.search(r"line \d+", str(caught.value))


def test_metres_of_an_ephemeris_are_converted() -> None:
    assert Oem.parse(xml_of(OEM).replace("<X>2789.619", '<X units="m">2789619')) == Oem.parse(OEM)


def combined(*messages: str) -> str:
    elements = (message.partition("\n")[2] for message in messages)
    return f"<ndm>\n<COMMENT>of the operator</COMMENT>\n{''.join(elements)}</ndm>\n"


def test_one_message_of_a_combined_document_is_read() -> None:
    assert Opm.parse(combined(xml_of(OPM))) == Opm.parse(OPM)
    assert Omm.parse_many(combined(xml_of(OMM), xml_of(OMM))) == (Omm.parse(OMM),) * 2


def test_the_remedy_for_several_messages_of_one_document_leads_on() -> None:
    for model, text, remedy in (
        (Omm, combined(xml_of(OMM), xml_of(OMM)), r"use Omm\.parse_many\(text\)"),
        (Opm, combined(xml_of(OPM), xml_of(OMM)), "pass the text of one message at a time"),
        (Oem, combined(xml_of(OPM), xml_of(OEM)), r"this is OPM in XML; use Opm\.parse"),
        (Oem, "COMMENT before the header\n" + OEM, "remove what precedes CCSDS_OEM_VERS"),
    ):
        with pytest.raises(InputError, match=remedy):
            model.parse(text)


def test_several_messages_in_one_document() -> None:
    one = xml_of(OMM).partition("\n")[2]
    document = f"<ndm>{one}{one}</ndm>"
    assert Omm.parse_many(document) == (Omm.parse(OMM), Omm.parse(OMM))
    with pytest.raises(InputError, match="another one begins here"):
        Omm.parse(document)


def test_deep_and_long_documents_are_read_quickly() -> None:
    comments = xml_of(OMM).replace("<COMMENT>", "<COMMENT>x</COMMENT>" * 20_000 + "<COMMENT>")
    for text in ("<a>" * 200_000, "<a b='c'/>" * 200_000, comments):
        began = time.process_time()
        with contextlib.suppress(InputError):
            Omm.parse(text)
        assert time.process_time() - began < 5
