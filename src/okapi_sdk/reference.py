"""The reference of a submitted calculation: plain data to keep, print, send and resume by."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Generic

from .calculations.base import Calculation, Dialect, R
from .errors import InputError, InputProblem
from .models.base import is_path_step, short


@dataclass(frozen=True)
class RequestRef(Generic[R]):
    """What identifies a submitted calculation.

    ``str(ref)`` is one word to paste, such as ``predict-passes/sgp4/f3c1…``; errors and log lines print it. It pickles,
    and goes to JSON and back.
    """

    path: str
    """Endpoint below the base URL, such as ``predict-passes/sgp4``."""
    id: str
    """The platform's request id."""
    calculation: str
    """Name of the class that was submitted, such as ``PredictPasses``."""
    format: str
    """The platform's name of the format that `Request.result` reads by default."""
    dialect: Dialect
    """Form of paths and headers that the calculation was submitted in."""
    base_url: str
    """Root of the API that it was submitted to."""

    def __str__(self) -> str:
        return f"{self.path}/{self.id}"

    def to_json(self) -> str:
        """As JSON text, for a file or a queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> RequestRef[Any]:
        """From the text that `to_json` gave.

        Raises:
            InputError: it is no such text.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        names = cls.__dataclass_fields__
        if (
            not isinstance(data, dict)
            or data.keys() != names.keys()
            or not all(isinstance(v, str) for v in data.values())
        ):
            rule = f"the JSON that RequestRef.to_json() gave, with {', '.join(names)}"
            raise InputError("RequestRef", (InputProblem("", short(text), rule, "keep the text as it was"),))
        return RequestRef(**data)

    def kind(self) -> type[Calculation[R]]:
        """The class that was submitted.

        Raises:
            InputError: no class of that name is defined in this process.
        """
        return Calculation.named(self.calculation)


def split_word(word: str) -> tuple[str, str]:
    """Endpoint and id in the word that ``str(ref)`` prints.

    Raises:
        InputError: it is no such word.
    """
    path, slash, id = word.strip().strip("/").rpartition("/") if isinstance(word, str) else ("", "", "")
    if not slash or not all(is_path_step(step) for step in (*path.split("/"), id)):
        rule = "the word that str(ref) prints, such as predict-passes/sgp4/<request id>"
        raise InputError("Reference", (InputProblem("", short(word), rule, "copy it whole"),))
    return path, id
