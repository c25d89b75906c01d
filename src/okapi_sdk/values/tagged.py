"""Values of a type that the SDK has no class for."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from ..models.base import RequestModel
from ..models.json_form import Json
from ..models.problems import rule


def _type(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", value):
        raise rule("a name of letters, digits, '-', '_' and '.'", "for example 'oem.kvn'")
    return value


class Tagged(RequestModel):
    """A value of a type that the SDK has no class for; it is sent as it is.

    The platform marks every input with a type, such as ``oem.kvn`` or ``navsol.txt``: data kind, dot, file form.

    >>> Tagged(type="oem.kvn", content="CCSDS_OEM_VERS = 2.0")
    Tagged(type='oem.kvn', content='CCSDS_OEM_VERS = 2.0')
    """

    type: Annotated[str, BeforeValidator(_type)]
    """The platform's name of the type. Which names it takes is documented for a few only."""
    content: Json
    """The value: any JSON data."""

    @property
    def _tag(self) -> str:
        """The platform's name of the type."""
        return self.type

    def _wire(self) -> Any:
        """The content as the platform takes it."""
        return self.content
