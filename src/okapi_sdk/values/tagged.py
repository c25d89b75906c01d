"""Typed values for which the SDK has no class."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from ..models.base import RequestModel
from ..models.json_form import Json
from ..models.problems import rule


def _check_type_name(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", value):
        raise rule("1 to 100 letters, digits, '-', '_' or '.'", "pass a type name such as 'oem.kvn'")
    return value


class Tagged(RequestModel):
    """A value of a type for which the SDK has no class; it is sent unchanged.

    The platform tags every input with a type such as ``oem.kvn`` or ``navsol.txt``: the kind of data, a dot and the
    file format.

    >>> Tagged(type="oem.kvn", content="CCSDS_OEM_VERS = 2.0")
    Tagged(type='oem.kvn', content='CCSDS_OEM_VERS = 2.0')
    """

    type: Annotated[str, BeforeValidator(_check_type_name)]
    """The platform's name for the type. Only a few of the names it accepts are documented."""
    content: Json
    """The value, as any JSON data."""

    @property
    def _tag(self) -> str:
        """The platform's name for the type."""
        return self.type

    def wire(self) -> Any:
        """Return the content in the format that the platform accepts."""
        return self.content
