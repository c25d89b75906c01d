"""``python -m tests.fuzz [inputs] [seed]``: figures of each target; the first fault ends it with its input."""

from __future__ import annotations

import random
import sys

from .targets import TARGETS, fuzz

if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
    print(f"seed {seed}")
    for name, target in TARGETS.items():
        print(f"{name}: {fuzz(target, count, seed)}", flush=True)
