"""Field types of query filters, and their query string format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema
from pydantic_core.core_schema import (
    any_schema,
    no_info_plain_validator_function,
    plain_serializer_function_ser_schema,
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
from ..scalars import python_scalar

V = TypeVar("V", default=Any)
OPERATORS = ("gt", "gte", "lt", "lte", "eq")
MAX_TEXT_LENGTH = 1000


class Range(RequestModel, Generic[V]):
    """A comparison for a query filter. All bounds that are set must hold.

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
    def _check_any_bound(self) -> Self:
        if not any(True for _ in self.bounds()):
            raise refusal(
                type(self), "", "no bound", "at least one of gt, gte, lt, lte, eq", "set one, or omit the Range"
            )
        return self

    def bounds(self) -> Iterator[tuple[str, V]]:
        """Yield the operator and value of each bound that is set."""
        for name in OPERATORS:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from self.bounds()


@dataclass(frozen=True)
class _Comparison:
    """Annotation of a filter: the values it accepts and, in dumps, their form by their own type."""

    validate: Callable[[Any], Any]
    accepted: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_plain_validator_function(
            self.validate,
            json_schema_input_schema=handler.generate_schema(self.accepted),
            serialization=plain_serializer_function_ser_schema(lambda value: value, return_schema=any_schema()),
        )


def comparison_of(kind: Any, *, operators: Sequence[str] = OPERATORS, value: bool = False) -> Any:
    """Return a validator that accepts a `Range` of the given type and, with ``value=True``, a single value too."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def validate(data: Any) -> Any:
        if isinstance(data, Mapping):
            data = Range.model_validate(data)
        if isinstance(data, Range):
            return _validated_range(data, adapter, operators)
        if data is None:
            return None
        if not value:
            raise rule(f"a Range with {_one_of(operators)}", f"for example Range({operators[0]}=...), or Range(eq=...)"
                       if "eq" in operators else "for example Range(gte=..., lte=...)")  # fmt: skip
        return _validated(adapter, "", data)

    return _Comparison(validate, Range[Any] | kind | None if value else Range[Any] | None)


def _validated_range(data: Range[Any], adapter: TypeAdapter[Any], operators: Sequence[str]) -> Range[Any]:
    bounds: dict[str, Any] = {}
    for name, bound in data.bounds():
        if name not in operators:
            raise refusal(Range, name, bound, f"only {_one_of(operators)} in this filter", "use one of these")
        bounds[name] = _validated(adapter, name, bound)
    for low in ("gt", "gte"):
        for high in ("lt", "lte"):
            if low in bounds and high in bounds and bounds[low] > bounds[high]:
                raise refusal(
                    Range, high, bounds[high], f"a value not below the lower bound, {bounds[low]}", "swap the two"
                )
    return Range(**bounds)


def _one_of(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _validated(adapter: TypeAdapter[Any], field: str, value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        reported = [problem._replace(field=field) for problem in problems(Range, error)]
    raise InputError("Range", reported)


def _id(value: object) -> object:
    if not is_path_step(value):
        raise rule("1 to 128 letters, digits, '.', '_' or '-'", "copy the ID exactly as the platform returned it")
    return value


def _text(value: object) -> object:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT_LENGTH:
        raise rule(f"non-blank text of 1 to {MAX_TEXT_LENGTH} characters", "omit an optional field to leave it unset")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise rule("text without lone surrogates", "decode it with the correct encoding")
    return value


def _names(value: object) -> object:
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, list | tuple) or not value:
        raise rule("text, or a list of at least one text", "for example ['-tca', 'miss_distance']")
    return tuple(_item(item) for item in value)


def _item(value: object) -> object:
    if isinstance(value, str) and "," in value:
        raise rule("text without commas, which separate list items", "pass the items as a list")
    return _text(value)


def _number_or_text(value: object) -> object:
    number = python_scalar(value)
    if isinstance(number, int) and not isinstance(number, bool):
        value = str(number)
    return _text(value)


Id = Annotated[str, PlainValidator(_id)]
"""An ID that is valid in a path."""
Text = Annotated[str, BeforeValidator(_text)]
"""Text that is not blank."""
Item = Annotated[str, BeforeValidator(_item)]
"""An item of a text list, without commas."""
OpenItem: AfterValidator = AfterValidator(_item)
"""Rejects commas in list items of type ``Literal[...] | str``."""
Items = Annotated[Sequence[Item], Field(min_length=1), AfterValidator(tuple)]
"""A list of text items."""
Counts = Annotated[Sequence[Count], Field(min_length=1), AfterValidator(tuple)]
"""A list of whole numbers."""
FieldNames: PlainValidator = PlainValidator(_names)
"""Validates a field name, or a list of field names, of type ``Literal[...] | str``."""
Names = Annotated[str | Sequence[str], FieldNames]
"""A field name, or a list of field names."""
CatalogueNumber = Annotated[int | str, PlainValidator(_number_or_text)]
"""A catalogue number in a field that the platform declares as text."""

TimeRange: TypeAlias = Annotated[Range[datetime] | None, comparison_of(Epoch)]
NumberRange: TypeAlias = Annotated[Range[float] | None, comparison_of(Number)]
CountRange: TypeAlias = Annotated[Range[int] | None, comparison_of(Count)]
TimeOrRange: TypeAlias = Annotated[datetime | Range[datetime] | None, comparison_of(Epoch, value=True)]
NumberOrRange: TypeAlias = Annotated[float | Range[float] | None, comparison_of(Number, value=True)]

_CLOSED = ("gte", "lte")
ClosedTimes: TypeAlias = Annotated[Range[datetime] | None, comparison_of(Epoch, operators=_CLOSED)]
"""A `Range` of times in a filter that supports only ``gte`` and ``lte``."""
ClosedNumbers: TypeAlias = Annotated[
    float | Range[float] | None, comparison_of(Number, operators=_CLOSED, value=True)
]  # fmt: skip
"""A number, or a `Range` of numbers in a filter that supports only ``gte`` and ``lte``."""

Originator: TypeAlias = Annotated[Literal["18 SPCS", "EON", "OKAPI:ORBITS"] | str, OpenName]
OrbitType: TypeAlias = Annotated[
    Literal["GEO", "IGO", "EGO", "NSO", "GTO", "MEO", "GHO", "LEO", "HAO", "MGO", "HEO"] | str, OpenName
]


class FieldOfView(RequestModel):
    """A sensor's field of view during an observation; a query lists only the orbits that crossed it.

    The unit of the angles is undocumented.
    """

    sensor_id: Text | None = None
    """ID of the sensor."""
    start_epoch: Epoch | None = None
    """Start of the observation, UTC."""
    stop_epoch: Epoch | None = None
    """End of the observation, UTC."""
    radius: Number | None = None
    """Angular radius of the field of view; the unit is undocumented."""
    angle_1: Number | None = None
    """First angle of the centre: azimuth or right ascension, depending on `angle_type`; the unit is undocumented."""
    angle_2: Number | None = None
    """Second angle of the centre: elevation or declination, depending on `angle_type`; the unit is undocumented."""
    angle_type: Annotated[Literal["AZEL", "RADEC"] | str, OpenName] | None = None
    """Type of the angles: ``AZEL`` for azimuth and elevation, ``RADEC`` for right ascension and declination."""

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        if self.start_epoch is not None and self.stop_epoch is not None and self.start_epoch >= self.stop_epoch:
            allowed = f"a time after start_epoch, {wire_time(self.start_epoch)}"
            raise refusal(type(self), "stop_epoch", wire_time(self.stop_epoch), allowed, "swap the two")
        if not self.model_fields_set:
            raise refusal(
                type(self), "", "nothing", "at least one field", "describe the observation, or omit the FieldOfView"
            )
        return self


class ElementFilters(RequestModel):
    """Filters by orbital elements. Their units are undocumented."""

    orbit_type: OrbitType | None = None
    """Orbit class, in upper or lower case: GEO (geostationary), IGO (inclined geosynchronous), EGO (extended
    geostationary), NSO (navigation), GTO (GEO transfer), MEO (medium), GHO (crossing GEO and above), LEO (low), HAO
    (high altitude), MGO (crossing MEO and GEO), HEO (highly eccentric)."""
    inclination: NumberRange = None
    """Inclination, most likely in degrees."""
    period: NumberRange = None
    """Orbital period; the unit is undocumented."""
    eccentricity: NumberRange = None
    """Eccentricity."""
    periapsis: NumberRange = None
    """Periapsis, most likely in km; the platform does not document whether it is an altitude or a radius."""
    apoapsis: NumberRange = None
    """Apoapsis, in the same unit and sense as `periapsis`."""


def query_parameters(key: str, value: Any) -> dict[str, str]:
    """Return the query string parameters of a filter."""
    if isinstance(value, Range):
        return {f"{key}[${name}]": query_text(bound) for name, bound in value.bounds()}
    if isinstance(value, RequestModel):
        parts = {name: getattr(value, name) for name in type(value).model_fields}
        return {f"{key}[{name}]": query_text(part) for name, part in parts.items() if part is not None}
    return {key: query_text(value)}


def query_text(value: Any) -> str:
    """Return a value as text for the query string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, list | tuple):
        return ",".join(query_text(item) for item in value)
    return str(value)
