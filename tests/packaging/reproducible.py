"""Builds the wheel twice, from two copies of the sources that differ in all but content, and compares the bytes.

``python -m tests.packaging.reproducible`` needs nothing but pip, which fetches the build tool itself.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEEDED = ("src", "pyproject.toml", "README.md", "LICENSE")
EPOCH = "1767225600"  # any one instant will do


def copy(folder: Path, when: int, mode: int) -> Path:
    """The sources in a folder of their own, with times and rights of their own."""
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(mode)
            os.utime(path, (when, when))
    return folder


def wheel(source: Path, zone: str) -> Path:
    """The one wheel that pip builds there."""
    target = source.with_name(source.name + "-wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-cache-dir", "-w", str(target), str(source)],
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "TZ": zone},
        check=True,
    )
    (found,) = target.glob("*.whl")
    return found


def main() -> int:
    """0 where both are the same, byte for byte."""
    with tempfile.TemporaryDirectory() as scratch:
        first = wheel(copy(Path(scratch, "a"), 1_600_000_000, 0o644), "UTC")
        second = wheel(copy(Path(scratch, "another", "longer name"), 1_700_000_000, 0o600), "Asia/Tokyo")
        sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
        same = first.name == second.name and sums[0] == sums[1]
        print(f"{first.name}, {first.stat().st_size} bytes: {'the same' if same else 'DIFFERENT'} twice")
        print(*sums, sep="\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
