"""`ConjunctionWatch`: new, worse, better, cleared and passed conjunctions since the last check."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from ..errors import InputError, InputProblem
from ..objects.conjunctions import Conjunction, Conjunctions
from ..objects.filters import Range
from ..scalars import as_number
from ..text import short
from .comparison import ConjunctionChange, ConjunctionReport, Factors, urgency
from .sighting import ConjunctionSighting
from .state_file import Account, StateFile

if TYPE_CHECKING:
    from ..async_client import AsyncOkapiClient
    from ..client import OkapiClient
else:
    AsyncOkapiClient = OkapiClient = Any  # a watch needs a client anyway, and annotations must resolve at run time


@dataclass(frozen=True, kw_only=True)
class ConjunctionWatch:
    """Reports which conjunctions are new, worse, better, cleared or passed since the last check.

    ::

        watch = ConjunctionWatch(state="conjunctions.json", min_probability=1e-5)
        for one in watch.check(client).changes:
            print(one.change, one.sighting.sat2_name, *one.reasons)

    A conjunction is watched if it lies in the window and reaches a threshold. It is *worse* if its criticality has
    risen, its probability has grown by ``probability_factor`` or can no longer be computed, or its miss distance has
    shrunk by ``miss_distance_factor``. It is *better* if it is not worse and one of them has changed the other way. A
    conjunction that is no longer watched is *passed* if its time of closest approach is over, else *cleared*.

    Changes are relative to the values last reported, so a slow drift is reported as well. The state file is written
    last and as a whole: if listing or ``on_change`` fails, it is unchanged and the next check reports the same changes.
    The file names its server and user name, never a secret, and a client of another account is refused. Use one file
    for each account and set of thresholds.
    """

    state: str | os.PathLike[str]
    """Path of the state file; the first check creates it."""
    within: timedelta = timedelta(days=3)
    """Length of the window, which begins now."""
    critical: bool = False
    """True to watch only critical conjunctions, and those of unknown criticality."""
    min_probability: float | None = None
    """Watch conjunctions with at least this collision probability, or an unknown one."""
    max_miss_distance_km: float | None = None
    """Watch conjunctions with at most this miss distance, or an unknown one."""
    probability_factor: float = 2.0
    """Change of the probability that is reported. Values below 1e-10 count as 1e-10."""
    miss_distance_factor: float = 1.5
    """Change of the miss distance that is reported."""
    on_change: Callable[[ConjunctionReport], object] | None = None
    """Called with the report if there are changes, before the state file is written. `check_async` awaits it."""

    def __post_init__(self) -> None:
        seconds = self.within.total_seconds() if isinstance(self.within, timedelta) else 0.0
        self._require("within", 0 < seconds <= 366 * 86_400, "a timedelta of more than 0 and at most 366 days")
        for name, least, most, rule in (
            ("min_probability", 0.0, 1.0, "a number from 0 to 1"),
            ("max_miss_distance_km", 1e-9, 1e9, "a positive number of kilometres"),
            ("probability_factor", 1.0001, 1e9, "a number above 1"),
            ("miss_distance_factor", 1.0001, 1e9, "a number above 1"),
        ):
            value = getattr(self, name)
            number = as_number(value)
            optional = value is None and not name.endswith("factor")
            self._require(name, optional or (number is not None and least <= number <= most), rule)

    def _require(self, name: str, valid: bool, rule: str) -> None:
        if not valid:
            problem = InputProblem(name, short(getattr(self, name)), rule, "pass a value that fits")
            raise InputError("ConjunctionWatch", (problem,))

    def check(self, client: OkapiClient, *, now: datetime | None = None) -> ConjunctionReport:
        """List the conjunctions, compare them with the state file, and update it.

        Args:
            client: the client that lists the conjunctions.
            now: start of the window, by default the present time.

        Raises:
            ConfigurationError: if the state file belongs to another account or environment, is damaged, in use by
                another check, or cannot be written.
            OkapiError: if the conjunctions could not be listed.
        """
        with StateFile.opened(self.state, Account.of(client.base_url, client.username)) as file:
            check = _Check.begun(self, file, now)
            report = check.report(client.list(check.query))
            if self.on_change is not None and report.changes:
                self.on_change(report)
            check.save(report)
        return report

    async def check_async(self, client: AsyncOkapiClient, *, now: datetime | None = None) -> ConjunctionReport:
        """Do the same as `check` with an asynchronous client. If ``on_change`` is asynchronous, it is awaited."""
        with StateFile.opened(self.state, Account.of(client.base_url, client.username)) as file:
            check = _Check.begun(self, file, now)
            report = check.report([one async for one in client.list(check.query)])
            if self.on_change is not None and report.changes:
                outcome = self.on_change(report)
                if inspect.isawaitable(outcome):
                    await outcome
            check.save(report)
        return report


@dataclass(frozen=True)
class _Check:
    """The parts of a check that do no I/O on the network."""

    watch: ConjunctionWatch
    file: StateFile
    now: datetime
    query: Conjunctions

    @classmethod
    def begun(cls, watch: ConjunctionWatch, file: StateFile, now: datetime | None) -> Self:
        moment = datetime.now(UTC) if now is None else now
        query = Conjunctions(tca=Range(gte=moment, lte=moment + watch.within))
        return cls(watch, file, moment.astimezone(UTC), query)

    def report(self, listed: Iterable[Conjunction]) -> ConjunctionReport:
        present = {one.conjunction_id: one for one in map(ConjunctionSighting.of, listed)}
        watched = {id: one for id, one in present.items() if self._is_watched(one)}
        before = self.file.sightings
        found = [self._change(before.get(id), one) for id, one in watched.items()]
        found += [self._end(one, present.get(id)) for id, one in before.items() if id not in watched]
        return ConjunctionReport(self.now, tuple(sorted(found, key=urgency)))

    def save(self, report: ConjunctionReport) -> None:
        self.file.save(list(self._remembered(report)), report.checked_at)

    def _remembered(self, report: ConjunctionReport) -> Iterator[ConjunctionSighting]:
        """Yield the values for the next check: those last reported."""
        for one in report.conjunctions:
            if one.change == "unchanged" and one.before is not None:
                yield one.before
            elif one.change in ("new", "worse", "better") and one.now is not None:
                yield one.now

    def _is_watched(self, one: ConjunctionSighting) -> bool:
        # A platform that ignores the filter by time must not fill the report.
        if one.tca is not None and not self.now <= one.tca <= self.now + self.watch.within:
            return False
        if self.watch.critical and one.criticality not in ("critical", None):
            return False
        least, most = self.watch.min_probability, self.watch.max_miss_distance_km
        if least is None and most is None:
            return True
        probability, distance = one.collision_probability, one.miss_distance_km
        is_probable = least is not None and (probability is None or probability >= least)
        return is_probable or (most is not None and (distance is None or distance <= most))

    def _change(self, before: ConjunctionSighting | None, now: ConjunctionSighting) -> ConjunctionChange:
        if before is None:
            return ConjunctionChange("new", (), None, now)
        return Factors(self.watch.probability_factor, self.watch.miss_distance_factor).compare(before, now)

    def _end(self, before: ConjunctionSighting, now: ConjunctionSighting | None) -> ConjunctionChange:
        tca = (now or before).tca
        if tca is not None and tca <= self.now:
            return ConjunctionChange("passed", (), before, now)
        reason = "no longer listed" if now is None else "no longer reaches a threshold"
        return ConjunctionChange("cleared", (reason,), before, now)
