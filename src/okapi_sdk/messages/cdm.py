"""Conjunction data messages: two objects, their closest approach, and how well both are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import ModelWrapValidatorHandler, PrivateAttr, ValidationError, ValidationInfo, model_validator

from ..errors import InputError, InputProblem
from ..models.json_form import untag
from ..models.problems import refusal, rule
from .cdm_forms import (
    FRACTION,
    TIMED,
    UNIT,
    base_key,
    flat_form,
    is_space_track_key,
    nested_form,
    parse_json,
    unit_of,
)
from .cdm_object import CdmBlock, CdmObject
from .cdm_relative import CdmRelativeData
from .kvn import (
    comment_lines,
    error_with_lines,
    is_strict_number,
    kvn_line,
    utc_text,
    value_text,
)

REQUIRED = ("creation_date", "originator", "message_id", "miss_distance")
REQUIRED_OF_OBJECT = (
    "object_designator", "catalog_name", "object_name", "international_designator", "ephemeris_name",
    "covariance_method", "maneuverable", "ref_frame", "x", "y", "z", "x_dot", "y_dot", "z_dot",
    "cr_r", "ct_r", "ct_t", "cn_r", "cn_t", "cn_n", "crdot_r", "crdot_t", "crdot_n", "crdot_rdot",
    "ctdot_r", "ctdot_t", "ctdot_n", "ctdot_rdot", "ctdot_tdot",
    "cndot_r", "cndot_t", "cndot_n", "cndot_rdot", "cndot_tdot", "cndot_ndot",
)  # fmt: skip
"""What the standard requires in a message, besides the version and the TCA, and of each object."""


class Cdm(CdmRelativeData):
    """A conjunction data message: a closest approach of two objects, with their states and covariances.

    Three forms of it are read: the JSON of Space-Track (all values texts, units and fractions of seconds under keys of
    their own), JSON with the keywords of the CCSDS standard and numbers, and KVN text. Both JSON forms are flat, with
    ``SAT1_`` and ``SAT2_`` in front of what belongs to an object; here that is in `object1` and `object2`. What came in
    JSON is sent as it came, its texts unchanged, but for what was changed by ``model_copy(update=...)``. Keywords that
    are not known here are kept and sent too.

    Units: **metres** and m/s for the miss distance and all that is relative, which the platform's risk records give in
    km; km and km/s for the states. Times are UTC.

    >>> cdm = Cdm.model_validate({
    ...     "CDM_ID": "1234", "CONSTELLATION": "OKAPI", "INSERT_EPOCH": "2020-01-09 12:00:00", "GID": "79",
    ...     "TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "593000", "MISS_DISTANCE": "800", "MISS_DISTANCE_UNIT": "m",
    ...     "SAT1_OBJECT_NAME": "A", "SAT2_OBJECT_NAME": "B",
    ... })
    >>> cdm.tca.isoformat(), cdm.miss_distance, cdm.miss_distance_km, cdm.object2.object_name
    ('2020-01-10T09:00:00.593000+00:00', 800.0, 0.8, 'B')
    >>> cdm._wire()["MISS_DISTANCE"]
    '800'
    """

    _tag: ClassVar[str] = "cdm.json"

    object1: CdmObject = CdmObject()
    """The first object: the one that the message is about."""
    object2: CdmObject = CdmObject()
    """The second object."""

    _source: Mapping[str, Any] | None = PrivateAttr(None)
    _text: bool = PrivateAttr(False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message from KVN text; the text of a Space-Track download in JSON is taken too.

        Raises:
            InputError: naming the line, and what is due there.
        """
        if not isinstance(text, str):
            raise refusal(cls, "", text, "text", "decode bytes first, and read files")
        return cls.model_validate(text)

    @model_validator(mode="wrap")
    @classmethod
    def _any_form(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        value = untag(cls._tag)(value)
        text = isinstance(value, str) and not value.lstrip("\ufeff \r\n\t").startswith(("{", "["))
        numbers: dict[str, int] = {}
        if text:
            value, numbers = flat_form(value)
        elif isinstance(value, str):
            value = parse_json(value)
        if isinstance(value, list):
            if len(value) != 1:
                raise rule(f"one CDM; this is a list of {len(value)}", "pass one element of it at a time")
            value = value[0]
        if not isinstance(value, Mapping):
            return handler(value)
        try:
            found = handler(nested_form(value))
        except ValidationError as error:
            failure = error_with_lines(cls, error, numbers)
        else:
            if value and all(isinstance(key, str) and key == key.upper() for key in value):
                found._source, found._text = dict(value), text
            return found
        raise failure

    def __eq__(self, other: object) -> bool:
        # How a value was spelt makes no difference.
        if not isinstance(other, Cdm) or type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__ and self.__pydantic_extra__ == other.__pydantic_extra__

    @property
    def form(self) -> Literal["space-track", "ccsds"]:
        """The JSON form that it is sent in: Space-Track's where it carries one of that form's ids, else CCSDS."""
        ids = (self.constellation, self.cdm_id, self.insert_epoch, self.gid)
        return "ccsds" if ids == (None,) * 4 else "space-track"

    def _wire(self) -> dict[str, Any]:
        """The content as the platform takes it: what came in JSON as it came, else in the form that `form` names."""
        canonical = self.to_space_track() if self.form == "space-track" else self.to_ccsds()
        if self._source is None or self._text:
            return canonical
        same = self._unchanged()
        sent = {key: value for key, value in self._source.items() if same(base_key(key))}
        return sent | {key: value for key, value in canonical.items() if not same(base_key(key))}

    def to_space_track(self) -> dict[str, Any]:
        """All values as texts, under the keys of Space-Track's JSON."""
        texts = self._texts()
        sent: dict[str, Any] = {}
        for key, value in self._values():
            if isinstance(value, datetime) and key.endswith(TIMED):
                sent[key] = f"{value:%Y-%m-%d %H:%M:%S}"
                sent[key + FRACTION] = f"{value.microsecond:06d}"
            else:
                sent[key] = texts[key] if key in texts and not isinstance(value, datetime) else value_text(value)
            unit = unit_of(key)
            if unit is not None:
                sent[key + UNIT] = unit
        return sent | self._extras()

    def to_ccsds(self) -> dict[str, Any]:
        """Numbers as numbers and times in ISO 8601, under the standard's keywords; nothing of Space-Track's own.

        Times have milliseconds, and microseconds where there are any.
        """
        sent = {
            key: f"{utc_text(value)}Z" if isinstance(value, datetime) else value
            for key, value in self._values()
            if not is_space_track_key(key)
        }
        return sent | (self._extras() if self.form == "ccsds" else {})

    def to_kvn(self) -> str:
        """The message as KVN text, version 1.0 of the standard.

        A message that was read from KVN is written with its values as they were spelt, and with the keywords that are
        not known here. Of one that came in JSON, Space-Track's own keys and unknown ones have no place there and are
        left out. A remark is written in front of the next value, of whichever section that is.

        Raises:
            InputError: naming what the standard requires and is missing, or what does not fit into a line.
        """
        missing = [
            InputProblem(f"{inside}{name}", "nothing", "required in KVN", "give it")
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
        texts = self._texts()
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
                yield kvn_line(type(self), key, key, str(value))

    def _blocks(self) -> tuple[tuple[str, CdmBlock], ...]:
        return (("", self), ("SAT1_", self.object1), ("SAT2_", self.object2))

    def _values(self) -> Iterator[tuple[str, Any]]:
        """What is set: key on the wire, and value."""
        for prefix, block in self._blocks():
            for name in type(block).model_fields:
                value = getattr(block, name)
                if value is not None and not isinstance(value, tuple | CdmBlock):
                    yield prefix + name.upper(), value

    def _extras(self) -> dict[str, Any]:
        return {
            prefix + key: item for prefix, block in self._blocks() for key, item in (block.model_extra or {}).items()
        }

    def _unchanged(self) -> Callable[[str], bool]:
        """Whether the value under a key is what was read there."""
        before = type(self)._read(self._source)
        then, now = before._extras() | dict(before._values()), self._extras() | dict(self._values())
        return lambda key: then.get(key) == now.get(key)

    def _texts(self) -> dict[str, str]:
        """Texts as they were read, of what has not been changed since."""
        if self._source is None:
            return {}
        same = self._unchanged()
        return {key: text for key, text in self._source.items() if isinstance(text, str) and same(key)}
