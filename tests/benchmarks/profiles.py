"""Where the CPU time of a program goes, by package."""

from __future__ import annotations

import cProfile
import pstats
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .page import table

LEAST = 5e-6
"""Seconds."""


def by_package(act: Callable[[], object], times: int) -> dict[str, float]:
    """Return the CPU seconds for each of so many calculations by package; what is built in is charged to its caller."""
    profile = cProfile.Profile(time.process_time)
    profile.runcall(act)
    found: Counter[str] = Counter()
    stats: Any = pstats.Stats(profile)
    for (file, _, _), (_, _, own, _, callers) in stats.stats.items():
        package = _package_of(file)
        if package != "built in" or not callers:
            found[package] += own / times
            continue
        for (caller, _, _), (_, _, part, _) in callers.items():
            found[_package_of(caller)] += part / times
    return dict(found)


def profile_table(picture: str, profiles: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table of some profiles by name, ordered by the last one. Small packages are only in the total."""
    last = list(profiles.values())[-1]
    large = {name for one in profiles.values() for name, seconds in one.items() if seconds >= LEAST} - {"built in"}
    packages = sorted(large, key=lambda name: -last.get(name, 0.0))
    rows = ([name, *(f"{1e6 * one.get(name, 0.0):.0f}" for one in profiles.values())] for name in packages)
    total = ["all", *(f"{1e6 * sum(one.values()):.0f}" for one in profiles.values())]
    return table(picture, ["µs under the profiler", *profiles], iter([*rows, total]))


def _package_of(file: str) -> str:
    if file == "~":
        return "built in"
    path = Path(file)
    for above, part in zip(path.parts, path.parts[1:], strict=False):
        if above == "site-packages" or part == "okapi_sdk":
            return part.removesuffix(".py")
    if file.startswith(("<", sysconfig.get_path("stdlib"))):
        return "standard library"
    return "the program"
