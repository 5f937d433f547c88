"""Who counts: guests are rung about and nothing else, nobody counts before admission, a new id keeps the past."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.little_school import OFFICE

from halfday import cells, functions
from halfday.morning import FLAG_WORDS
from halfday.policy.load import load
from halfday.policy.outcome import Outcome
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday_sync.config import Config
from halfday_sync.entries import CONTACTS
from halfday_sync.pipeline import Day, view_of, work_out
from halfday_sync.sources.base import SetAside, Snapshot
from halfday_sync.store import Store
from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.contacts_sheet import contact_rows
from halfday_sync.workbook.sheet import Link
from halfday_sync.workbook.today import sections
from halfday_sync.workbook.view import View

POLICY = load((Path(__file__).parent / "data" / "workbook_policy.toml").read_text(encoding="utf-8"), "little")
FIRST = date(2025, 9, 1)
DAYS = [day for n in range(60) if (day := FIRST + timedelta(days=n)).weekday() < 5]
KINDS = dict.fromkeys(DAYS, "school")
TODAY = DAYS[25]
AT = datetime(2025, 10, 6, 7, tzinfo=UTC)
ANN = Pupil("1", upn="A999999900001", surname="Ash", forename="Ann", class_name="Elm", dob=date(2016, 5, 1))
VISITOR = Pupil("8", surname="Visitor", forename="Val", class_name="Elm", enrolment="G")

Given = Callable[..., Day]


def marks(pupil: Pupil, word: str = "/", *, since: date = FIRST, until: date = TODAY) -> list[Mark]:
    return [Mark(pupil.pupil_id, day, session, word) for day in DAYS if since <= day < until for session in (AM, PM)]


def taken_in(store: Store, pupils: list[Pupil], rows: list[Mark], at: datetime = AT) -> None:
    store.acknowledge(
        Snapshot(tuple(pupils), Register.from_marks(rows, [one.pupil_id for one in pupils]), KINDS),
        recorded_at=at,
        source="test",
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "halfday.db", school="Test")


def outcomes(day: Day) -> dict[str, Outcome]:
    return {one.pupil.pupil_id: one for one in day.outcomes}


def view(store: Store, day: Day, tmp_path: Path) -> View:
    found = Config(tmp_path, "Test", "little", tmp_path / "halfday.db", tmp_path / "x.xlsx")
    return view_of(found, store, day, now=AT, live=False)


# --- guests ----------------------------------------------------------------------------------------------------------


def test_a_guest_is_kept_and_is_in_no_figure_and_on_no_list(store: Store) -> None:
    with store:
        taken_in(store, [ANN, VISITOR], [*marks(ANN), *marks(VISITOR, "O")])
        day = work_out(store, POLICY, TODAY)
        assert [*outcomes(day)] == ["1"]
        assert [one.pupil_id for one in day.guests] == ["8"]
        assert {one.pupil_id for one in store.pupils()} == {"1", "8"}
        assert day.morning.changes == ()
        assert day.morning.old_n == ()


def test_a_guest_who_is_away_without_a_reason_is_rung_about(store: Store, tmp_path: Path) -> None:
    """Safeguarding first: this school expects the child this morning, whoever keeps the figures."""
    away = [Mark("8", DAYS[24], AM, "N"), Mark("8", DAYS[24], PM, "N"), Mark("8", TODAY, AM, "N")]
    with store:
        taken_in(store, [ANN, VISITOR], [*marks(ANN, until=DAYS[26]), *marks(VISITOR, until=DAYS[24]), *away])
        day = work_out(store, POLICY, TODAY)
        assert [(one.pupil.pupil_id, one.day) for one in day.morning.calls] == [("8", 2)]
        found = view(store, day, tmp_path)
        lines = [line for section in sections(found) if section.id in {"visits", "calls"} for line in section.lines]
        (line,) = lines
        assert line.values["pupil"] == "Val Visitor"
        assert not isinstance(line.values["pupil"], Link), "a guest has no row on the Tracker to lead to"
        assert str(line.values["early"]).startswith("Guest: on roll at another school")
        checked_bytes(found, OFFICE)
        typed = {(CONTACTS, line.key, "outcome"): "No answer"}
        (row,) = contact_rows(replace(found, staff=typed))
        assert row[1]["pupil"] == "Val Visitor"


# --- before admission ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pupil", "code", "counts"),
    [
        (replace(ANN, start_date=DAYS[30]), "Z", False),
        (ANN, "Z", False),
        (replace(ANN, start_date=DAYS[20]), "Z", True),
        (ANN, "X", True),
    ],
    ids=["starts later", "only Z, no date", "started", "not of compulsory age"],
)
def test_a_pupil_who_is_only_expected_is_nowhere(store: Store, pupil: Pupil, code: str, counts: bool) -> None:  # noqa: FBT001
    other = Pupil("2", surname="B", forename="Bo", class_name="Elm")
    with store:
        taken_in(store, [pupil, other], [*marks(pupil, code), *marks(other)])
        assert ("1" in outcomes(work_out(store, POLICY, TODAY))) is counts


# --- below compulsory age --------------------------------------------------------------------------------------------


def test_case_13_no_talk_of_unauthorised_absence_before_compulsory_school_age(store: Store) -> None:
    young = replace(ANN, dob=date(2021, 3, 14))
    with store:
        taken_in(store, [young], [*marks(young, until=DAYS[15]), *marks(young, "O", since=DAYS[15])])
        found = outcomes(work_out(store, POLICY, TODAY))["1"]
        assert (found.penalty.count, found.penalty.met) == (0, False)
        assert "penalty-threshold" not in {duty.id for duty in found.duties}
        assert "penalty" not in found.why


# --- the calendar ----------------------------------------------------------------------------------------------------


def test_marks_on_a_day_without_school_count_and_are_told(store: Store) -> None:
    kinds = {**KINDS, DAYS[5]: "inset", DAYS[6]: "bank_holiday"}
    with store:
        rows = [row for row in marks(ANN) if row.date != DAYS[6]]
        store.acknowledge(Snapshot((ANN,), Register.from_marks(rows), kinds), recorded_at=AT, source="test")
        day = work_out(store, POLICY, TODAY)
        assert outcomes(day)["1"].ytd.possible == len(rows)
        assert [one.words for one in day.problems] == [
            "The calendar says no school, but there are marks, which count: Mon 8 Sep (INSET). Put one of them right."
        ]


# --- another id ------------------------------------------------------------------------------------------------------


def test_marks_under_an_old_id_count_for_the_new_one_where_it_has_none() -> None:
    rows = [
        Mark("old", DAYS[0], AM, "I"),
        Mark("old", DAYS[0], PM, "L", minutes_late=7),
        Mark("old", DAYS[1], AM, "O"),
        Mark("new", DAYS[1], AM, "/"),
        Mark("new", DAYS[0], PM, "-"),
        Mark("other", DAYS[1], PM, "N"),
    ]
    found = Register.from_marks(rows).carried({"old": "new", "nobody": "other"})
    assert {(m.date, m.session, m.code, m.minutes_late) for m in found.marks() if m.pupil_id == "new"} == {
        (DAYS[0], AM, "I", None),
        (DAYS[0], PM, "L", 7),
        (DAYS[1], AM, "/", None),
    }
    assert {m.code for m in found.marks() if m.pupil_id == "other"} == {"N"}
    bare = Register.from_marks(rows)
    assert bare.carried({}) is bare
    assert Register.from_marks(rows[:3]).carried({"old": "brand new"}).by_pupil["brand new"] == bytes(
        Register.from_marks(rows[:3]).by_pupil["old"]
    )


def test_a_child_created_anew_in_the_mis_keeps_percentage_stage_and_history(store: Store, tmp_path: Path) -> None:
    other = Pupil("2", surname="B", forename="Bo", class_name="Elm", upn="A999999900002")
    new = replace(ANN, pupil_id="1001", start_date=DAYS[20])
    before = [*marks(ANN, "I", until=DAYS[3]), *marks(ANN, since=DAYS[3], until=DAYS[20])]
    with store:
        taken_in(store, [ANN, other], [*before, *marks(other, until=DAYS[20])])
        was = outcomes(work_out(store, POLICY, DAYS[20]))["1"]
        assert was.stage
        rows = [*marks(new, since=DAYS[20]), *marks(other, since=DAYS[20])]
        taken_in(store, [new, other], rows, AT + timedelta(days=7))
        assert store.moved() == {"1": "1001"}
        day = work_out(store, POLICY, TODAY)
        now = outcomes(day)["1001"]
        assert "1" not in outcomes(day)
        assert (now.ytd.absent, now.ytd.possible) == (6, 50)
        assert (now.stage, now.stage_since) == (was.stage, was.stage_since)
        found = view(store, day, tmp_path)
        row = ([found.marks["1001"]], found.policy_text, found.calendar_text, day.settled, cells.facts_text(now.pupil))
        assert functions.ATT_STAGE(*row) == functions.stage_words(now.stage)
        assert functions.ATT_WHY(*row) == now.why


# --- what the source left open ---------------------------------------------------------------------------------------


def test_what_the_source_left_open_stands_under_to_put_right(store: Store, tmp_path: Path) -> None:
    words = "The MIS says both / and O for this session. Ask the office which is right."
    many = [Pupil(f"v{n}", surname="V", forename=f"V{n}", class_name="Elm") for n in range(7)]
    with store:
        taken_in(store, [ANN, *many], [row for one in (ANN, *many) for row in marks(one)])
        store.acknowledge(
            Snapshot(
                (ANN,),
                Register.from_marks([Mark("1", DAYS[24], AM, "/")]),
                KINDS,
                set_aside=tuple(SetAside("1", day, AM, words) for day in DAYS[:7]),
            ),
            recorded_at=AT + timedelta(hours=1),
            source="test",
        )
        store.tell_not_shared({"pupil_premium": 4}, at=AT)
        day = work_out(store, POLICY, TODAY)
        section = next(one for one in sections(view(store, day, tmp_path)) if one.id == "problems")
        told = [str(line.values["what"]) for line in section.lines]
        assert told[0] == f"7 marks were not taken (from Mon 1 Sep to Tue 9 Sep). The first: {words}"
        assert isinstance(section.lines[0].values["pupil"], Link)
        assert told[1].startswith("7 pupils are no longer in the source")
        assert told[2].startswith("Nobody in the source has pupil premium any more.")
        assert FLAG_WORDS["pupil_premium"] == "pupil premium"
