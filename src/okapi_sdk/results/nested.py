"""Messages and settings inside records: parsed when valid, kept as raw data otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from ..errors import OkapiError
from ..messages.opm import Opm
from ..models.base import Message, OkapiModel
from ..models.envelope import unwrap
from ..models.types import ANSWER


def parsed_or_raw(kind: type[OkapiModel]) -> Callable[[Any, ValidationInfo], Any]:
    """Return a validator that parses a response value as ``kind`` and keeps it as raw data if it is invalid.

    A single incomplete message must not make a whole list unreadable. User input is validated strictly.
    """

    def read(value: Any, info: ValidationInfo) -> Any:
        value = unwrap(value)
        if not isinstance(value, Mapping):
            return value
        if info.context is not ANSWER:
            return kind.model_validate(value)
        try:
            return kind._read(value) if issubclass(kind, Message) else kind.model_validate(value)
        except OkapiError:
            return value

    return read


StoredOpm = Annotated[Opm | dict[str, Any] | None, BeforeValidator(parsed_or_raw(Opm))]
"""An `Opm`; raw data if required fields are missing."""
