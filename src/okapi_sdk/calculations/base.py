"""The base class of all calculations."""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic

from pydantic import model_validator

from .. import dialect_2019
from ..errors import R
from ..models.base import RequestModel
from ..settings.policies import Dialect


class Calculation(RequestModel, Generic[R]):
    """Base class for calculations to submit. ``R`` is the type of the result.

    To support a service that the SDK does not cover, write a subclass that sets `service` and defines `body` and
    `formats`. `RawCalculation` sends such a request without a new class.
    """

    service: ClassVar[str]
    """First segment of the endpoint path, such as ``predict-passes``."""

    @model_validator(mode="before")
    @classmethod
    def _accept_bodies(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return cls._fields_of(dialect_2019.read(cls.__name__, getattr(cls, "service", ""), data))

    @classmethod
    def _fields_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Return the model fields for a body in the generic dialect; keyword arguments pass unchanged."""
        return body

    def endpoint(self) -> str:
        """Return the path relative to the base URL, such as ``predict-passes/sgp4``."""
        method = getattr(self, "method", None)
        return f"{self.service}/{method}" if method else self.service

    def body(self, dialect: Dialect = "generic") -> dict[str, Any]:
        """Return the JSON body of the POST.

        Raises:
            InputError: if the dialect does not support the calculation.
        """
        body = self._generic_body()
        if dialect == "generic":
            return body
        return dialect_2019.write(type(self).__name__, self.service, body, dialect)

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return the available result types, default first, with the platform's format names."""
        raise NotImplementedError

    def _generic_body(self) -> dict[str, Any]:
        """Return the body in the generic dialect."""
        raise NotImplementedError

    def _doubts(self) -> list[str]:
        """Return warnings about input that is valid but probably a mistake; `OkapiClient.submit` logs them."""
        return []

    def _format_name(self) -> str:
        """Return the platform's name for the default result format."""
        return next(iter(self.formats(self.endpoint()).values()))

    @classmethod
    def _serves(cls, endpoint: str) -> bool:
        """Return True if a path belongs to this service."""
        return endpoint == cls.service or endpoint.startswith(cls.service + "/")
