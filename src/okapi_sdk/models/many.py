"""Building of many objects from one text, with one error for all that are invalid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from ..errors import InputError, InputProblem

T = TypeVar("T")

MOST_INVALID = 100
"""Reading stops after this many invalid objects; the text is then probably of another kind."""


class Part(NamedTuple):
    """One object in a text."""

    data: Any
    """Input of the function that builds the object, or an InputError if there can be no object."""
    places: Mapping[str, str] = {}
    """Prefixes for the rules of an error, such as ``line 7: ``, by field; "" for all other fields."""


def build_all(model: type, parts: Iterable[Part], build: Callable[[Any], T]) -> tuple[T, ...]:
    """Return the object of each part. Errors are attributed to the class ``model``.

    Raises:
        InputError: if parts are invalid; lists the problems of all of them. Fields begin with the index of the part.
    """
    objects: list[T] = []
    refused: list[InputProblem] = []
    invalid = 0
    for index, part in enumerate(parts):
        try:
            if isinstance(part.data, InputError):
                raise part.data
            objects.append(build(part.data))
        except InputError as error:
            invalid += 1
            refused.extend(_placed(index, part, problem) for problem in error.problems)
        if invalid == MOST_INVALID:
            remedy = f"reading stopped after {MOST_INVALID} invalid objects; check the kind of the text"
            refused[-1] = refused[-1]._replace(remedy=f"{refused[-1].remedy}; {remedy}".removeprefix("; "))
            break
    if refused:
        raise InputError(model.__name__, refused)
    return tuple(objects)


def _placed(index: int, part: Part, problem: InputProblem) -> InputProblem:
    place = part.places.get(problem.field, part.places.get("", ""))
    return problem._replace(field=f"{index}.{problem.field}".rstrip("."), rule=place + problem.rule)
