"""Reading of text files that the user names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from ..errors import InputError, InputProblem
from ..text import short

T = TypeVar("T")
TextPath = str | os.PathLike[str]

LARGEST_FILE = 256 * 2**20
"""Maximum size of a file in bytes; a file without an end must not fill the memory."""
_OTHER_FORMS: Mapping[bytes, tuple[str, str]] = {
    b"\x1f\x8b": ("gzip", "decompress it first"),
    b"PK\x03\x04": ("a zip archive", "extract the file first"),
    b"\xff\xfe": ("UTF-16", "save it as UTF-8"),
    b"\xfe\xff": ("UTF-16", "save it as UTF-8"),
}
"""First bytes of files that are not UTF-8 text, with their format and a remedy."""


def load_text(model: type, path: TextPath, parse: Callable[[str], T]) -> T:
    """Return what ``parse`` makes of the text in a file; its errors then name the file.

    Raises:
        InputError: if the file cannot be read as UTF-8 text, or ``parse`` rejects the text.
    """
    text = read_text(model, path)
    try:
        return parse(text)
    except InputError as error:
        problems = error.problems
    raise InputError(f"{model.__name__} in {short(os.fspath(path), 250)}", problems)


def read_text(model: type, path: TextPath) -> str:
    """Return the text of a UTF-8 file. Errors are attributed to the class ``model``.

    Raises:
        InputError: if the file is missing, a directory, unreadable, larger than `LARGEST_FILE`, or not UTF-8.
    """
    data = _file_bytes(model, path)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    allowed, remedy = f"UTF-8 text; line {line} has other bytes", "convert the file to UTF-8"
    for start, (form, other_remedy) in _OTHER_FORMS.items():
        if data.startswith(start):
            allowed, remedy = f"UTF-8 text; this is {form}", other_remedy
    raise _refusal(model, path, allowed, remedy)


def _file_bytes(model: type, path: TextPath) -> bytes:
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(name, str) or not name:
        raise _refusal(model, path, "the path of a file, as str or os.PathLike[str]", "pass the name of the file")
    if "\n" in name:
        raise _refusal(model, path, "the path of a file; this is text", "parse text with the parse methods")
    try:
        file = Path(name).expanduser()
        if file.is_dir():
            problem = "a file; this is a directory"
        else:
            with file.open("rb") as stream:
                data = stream.read(LARGEST_FILE + 1)
            if len(data) <= LARGEST_FILE:
                return data
            problem = f"a file of at most {LARGEST_FILE // 2**20} MiB"
    except FileNotFoundError:
        problem = "an existing file"
    except OSError as error:
        problem = f"a readable file; {error.strerror or type(error).__name__}"
    except (RuntimeError, ValueError) as error:  # no home directory, or a NUL in the path
        problem = f"a valid path; {error}"
    raise _refusal(model, path, problem, "check the path; a relative one starts in the current directory")


def _refusal(model: type, path: object, allowed: str, remedy: str) -> InputError:
    shown = path if isinstance(path, str) or not isinstance(path, os.PathLike) else os.fspath(path)
    return InputError(model.__name__, (InputProblem("path", short(shown), allowed, remedy),))
