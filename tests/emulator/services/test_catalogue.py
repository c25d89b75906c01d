"""The table of services: every computed service has its module, and the failure of an engine becomes a FATAL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from okapi_sdk.emulator.engines.errors import EngineError, PropagationError, UnusableInputError
from okapi_sdk.emulator.services.catalogue import SERVICES, Computation, Service
from okapi_sdk.emulator.services.outcome import Context, Listing, NoResultError, Outcome, Status
from okapi_sdk.emulator.store.tables import Store

CONTEXT = Context(datetime.now(UTC), Store())


@pytest.mark.parametrize("path", [path for path, service in SERVICES.items() if service.computation])
def test_a_computed_service_finds_its_function(path: str) -> None:
    # A request that no service can use: the function is there, and fails in its own body.
    with pytest.raises(AttributeError, match="'object' object has no attribute"):
        SERVICES[path].compute(object(), CONTEXT)


@pytest.mark.parametrize("path", [path for path, service in SERVICES.items() if service.own_keys])
def test_a_body_that_may_be_the_platforms_is_accepted_and_ends_fatal(path: str) -> None:
    with pytest.raises(NoResultError) as caught:
        SERVICES[path].compute(SERVICES[path].read({"anything": 1}), CONTEXT)
    assert "undocumented" in caught.value.status.text
    assert all(key in caught.value.status.text for key in SERVICES[path].own_keys)


@pytest.mark.parametrize(
    ("error", "input_problem"), [(EngineError, False), (PropagationError, False), (UnusableInputError, True)]
)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "in a row"])
def test_the_failure_of_an_engine_ends_fatal(error: type[EngineError], input_problem: bool, late: bool) -> None:
    def rows() -> Iterator[dict[str, object]]:
        yield {"first": 1}
        raise error("it has decayed")

    def compute(_: object, context: Context) -> Outcome:
        if not late:
            raise error("it has decayed")
        return Outcome(Status(), {"simple": Listing("states", rows())})

    service = Service("a/b", "something", ("simple",), Computation(lambda body: body, compute))
    with pytest.raises(NoResultError, match="it has decayed") as caught:
        for result in service.compute({}, CONTEXT).formats.values():
            assert isinstance(result, Listing)
            list(result.rows)
    assert (caught.value.status.type, caught.value.status.input_problem) == ("FATAL", input_problem)
