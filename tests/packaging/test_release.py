"""A tag is released only if the version and the changelog agree with it."""

from __future__ import annotations

from pathlib import Path

import pytest

import okapi_sdk
from tests.packaging.release import ROOT, problems, version


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / "src" / "okapi_sdk").mkdir(parents=True)
    (tmp_path / "src" / "okapi_sdk" / "_version.py").write_text('"""Version."""\n\n__version__ = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2027-01-31\n\n- All of it.\n")
    return tmp_path


def test_the_tag_of_the_version_is_released(release: Path) -> None:
    assert problems(release, "v1.2.3") == []


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.4", "v1.2.3rc1", "main"])
def test_any_other_tag_is_refused(release: Path, tag: str) -> None:
    (problem,) = problems(release, tag)
    assert tag in problem
    assert "tag v1.2.3" in problem


@pytest.mark.parametrize("heading", ["## Unreleased", "## 1.2.3", "## 11.2.3 - 2027-01-31", "## 1.2.30 - 2027-01-31"])
def test_a_version_without_a_dated_section_is_refused(release: Path, heading: str) -> None:
    (release / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n")
    (problem,) = problems(release, "v1.2.3")
    assert '"## 1.2.3 - YYYY-MM-DD"' in problem


def test_it_reads_the_version_that_the_package_has() -> None:
    assert version(ROOT) == okapi_sdk.__version__
