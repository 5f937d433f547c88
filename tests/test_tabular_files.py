"""Exports that stay where they are, read every morning."""

from datetime import date
from pathlib import Path

import pytest
from tests.source_contract import NOW, TODAY

from halfday_sync.errors import SourceError
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site, Source
from halfday_sync.sources.opening import open_source


def source(folder: Path, **more: object) -> Source:
    site = Site(folder, TODAY, NOW, list[float]().append, dict[str, str]().__getitem__)
    return open_source(completed({"kind": "tabular", "files": ["exports/*.csv"], **more}), site)


def put(folder: Path, name: str, *lines: str) -> None:
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "exports" / name).write_text("\n".join(("Adno,Date,Session,Code", *lines)) + "\n", encoding="utf-8")


def test_old_exports_alone_are_told_and_are_not_taken_for_an_empty_school(tmp_path: Path) -> None:
    put(tmp_path, "old.csv", "101,2024-09-03,AM,/")
    with pytest.raises(SourceError, match="There is no mark since 2025-05-18 in the exports"):
        source(tmp_path).pull(None)


def test_marks_before_the_ten_weeks_and_this_school_year_stay_out(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", "101,2025-05-16,AM,/", "101,2025-07-15,AM,/", "101,2025-09-03,AM,/")
    got = source(tmp_path).pull(None)
    assert got.register.dates == (date(2025, 7, 15), date(2025, 9, 3))
    assert "1 mark before 2025-05-18 left out" in got.notes


def test_a_folder_that_is_called_like_an_export_is_none(tmp_path: Path) -> None:
    put(tmp_path, "marks.csv", "101,2025-09-03,AM,/")
    (tmp_path / "exports" / "more.csv").mkdir()
    assert source(tmp_path).pull(None).register.count() == 1


def test_no_file_of_that_name_is_told_with_the_place(tmp_path: Path) -> None:
    [look] = source(tmp_path).look()
    assert not look.well
    assert "matches exports/*.csv" in look.words
