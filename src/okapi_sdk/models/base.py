"""Bases of all models, which turn pydantic's errors into errors of the SDK."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import InputError, InputProblem, OkapiError, ResponseFormatError
from ..redaction import shown
from .problems import MOST_NAMED, problems
from .types import ANSWER

T = TypeVar("T")


_DEPRECATED = frozenset(
    name
    for name, member in vars(BaseModel).items()
    if getattr(getattr(member, "__func__", member), "__deprecated__", "")
)
"""pydantic's names of version 1, which completion should not offer."""


class OkapiModel(BaseModel):
    """Root of the models: pydantic's failures leave it as errors of ours."""

    # Not `use_attribute_docstrings`: pydantic reads them from the source at import, which doubles what that costs.
    _context: ClassVar[Mapping[str, bool] | None] = None

    def __init__(self, /, *given: Any, **data: Any) -> None:
        """Build the model from its fields, passed by name.

        Raises:
            InputError: if a field is refused; `problems` lists the field, value, rule and remedy of each.
            ResponseFormatError: instead, for records of the platform.
        """
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

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in _DEPRECATED]

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
    def _read(cls, data: Any) -> Self:
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
