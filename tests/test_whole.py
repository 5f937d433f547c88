"""An export may be of one week: what is not in it is neither settled nor missed."""

from pathlib import Path

import pytest
from tests.pulls import IDS, aside, at, day, known, opened, taken, told, whole_days
from tests.source_contract import NOW, TODAY

from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site
from halfday_sync.sources.opening import open_source

FIRST = IDS[0]
DAYS = [0, 1, 2, 3, 4]


@pytest.mark.parametrize("asked", [None, at(day(5))], ids=["asked for everything", "asked for changes"])
def test_an_export_around_a_session_settles_nothing_it_does_not_speak_of(tmp_path: Path, asked: object) -> None:
    marks = [mark for mark in whole_days(DAYS) if (mark.pupil_id, mark.date) != (FIRST, day(2))]
    with opened(tmp_path) as store:
        taken(store, told(marks, set_aside=(aside(FIRST, 2),)), day(5))
        ends = [mark for mark in marks if mark.date in {day(0), day(4)}]
        part = taken(store, told(ends, since=asked, whole=False, complete=False), day(6))
        assert [(one.pupil_id, one.date) for one in store.set_aside()] == [(FIRST, day(2))]
        assert part.difference.only_here == {}
        assert len(known(store)) == len(marks)
        taken(store, told(ends), day(7))
        assert store.set_aside() == (), "a whole pull that has no contradiction any more settles it"


@pytest.mark.parametrize(
    ("kind", "where"), [("tabular", {"files": ["*.csv"]}), ("arbor", {"files": ["*.csv"]}), ("folder", {"inbox": "."})]
)
def test_the_codes_of_the_settings_count_for_tables_too(tmp_path: Path, kind: str, where: dict[str, object]) -> None:
    rows = ["Adno,UPN,Date,Session,Mark", "101,,2025-09-03,AM,/", "101,,2025-09-03,PM,x1", "101,,2025-09-04,AM,*"]
    (tmp_path / "marks.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "map.toml").write_text('[codes]\n"*" = ""\nX1 = "I"\n', encoding="utf-8")
    settings = completed({"kind": kind, "codes": {"X1": "M"}, "mapping": "map.toml", **where})
    site = Site(tmp_path, TODAY, NOW, list[float]().append, dict[str, str]().__getitem__)
    got = open_source(settings, site).pull(None)
    assert [mark.code for mark in got.register.marks()] == ["/", "M"], "the settings come before the mapping file"
    assert not got.whole
