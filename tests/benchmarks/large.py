"""``python -m tests.benchmarks.large``: large results, compared with ``json.loads`` of the same bytes."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .page import Spread, machine, table, target, write

TIME, MEMORY = 0.6, 0.9
START = datetime(2018, 8, 7, tzinfo=UTC)
COUNTS: Mapping[str, int] = {"states": 200_000, "passes": 20_000}
LOADS, SDK, ROWS = "`json.loads`", "okapi-sdk", "okapi-sdk, and a model of each row"
WAYS = (LOADS, SDK, ROWS)


def _time(minutes: float) -> str:
    return f"{START + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def _states(numbers: random.Random) -> Iterator[dict[str, Any]]:
    for minute in range(COUNTS["states"]):
        position = {key: round(numbers.uniform(-7000, 7000), 6) for key in ("x", "y", "z")}
        velocity = {key: round(numbers.uniform(-7, 7), 6) for key in ("x_dot", "y_dot", "z_dot")}
        yield {"epoch": _time(minute), **position, **velocity}


def _passes(numbers: random.Random) -> Iterator[dict[str, Any]]:
    def angle(limit: float) -> float:
        return round(numbers.uniform(0, limit), 6)

    for number in range(COUNTS["passes"]):
        rise = 93.0 * number
        track = [
            {"epoch": _time(rise + point), "azimuth": angle(360), "elevation": angle(90), "range": angle(3000)}
            for point in range(10)
        ]
        times = {"start": rise, "end": rise + 10, "aos": rise, "los": rise + 10, "culmination": rise + 5}
        yield {
            **{key: _time(minute) for key, minute in times.items()},
            "max_elevation": angle(90), "aos_azimuth": angle(360), "los_azimuth": angle(360),
            "min_range": angle(3000), "track": track,
        }  # fmt: skip


def body(kind: str) -> bytes:
    """Return the result of a calculation with many rows."""
    rows = {"states": _states, "passes": _passes}[kind](random.Random(1))
    status = {"type": "NONE", "text": "No messages", "input_problem": False}
    return json.dumps({"status": status, kind: list(rows)}, separators=(",", ":")).encode()


def _child(kind: str, way: str, file: str) -> None:
    """Print the CPU seconds and the growth of the peak memory in bytes, for the bytes of a file."""
    from okapi_sdk import Ephemeris, Passes
    from okapi_sdk.results.response import RawResponse

    result: Any = {"states": Ephemeris, "passes": Passes}[kind]
    assert len(list(result.model_validate_json(b'{"rows": [{"epoch": null}]}'))) == 1  # load and build all that is used
    content = Path(file).read_bytes()

    def parsed() -> Any:
        return result.from_answer(RawResponse(200, {}, content).json())

    ways: Mapping[str, Callable[[], object]] = {
        LOADS: lambda: json.loads(content), SDK: parsed, ROWS: lambda: sum(1 for _ in parsed()),
    }  # fmt: skip
    run, before, began = ways[way], _peak(), time.process_time()
    found = run()
    print(time.process_time() - began, _peak() - before)
    del found


def _peak() -> int:
    """Return the peak resident memory in bytes. Unlike ``ru_maxrss``, it does not include that of the parent."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def measured(rounds: int) -> str:
    """Return the targets and the table. Each figure comes from a fresh process; the ratios are of one round."""
    rows: list[list[str]] = []
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, count in COUNTS.items():
            file = Path(folder, kind)
            file.write_bytes(body(kind))
            found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
            for number in range(rounds):
                for way in WAYS if number % 2 else reversed(WAYS):
                    command = [sys.executable, "-m", "tests.benchmarks.large", "--child", kind, way, str(file)]
                    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                    found[way].append((float(said[0]), float(said[1])))
            ratios = {
                way: [Spread.of([mine[i] / loads[i] for mine, loads in zip(found[way], found[LOADS], strict=True)])
                      for i in range(2)]
                for way in WAYS
            }  # fmt: skip
            size = file.stat().st_size / 2**20
            for way in WAYS:
                seconds, grown = (Spread.of([one[i] for one in found[way]]).median for i in range(2))
                rows.append([
                    f"{count:,} {kind}, {size:.1f} MiB: {way}", f"**{ratios[way][0].text('.2f')}**",
                    f"**{ratios[way][1].text('.2f')}**", f"{1000 * seconds:.0f}", f"{grown / 2**20:.0f}",
                ])  # fmt: skip
            quick, small = (ratio.median for ratio in ratios[SDK])
            lines.append(
                target(
                    f"{count:,} {kind} take at most {TIME} times the CPU time of `json.loads` and {MEMORY} times its "
                    f"memory ({quick:.2f}, {small:.2f})",
                    quick <= TIME and small <= MEMORY,
                )
            )
    head = ["from bytes to a result", "CPU, ratio", "peak memory, ratio", "CPU, ms", "peak memory, MiB"]
    return "\n".join((*lines, "", table("large", head, iter(rows))))


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.large", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="fresh processes for each figure")
    parser.add_argument("--no-page", action="store_true", help="print only")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _child(*options.child)
        return
    text = f"{measured(options.rounds)}\n\n{machine(('okapi-sdk', 'pydantic'))}\n"
    print(text)
    if not options.no_page:
        write("large", text)


if __name__ == "__main__":
    main()
