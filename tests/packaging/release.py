"""Refuses to build a release whose tag, version and changelog do not agree.

``python -m tests.packaging.release v1.2.3``; without a tag it only reads the version.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def version(root: Path) -> str:
    """The version that the distribution would have."""
    text = (root / "src" / "okapi_sdk" / "_version.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise SystemExit("src/okapi_sdk/_version.py sets no __version__")
    return found[1]


def problems(root: Path, tag: str) -> list[str]:
    """Everything that keeps the tag from being released."""
    ours = version(root)
    found = []
    if tag != f"v{ours}":
        found.append(f"the tag is {tag}, src/okapi_sdk/_version.py says {ours}: tag v{ours}, or set the version")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## {re.escape(ours)} - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        found.append(f'CHANGELOG.md has no section "## {ours} - YYYY-MM-DD"')
    return found


def main(tags: list[str]) -> int:
    """0 if each tag may be released."""
    found = [problem for tag in tags for problem in problems(ROOT, tag)]
    print(*found or [f"okapi-sdk {version(ROOT)}"], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
