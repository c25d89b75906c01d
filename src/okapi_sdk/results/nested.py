"""Messages and settings inside records: read where they read, and kept as they came where they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from ..errors import OkapiError
from ..messages.opm import Opm
from ..models.base import Message, OkapiModel
from ..models.envelope import unwrap
from ..models.types import ANSWER


def kept(kind: type[OkapiModel]) -> Callable[[Any, ValidationInfo], Any]:
    """Validator that reads a value of an answer as ``kind``, and leaves it as it is where it lacks what that needs.

    One incomplete message must not make a whole list unreadable. What a user builds is judged as ever.
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


StoredOpm = Annotated[Opm | dict[str, Any] | None, BeforeValidator(kept(Opm))]
"""An `Opm`; where it lacks what an OPM must have, the data as they came."""
