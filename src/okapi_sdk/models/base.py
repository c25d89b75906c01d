"""Base classes of all models; they convert pydantic's errors into the SDK's own.

The modules of models that most programs load do not import `annotations` from ``__future__``: pydantic would have to
evaluate the text of every annotation, and those of a base class again for each of its subclasses.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, TypeVar

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, ValidationError, model_serializer

from ..errors import InputError, InputProblem, OkapiError, ResponseFormatError
from ..redaction import shown
from .display import line, model_html, rich_fields
from .problems import MOST_NAMED, problems
from .types import ANSWER

T = TypeVar("T")


_DEPRECATED = frozenset(
    name
    for name, member in vars(BaseModel).items()
    if getattr(getattr(member, "__func__", member), "__deprecated__", "")
)
"""Names from pydantic version 1, which editors should not suggest."""


class OkapiModel(BaseModel):
    """Root of all models: raises the SDK's errors instead of pydantic's."""

    # `use_attribute_docstrings` stays off: pydantic would parse the source files, which doubles the import time.
    _context: ClassVar[Mapping[str, bool] | None] = None
    _first_shown: ClassVar[tuple[str, ...]] = ()
    """Fields and properties that the ``repr`` and tables show first."""
    _exact: ClassVar[bool] = True
    """True if the ``repr`` shows numbers with all digits."""
    _units: ClassVar[Mapping[str, str]] = {}
    """Units of lengths, which columns of tables have as suffix: ``{"miss_distance": "km"}``."""

    def __init__(self, /, *given: Any, **data: Any) -> None:
        """Build the model from its fields, passed by name.

        Raises:
            InputError: if a field is invalid; `problems` lists the field, value, rule and remedy of each.
            ResponseFormatError: instead of InputError, if the model is a platform record.
        """
        if given:
            raise _positional(type(self), given)
        _run(type(self), lambda: self.__pydantic_validator__.validate_python(data, self_instance=self))

    # pydantic derives the signature of every model from this one, and `given` should not appear in it.
    __init__.__signature__ = inspect.signature(BaseModel.__init__)  # type: ignore[attr-defined]

    # Tells pydantic to treat this as its own __init__: nested models are then validated in a single pass, and errors
    # keep the full path of the field.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Validate a dictionary or an instance.

        Raises:
            InputError: if a request or message is invalid; lists field, value, rule and remedy of each problem.
            ResponseFormatError: if a record of the platform is invalid.
        """
        options = {"context": cls._context, **options}
        return _run(cls, lambda: super(OkapiModel, cls).model_validate(obj, **options))

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Validate JSON text. Raises the same errors as `model_validate`."""
        options = {"context": cls._context, **options}
        return _run(cls, lambda: super(OkapiModel, cls).model_validate_json(json_data, **options))

    @classmethod
    def model_validate_strings(cls, obj: Any, **options: Any) -> Self:
        """Validate a dictionary of strings. Raises the same errors as `model_validate`."""
        options = {"context": cls._context, **options}
        return _run(cls, lambda: super(OkapiModel, cls).model_validate_strings(obj, **options))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with ``update`` validated as by the constructor.

        Defaults that were not set are derived again, such as the method that follows from an orbit.

        Raises:
            InputError: if a value is refused, as in the constructor.
            ResponseFormatError: instead, for records of the platform.
        """
        copied = super().model_copy(deep=deep)
        if not update:
            return copied
        model = type(self)
        names = {field.alias: name for name, field in model.model_fields.items() if field.alias}
        generated = {name for name, field in model.model_fields.items() if field.default_factory}  # such as a random ID
        data = {name: getattr(copied, name) for name in copied.model_fields_set | generated}
        data |= {names.get(key, key): value for key, value in update.items()}
        changed: Self = _run(
            model,
            lambda: model.__pydantic_validator__.validate_python(
                data, context=self._context, by_alias=True, by_name=True
            ),
        )
        # Set outside of validation: what a message was read from, and unknown fields of a response.
        object.__setattr__(changed, "__pydantic_private__", copied.__pydantic_private__)
        if model.model_config.get("extra") != "allow":
            object.__setattr__(changed, "__pydantic_extra__", copied.__pydantic_extra__)
        return changed

    def __setattr__(self, name: str, value: Any) -> None:
        _run(type(self), lambda: super(OkapiModel, self).__setattr__(name, value))

    def __delattr__(self, name: str) -> None:
        _run(type(self), lambda: super(OkapiModel, self).__delattr__(name))

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in _DEPRECATED and name != "ndim"]

    if not TYPE_CHECKING:

        @property
        def ndim(self) -> NoReturn:
            """Refuse `pandas.DataFrame(models)`, which asks for this; it would make columns of (name, value) pairs."""
            raise TypeError(
                f"a list of {type(self).__name__} is not a table; call to_pandas() of the result, or pass "
                "[row.model_dump() for row in rows]"
            )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        first = [(name, getattr(self, name, None)) for name in self._first_shown]
        yield from ((name, shown(name, value)) for name, value in first if value is not None)
        for name, value in super().__repr_args__():
            if name not in self._first_shown and (value is not None or name in self.model_fields_set):
                yield name, shown(name, value)

    def __repr__(self) -> str:
        return line(self)

    def __str__(self) -> str:
        return line(self)

    def __rich_repr__(self) -> Iterator[Any]:
        return rich_fields(self)

    def _repr_html_(self) -> str:
        return model_html(self)

    @classmethod
    def _failure(cls, error: ValidationError) -> OkapiError:
        return InputError(cls.__name__, tuple(cls._problems(error)))

    @classmethod
    def _problems(cls, error: ValidationError) -> Iterable[InputProblem]:
        return problems(cls, error)


class Sparse(OkapiModel):
    """Base class for models of which only the fields that are set are sent; their dumps omit unset optional fields.

    A field that a dump sets to None would be sent as null once the dump has been read back.
    """

    @model_serializer(mode="wrap")
    def _without_unset(self, handler: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        # No return type: the JSON schema is then that of the fields.
        dumped: dict[str, Any] = handler(self)
        unset = type(self).model_fields.keys() - self.model_fields_set
        keys = {key for name in unset for key in (name, type(self).model_fields[name].serialization_alias)}
        return {key: value for key, value in dumped.items() if value is not None or key not in keys}


class RequestModel(Sparse):
    """Base class for user input: frozen, strict about types, no unknown fields."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class Record(OkapiModel):
    """Base class for platform data: accepts new fields and values, and requires only fields that are always present."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", coerce_numbers_to_str=True, allow_inf_nan=False)
    _context: ClassVar[Mapping[str, bool] | None] = ANSWER
    _exact: ClassVar[bool] = False

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # Most fields of a typical record are unset.
        yield from ((name, value) for name, value in super().__repr_args__() if value is not None)

    @classmethod
    def _failure(cls, error: ValidationError) -> OkapiError:
        return _unreadable(cls, error)


class Message(OkapiModel):
    """Base class for messages, used as input and result: strict when created, tolerant when read from a response.

    Unknown fields in a response are kept, but not sent if the message is submitted again.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def _read(cls, data: Any) -> Self:
        """Parse data from a response: keep unknown fields, accept numeric text, treat null as missing.

        Raises:
            ResponseFormatError: if the data does not match the model.
        """
        try:
            return super(OkapiModel, cls).model_validate(data, extra="allow", strict=False, context=ANSWER)
        except ValidationError as error:
            failure = _unreadable(cls, error, data)
        raise failure


def _positional(model: type[OkapiModel], given: tuple[Any, ...]) -> InputError:
    names = list(model.model_fields)
    example = ", ".join(f"{name}=..." for name in names[: len(given)])
    # Do not quote the values: any of them may be a secret.
    known = f": {', '.join(names)}" if len(names) <= MOST_NAMED else ""
    rule = f"fields passed by name{known}"
    problem = InputProblem("", f"{len(given)} by position", rule, f"{model.__name__}({example})")
    return InputError(model.__name__, (problem,))


def _run(model: type[OkapiModel], step: Callable[[], T]) -> T:
    # Raise after the except block; otherwise __context__ would hold pydantic's error, and with it the user's input.
    try:
        return step()
    except ValidationError as error:
        failure = model._failure(error)
    raise failure


def _unreadable(model: type[OkapiModel], error: ValidationError, body: Any = None) -> ResponseFormatError:
    details = "; ".join(f"{p.field}: {p.rule} (found: {p.value})" for p in model._problems(error))
    message = f"The response cannot be parsed as {model.__name__}. {details}"
    return ResponseFormatError(message, reason="schema", body=body)
