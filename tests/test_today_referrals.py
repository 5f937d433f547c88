"""Today says for whom the local authority's clock runs, by when and since what; a person's word takes the row off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reading only
from tests.letter_school import KEY_AT, WARNING, LetterSchool
from tests.little_school import OFFICE, little_school
from tests.mirror_view import dump
from tests.own_profile import with_own_profile
from tests.test_mirror_privacy import with_every_section

from halfday.policy.model import Letter
from halfday.school_year import Calendar
from halfday_sync import config
from halfday_sync.casework.referral_clock import Clock, ClockRule
from halfday_sync.entries import STATUTORY, Typed
from halfday_sync.mirroring.design import design
from halfday_sync.mirroring.pages import pages_of
from halfday_sync.mirroring.settings import MirrorSettings
from halfday_sync.store import Referral, Store
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.layout import document, number
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.sheet import Link
from halfday_sync.workbook.today import sections
from halfday_sync.workbook.view import View

HEADING = "Referral to the local authority"
WORDS = "Our council asks for it within ten working days."
BANKS = {date(2025, 12, 25): "bank_holiday"}


@pytest.fixture(scope="module")
def view() -> View:
    """The little school on Friday 17 October 2025; its council wants a referral ten working days after a warning."""
    found = little_school()
    warning = Letter("warning-letter", "Attendance warning", "warning")
    policy = replace(found.policy, letters=(*found.policy.letters, warning))
    return replace(found, policy=policy, clock_rule=ClockRule(("warning",), 10, WORDS))


def clock(view: View, pupil_id: str, days: int, **changes: Any) -> Clock:
    """A clock that is due in so many days."""
    due = view.today + timedelta(days=days)
    return replace(Clock(pupil_id, due - timedelta(days=14), "warning-letter", is_plan=False, due=due), **changes)


def shown(view: View, *clocks: Clock, staff: dict[tuple[str, str, str], Typed] | None = None) -> Section | None:
    found = sections(replace(view, clocks=clocks, staff=staff or {}))
    return next((section for section in found if section.id == "referrals"), None)


def lines(section: Section | None) -> Iterator[tuple[Any, ...]]:
    """What the rows say: pupil, day, what started it, what next."""
    for line in section.lines if section else ():
        pupil = line.values["pupil"]
        assert isinstance(pupil, Link)
        yield pupil.pupil_id, line.values["due"], line.values["started"], line.values["then"]


def test_there_is_no_such_section_where_no_clock_runs(view: View) -> None:
    assert shown(view) is None


def test_a_row_says_by_when_since_what_and_what_next(view: View) -> None:
    runs_on = {"by": "notice-to-improve", "is_plan": True, "ends": date(2025, 11, 21)}
    clocks = (clock(view, "P03", 5), clock(view, "P04", 0), clock(view, "P05", 4, **runs_on), clock(view, "P06", -1))
    prepare = "Prepare the pack, see what is missing, and decide."
    assert list(lines(shown(view, *clocks))) == [
        ("P04", "Fri 17 Oct: today", "Attendance warning, sent", prepare),
        (
            "P05",
            "Tue 21 Oct: 2 working days left",
            "Notice to improve until Fri 21 Nov",
            "It runs on after that day: ask the local authority which day counts.",
        ),
        ("P03", "Wed 22 Oct: 3 working days left", "Attendance warning, sent", prepare),
        (
            "P06",
            "Thu 16 Oct: passed",
            "Attendance warning, sent",
            "It may be too late on this letter. Ask the local authority, or agree another step.",
        ),
    ]


def test_of_those_that_passed_the_latest_stands_first(view: View) -> None:
    clocks = [clock(view, pupil_id, days) for pupil_id, days in (("P03", -3), ("P04", -1), ("P05", 6), ("P06", -2))]
    assert [row[0] for row in lines(shown(view, *clocks))] == ["P05", "P04", "P06", "P03"]


def test_a_notice_that_ends_in_time_leaves_no_doubt_about_the_day(view: View) -> None:
    one = clock(view, "P03", 5, by="notice-to-improve", is_plan=True)
    for ends in (one.due - timedelta(days=1), one.due):
        ((_pupil, _due, started, then),) = lines(shown(view, replace(one, ends=ends)))
        assert started.startswith("Notice to improve until ")
        assert then == "Prepare the pack, see what is missing, and decide."


def test_the_rule_is_told_and_how_far_its_days_can_be_trusted(view: View) -> None:
    section = shown(view, clock(view, "P03", 5))
    assert section
    assert section.notes[0].startswith(f"{WORDS} The school's calendar names no bank holidays, so a day here")
    told = replace(view, calendar=Calendar(view.calendar.school_days, {**view.calendar.kinds, **BANKS}))
    section = shown(told, clock(view, "P03", 5))
    assert section
    assert section.notes[0].startswith(f"{WORDS} A person decides. A day")
    assert "bank holiday" not in " ".join(section.notes)


def test_nobody_who_left_or_is_unknown_is_listed(view: View) -> None:
    gone = [
        replace(one, end_date=view.today - timedelta(days=1)) if one.pupil_id == "P03" else one for one in view.pupils
    ]
    assert shown(replace(view, pupils=gone), clock(view, "P03", 5), clock(view, "P99", 5)) is None


@pytest.mark.parametrize("column", ["considered", "decision"])
def test_a_day_or_a_decision_takes_the_row_off(view: View, column: str) -> None:
    one, other = clock(view, "P03", 5), clock(view, "P04", 5)
    typed: dict[tuple[str, str, str], Typed] = {(STATUTORY, one.key, column): "Support first"}
    section = shown(view, one, other, staff=typed)
    assert [row[0] for row in lines(section)] == ["P04"]
    assert section
    assert section.heading.endswith(f"{HEADING} (1)")
    assert section.notes[-1].endswith("1 considered already: on Statutory.")
    assert shown(view, one, staff=typed) is None
    again = replace(one, started=one.started + timedelta(days=1))
    assert shown(view, again, staff=typed), "a new letter is another clock"


def test_statutory_keeps_every_clock_with_what_was_decided(view: View) -> None:
    one = clock(view, "P03", 5)
    typed: dict[tuple[str, str, str], Typed] = {(STATUTORY, one.key, "decision"): "Support first"}
    book = load_workbook(BytesIO(tracker_bytes(replace(view, clocks=(one,), staff=typed), OFFICE)), data_only=True)
    sheet = book["Statutory"]
    rows = {row[number("I")].value: row for row in sheet.iter_rows()}
    assert rows[one.key][number("F")].value == ("Attendance warning, sent. Due on Wed 22 Oct: 3 working days left.")
    assert rows[one.key][number("H")].value == "Support first"
    assert HEADING not in str([[cell.value for cell in row] for row in book["Today"].iter_rows()])


def test_the_page_has_its_row_with_drop_down_and_open_cells(view: View) -> None:
    one = clock(view, "P03", 5)
    sheet = load_workbook(BytesIO(tracker_bytes(replace(view, clocks=(one,)), OFFICE)))["Today"]
    row = next(row for row in sheet.iter_rows() if row[number("J")].value == one.key)
    assert [row[number(at)].protection.locked for at in "DGHI"] == [True, True, False, False]
    assert any(row[number("I")].coordinate in rule.sqref for rule in sheet.data_validations.dataValidation)


def test_nothing_of_it_goes_to_google(view: View, tmp_path: Path) -> None:
    clocks = tuple(clock(view, pupil.pupil_id, 3, by="Zorblat", is_plan=True) for pupil in view.pupils)
    busy = replace(view, clocks=clocks, clock_rule=ClockRule(("x",), 1, "Zorblat."))
    page = load_workbook(BytesIO(tracker_bytes(busy, OFFICE)), data_only=True)
    said = str([[cell.value for cell in row] for sheet in page for row in sheet.iter_rows()])
    assert said.count("Zorblat") > len(view.pupils), "it is there to be found"
    for rules in (design(), design(with_every_section(tmp_path))):
        copied = dump(pages_of(busy, MirrorSettings(), rules=rules))
        assert "Zorblat" not in copied
        assert HEADING not in copied
    assert not [name for name in document("mirror")["may"] if "referral" in name]


# --- A school that refers --------------------------------------------------------------------------------------------


class ReferringSchool(LetterSchool):
    """The school of the letters, under Rotherham's profile; one warning letter has gone."""

    def rows(self) -> list[str]:
        """The section's rows as the tracker in the folder shows them."""
        page = self.page().splitlines()
        at = next((n for n, line in enumerate(page) if HEADING in line), None)
        return [line for line in page[at + 1 :] if "Warning letter, sent" in line] if at is not None else []

    def considered(self, said: Typed) -> None:
        """Somebody types on Today, and saves."""
        desk = self.desk()
        row = next(row for row in range(1, 200) if "|referral|" in str(desk.value("Today", row, KEY_AT) or ""))
        desk.type("Today", row, KEY_AT - 2, said)
        self.save(desk)

    def pack(self, *, draft: bool) -> None:
        """A pack was made for the first child."""
        with Store.open(config.load(self.folder).store) as store:
            at = store.runs()[-1].started
            made = Referral("P03", "rotherham", self.today, f"referrals/P03/{draft}", {}, is_draft=draft)
            store.referral_placed(store.begin_referral(made, {}, at=at), at=at)


@pytest.fixture
def school(tmp_path: Path) -> ReferringSchool:
    """On the morning after the letter to P03 and P05 was approved and sent."""
    found = ReferringSchool(tmp_path / "oak")
    found.open_its_doors()
    with_own_profile(found.folder)
    found.again()
    found.talk("P03", "P05")
    found.again()
    assert found.rows() == []
    found.type(WARNING, approve="Yes", by="Jo")
    found.again()
    found.type(WARNING, sent=found.today)
    found.morning()
    return found


def test_once_the_letter_went_both_children_are_on_today_until_a_pack_is_made(school: ReferringSchool) -> None:
    assert len(school.rows()) == 2
    school.pack(draft=True)
    school.again()
    assert len(school.rows()) == 2
    school.pack(draft=False)
    school.again()
    assert len(school.rows()) == 1


def test_a_word_of_a_person_takes_the_row_off_for_good(school: ReferringSchool) -> None:
    school.considered("Support first")
    school.again()
    assert len(school.rows()) == 1
    school.morning()
    assert len(school.rows()) == 1
