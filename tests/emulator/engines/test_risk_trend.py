"""The probabilities that later messages may state: their mean is the present one, and their spread grows."""

from __future__ import annotations

import numpy as np
import pytest

from okapi_sdk.emulator.engines.probability import Disc, alfriend, foster
from okapi_sdk.emulator.engines.risk_trend import later_probabilities, shrinking_exponent

DISC = Disc(x=0.05, y=0.4, narrow=0.06, wide=0.5, radius=0.01)


def test_the_mean_of_all_later_probabilities_is_the_present_one() -> None:
    present = foster(DISC)
    later = later_probabilities(DISC, 86_400.0, 1.0, foster)
    means = [float(one.probabilities.mean()) for one in later]
    assert means[:5] == pytest.approx([present] * 5, rel=0.05)


def test_quantiles_agree_with_a_random_sample() -> None:
    one = later_probabilities(DISC, 86_400.0, 1.0, foster)[4]
    assert one.seconds == 43_200.0
    random = np.random.default_rng(7)
    means = np.array((DISC.x, DISC.y)) + random.standard_normal((40_000, 2)) * (DISC.narrow, DISC.wide) * np.sqrt(0.75)
    deviations = np.array((DISC.narrow, DISC.wide)) / 2
    density = np.exp(-((means / deviations) ** 2).sum(axis=1) / 2) / (2 * np.pi * deviations.prod())
    sampled = np.pi * DISC.radius**2 * density
    for share in (0.5, 0.75, 0.9):
        assert one.quantile(share) == pytest.approx(float(np.quantile(sampled, share)), rel=0.25)


def test_a_covariance_that_does_not_shrink_changes_nothing() -> None:
    for one in later_probabilities(DISC, 3600.0, 0.0, alfriend):
        assert one.probabilities == pytest.approx(alfriend(DISC))


def test_the_exponent_is_that_of_the_messages() -> None:
    times = [200_000.0, 100_000.0, 50_000.0]
    assert shrinking_exponent(times, [time**0.7 for time in times]) == pytest.approx(0.7)
    assert shrinking_exponent(times, [1.0 / time for time in times]) == 0.0
    assert shrinking_exponent([1000.0], [1.0]) is None
    assert shrinking_exponent([1000.0, 1000.0], [1.0, 2.0]) is None
