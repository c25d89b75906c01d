"""Errors of the engines. The services translate them into the platform's status objects."""

from __future__ import annotations


class EngineError(Exception):
    """Raised when an engine has no answer. The text gives the reason."""


class PropagationError(EngineError):
    """Raised when a theory of motion has no state, for instance because the satellite has decayed."""


class UnusableInputError(EngineError):
    """Raised when these numbers have no answer, but others would have one."""
