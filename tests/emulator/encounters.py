"""Published encounters with a Monte Carlo probability, and the table of the usage test against them.

`python -m tests.emulator.encounters` prints the table of docs/methods/risk.md.

`engines/encounters.csv` has the figures of the 53 encounters with which NASA's Conjunction Assessment Risk Analysis
(CARA) compares its methods (github.com/nasa/CARA_Analysis_Tools, DataFiles/PcTestCaseCDMs, 2025): states, covariances,
combined radius, CARA's plane and Monte Carlo probabilities, and its verdict on the plane method (0: it may be used).
The encounters of Alfano (2009) and Omitron, without velocity covariances, are read where `published` finds them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from okapi_sdk.emulator.bodies.cdm import read_cdm
from okapi_sdk.emulator.engines.conjunction import Conjunction
from okapi_sdk.emulator.services.cdm_conjunction import conjunction_of

from .cdms import cdm_of
from .published import messages

_FIGURES = Path(__file__).parent / "engines" / "encounters.csv"
# The plane probability is right if it differs from Monte Carlo by no more than this share.
TOLERANCE = 0.2


@dataclass(frozen=True)
class PublishedEncounter:
    """An encounter with a published Monte Carlo probability, and CARA's verdict on the plane method if there is one."""

    name: str
    geometry: Conjunction
    message: dict[str, Any]
    radius_m: float
    monte_carlo: float
    is_valid: bool | None

    @property
    def plane_is_right(self) -> bool:
        """Return whether the plane integral agrees with Monte Carlo."""
        probability = self.geometry.assess("foster-1992").estimate.probability
        assert probability is not None
        return abs(probability / self.monte_carlo - 1) <= TOLERANCE

    @property
    def is_doubted(self) -> bool:
        """Return whether the usage test says that the plane methods do not hold."""
        return self.geometry.linearity.reason is not None


@cache
def cara_encounters() -> tuple[PublishedEncounter, ...]:
    """The 53 encounters of CARA."""
    with _FIGURES.open(encoding="utf-8", newline="") as file:
        return tuple(_cara_encounter(row) for row in csv.DictReader(file))


def _cara_encounter(row: dict[str, str]) -> PublishedEncounter:
    frames = {f"SAT{number}_REF_FRAME": row["FRAME"] for number in (1, 2)}
    message = {"TCA": row["TCA"], **frames, **{key: row[key] for key in row if key.startswith("SAT")}}
    radius, monte_carlo = float(row["RADIUS"]), float(row["MONTE_CARLO"])
    return _encounter(row["ENCOUNTER"], message, radius, monte_carlo, row["VIOLATIONS"] == "0")


@cache
def older_encounters() -> tuple[PublishedEncounter, ...]:
    """Those of Alfano and Omitron that have a Monte Carlo probability."""
    return tuple(
        _encounter(name, cdm_of(case), case["hard_body_radius_m"], published["pc"], None)
        for name, case in messages().items()
        for key, published in case["published"].items()
        if "monte_carlo" in key
    )


def _encounter(
    name: str, message: dict[str, Any], radius: float, monte_carlo: float, is_valid: bool | None
) -> PublishedEncounter:
    geometry = conjunction_of(read_cdm("cdm.json", message, "cdm"), (radius, 0.0)).geometry
    return PublishedEncounter(name, geometry, message, radius, monte_carlo, is_valid)


def table() -> str:
    """Sensitivity and specificity of the usage test as a table in Markdown."""
    cara, older = cara_encounters(), older_encounters()
    rows = [
        ("CARA's 53, its own verdict", [(one.is_doubted, not one.is_valid) for one in cara]),
        ("CARA's 53, Monte Carlo", [(one.is_doubted, not one.plane_is_right) for one in cara]),
        (
            f"Alfano's and Omitron's {len(older)}, Monte Carlo",
            [(one.is_doubted, not one.plane_is_right) for one in older],
        ),
    ]
    lines = [
        "| Encounters and reference | Wrong and flagged | Right and accepted |",
        "|---|---|---|",
    ]
    for title, verdicts in rows:
        doubted = [is_doubted for is_doubted, is_wrong in verdicts if is_wrong]
        passed = [not is_doubted for is_doubted, is_wrong in verdicts if not is_wrong]
        lines.append(f"| {title} | {_share(doubted)} | {_share(passed)} |")
    return "\n".join(lines)


def _share(verdicts: list[bool]) -> str:
    return f"{sum(verdicts)} of {len(verdicts)} ({sum(verdicts) / len(verdicts):.0%})" if verdicts else "-"


if __name__ == "__main__":
    print(table())
