"""The bases of all models: how they validate, and how a failure becomes an error of ours.

pydantic's own ``ValidationError`` never reaches a user of the SDK. Inside a user's own pydantic model it does: there
pydantic validates, and its error belongs to that model.
"""

from __future__ import annotations

import contextlib
import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Self, TypeGuard, TypeVar, get_args

from pydantic import AllowInfNan, BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from ..errors import InputError, InputProblem, OkapiError, ResponseFormatError
from ..errors import short as short
from .masking import MASK, is_secret, masked, shown

T = TypeVar("T")

Number = Annotated[float, Strict(), AllowInfNan(False)]
"""A finite number. Neither text nor a bool is one."""

Count = Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)]
"""A whole number of 64 bits; a bool is none."""

NAME_LENGTH = 100
FIRST_YEAR, LAST_YEAR = 1957, 2099
MOST_NAMED = 12
"""Fields that the error about an unknown one lists."""

ANSWER: Mapping[str, bool] = {"answer": True}
"""Validation context of what the platform answered: there, text without a zone is UTC and nothing is judged."""


def rule(text: str, remedy: str = "") -> PydanticCustomError:
    """The error that a validator raises: what is allowed, and what to do."""
    return PydanticCustomError("rule", "{rule}", {"rule": text, "remedy": remedy})


def _epoch(value: object, info: ValidationInfo) -> datetime:
    if isinstance(value, datetime):
        moment = value if type(value) is datetime else datetime.combine(value.date(), value.timetz())
    elif isinstance(value, str):
        moment = _parsed(value.strip())
        if info.context is ANSWER and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
    else:
        raise rule(
            "an aware datetime or ISO 8601 text with a zone; numbers are no epochs", "pass datetime(..., tzinfo=UTC)"
        )
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise rule("a time needs a zone", "add Z to the text, or tzinfo=UTC to the datetime")
    first, last = (1, MAXYEAR - 1) if info.context is ANSWER else (FIRST_YEAR, LAST_YEAR)
    if not first < moment.year <= last:
        raise rule(f"a time between {first + 1} and {last}", "check the year")
    return moment.astimezone(UTC)


def _parsed(text: str) -> datetime:
    if ":60" in text[16:19]:
        raise rule("leap seconds are not accepted", "use second 59 or the next minute")
    with contextlib.suppress(ValueError):
        if len(text) <= 40 and "T" in text.upper().replace(" ", "T"):
            return datetime.fromisoformat(text)
    raise rule("a time as ISO 8601 with a zone", "for example 2018-08-07T18:00:00Z")


Epoch = Annotated[datetime, BeforeValidator(_epoch)]
"""A moment, kept in UTC and sent with milliseconds, rounded. Takes an aware datetime, or ISO 8601 text with a zone; a
number is refused."""


_ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,128}\Z")


def is_path_step(text: object) -> TypeGuard[str]:
    """Whether a text can stand between two slashes of a path as it is."""
    return isinstance(text, str) and _ID.match(text) is not None


def checked_id(name: str, id: object) -> str:
    """An id that is safe in a path.

    Raises:
        InputError: anything but letters, digits, dots, dashes and underscores.
    """
    if is_path_step(id):
        return id
    allowed = "1 to 128 letters, digits, '.', '_' or '-'"
    raise InputError("Id", (InputProblem(name, short(id), allowed, "copy the id as the platform gave it"),))


def wire_time(moment: datetime) -> str:
    """The platform's time format: ISO 8601 UTC, milliseconds (rounded), ``Z``."""
    rounded = moment.astimezone(UTC).replace(tzinfo=None) + timedelta(microseconds=500)
    return rounded.isoformat(timespec="milliseconds") + "Z"


def wire_form(model: BaseModel) -> dict[str, Any]:
    """A model as JSON data: the platform's keys and times, and nothing for a field that is None."""
    form: dict[str, Any] = _wire_value(model.model_dump(by_alias=True, exclude_none=True))
    return form


def _wire_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, dict):
        return {key: _wire_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_wire_value(item) for item in value]
    return value


def untag(tag: str) -> Callable[[Any], Any]:
    """Validator that takes a value also as ``{"type": tag, "content": value}``, the form that it has on the wire."""

    def content(value: Any) -> Any:
        if isinstance(value, Mapping) and value.keys() == {"type", "content"}:
            if value["type"] != tag:
                raise rule(f"a value of type {tag!r}", f"this one is tagged {short(value['type'])}")
            return value["content"]
        return value

    return content


def refusal(model: type[BaseModel], field: str, value: object, allowed: str, remedy: str = "") -> InputError:
    """The error about one field, for checks that see more than that field."""
    return InputError(model.__name__, (InputProblem(field, short(value), allowed, remedy),))


def _open_name(value: object, info: ValidationInfo) -> object:
    if info.context is ANSWER:
        return value
    if not isinstance(value, str) or not 0 < len(value) <= NAME_LENGTH:
        raise rule(f"text of 1 to {NAME_LENGTH} characters", "names besides the listed ones are sent as they are")
    return value


OpenName: BeforeValidator = BeforeValidator(_open_name)
"""For ``Literal[...] | str``: the known names are listed for editors, and any other is taken too."""


class OkapiModel(BaseModel):
    """Root of the models: pydantic's failures leave it as errors of ours."""

    # Not `use_attribute_docstrings`: pydantic reads them from the source at import, which doubles what that costs.
    _context: ClassVar[Mapping[str, bool] | None] = None

    def __init__(self, /, *given: Any, **data: Any) -> None:
        if given:
            raise _positional(type(self), given)
        _run(type(self), lambda: self.__pydantic_validator__.validate_python(data, self_instance=self))

    # pydantic makes the signatures of models from this one; nobody is to be shown `given`.
    __init__.__signature__ = inspect.signature(BaseModel.__init__)  # type: ignore[attr-defined]

    # Tells pydantic that this is in effect its own __init__, so that nested models are validated in one go and keep
    # the path of a bad field.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Validate a dictionary or an instance.

        Raises:
            InputError: for nouns and messages; field, value, rule and remedy of each problem.
            ResponseFormatError: for records of the platform.
        """
        options = {"context": cls._context, **options}
        return _run(cls, lambda: super(OkapiModel, cls).model_validate(obj, **options))

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Validate JSON text. Raises as `model_validate` does."""
        options = {"context": cls._context, **options}
        return _run(cls, lambda: super(OkapiModel, cls).model_validate_json(json_data, **options))

    @classmethod
    def model_validate_strings(cls, obj: Any, **options: Any) -> Self:
        """Validate a dictionary of texts. Raises as `model_validate` does."""
        options = {"context": cls._context, **options}
        return _run(cls, lambda: super(OkapiModel, cls).model_validate_strings(obj, **options))

    def __setattr__(self, name: str, value: Any) -> None:
        _run(type(self), lambda: super(OkapiModel, self).__setattr__(name, value))

    def __delattr__(self, name: str) -> None:
        _run(type(self), lambda: super(OkapiModel, self).__delattr__(name))

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, shown(name, value)

    @classmethod
    def _failure(cls, error: ValidationError) -> OkapiError:
        return InputError(cls.__name__, tuple(cls._problems(error)))

    @classmethod
    def _problems(cls, error: ValidationError) -> Iterable[InputProblem]:
        return problems(cls, error)


class RequestModel(OkapiModel):
    """What a user asks: closed, frozen, strict about types."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class Record(OkapiModel):
    """What the platform stores or answers: open to new fields and values, nothing required that is not proven."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", coerce_numbers_to_str=True, allow_inf_nan=False)
    _context: ClassVar[Mapping[str, bool] | None] = ANSWER

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # Most fields of most records are not set.
        yield from ((name, value) for name, value in super().__repr_args__() if value is not None)

    @classmethod
    def _failure(cls, error: ValidationError) -> OkapiError:
        return _unreadable(cls, error)


class Message(OkapiModel):
    """Both input and result: strict when built, tolerant when read from an answer.

    Unknown fields of an answer are kept; they are not sent when the message is.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, data: Any) -> Self:
        """Read from an answer: unknown fields are kept, numbers may be text, null is as good as missing.

        Raises:
            ResponseFormatError: the answer has another shape.
        """
        try:
            return super(OkapiModel, cls).model_validate(data, extra="allow", strict=False, context=ANSWER)
        except ValidationError as error:
            failure = _unreadable(cls, error, data)
        raise failure


def _positional(model: type[OkapiModel], given: tuple[Any, ...]) -> InputError:
    names = list(model.model_fields)
    shown = ", ".join(f"{name}=..." for name in names[: len(given)])
    # The values are not told: any of them may be a secret.
    known = f": {', '.join(names)}" if len(names) <= MOST_NAMED else ""
    problem = InputProblem("", f"{len(given)} by position", f"fields by name{known}", f"{model.__name__}({shown})")
    return InputError(model.__name__, (problem,))


def _run(model: type[OkapiModel], step: Callable[[], T]) -> T:
    # Raised after the except block: an error raised inside it would keep pydantic's, and its input, in __context__.
    try:
        return step()
    except ValidationError as error:
        failure = model._failure(error)
    raise failure


def _unreadable(model: type[OkapiModel], error: ValidationError, body: Any = None) -> ResponseFormatError:
    found = "; ".join(f"{p.field}: {p.rule} (found: {p.value})" for p in model._problems(error))
    return ResponseFormatError(f"The answer does not read as {model.__name__}. {found}", reason="schema", body=body)


_RULES: Mapping[str, str] = {
    "missing": "required",
    "frozen_instance": "models are frozen",
    "frozen_field": "models are frozen",
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text",
    "bool_type": "True or False",
    "sequence_str": "a list",
    "finite_number": "a finite number",
    "greater_than": "greater than {gt}",
    "less_than": "less than {lt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "too_long": "at most {max_length} items",
    "too_short": "at least {min_length} items",
    "model_type": "a {class_name}",
    "literal_error": "one of {expected}",
}
_REMEDIES: Mapping[str, str] = {
    "model_type": "pass one, or a dictionary of its fields",
    "float_type": "pass a float or an int, no text and no bool",
    "int_type": "pass an int, no text and no bool",
    "string_type": "pass a str",
    "bool_type": "pass a bool",
    "sequence_str": "put it in a list",
    "finite_number": "leave out what is not known",
    "greater_than": "give a value in that range",
    "less_than": "give a value in that range",
    "greater_than_equal": "give a value in that range",
    "less_than_equal": "give a value in that range",
    "too_long": "give fewer",
    "too_short": "give more",
    "literal_error": "pass one of them",
    "missing": "pass it",
    "frozen_instance": "make a changed copy with model_copy(update=...)",
    "frozen_field": "make a changed copy with model_copy(update=...)",
}


def problems(model: type[BaseModel], error: ValidationError) -> Iterator[InputProblem]:
    """Each line of pydantic's error as field, value, rule and remedy."""
    for line in error.errors(include_url=False):
        loc, kind, context = line["loc"], line["type"], line.get("ctx", {})
        field = ".".join(str(part) for part in loc)
        if context.get("class") == "Sequence":
            kind = "sequence_str"  # what is told of a text is told of anything that is no list
        inner = context.get("error")
        if isinstance(inner, InputError):
            for problem in inner.problems:
                yield problem._replace(field=".".join(filter(None, (field, problem.field))))
        elif kind == "default_factory_not_called":
            continue  # follows from a field that is reported
        elif kind == "extra_forbidden":
            fields = _fields_at(model, loc[:-1])
            name = str(loc[-1])
            near = difflib.get_close_matches(name, fields, 1) or [
                known for known in fields if set(name.split("_")) <= set(known.split("_"))
            ]
            # A secret may stand under a misspelt name.
            hidden = any(map(is_secret, (*loc, *near)))
            remedy = f"did you mean {near[0]}?" if near else "remove it"
            known = f"; there are: {', '.join(fields)}" if len(fields) <= MOST_NAMED else ""
            yield InputProblem(field, _shown(line["input"], hidden), f"unknown field{known}", remedy)
        else:
            given = "nothing" if kind == "missing" else _shown(line["input"], any(map(is_secret, loc)))
            text = _RULES[kind].format_map(context) if kind in _RULES else str(context.get("rule", line["msg"]))
            yield InputProblem(field, given, text, str(context.get("remedy", _REMEDIES.get(kind, ""))))


def _shown(value: object, hidden: bool) -> str:
    return repr(MASK) if hidden else short(masked(value))


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    for part in loc:
        field = model.model_fields.get(str(part))
        inner = None if field is None else _model_in(field.annotation)
        if inner is not None:
            model = inner
    by_alias = model.model_config.get("loc_by_alias", True)
    return [field.alias or name if by_alias else name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def one_line(text: str) -> str:
    """A text of somebody else's, fit for a message or a log: one printable line of at most 500 characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:500]).split())
