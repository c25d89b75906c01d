"""Conjunction data messages (CDM): the closest approach of two objects, with their states and covariances."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import ModelWrapValidatorHandler, PrivateAttr, ValidationError, ValidationInfo, model_validator

from ..errors import InputError, InputProblem
from ..models.json_form import untag
from ..models.problems import refusal
from ..models.types import ANSWER
from .cdm_forms import (
    FRACTION,
    TIMED,
    UNIT,
    base_key,
    flat_form,
    is_space_track_key,
    known_keys,
    nested_form,
    unit_of,
)
from .cdm_object import CdmBlock, CdmObject
from .cdm_relative import CdmRelativeData
from .cdm_remarks import radius_remarks
from .kvn import (
    comment_lines,
    error_with_lines,
    is_strict_number,
    kvn_line,
    utc_text,
    value_text,
)
from .text_files import TextFile
from .text_kinds import is_json, only_element, parse_json

REQUIRED = ("creation_date", "originator", "message_id", "miss_distance")
REQUIRED_OF_OBJECT = (
    "object_designator", "catalog_name", "object_name", "international_designator", "ephemeris_name",
    "covariance_method", "maneuverable", "ref_frame", "x", "y", "z", "x_dot", "y_dot", "z_dot",
    "cr_r", "ct_r", "ct_t", "cn_r", "cn_t", "cn_n", "crdot_r", "crdot_t", "crdot_n", "crdot_rdot",
    "ctdot_r", "ctdot_t", "ctdot_n", "ctdot_rdot", "ctdot_tdot",
    "cndot_r", "cndot_t", "cndot_n", "cndot_rdot", "cndot_tdot", "cndot_ndot",
)  # fmt: skip
"""Fields that the standard requires for each object. `REQUIRED` lists those of the message, besides version and TCA."""


class Cdm(TextFile, CdmRelativeData):
    """A conjunction data message (CDM): the closest approach of two objects, with their states and covariances.

    Three formats are accepted: Space-Track's JSON, in which all values are strings and units and fractions of a second
    have separate keys; JSON with the CCSDS standard's keywords and numbers; and KVN text. Both JSON formats are flat:
    the prefixes ``SAT1_`` and ``SAT2_`` mark the keys of each object, whose fields are in `object1` and `object2` here.
    A message read from JSON is sent with its original values, except for those changed with ``model_copy(update=...)``.
    Unknown keywords are kept and sent as well.

    Units: **metres** and m/s for the miss distance and all relative values, unlike the platform's risk records, which
    use km and km/s; km and km/s for the states. Times are in UTC.

    >>> cdm = Cdm.model_validate({
    ...     "CDM_ID": "1234", "CONSTELLATION": "OKAPI", "INSERT_EPOCH": "2020-01-09 12:00:00", "GID": "79",
    ...     "TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "593000", "MISS_DISTANCE": "800", "MISS_DISTANCE_UNIT": "m",
    ...     "SAT1_OBJECT_NAME": "A", "SAT2_OBJECT_NAME": "B",
    ... })
    >>> cdm.tca.isoformat(), cdm.miss_distance, cdm.miss_distance_km, cdm.object2.object_name
    ('2020-01-10T09:00:00.593000+00:00', 800.0, 0.8, 'B')
    >>> cdm.wire()["MISS_DISTANCE"]
    '800'
    """

    _units: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("miss_distance", "relative_position_r", "relative_position_t", "relative_position_n"), "m"
    )
    _tag: ClassVar[str] = "cdm.json"

    _first_shown: ClassVar[tuple[str, ...]] = (
        "message_id", "tca", "miss_distance", "collision_probability", "object1", "object2",
    )  # fmt: skip

    object1: CdmObject = CdmObject()
    """The first object, which is the subject of the message."""
    object2: CdmObject = CdmObject()
    """The second object."""

    _source: Mapping[str, Any] | None = PrivateAttr(None)
    _text: bool = PrivateAttr(False)

    @property
    def _keeps_json(self) -> bool:
        """True if the message was read from JSON, whose values are sent."""
        return self._source is not None and not self._text

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse KVN or XML text, or the JSON text of a Space-Track download.

        Raises:
            InputError: if the text is invalid; for KVN and XML, the message gives the line and what is expected there.
        """
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes, or read the file first")
        return cls.model_validate(text)

    @model_validator(mode="wrap")
    @classmethod
    def _any_form(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        value = untag(cls._tag)(value)
        text = isinstance(value, str) and not is_json(value)
        numbers: dict[str, int] = {}
        if text:
            value, numbers = flat_form(value)
        elif isinstance(value, str):
            value = parse_json(value)
        value = only_element(value, cls)
        if not isinstance(value, Mapping):
            return handler(value)
        if not text and info.context is not ANSWER:
            value = known_keys(value)
        try:
            cdm = handler(nested_form(value))
        except ValidationError as error:
            failure = error_with_lines(cls, error, numbers)
        else:
            if value and all(isinstance(key, str) and key == key.upper() for key in value):
                cdm._source, cdm._text = dict(value), text
            return cdm
        raise failure

    def __eq__(self, other: object) -> bool:
        # Ignore _source and _text: two spellings of a value are equal.
        if not isinstance(other, Cdm) or type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__ and self.__pydantic_extra__ == other.__pydantic_extra__

    @property
    def form(self) -> Literal["space-track", "ccsds"]:
        """The JSON format in which the message is sent: Space-Track's if it has one of its IDs, otherwise CCSDS."""
        ids = (self.constellation, self.cdm_id, self.insert_epoch, self.gid)
        return "ccsds" if ids == (None,) * 4 else "space-track"

    def wire(self) -> dict[str, Any]:
        """Return the content in the platform's format: original JSON values, or the format named by `form`.

        Radii given in the comments of KVN text are added under the corresponding Space-Track keys.
        """
        canonical = self.to_space_track() if self.form == "space-track" else self.to_ccsds()
        canonical = radius_remarks(self._blocks()) | canonical
        if self._source is None or self._text:
            return canonical
        is_unchanged = self._comparison_with_source()
        original = {key: value for key, value in self._source.items() if is_unchanged(base_key(key))}
        return original | {key: value for key, value in canonical.items() if not is_unchanged(base_key(key))}

    def to_space_track(self) -> dict[str, Any]:
        """Return the message in Space-Track's JSON format, with all values as strings."""
        texts = self._original_texts()
        content: dict[str, Any] = {}
        for key, value in self._values():
            if isinstance(value, datetime) and key.endswith(TIMED):
                content[key] = f"{value:%Y-%m-%d %H:%M:%S}"
                content[key + FRACTION] = f"{value.microsecond:06d}"
            else:
                content[key] = texts[key] if key in texts and not isinstance(value, datetime) else value_text(value)
            unit = unit_of(key)
            if unit is not None:
                content[key + UNIT] = unit
        return content | self._extras()

    def to_ccsds(self) -> dict[str, Any]:
        """Return the message as JSON data under the CCSDS standard's keywords, without Space-Track's own keys.

        Numbers stay numbers. Times are in ISO 8601, to the millisecond, or to the microsecond if needed.
        """
        content = {
            key: f"{utc_text(value)}Z" if isinstance(value, datetime) else value
            for key, value in self._values()
            if not is_space_track_key(key)
        }
        return content | (self._extras() if self.form == "ccsds" else {})

    def to_kvn(self) -> str:
        """Return the message as KVN text, version 1.0 of the standard.

        A message read from KVN keeps the original spelling of its values and its unknown keywords. For a message read
        from JSON, Space-Track's own keys and unknown keys are omitted, because the standard does not define them.
        Comments are written at the start of their section, or before the next value if the section is empty.

        Raises:
            InputError: if a field that the standard requires is missing, or if a value does not fit on one line.
        """
        missing = [
            InputProblem(f"{inside}{name}", "nothing", "required in KVN", "pass a value")
            for inside, block, names in (
                ("", self, REQUIRED),
                ("object1.", self.object1, REQUIRED_OF_OBJECT),
                ("object2.", self.object2, REQUIRED_OF_OBJECT),
            )
            for name in names
            if getattr(block, name) in (None, "")
        ]
        if missing:
            raise InputError(type(self).__name__, missing)
        texts = self._original_texts()
        return "".join(f"{line}\n" for prefix, block in self._blocks() for line in self._lines(prefix, block, texts))

    def _lines(self, prefix: str, block: CdmBlock, texts: Mapping[str, str]) -> Iterator[str]:
        kind, inside = type(block), f"object{prefix[3]}" if prefix else ""
        for name in kind.model_fields:
            field, value = f"{inside}.{name}".lstrip("."), getattr(block, name)
            if isinstance(value, tuple):
                yield from comment_lines(type(self), field, value)
            elif name == "object":
                yield kvn_line(type(self), field, "OBJECT", inside.upper())
            elif value not in (None, "") and not isinstance(value, CdmBlock):
                key = prefix + name.upper()
                if is_space_track_key(key) and not (self._text and key in texts):
                    continue
                text = texts.get(key)
                if (
                    text is None
                    or (isinstance(value, datetime) and not self._text)
                    or not is_strict_number(value, text)
                ):
                    text = value_text(value)
                yield kvn_line(type(self), field, name.upper(), text, unit_of(key))
        if self._text:
            for key, value in (block.model_extra or {}).items():
                if value is not None:
                    yield kvn_line(type(self), key, key, str(value))

    def _blocks(self) -> tuple[tuple[str, CdmBlock], ...]:
        return (("", self), ("SAT1_", self.object1), ("SAT2_", self.object2))

    def _values(self) -> Iterator[tuple[str, Any]]:
        """Yield the JSON key and value of each field that is set."""
        for prefix, block in self._blocks():
            for name in type(block).model_fields:
                value = getattr(block, name)
                if value is not None and not isinstance(value, tuple | CdmBlock):
                    yield prefix + name.upper(), value

    def _extras(self) -> dict[str, Any]:
        return {
            prefix + key: item for prefix, block in self._blocks() for key, item in (block.model_extra or {}).items()
        }

    def _comparison_with_source(self) -> Callable[[str], bool]:
        """Return a function that returns True if the value of a key is still the one that was read."""
        original = type(self)._read(self._source)
        old, new = original._extras() | dict(original._values()), self._extras() | dict(self._values())
        return lambda key: old.get(key) == new.get(key)

    def _original_texts(self) -> dict[str, str]:
        """Return the text of each value that was read as text and has not changed since."""
        if self._source is None:
            return {}
        is_unchanged = self._comparison_with_source()
        return {key: text for key, text in self._source.items() if isinstance(text, str) and is_unchanged(key)}
