"""Errors of the engines. The services translate them into the platform's status objects."""

from __future__ import annotations


class EngineError(Exception):
    """Raised when an engine cannot compute a result. The text gives the reason."""


class PropagationError(EngineError):
    """Raised when a propagator cannot compute a state, for instance because the satellite has decayed."""


class UnusableInputError(EngineError):
    """Raised when these values have no result, although other values would."""


class MissingPackageError(EngineError):
    """Raised when an engine needs a package of an extra that is not installed or cannot be used."""
