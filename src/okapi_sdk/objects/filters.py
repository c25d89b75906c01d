"""What the filters of a query are made of, and how they stand in the query string."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from typing_extensions import TypeVar

from ..errors import InputError
from ..models.base import RequestModel
from ..models.json_form import wire_time
from ..models.problems import problems, refusal, rule
from ..models.types import (
    Count,
    Epoch,
    Number,
    OpenName,
    is_path_step,
)

V = TypeVar("V", default=Any)
OPERATORS = ("gt", "gte", "lt", "lte", "eq")
LONGEST_TEXT = 1000


class Range(RequestModel, Generic[V]):
    """A comparison in a query; several bounds hold together.

    >>> Range(gte=400.0, lt=600.0)
    Range(gte=400.0, lt=600.0)
    """

    gt: V | None = None
    """Greater than."""
    gte: V | None = None
    """Greater than or equal."""
    lt: V | None = None
    """Less than."""
    lte: V | None = None
    """Less than or equal."""
    eq: V | None = None
    """Equal."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if not any(True for _ in self.bounds()):
            raise refusal(type(self), "", "no bound", "at least one of gt, gte, lt, lte, eq", "give one, or leave out")
        return self

    def bounds(self) -> Iterator[tuple[str, V]]:
        """Operators and values of the bounds that are set."""
        for name in OPERATORS:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from self.bounds()


def compared(kind: Any, *, operators: Sequence[str] = OPERATORS, value: bool = False) -> PlainValidator:
    """Validator of a comparison: a `Range` of values of a kind, or with ``value`` also one value by itself."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def read(given: Any) -> Any:
        if isinstance(given, Mapping):
            given = Range.model_validate(given)
        if isinstance(given, Range):
            return _compared(given, adapter, operators)
        if given is None:
            return None
        if not value:
            raise rule(f"a comparison, with {_one_of(operators)}", f"Range({operators[0]}=...), or eq= for equality"
                       if "eq" in operators else "for example Range(gte=..., lte=...)")  # fmt: skip
        return _valid(adapter, "", given)

    return PlainValidator(read)


def _compared(given: Range[Any], adapter: TypeAdapter[Any], operators: Sequence[str]) -> Range[Any]:
    bounds: dict[str, Any] = {}
    for name, bound in given.bounds():
        if name not in operators:
            raise refusal(Range, name, bound, f"{_one_of(operators)}: this collection knows no other", "use those")
        bounds[name] = _valid(adapter, name, bound)
    for low in ("gt", "gte"):
        for high in ("lt", "lte"):
            if low in bounds and high in bounds and bounds[low] > bounds[high]:
                raise refusal(Range, high, bounds[high], f"at least the lower bound, {bounds[low]}", "swap the two")
    return Range(**bounds)


def _one_of(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _valid(adapter: TypeAdapter[Any], field: str, value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        found = [problem._replace(field=field) for problem in problems(Range, error)]
    raise InputError("Range", found)


def _id(value: object) -> object:
    if not is_path_step(value):
        raise rule("1 to 128 letters, digits, '.', '_' or '-'", "copy the id as the platform gave it")
    return value


def _text(value: object) -> object:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise rule(f"text of 1 to {LONGEST_TEXT} characters", "leave out what is not asked for")
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise rule("text without lone surrogates", "decode it with the right encoding")
    return value


def _names(value: object) -> object:
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, list | tuple) or not value:
        raise rule("a text, or a list of at least one", "for example ['-tca', 'miss_distance']")
    return tuple(_item(item) for item in value)


def _item(value: object) -> object:
    if isinstance(value, str) and "," in value:
        raise rule("without commas, which part the items of a list", "pass a list of them")
    return _text(value)


def _number_or_text(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return _text(value)


Id = Annotated[str, PlainValidator(_id)]
"""An id that can stand in a path."""
Text = Annotated[str, BeforeValidator(_text)]
"""Text with something in it."""
Item = Annotated[str, BeforeValidator(_item)]
"""Text in a list: without commas."""
OpenItem: AfterValidator = AfterValidator(_item)
"""For ``Literal[...] | str`` in a list: without commas."""
Items = Annotated[Sequence[Item], Field(min_length=1), AfterValidator(tuple)]
"""A list of texts."""
Counts = Annotated[Sequence[Count], Field(min_length=1), AfterValidator(tuple)]
"""A list of whole numbers."""
Names = Annotated[str | Sequence[str], PlainValidator(_names)]
"""Names of fields: one, or a list."""
CatalogueNumber = Annotated[int | str, PlainValidator(_number_or_text)]
"""A catalogue number where the platform declares text."""
Limit = Annotated[Count, Field(ge=1, le=10_000)]
"""Elements of a page."""

TimeRange: TypeAlias = Annotated[Range[datetime] | None, compared(Epoch)]
NumberRange: TypeAlias = Annotated[Range[float] | None, compared(Number)]
CountRange: TypeAlias = Annotated[Range[int] | None, compared(Count)]
TimeOrRange: TypeAlias = Annotated[datetime | Range[datetime] | None, compared(Epoch, value=True)]
NumberOrRange: TypeAlias = Annotated[float | Range[float] | None, compared(Number, value=True)]

_CLOSED = ("gte", "lte")
ClosedTimes: TypeAlias = Annotated[Range[datetime] | None, compared(Epoch, operators=_CLOSED)]
"""A comparison of times where the platform knows ``gte`` and ``lte`` only."""
ClosedNumbers: TypeAlias = Annotated[
    float | Range[float] | None, compared(Number, operators=_CLOSED, value=True)
]  # fmt: skip
"""A number, or a comparison where the platform knows ``gte`` and ``lte`` only."""

Originator: TypeAlias = Annotated[Literal["18 SPCS", "EON", "OKAPI:ORBITS"] | str, OpenName]
OrbitType: TypeAlias = Annotated[
    Literal["GEO", "IGO", "EGO", "NSO", "GTO", "MEO", "GHO", "LEO", "HAO", "MGO", "HEO"] | str, OpenName
]


class FieldOfView(RequestModel):
    """What a sensor saw: only orbits that crossed it are listed. The unit of its angles is not documented."""

    sensor_id: Text | None = None
    """Id of the sensor."""
    start_epoch: Epoch | None = None
    """Begin of the observation, UTC."""
    stop_epoch: Epoch | None = None
    """End of the observation, UTC."""
    radius: Number | None = None
    """Radius of the field of view, an angle; its unit is not documented."""
    angle_1: Number | None = None
    """First angle of its centre: azimuth or right ascension, as `angle_type` says."""
    angle_2: Number | None = None
    """Second angle of its centre: elevation or declination, as `angle_type` says."""
    angle_type: Annotated[Literal["AZEL", "RADEC"] | str, OpenName] | None = None
    """What the angles are: azimuth and elevation, or right ascension and declination."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start_epoch is not None and self.stop_epoch is not None and self.start_epoch >= self.stop_epoch:
            allowed = f"after the start, {wire_time(self.start_epoch)}"
            raise refusal(type(self), "stop_epoch", wire_time(self.stop_epoch), allowed, "swap the two")
        if not self.model_fields_set:
            raise refusal(type(self), "", "nothing", "at least one field", "name what was seen, or leave it out")
        return self


class ElementFilters(RequestModel):
    """Filters by orbital elements. The units of the platform's filters are not documented."""

    orbit_type: OrbitType | None = None
    """Class of the orbit, in upper or lower case: GEO geostationary, IGO inclined geosynchronous, EGO extended
    geostationary, NSO navigation, GTO GEO transfer, MEO medium, GHO crossing GEO and above, LEO low, HAO high altitude,
    MGO crossing MEO and GEO, HEO highly eccentric."""
    inclination: NumberRange = None
    """Inclination; degrees most likely."""
    period: NumberRange = None
    """Period; its unit is not documented."""
    eccentricity: NumberRange = None
    """Eccentricity, without unit."""
    periapsis: NumberRange = None
    """Periapsis; km most likely, whether as height or radius is not documented."""
    apoapsis: NumberRange = None
    """Apoapsis; as `periapsis`."""


def params(key: str, value: Any) -> dict[str, str]:
    """A filter as keys and values of the query string."""
    if isinstance(value, Range):
        return {f"{key}[${name}]": text(bound) for name, bound in value.bounds()}
    if isinstance(value, RequestModel):
        parts = {name: getattr(value, name) for name in type(value).model_fields}
        return {f"{key}[{name}]": text(part) for name, part in parts.items() if part is not None}
    return {key: text(value)}


def text(value: Any) -> str:
    """A value as it stands in a query string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, list | tuple):
        return ",".join(text(item) for item in value)
    return str(value)
