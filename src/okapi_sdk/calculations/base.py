"""What every calculation is: a noun that knows its endpoint, writes its body and names the formats of its results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal

from typing_extensions import TypeVar

from .._lazy import load_all
from ..errors import InputError, InputProblem
from ..models.base import RequestModel, short

R = TypeVar("R", covariant=True, default=Any)

Dialect = Literal["generic", "typed"]
"""``generic`` is the platform's current form of bodies and paths; ``typed`` the one of 2019 to 2020."""


_CLASSES: dict[str, type[Calculation[Any]]] = {}


class Calculation(RequestModel, Generic[R]):
    """A calculation to submit. ``R`` is what its result is read as."""

    service: ClassVar[str]
    """First part of the endpoint's path, such as ``predict-passes``."""

    def endpoint(self) -> str:
        """Path below the base URL, without slashes at its ends, such as ``predict-passes/sgp4``."""
        method = getattr(self, "method", None)
        return f"{self.service}/{method}" if method else self.service

    def body(self, dialect: Dialect = "generic") -> dict[str, Any]:
        """The JSON body of the POST.

        Raises:
            InputError: the calculation has no form in that dialect.
        """
        raise NotImplementedError

    def doubts(self) -> list[str]:
        """What is allowed and yet most likely not meant; `OkapiClient.submit` logs it as a warning."""
        return []

    def format_name(self) -> str:
        """The platform's name of the format that the result is read in by default."""
        return next(iter(self.formats(self.endpoint()).values()))

    @classmethod
    def named(cls, name: str) -> type[Calculation[Any]]:
        """The class of that name.

        Raises:
            InputError: none of that name is defined in this process.
        """
        from .. import calculations

        if name in dir(calculations):
            getattr(calculations, name)  # loads it
        if name not in _CLASSES:
            load_all(calculations)
            problem = InputProblem(
                "calculation", short(name), f"one of {', '.join(_CLASSES)}", "import the module that defines it"
            )
            raise InputError("RequestRef", (problem,))
        return _CLASSES[name]

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        # Neither a base that is yet to be parametrised nor one that has been.
        if "[" not in cls.__name__ and not cls.__pydantic_generic_metadata__["parameters"]:
            _CLASSES[cls.__name__] = cls

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """What results of that endpoint can be read as, with the platform's name of the format; the default first."""
        raise NotImplementedError

    @classmethod
    def fits(cls, endpoint: str) -> bool:
        """Whether a path belongs to this service."""
        return endpoint == cls.service or endpoint.startswith(cls.service + "/")

    @classmethod
    def _only_generic(cls, dialect: Dialect) -> None:
        if dialect != "generic":
            problem = InputProblem(
                "dialect", short(dialect), f"{cls.__name__} has only the generic form", "use 'generic'"
            )
            raise InputError(cls.__name__, (problem,))
