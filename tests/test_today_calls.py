"""Today's calls: who stands where, once; numbers, last contact, what is known already; whom to tell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.little_school import little_school

from halfday.carer import Carer
from halfday.contacted import CALL, TOLD, VISIT, Contacted
from halfday.morning import Unexplained, contact_for
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.telling import Spell, asks, last_told, spell, whom
from halfday_sync.casework import Casework
from halfday_sync.entries import CONTACTS, TRACKER
from halfday_sync.workbook.layout import choices, document, grid, section_columns
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.sheet import Link
from halfday_sync.workbook.today import sections
from halfday_sync.workbook.today_calls import numbers
from halfday_sync.workbook.view import View

VIEW = little_school()
TODAY = VIEW.today
YESTERDAY = VIEW.calendar.last_school_day(TODAY) or TODAY
PUPILS = ("P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08")
LISTS = ("visits", "calls", "known")


def section(view: View, name: str) -> Section | None:
    return next((one for one in sections(view) if one.id == name), None)


def keys(view: View, name: str) -> list[str]:
    found = section(view, name)
    return [line.key for line in found.lines] if found else []


def row(pupil_id: str, day: int = 1, family: Sequence[str] = (), **about: Any) -> Unexplained:
    pupil = replace(VIEW.pupil[pupil_id], **about)
    since = TODAY
    for _ in range(day - 1):
        since = VIEW.calendar.last_school_day(since) or since
    return Unexplained(pupil, day, 2 * day, since, contact_for(VIEW.policy, pupil, day), (), tuple(family), 0)


def view(rows: Sequence[Unexplained], *contacts: Contacted, **changes: Any) -> View:
    """The little school on a morning with these children away, and these contacts."""
    visits = tuple(one for one in rows if one.contact and one.contact.day > 1)
    pupils = {one.pupil_id: one for one in VIEW.pupils} | {one.pupil.pupil_id: one.pupil for one in rows}
    return replace(
        VIEW,
        pupils=tuple(pupils.values()),
        morning=replace(VIEW.morning, calls=tuple(rows), visits=visits),
        register=changes.pop("register", Register()),
        casework=changes.pop("casework", Casework(contacts=contacts)),
        **changes,
    )


def words(page: View, name: str, at: int = 0) -> str:
    found = section(page, name)
    assert found is not None
    return str(found.lines[at].values["ask"])


# --- who stands where


def test_whose_reason_is_known_stands_apart_until_the_mark_is_put_right() -> None:
    ill = Contacted("P02", YESTERDAY, CALL, "Ill: expected back", who="Jo Bell", back_on=TODAY + timedelta(3), key="C1")
    page = view([row("P02", 2), row("P03")], ill)
    assert keys(page, "visits") == []
    assert keys(page, "calls") == [f"P03|call|{TODAY}"]
    assert keys(page, "known") == [f"P02|call|{TODAY}"]
    assert words(page, "known").splitlines() == [
        "The family says: ill, back Mon 20 Oct. Put the reason into the MIS.",
        "Last: Thu 16 Oct: ill: expected back (JB).",
    ]
    assert section(view([row("P03")]), "known") is None, "rare, so not shown when it is empty"


def test_a_row_does_not_move_while_people_type_in_it() -> None:
    for what, day, name in ((CALL, 1, "calls"), (VISIT, 3, "visits")):
        key = f"P02|{what.casefold()}|{TODAY}"
        said = Contacted("P02", TODAY, what, "Reason found", key=key)
        page = view([row("P02", day)], said, staff={(CONTACTS, key, "outcome"): "Reason found"})
        assert keys(page, name) == [key]
        assert words(page, name).startswith("Reason known since Fri 17 Oct: put it into the MIS.")
        assert section(page, "known") is None
    elsewhere = view([row("P02")], Contacted("P02", TODAY, CALL, "Reason found", key="C4"))
    assert keys(elsewhere, "known") == [f"P02|call|{TODAY}"]


def test_what_was_typed_as_a_call_stays_where_late_marks_made_it_a_visit() -> None:
    page = view([row("P02", 3)], staff={(CONTACTS, f"P02|call|{TODAY}", "outcome"): "No answer"})
    found = section(page, "visits")
    assert found is not None
    assert [(line.key, line.values["outcome"]) for line in found.lines] == [(f"P02|call|{TODAY}", "No answer")]


def test_a_known_child_stands_beside_the_brother_who_is_rung_about() -> None:
    back = TODAY + timedelta(4)
    ill = Contacted("P04", YESTERDAY, CALL, "Ill: expected back", back_on=back, key=f"P04|call|{YESTERDAY}")
    page = view([row("P04", 2, ["P05"]), row("P05", 2, ["P04"])], ill)
    assert keys(page, "visits") == [f"P05|visit|{TODAY}"]
    assert (keys(page, "calls"), section(page, "known")) == ([], None)
    said = words(page, "visits")
    assert "Della: The family says: ill, back Tue 21 Oct. Put the reason into the MIS." in said
    assert "spoken to about a brother or sister" in said


def test_two_children_of_a_family_whose_reasons_are_known_share_a_line() -> None:
    back = TODAY + timedelta(4)
    told = [
        Contacted(one, YESTERDAY, CALL, "Ill: expected back", back_on=back, key=f"C{one}") for one in ("P04", "P05")
    ]
    page = view([row("P04", 2, ["P05"]), row("P05", 2, ["P04"])], *told)
    assert keys(page, "known") == [f"P04|call|{TODAY}"]
    assert words(page, "known").count("back Tue 21 Oct") == 2


CONTACT = st.builds(
    Contacted,
    pupil_id=st.sampled_from(PUPILS),
    day=st.sampled_from([YESTERDAY, TODAY]),
    what=st.sampled_from([CALL, VISIT]),
    outcome=st.sampled_from(choices("contact")),
    back_on=st.none() | st.sampled_from([TODAY, TODAY + timedelta(3)]),
    key=st.sampled_from(["C1", "C2"]),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_child_away_is_on_the_page_once_and_a_family_has_one_line(data: st.DataObject) -> None:
    away = data.draw(st.lists(st.sampled_from(PUPILS), min_size=1, unique=True))
    home = {one: data.draw(st.sampled_from(["F1", "F2", ""]), label=one) for one in away}
    rows = []
    for one in away:
        family = [other for other in away if home[one] and other != one and home[other] == home[one]]
        cp, day = data.draw(st.booleans()), data.draw(st.integers(1, 4))
        rows.append(row(one, day, family, family_id=home[one], cp=cp))
    told = []
    for said in data.draw(st.lists(CONTACT, max_size=5)):
        on_page = [f"{said.pupil_id}|{what}|{said.day}" for what in ("call", "visit")]
        told.append(replace(said, key=data.draw(st.sampled_from([said.key, *on_page]))))
    staff = {(CONTACTS, said.key, "outcome"): said.outcome for said in told}
    page = view(rows, *told, staff=staff)
    lines = {name: [key.split("|")[0] for key in keys(page, name)] for name in LISTS}
    listed = [one for name in LISTS for one in lines[name]]
    assert len(listed) == len(set(listed))
    for one in away:
        beside = [who for who in listed if home[one] and who != one and home.get(who) == home[one]]
        assert one in listed or beside, "nobody who is marked N today vanishes"
    families = [home[one] for name in ("calls", "known") for one in lines[name] if home[one]]
    assert len(families) == len(set(families))
    assert not {home[one] for one in lines["visits"] if home[one]} & set(families)
    for name in LISTS:
        for line, key in zip((section(page, name) or Section("", (), ())).lines, keys(page, name), strict=True):
            typed = staff.get((CONTACTS, key, "outcome"))
            assert line.values["outcome"] == typed, "what was typed stands with its row"


@settings(max_examples=60, deadline=None)
@given(st.lists(CONTACT, max_size=4), st.integers(1, 4))
def test_what_was_typed_today_is_always_seen_with_its_child(told: list[Contacted], day: int) -> None:
    typed = [replace(one, pupil_id="P02", day=TODAY, key=f"P02|{one.what.casefold()}|{TODAY}") for one in told]
    if len({one.key for one in typed}) != 1:
        return
    page = view([row("P02", day)], typed[-1], staff={(CONTACTS, typed[-1].key, "outcome"): typed[-1].outcome})
    assert typed[-1].key in [key for name in LISTS for key in keys(page, name)]


# --- what a row says


def test_numbers_to_ring_stand_first_everybodys_first_number_before_a_second_one() -> None:
    carers = (
        Carer("P02", 2, "Mr B Larkin", "Father", ("07700 900001",)),
        Carer("P02", 1, "Mrs A Larkin", "Mother", ("01632 960001", "07700 900000")),
        Carer("P02", 3, "Ms C Larkin", "", ()),
    )
    page = view([row("P02", cp=True)], casework=Casework(carers={"P02": carers}))
    assert numbers(page, "P02") == ["Mother 01632 960001", "Father 07700 900001", "Mother 07700 900000"]
    found = section(page, "visits")  # child protection: the policy's second step comes on the first day
    assert found is not None
    assert str(found.lines[0].values["early"]).startswith("Mother 01632 960001\nFather 07700 900001\n")
    more = Carer("P02", 4, "Ms D Larkin", "Aunt", ("07700 900002", "07700 900003"))
    page = view([row("P02")], casework=Casework(carers={"P02": (*carers, more)}))
    assert numbers(page, "P02")[-1] == "2 more in the MIS"
    assert numbers(page, "P03") == []


def test_the_page_is_no_wider_than_before_and_peoples_cells_stand_at_h_and_i() -> None:
    assert sum(dict(grid("today")).values()) == 158
    for name in (*LISTS, "tell"):
        columns = {column.key: column for column in section_columns("today", name)}
        assert (columns["outcome"].at, columns["note"].at) == (7, 8)
    assert all(len(str(word)) < 40 for word in document("layout")["list"]["call"])


# --- whom to tell


def tell(page: View) -> list[tuple[str, str]]:
    found = section(page, "tell")
    return [(line.key, str(line.values["whom"])) for line in found.lines] if found else []


def test_who_works_with_a_child_is_told_on_the_first_day() -> None:
    named = {(TRACKER, "P03", "professionals"): "YOT: J Bell\n01632 960009"}
    page = view([row("P01"), row("P02", cp=True), row("P03"), row("P04", lac=True)], staff=named)
    assert tell(page) == [
        (f"P02|told|{TODAY}", "Designated Safeguarding Lead and social worker"),
        (f"P03|told|{TODAY}", "YOT: J Bell 01632 960009"),
        (f"P04|told|{TODAY}", "Social worker and virtual school"),
    ]


def test_told_once_they_are_asked_for_again_on_the_third_school_day() -> None:
    for days, outcome, asked in (
        (1, "Told", 0),
        (2, "Told", 0),
        (3, "Told", 1),
        (1, "Could not reach them", 1),
        (1, "", 1),
    ):
        day = TODAY
        for _ in range(days):
            day = VIEW.calendar.last_school_day(day) or day
        told = Contacted("P02", day, TOLD, outcome, key=f"P02|told|{day}")
        assert len(tell(view([row("P02", days + 1, cp=True)], told))) == asked, (days, outcome)


def test_a_row_that_was_answered_today_stays_for_the_day() -> None:
    key = f"P02|told|{TODAY}"
    page = view(
        [row("P02", cp=True)],
        Contacted("P02", TODAY, TOLD, "Told", key=key),
        staff={(CONTACTS, key, "outcome"): "Told"},
    )
    found = section(page, "tell")
    assert found is not None
    assert [(line.key, line.values["outcome"], line.values["last_told"]) for line in found.lines] == [
        (key, "Told", "Not yet")
    ]


def test_a_child_with_a_social_worker_who_is_ill_is_told_about_and_others_are_not() -> None:
    named = {
        (TRACKER, "P02", "professionals"): "Social worker: J Bell",
        (TRACKER, "P03", "professionals"): "Early Help",
    }
    marks = [Mark(one, TODAY, AM, "I") for one in ("P01", "P02", "P03")]
    days = Register.from_marks([*marks, Mark("P06", TODAY, AM, "/")], ["P01", "P02", "P03", "P06"])
    page = view([], staff=named, register=days)
    found = section(page, "tell")
    assert found is not None
    assert [(line.key, line.values["why"]) for line in found.lines] == [(f"P02|told|{TODAY}", "Marked I: Illness.")]


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ("I I I .", (2, "I")),
        ("I / I .", (1, "I")),
        ("I I / .", None),
        ("/ / U .", None),
        ("C2 C2 C2 .", None),
        (". . . .", None),
        ("I X I .", (2, "I")),
        ("/ O G G", (2, "G")),
    ],
)
def test_the_absence_that_a_child_is_in(marks: str, found: tuple[int, str] | None) -> None:
    sessions = [(YESTERDAY, AM), (YESTERDAY, PM), (TODAY, AM), (TODAY, PM)]
    told = [Mark("7", *key, code) for key, code in zip(sessions, marks.split(), strict=True) if code != "."]
    one = spell(Register.from_marks([*told, Mark("8", TODAY, PM, "\\")], ["7", "8"]), Pupil("7"), TODAY)
    assert (one and (one.days, one.code)) == found
    assert one is None or isinstance(one, Spell)


def test_nobody_is_named_where_nobody_is_known() -> None:
    assert whom(Pupil("7", cp=False, lac=None), "  ") == ()
    assert last_told([Contacted("7", TODAY, TOLD, "Told")], YESTERDAY, TODAY) is None
    assert asks(None, VIEW.calendar, TODAY)


def test_names_lead_to_the_tracker_but_for_guests() -> None:
    guest = row("P02", cp=True, enrolment="G")
    page = view([guest], guests=(guest.pupil,))
    found = section(page, "tell")
    assert found is not None
    assert not isinstance(found.lines[0].values["pupil"], Link)


def test_the_words_of_dates_do_not_depend_on_the_day_they_are_read() -> None:
    told = Contacted("P02", date(2025, 10, 16), CALL, "No answer", key="C1")
    assert "Last: Thu 16 Oct: no answer." in words(view([row("P02", 2)], told), "visits")
