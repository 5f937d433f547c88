"""What a source is asked for: whatever fails between, no change is ever missed; everything is read every week."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from halfday_sync.receiving.asking import WHOLE_DAYS, since
from halfday_sync.store import SnapshotRow

T = datetime(2025, 9, 8, 7, 15, tzinfo=UTC)
ROW = SnapshotRow(1, T, "wonde", None, None, True, None, 1, 1, 1, 0, 0, "")


def row(hours: float, *, whole: bool = False, kind: str = "wonde") -> SnapshotRow:
    return replace(ROW, recorded_at=T + timedelta(hours=hours), since=None if whole else T, source=kind)


def test_the_first_pull_is_whole_and_the_next_asks_since_the_last() -> None:
    assert since([], "wonde", T) is None
    assert since([row(0, whole=True)], "wonde", T + timedelta(hours=3)) == T
    assert since([row(0, whole=True), row(3)], "wonde", T + timedelta(hours=6)) == T + timedelta(hours=3)


def test_another_kind_of_source_begins_anew() -> None:
    rows = [row(0, whole=True), row(1, kind="import of files", whole=True)]
    assert since(rows, "arbor", T + timedelta(hours=2)) is None
    assert since(rows, "wonde", T + timedelta(hours=2)) == T


def test_everything_is_asked_for_again_every_week() -> None:
    rows = [row(0, whole=True), *(row(24 * number) for number in range(1, 8))]
    week = T + timedelta(days=WHOLE_DAYS)
    assert since(rows, "wonde", week) == week
    assert since(rows, "wonde", week + timedelta(hours=1)) is None


def test_a_clock_that_was_ahead_makes_the_next_pull_whole() -> None:
    assert since([row(0, whole=True), row(30)], "wonde", T + timedelta(hours=29)) is None


@dataclass
class Mis:
    """Changes by when they were made, and what was ever given out."""

    made: list[datetime]
    given: set[datetime]

    def pull(self, asked: datetime | None, now: datetime) -> None:
        self.given |= {one for one in self.made if one <= now and (asked is None or one >= asked)}


events = st.lists(
    st.tuples(st.sampled_from(["change", "pull", "fails", "refused"]), st.integers(1, 60 * 40)), max_size=60
)


@given(events)
def test_no_change_is_missed_whatever_fails_in_between(story: list[tuple[str, int]]) -> None:
    mis, rows, now = Mis([], set()), list[SnapshotRow](), T
    for what, minutes in story:
        now += timedelta(minutes=minutes)
        if what == "change":
            mis.made.append(now)
        elif what == "pull":
            asked = since(rows, "wonde", now)
            mis.pull(asked, now)
            rows.append(replace(ROW, recorded_at=now, since=asked))
            assert mis.given == set(mis.made), "all that was made before a pull that was taken in"
        whole = [one.recorded_at for one in rows if one.since is None]
        assert not rows or rows[-1].recorded_at - whole[-1] <= timedelta(days=WHOLE_DAYS)
