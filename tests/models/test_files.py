"""Messages in files: every form is read, and every file that cannot be read is refused by name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from okapi_sdk import Cdm, InputError, Oem, Omm, Opm, Tdm, Tle
from okapi_sdk.models import files
from tests.models.messages import CDM, OEM, OMM, TDM
from tests.models.samples import LINES
from tests.models.test_opm import OPM

MESSAGES = [(Tle, LINES), (Omm, OMM), (Opm, OPM), (Oem, OEM), (Cdm, CDM), (Tdm, TDM)]


@pytest.mark.parametrize(("kind", "text"), MESSAGES, ids=[kind.__name__ for kind, _ in MESSAGES])
def test_a_file_is_read_like_its_text(kind: Any, text: str, tmp_path: Path) -> None:
    file = tmp_path / "message.txt"
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert kind.load(file) == kind.load(str(file)) == kind.parse(text)


@pytest.mark.parametrize(("kind", "text"), [pair for pair in MESSAGES if pair[0] in (Omm, Opm, Oem, Cdm)])
def test_json_files_are_read(kind: Any, text: str, tmp_path: Path) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps(kind.parse(text).wire()), encoding="utf-8")
    assert kind.load(file).wire() == kind.parse(text).wire()


def test_files_of_many(tmp_path: Path) -> None:
    tles, omms = tmp_path / "fleet.tle", tmp_path / "gp.json"
    tles.write_text(f"A\n{LINES}\nB\n{LINES}\n", encoding="utf-8")
    omms.write_text(json.dumps([Omm.parse(OMM).wire()] * 3), encoding="utf-8")
    assert [tle.name for tle in Tle.load_many(tles)] == ["A", "B"]
    assert Omm.load_many(omms) == (Omm.parse(OMM),) * 3


def test_xml_of_many_has_the_line_numbers_of_the_file(tmp_path: Path) -> None:
    def omm(motion: str) -> str:
        return f"""<omm id="CCSDS_OMM_VERS" version="2.0"><body><segment>
<metadata><OBJECT_NAME>A</OBJECT_NAME></metadata>
<data><meanElements>
<MEAN_MOTION>{motion}</MEAN_MOTION>
</meanElements></data></segment></body></omm>"""

    file = tmp_path / "ndm.xml"
    file.write_text(f"<ndm>\n{omm('15')}\n{omm('16')}\n</ndm>", encoding="utf-8")
    assert [one.data.mean_motion for one in Omm.load_many(file)] == [15.0, 16.0]
    file.write_text(f"<ndm>\n{omm('15')}\n{omm('x')}\n</ndm>", encoding="utf-8")
    with pytest.raises(InputError, match=r"Invalid Omm in '.*ndm\.xml'.*1: line 10: MEAN_MOTION: a number"):
        Omm.load_many(file)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "iss.tle"
    file.write_text(LINES[:-1] + "3", encoding="utf-8")
    with pytest.raises(InputError, match=r"Invalid Tle in '.*iss\.tle'\. line2: .*checksum") as caught:
        Tle.load(file)
    assert caught.value.field == "line2"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (LINES.encode() + b"\n\xe9", "UTF-8 text; line 3 has other bytes"),
        (b"\x1f\x8b\x08rest\xff", "this is gzip .*decompress it first"),
        (LINES.encode("utf-16"), "this is UTF-16 .*save it as UTF-8"),
        (b"PK\x03\x04\xff", "this is a zip archive .*extract"),
    ],
)
def test_bytes_that_are_not_text_are_named(content: bytes, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(content)
    with pytest.raises(InputError, match=problem) as caught:
        Tle.load(file)
    assert caught.value.field == "path"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("missing.tle", "path: an existing file"), (".", "a file; this is a directory"), ("", "the path of a file"),
        (LINES, "the path of a file; this is text .*parse methods"), (b"a.tle", "as str or os.PathLike"),
        (3, "as str or os.PathLike"), (None, "as str"), ("a\0b", "a valid path"), ("~no-such-user/x", "a valid path"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [kind for kind, _ in MESSAGES])
def test_paths_that_cannot_be_read_are_refused(
    kind: Any, path: Any, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=problem) as caught:
        kind.load(path)
    assert caught.value.__context__ is None


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "large.tle"
    file.write_text(LINES, encoding="ascii")
    monkeypatch.setattr(files, "LARGEST_FILE", len(LINES))
    assert Tle.load(file) == Tle.parse(LINES)
    monkeypatch.setattr(files, "LARGEST_FILE", len(LINES) - 1)
    with pytest.raises(InputError, match="a file of at most 0 MiB"):
        Tle.load(file)


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret.tle"
    file.write_text(LINES, encoding="ascii")
    file.chmod(0)
    with pytest.raises(InputError, match="a readable file; Permission denied"):
        Tle.load(file)
