"""Damaged texts: a valid one, changed a few times at random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

ODD = [
    "\x00", "\x1b[31m", "\r\n", "\n", "\t", "\x7f", "\u00a0", "\u2212", "\uff11", "\u202e", "\ufeff", "\U0001f6f0",
    "%2e%2e", "%00", "..", "/", "//", "\\", "@", "#", "?", ":", "[", "]", "{", "}", '"', "'", ",", "-", "+", ".", "e",
    "NaN", "Infinity", "1e999", "-0", "9" * 400, "9" * 5000, "0x7f", "null", "true", "[" * 300, '{"a":' * 300,
    "\\ud800", "\\u0000", "T", "Z", "60", "24", "+23:59", "GMT", "Thu, ", "A0000", "1 25544U", "2 25544",
]  # fmt: skip
"""What breaks readers: controls, look-alikes, separators, numbers without end, depth."""


def mutations(corpus: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """Texts of a corpus with one to eight changes each; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        text = chance.choice(corpus)
        for _ in range(min(chance.getrandbits(3), chance.getrandbits(3)) + 1):
            text = _changed(text, chance, corpus)
        yield text


def _changed(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.choice((0, 1, 1, 1, 2, 5, 20)))
    match chance.randrange(8):
        case 0:
            return text[:start] + text[end:]
        case 1:
            return text[:start] + chance.choice(ODD) + text[end:]
        case 2:
            return text[:start] + chr(chance.randrange(32, 127)) + text[min(len(text), start + 1) :]
        case 3:
            return text[:start] + chr(chance.randrange(0x3000)) + text[end:]
        case 4:
            return text[:end] + text[start:]
        case 5:
            return text[:start] + chance.choice(corpus)[chance.randrange(40) :]
        case 6:
            return text[:start]
        case _:
            return text[:start] + str(chance.choice((0, 1, -1, 2**31, 2**63, 0.1, 1e308))) + text[end:]
