"""Contacts as typed: on Contacts, on Today, in notes; a day back in words; a text to paste."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday.contacted import CALL, TOLD, Contacted
from halfday_sync.casework.back_on import day_back
from halfday_sync.casework.contacts import of_key, read_contacts
from halfday_sync.casework.noted import dated_lines, other_lines, read_noted
from halfday_sync.entries import Typed
from halfday_sync.workbook.contacts_sheet import paste

MONDAY = date(2026, 1, 5)
TODAY = date(2026, 1, 9)
PUPILS = frozenset({"2101", "P7"})
SCHOOL = "Larkfield Primary School"
TYPED = st.none() | st.booleans() | st.floats(allow_nan=False) | st.dates() | st.text(max_size=30)


def read(key: str, **typed: Typed) -> tuple[list[Contacted], list[str]]:
    found, problems = read_contacts({key: typed}, PUPILS, TODAY)
    return list(found), [one.words for one in problems]


# --- rows


def test_a_row_of_today_says_pupil_what_and_day_by_its_key() -> None:
    assert read("2101|call|2026-01-08", outcome="No answer", note="twice") == (
        [Contacted("2101", date(2026, 1, 8), CALL, "No answer", "twice", key="2101|call|2026-01-08")],
        [],
    )
    ((told,), _none) = read("2101|told|2026-01-08", outcome="Told", date=date(2026, 1, 7), who="J Bell")
    assert (told.what, told.day, told.who) == (TOLD, date(2026, 1, 7), "J Bell")


def test_a_row_of_contacts_says_so_in_cells() -> None:
    row: dict[str, Typed] = {"date": MONDAY, "pupil_id": "p7", "what": "Visit", "outcome": "Nobody in", "who": "JB"}
    assert read("C7", **row)[0] == [Contacted("P7", MONDAY, "Visit", "Nobody in", who="JB", key="C7")]
    assert read("C7", **(row | {"pupil_id": 2101.0}))[0][0].pupil_id == "2101"
    assert read("C7", **(row | {"what": None}))[0][0].what == CALL


def test_what_keeps_a_row_from_counting_is_said_at_once_and_without_a_name() -> None:
    begun = "Contacts: a row does not count yet: "
    assert read("C7", outcome="No answer") == ([], [f"{begun}it needs a pupil ID.", f"{begun}it needs a date."])
    nobody = read("C7", pupil_id="Mia", date="soon", note="rang")
    assert nobody == (
        [],
        [f"{begun}nobody on the Tracker has this pupil ID.", f"{begun}its date is not one, such as 31/1/2026."],
    )
    later = read("C7", pupil_id="2101", date=date(2026, 2, 1), what="Call")
    assert later == ([], [f"{begun}its date, 1/2/2026, is still to come."])
    assert read("C7", who="JB", pupil_id="2101") == ([], []), "nothing is said in it yet"
    assert read("2101|call|2026-01-20", outcome="No answer") == ([], []), "a look back knows nothing of later days"


def test_a_day_back_before_the_contact_does_not_count_and_the_contact_does() -> None:
    found, said = read("C7", pupil_id="2101", date=MONDAY, outcome="Ill", back_on=date(2026, 1, 2))
    assert [one.back_on for one in found] == [None]
    assert said == ["Contacts: the day in Expected back is before the day of the contact itself, so it does not count."]


@given(
    st.sampled_from(["C1", "2101|call|2026-01-08", "2101|reason|2026-01-08", "P7|visit|-", "odd"]),
    st.dictionaries(st.sampled_from(["date", "pupil_id", "what", "outcome", "note", "who", "back_on", "Ours"]), TYPED),
)
def test_whatever_is_typed_counts_or_is_said(key: str, typed: dict[str, Typed]) -> None:
    found, problems = read_contacts({key: typed}, PUPILS, TODAY)
    for one in found:
        assert one.pupil_id in PUPILS
        assert one.day <= TODAY
        assert one.back_on is None or one.back_on >= one.day
    said = any(str(typed.get(name) or "").strip() for name in ("what", "outcome", "note"))
    assert found or problems or not said or of_key(key)


# --- a day back in words


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("back 12/1", date(2026, 1, 12)),
        ("Ill, back on Thursday", date(2026, 1, 8)),
        ("expected back Thu 8 Jan", date(2026, 1, 8)),
        ("back at school on 8th January 2026", date(2026, 1, 8)),
        ("Tummy bug; returns Wed.", date(2026, 1, 7)),
        ("back Monday", date(2026, 1, 12)),
        ("back tomorrow", date(2026, 1, 6)),
        ("won't be back till Friday", date(2026, 1, 9)),
        ("call back Thursday", None),
        ("mum rang back on Monday", None),
        ("won't be back Thursday", None),
        ("back pain since Thursday", None),
        ("back soon", None),
        ("back 5/1", None),
        ("back 32/1", None),
        ("back 30/6", None),
        ("backache on Thursday", None),
        ("came back Thursday ill, back Friday", date(2026, 1, 9)),
    ],
)
def test_a_day_back_is_read_where_it_is_plain(text: str, day: date | None) -> None:
    assert day_back(text, MONDAY) == day


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_day_back_is_after_the_day_on_which_it_was_said(text: str, day: date) -> None:
    found = day_back(f"back {text}", day)
    assert found is None or day < found <= day + timedelta(60)


def test_the_column_comes_before_words_and_a_try_names_no_day() -> None:
    key = "2101|call|2026-01-05"
    (one,), _ = read(key, outcome="Ill: expected back", note="back on Thursday", back_on=date(2026, 1, 7))
    assert one.back_on == date(2026, 1, 7)
    for outcome in ("No answer", "Left a message", "Will call back"):
        assert read(key, outcome=outcome, note="back on Thursday")[0][0].back_on is None
    assert read("2101|told|2026-01-05", outcome="Told", note="back on Thursday")[0][0].back_on is None


# --- notes on the Tracker


def test_a_line_of_the_button_is_a_contact_and_counts_once() -> None:
    notes = "Knows us well.\nMon 5 Jan: Ill: expected back. Back Thu 8 Jan (AB)\nMon 5 Jan: No answer (AB)"
    found = read_noted({"2101": {"notes": notes}}, [Contacted("2101", MONDAY, outcome="no answer")], PUPILS, TODAY)
    assert [(one.outcome, one.note, one.who, one.back_on) for one in found] == [
        ("Ill: expected back", "Back Thu 8 Jan", "AB", date(2026, 1, 8))
    ]
    assert read_noted({"gone": {"notes": notes}}, (), PUPILS, TODAY) == ()
    assert other_lines(notes, TODAY) == ["Knows us well."]


def test_a_line_in_own_words_is_a_talk_only_where_somebody_signed_it() -> None:
    """People write below the button's lines as these are written: a letter must not follow a note about a birthday."""
    notes = (
        "Mon 5 Jan: birthday\nTue 6 Jan: letter came back\nWed 7 Jan: rang mum, all well (AB)\nThu 8 Jan: Reason found"
    )
    found = read_noted({"2101": {"notes": notes}}, (), PUPILS, TODAY)
    assert [one.outcome for one in found] == ["birthday", "letter came back", "rang mum, all well", "Reason found"]
    assert [one.reached for one in found] == [False, False, True, True]


def test_a_line_is_of_the_year_in_which_its_weekday_is_right() -> None:
    assert [day for day, _said in dated_lines("Tue 2 Dec: rang", TODAY)] == [date(2025, 12, 2)]
    assert not list(dated_lines("Wed 2 Dec: rang\nTue 31 Feb: rang\nXyz 1 Jan: x\n2/12: rang", TODAY))


# --- a text to paste


def test_a_contact_as_one_text() -> None:
    row: dict[str, Typed] = {
        "date": MONDAY,
        "what": "Visit",
        "outcome": "Child seen and safe",
        "back_on": date(2026, 1, 8),
        "note": "Tummy bug.\nMum is\tat home",
        "who": "J Bell",
    }
    assert paste(row, SCHOOL) == (
        "Mon 5 Jan 2026. Visit at home about absence. Outcome: Child seen and safe. Expected back: Thu 8 Jan 2026. "
        "Note: Tummy bug. Mum is at home. By J Bell. (Larkfield Primary School, attendance)"
    )
    assert paste({"date": MONDAY, "what": "Call", "who": "J Bell"}, SCHOOL) == ""
    assert paste({"what": "Call", "outcome": "No answer"}, SCHOOL) == ""


@given(
    st.fixed_dictionaries(
        {
            "date": st.dates(date(2000, 1, 1), date(2099, 1, 1)),
            "outcome": st.text(min_size=1),
            "note": st.text(),
            "what": TYPED,
        }
    ),
    st.text(),
)
def test_no_text_to_paste_is_a_formula_or_has_a_second_line(row: dict[str, Typed], school: str) -> None:
    text = paste(row, " ".join(school.split()))
    assert text == "" or text[:3] in {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
    assert not any(letter in text for letter in "\n\r\t")
