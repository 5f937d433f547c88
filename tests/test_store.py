"""What the store keeps, gives back and refuses."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from halfday.policy.ladder import Decision
from halfday.register import Mark, Pupil, Register, SessionKey
from halfday_sync.errors import InUseError, SettingsError
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Amendment, OutcomeRow, Store

T = datetime(2026, 3, 3, 8, tzinfo=UTC)
MON, TUE = date(2026, 3, 2), date(2026, 3, 3)
ANN = Pupil(
    "P1", "U1", "Archer", "Ann", date(2015, 5, 1), "F", "4", "4A", "Oak", "F1", date(2019, 9, 2), fsm=True, cp=False
)
BEN = Pupil("P2", surname="Baker", forename="Ben", class_name="4B")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db", school="Wath") as opened:
        yield opened


def snapshot(*marks: Mark, pupils: tuple[Pupil, ...] = (ANN, BEN), complete: bool = True) -> Snapshot:
    return Snapshot(pupils, Register.from_marks(marks, [pupil.pupil_id for pupil in pupils]), complete=complete)


def monday(code: str = "/", **extra: object) -> Mark:
    return Mark("P1", MON, "AM", code, **extra)  # type: ignore[arg-type]


class TestMarks:
    def test_late_and_changed_marks_are_amendments_and_the_past_can_be_asked(self, store: Store) -> None:
        first = store.acknowledge(snapshot(monday("N")), recorded_at=T, source="csv")
        assert (first.added, first.amended, first.joined, first.unchanged) == (1, (), ("P1", "P2"), False)

        late = Mark("P2", MON, "AM", "L")
        second = store.acknowledge(snapshot(monday("I"), late), recorded_at=T + timedelta(days=1), source="csv")
        assert second.added == 0
        assert second.amended == (
            Amendment("P1", MON, "AM", "N", "I", T + timedelta(days=1)),
            Amendment("P2", MON, "AM", "", "L", T + timedelta(days=1)),
        )
        assert store.amendments() == store.amendments(T) == second.amended
        assert store.amendments(T + timedelta(days=1)) == ()
        assert [mark.code for mark in store.register(T).marks()] == ["N"]
        assert [mark.code for mark in store.register().marks()] == ["I", "L"]
        assert store.register(T - timedelta(seconds=1)) == Register()

    def test_marks_that_a_new_pupil_brings_are_first_marks(self, store: Store) -> None:
        store.acknowledge(snapshot(monday(), pupils=(ANN,)), recorded_at=T, source="csv")
        changes = store.acknowledge(
            snapshot(monday(), Mark("P2", MON, "AM", "I")), recorded_at=T + timedelta(hours=1), source="csv"
        )
        assert (changes.added, changes.amended, changes.joined) == (1, (), ("P2",))
        assert store.register(T).pupils == ("P1",)
        rows = store._db.execute("SELECT pupil_id, substr(recorded_at, 12, 2) FROM marks_readable").fetchall()
        assert rows == [("P1", "08"), ("P2", "09")]

    def test_a_gap_between_the_first_marks_of_a_session(self, store: Store) -> None:
        store.acknowledge(snapshot(monday(), pupils=(ANN,)), recorded_at=T, source="csv")
        store.acknowledge(snapshot(monday()), recorded_at=T, source="csv")
        third = snapshot(monday(), Mark("P3", MON, "AM", "I"), pupils=(ANN, BEN, Pupil("P3")))
        assert store.acknowledge(third, recorded_at=T, source="csv").added == 1
        assert [(mark.pupil_id, mark.code) for mark in store.register(T).marks()] == [("P1", "/"), ("P3", "I")]
        assert store.register(T).rows == store.register().rows
        assert store.broken() == ()

    @pytest.mark.parametrize("complete", [True, False])
    def test_what_a_snapshot_leaves_out_stays(self, store: Store, complete: bool) -> None:  # noqa: FBT001
        store.acknowledge(snapshot(monday(), Mark("P2", TUE, "PM", "I")), recorded_at=T, source="csv")
        changes = store.acknowledge(snapshot(complete=complete), recorded_at=T, source="csv")
        assert changes.unchanged
        store.acknowledge(snapshot(Mark("P2", MON, "AM", "/"), complete=complete), recorded_at=T, source="csv")
        assert [(mark.pupil_id, mark.code) for mark in store.register().marks()] == [
            ("P1", "/"),
            ("P2", "/"),
            ("P2", "I"),
        ]

    def test_columns_in_another_order_are_the_same_marks(self, store: Store) -> None:
        marks = [monday("/"), Mark("P2", MON, "AM", "I")]
        store.acknowledge(snapshot(*marks), recorded_at=T, source="csv")
        assert store.acknowledge(snapshot(*reversed(marks), pupils=(BEN, ANN)), recorded_at=T, source="csv").unchanged
        only = store.acknowledge(snapshot(marks[1], pupils=(BEN,), complete=False), recorded_at=T, source="csv")
        assert only.unchanged

    def test_minutes_and_comments_come_back_and_go_when_the_mark_changes(self, store: Store) -> None:
        told = monday("L", minutes_late=12, comment="bus", recorded_at=datetime(2026, 3, 2, 9, 5))  # noqa: DTZ001
        store.acknowledge(snapshot(told), recorded_at=T, source="csv")
        assert store.register().extras == {("P1", SessionKey(MON, "AM")): told}
        assert store.acknowledge(snapshot(monday("L")), recorded_at=T, source="csv").unchanged
        store.acknowledge(snapshot(monday("U")), recorded_at=T + timedelta(hours=1), source="csv")
        assert store.register().extras == {}
        assert list(store.register(T).marks()) == [told]

    def test_minutes_that_a_changed_mark_still_has(self, store: Store) -> None:
        store.acknowledge(snapshot(monday("L", minutes_late=12)), recorded_at=T, source="csv")
        store.acknowledge(snapshot(monday("U", minutes_late=12)), recorded_at=T, source="csv")
        assert list(store.register().marks()) == [monday("U", minutes_late=12)]

    def test_a_clock_set_back_does_not_turn_the_order_round(self, store: Store) -> None:
        store.acknowledge(snapshot(monday("N")), recorded_at=T, source="csv")
        changes = store.acknowledge(snapshot(monday("I")), recorded_at=T - timedelta(days=9), source="csv")
        assert changes.amended[0].recorded_at == T
        assert store.register(T - timedelta(days=1)) == Register()

    def test_times_of_any_zone_are_kept_as_utc_and_naive_ones_refused(self, store: Store) -> None:
        summer = timezone(timedelta(hours=1))
        store.acknowledge(snapshot(monday("N")), recorded_at=T.astimezone(summer), source="csv")
        assert store.snapshots()[0].recorded_at.isoformat() == "2026-03-03T08:00:00+00:00"
        with pytest.raises(ValueError, match="aware"):
            store.acknowledge(snapshot(), recorded_at=datetime(2026, 3, 3), source="csv")  # noqa: DTZ001

    def test_a_failing_snapshot_leaves_nothing_behind(self, store: Store) -> None:
        store.acknowledge(snapshot(monday(), pupils=(ANN,)), recorded_at=T, source="csv")
        torn = Register(("P1", "P2"), (SessionKey(MON, "AM"), SessionKey(TUE, "AM")), (b"\x02\x02",))
        with pytest.raises(ValueError):
            store.acknowledge(Snapshot((ANN, BEN), torn), recorded_at=T, source="csv")
        assert store.pupils() == (ANN,)
        assert len(store.snapshots()) == 1


class TestRoll:
    def test_a_pupil_comes_back_as_told(self, store: Store) -> None:
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        assert store.pupils() == (ANN, BEN)

    def test_roll_dates_and_vanished_pupils(self, store: Store) -> None:
        gone = Pupil("P3", end_date=MON)
        store.acknowledge(snapshot(pupils=(ANN, BEN, gone)), recorded_at=T, source="csv")
        left = store.acknowledge(snapshot(pupils=(ANN,)), recorded_at=T + timedelta(days=7), source="csv").left
        assert left == ("P2", "P3")
        assert store.unlisted() == {"P2", "P3"}
        on_roll = [
            [pupil.pupil_id for pupil in store.pupils(on)] for on in (MON, TUE, date(2026, 3, 9), date(2026, 3, 10))
        ]
        assert on_roll == [["P1", "P2", "P3"], ["P1", "P2"], ["P1", "P2"], ["P1"]]
        assert store.acknowledge(snapshot(), recorded_at=T + timedelta(days=8), source="csv").joined == ("P2",)

    def test_changed_details_keep_their_history(self, store: Store) -> None:
        moved = Pupil("P2", surname="Baker", forename="Ben", class_name="5B", cp=True)
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        changes = store.acknowledge(snapshot(pupils=(ANN, moved)), recorded_at=T + timedelta(days=1), source="csv")
        assert not changes.unchanged
        was, now = store.pupil_history("P2")
        assert (was.pupil, was.since, was.until, was.listed) == (BEN, T, T + timedelta(days=1), True)
        assert (now.pupil, now.since, now.until) == (moved, T + timedelta(days=1), None)

    def test_what_an_incomplete_snapshot_does_not_tell_is_not_taken_away(self, store: Store) -> None:
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        part = snapshot(pupils=(Pupil("P1", class_name="5A"), Pupil("P9")), complete=False)
        changes = store.acknowledge(part, recorded_at=T, source="csv")
        assert (changes.joined, changes.left) == (("P9",), ())
        ann = store.pupils()[0]
        assert (ann.surname, ann.class_name, ann.fsm, ann.dob) == ("Archer", "5A", True, date(2015, 5, 1))

    def test_the_same_list_told_whole_after_told_in_part(self, store: Store) -> None:
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        assert store.acknowledge(snapshot(pupils=(ANN,), complete=False), recorded_at=T, source="csv").left == ()
        assert store.acknowledge(snapshot(pupils=(ANN,)), recorded_at=T, source="csv").left == ("P2",)

    def test_without_a_list_nobody_has_left(self, store: Store) -> None:
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        changes = store.acknowledge(
            Snapshot((), Register.from_marks([Mark("P9", MON, "AM", "/")])), recorded_at=T, source="csv"
        )
        assert (changes.left, changes.joined) == ((), ("P9",))

    def test_the_same_list_and_a_pupil_whom_only_the_marks_name(self, store: Store) -> None:
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        assert store.acknowledge(snapshot(Mark("P7", MON, "AM", "/")), recorded_at=T, source="csv").added == 1

    def test_a_pupil_whom_only_the_marks_name(self, store: Store) -> None:
        stray = Mark("P7", MON, "AM", "/")
        assert store.acknowledge(snapshot(stray), recorded_at=T, source="csv").joined == ("P1", "P2")
        assert [pupil.pupil_id for pupil in store.pupils(TUE)] == ["P1", "P2"]
        assert store.register().by_pupil["P7"] == b"\x02"


def test_calendar_keeps_what_is_not_told_again(store: Store) -> None:
    store.acknowledge(Snapshot((ANN,), Register(), {TUE: "school", MON: "school"}), recorded_at=T, source="csv")
    later = T + timedelta(days=1)
    assert not store.acknowledge(
        Snapshot((ANN,), Register(), {TUE: "closure"}), recorded_at=later, source="csv"
    ).unchanged
    assert list(store.calendar().items()) == [(MON, "school"), (TUE, "closure")]
    assert store.calendar(T)[TUE] == "school"


class TestRecords:
    def test_outcomes_of_a_day(self, store: Store) -> None:
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        rows = [OutcomeRow("P1", 90, 100, "Green", 1, MON, "f00"), OutcomeRow("P2", 0, 0, None, 0, None, "f00")]
        store.record_outcomes(MON, rows[:1])
        store.record_outcomes(MON, rows)
        assert store.outcomes(MON) == tuple(rows)
        assert store.outcomes(TUE) == ()
        assert (store.latest_outcome_day(TUE), store.latest_outcome_day(MON)) == (MON, None)
        with pytest.raises(ValueError, match="P404"):
            store.record_outcomes(MON, [OutcomeRow("P404", 1, 1, None, 0, None, "")])
        assert store.outcomes(MON) == tuple(rows)

    def test_announcing_twice_is_announcing_once(self, store: Store) -> None:
        assert store.announce("stage change", "P1", "2026-03-02 stage 2", on=MON) == MON
        assert store.announce("stage change", "P1", "2026-03-02 stage 2", on=MON) == MON
        assert store.announce("stage change", "P1", "2026-03-02 stage 2", on=TUE) == MON
        assert store.announce("letter", "P1", "2026-03-02 stage 2", on=TUE) == TUE
        assert [(row.kind, row.on) for row in store.announced()] == [("stage change", MON), ("letter", TUE)]
        assert len(store.announced("letter")) == 1

    def test_decisions_are_kept_once_and_asked_by_day(self, store: Store) -> None:
        hold = Decision("P1", "hold", MON, TUE, "hospital", "head", 0, T)
        review = Decision("P2", "review", MON, MON, "half-term review", "lead", 0, T)
        assert [store.decide(hold), store.decide(hold), store.decide(review), store.decide(review)] == [
            True,
            False,
            True,
            False,
        ]
        assert store.decisions() == (hold, review)
        assert store.decisions("P1", MON) == (hold,)
        assert store.decisions("P1", date(2026, 3, 4)) == ()

    def test_a_decision_says_when_it_was_recorded(self, store: Store) -> None:
        with pytest.raises(ValueError, match="time at which"):
            store.decide(Decision("P1", "hold", MON, TUE, "hospital", "head"))
        assert store.decisions() == ()

    def test_run_log_holds_numbers_only(self, store: Store) -> None:
        run = store.start_run(started=T, as_of=MON)
        store.acknowledge(snapshot(), recorded_at=T, source="csv")
        store.finish_run(run, finished=T, exit_code=0, counts={"pupils": 2})
        store.start_run(started=T)
        done, cut_short = store.runs()
        assert (done.as_of, done.exit_code, done.counts, cut_short.finished) == (MON, 0, {"pupils": 2}, None)
        assert store.snapshots()[0].run == run
        with pytest.raises(ValueError):
            store.finish_run(run, finished=T, exit_code=0, counts={"who": "Ann Archer"})  # type: ignore[dict-item]
        with pytest.raises(ValueError, match="no run 99"):
            store.finish_run(99, finished=T, exit_code=0)

    def test_several_calls_can_be_one_transaction(self, store: Store) -> None:
        def announce(key: str, *, then: type[Exception]) -> None:
            with store.transaction():
                store.announce("letter", "P1", key, on=MON)
                raise then

        def announce_all() -> None:
            with store.transaction():
                store.announce("letter", "P1", "a", on=MON)
                with pytest.raises(KeyError):
                    announce("b", then=KeyError)
                assert [row.key for row in store.announced()] == ["a"]
                announce("c", then=ZeroDivisionError)

        with pytest.raises(ZeroDivisionError):
            announce_all()
        assert store.announced() == ()


class TestReadable:
    def test_the_csv_file_is_harmless_and_readable(self, store: Store, tmp_path: Path) -> None:
        store.acknowledge(
            snapshot(
                monday("-"),
                Mark("P3", MON, "AM", "I"),
                pupils=(ANN, Pupil("P3", surname="=HYPERLINK(1)", forename="Zoë")),
            ),
            recorded_at=T,
            source="csv",
        )
        assert store.export_marks(tmp_path / "marks.csv") == 2
        text = (tmp_path / "marks.csv").read_text(encoding="utf-8-sig")
        assert "P1,Archer,Ann,2026-03-02,AM,-,No mark in the register yet" in text
        assert "P3,'=HYPERLINK(1),Zoë,2026-03-02,AM,I,Illness,2026-03-03T08:00:00.000000+00:00" in text

    def test_views_say_when_and_from_where(self, store: Store) -> None:
        store.acknowledge(snapshot(monday("N")), recorded_at=T, source="csv")
        store.acknowledge(snapshot(monday("I")), recorded_at=T + timedelta(days=1), source="wonde")
        with_db = sqlite3.connect(store.path)
        try:
            marks = with_db.execute("SELECT code, recorded_at FROM marks_readable").fetchall()
            changes = with_db.execute("SELECT code_before, code_after, source FROM amendments_readable").fetchall()
        finally:
            with_db.close()
        assert marks == [("I", "2026-03-04T08:00:00.000000+00:00")]
        assert changes == [("N", "I", "wonde")]

    def test_an_edited_file_is_noticed(self, store: Store) -> None:
        store.acknowledge(snapshot(monday("N")), recorded_at=T, source="csv")
        store._db.execute("UPDATE session SET current = x'0202'")
        assert store.broken() == ("2026-03-02 AM: the current marks are not what was acknowledged and amended",)


class TestTwoAtOnce:
    def test_a_reader_reads_while_a_writer_writes(self, store: Store) -> None:
        store.acknowledge(snapshot(monday("N")), recorded_at=T, source="csv")
        with Store.open(store.path) as reader, store.transaction():
            store.acknowledge(snapshot(monday("I")), recorded_at=T, source="csv")
            assert [mark.code for mark in reader.register().marks()] == ["N"]
        assert [mark.code for mark in store.register().marks()] == ["I"]

    def test_a_second_writer_is_told_to_wait(self, store: Store) -> None:
        with Store.open(store.path) as other, store.transaction():
            other._db.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(InUseError, match="in use"):
                other.announce("letter", "P1", "a", on=MON)

    def test_a_disk_that_is_full(self, store: Store) -> None:
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages}")
        many = tuple(Pupil(f"Q{number}", surname="x" * 200) for number in range(500))
        with pytest.raises(SettingsError, match="no room"):
            store.acknowledge(snapshot(pupils=many), recorded_at=T, source="csv")
        assert store.pupils() == ()
