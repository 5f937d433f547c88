"""Files that the settings name by patterns: below a folder of any name, files only, and never the school's calendar."""

from pathlib import Path

import pytest

from halfday_sync.errors import SourceError
from halfday_sync.sources.named_files import found, matching


@pytest.mark.parametrize("school", ["Hill [Primary]", "[a]", "Hill"])
def test_a_school_folder_may_have_any_name(tmp_path: Path, school: str) -> None:
    folder = tmp_path / school
    (folder / "exports").mkdir(parents=True)
    (folder / "exports" / "a.csv").touch()
    assert matching(folder, ["exports/*.csv", "*/a.csv"]) == [folder / "exports" / "a.csv"]


def test_folders_links_to_nothing_and_the_calendar_are_no_exports(tmp_path: Path) -> None:
    (tmp_path / "b.csv").mkdir()
    (tmp_path / "c.csv").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "calendar.csv").touch()
    assert found(tmp_path, ["*.csv"]) == []
    with pytest.raises(SourceError, match=r"matches \*.csv"):
        matching(tmp_path, ["*.csv"])


def test_a_pattern_may_be_a_whole_path(tmp_path: Path) -> None:
    other = tmp_path / "drive"
    other.mkdir()
    (other / "a.csv").touch()
    assert matching(tmp_path / "school", [str(other / "*.csv")]) == [other / "a.csv"]
