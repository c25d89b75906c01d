"""The queue of a fleet, against a plain list."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk._engine.schedule import Schedule

STEP = st.one_of(st.tuples(st.integers(0, 5), st.integers(0, 3)), st.none())
"""Let one of six wait until an instant, or (None) take the one that is due."""


@given(st.lists(STEP, max_size=40))
def test_the_first_is_the_one_that_has_been_due_for_longest(steps: list[tuple[int, int] | None]) -> None:
    schedule: Schedule[int] = Schedule()
    waiting: dict[int, tuple[int, int]] = {}  # the instant and the place in line
    for number, step in enumerate(steps):
        if step is not None:
            who, due = step
            schedule.push(who, float(due))
            waiting[who] = (due, number)
        elif waiting:
            first = min(waiting, key=lambda who: waiting[who])
            assert schedule.pop() == first
            del waiting[first]
        assert schedule.due == min((due for due, _ in waiting.values()), default=math.inf)
        assert [who for who in range(6) if who in schedule] == sorted(waiting)
    schedule.clear()
    assert schedule.due == math.inf
    assert 0 not in schedule
