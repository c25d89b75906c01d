"""The tree of exceptions: plain data that crosses processes, drawn as it is."""

from __future__ import annotations

import copy
import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from okapi_sdk import (
    InputProblem,
    OkapiError,
    RequestRef,
    errors,
)

REF = RequestRef("predict-passes/sgp4", "f3c1", "PredictPasses", "simple", "generic", "https://api.example")

SAMPLES: list[OkapiError] = [
    errors.ConfigurationError("set up wrong"),
    errors.InputError("Tle", (InputProblem("line1", "'x'", "69 characters", "copy it whole"),)),
    errors.AuthenticationError("refused", reason="refused", retry_after=3.0),
    errors.TransportError("lost"),
    errors.TransportTimeoutError("late"),
    errors.SubmissionUncertainError("who knows", status_code=502, body={"a": 1}, idempotency_key="k"),
    *(
        kind("answered", status_code=code, body={"a": [1]}, retry_after=1.0)
        for kind, code in [
            (errors.APIError, 418), (errors.RedirectError, 302), (errors.BadRequestError, 400),
            (errors.PermissionDeniedError, 403), (errors.NotFoundError, 404), (errors.ConflictError, 409),
            (errors.UnprocessableError, 422), (errors.RateLimitError, 429), (errors.ServerError, 500),
        ]
    ),
    errors.ResponseFormatError("unreadable", reason="schema", body="x"),
    errors.CalculationError("about it", ref=REF),
    errors.CalculationFailedError("failed", ref=REF, status_text="decayed", input_problem=True, body={}),
    errors.WaitTimeoutError("still runs", ref=REF),
    errors.ResultExpiredError("gone", ref=REF),
]  # fmt: skip


def same(one: OkapiError, other: OkapiError) -> None:
    assert type(one) is type(other)
    assert str(one) == str(other)
    assert vars(one) == vars(other)


def identity(error: OkapiError) -> OkapiError:
    return error


def test_every_class_has_a_sample() -> None:
    classes = {found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, OkapiError)}
    assert classes - {OkapiError} == {type(sample) for sample in SAMPLES}
    drawing = errors.__doc__ or ""
    assert all(found.__name__ in drawing for found in classes)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_errors_pickle_and_copy_with_everything_they_carry(error: OkapiError) -> None:
    error.add_note("a note")
    for act in (copy.copy, copy.deepcopy, lambda found: pickle.loads(pickle.dumps(found))):
        same(act(error), error)


def test_errors_cross_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for error in SAMPLES:
            same(pool.submit(identity, error).result(), error)


def test_builtin_bases_catch_what_they_should() -> None:
    assert issubclass(errors.InputError, ValueError)
    assert issubclass(errors.TransportTimeoutError, TimeoutError)
    assert issubclass(errors.WaitTimeoutError, TimeoutError)


def test_an_error_with_a_reference_shows_it_once() -> None:
    error = errors.TransportError("lost")
    errors.attach(error, REF)
    assert str(error).count(str(REF)) == 1
    assert error.request_id == "f3c1"
    assert str(errors.WaitTimeoutError(f"{REF} runs", ref=REF)).count(str(REF)) == 1
