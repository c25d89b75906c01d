"""``python -m tests.fuzz [inputs [seed [target ...]]]``: figures of each target; a fault ends it with its input."""

from __future__ import annotations

import random
import sys

from .targets import TARGETS, fuzz

if __name__ == "__main__":
    given = sys.argv[1:]
    count = int(given[0]) if given else 1_000_000
    seed = int(given[1]) if len(given) > 1 else random.randrange(2**32)
    print(f"seed {seed}")
    for name in given[2:] or TARGETS:
        print(f"{name}: {fuzz(TARGETS[name], count, seed)}", flush=True)
