"""Extracts for reviews and for the next school say what the marks say, findings first, and nothing that staff think."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_case import ANSWERS, AS_OF, COMMENT, HELD, MARKS, NOTED, ONE, case, ready_case, with_casework
from tests.referral_text import text_of

from halfday import codes
from halfday.contacted import CALL, Contacted
from halfday.pattern import pattern
from halfday.policy.ladder import ADAPTED, Decision
from halfday_sync.casework import SupportPlan
from halfday_sync.referrals import profiles
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Facts, Sheet, Table, Words
from halfday_sync.referrals.counting import of_year, percent
from halfday_sync.referrals.pack import pack_of
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.readiness import lacks
from halfday_sync.referrals.sheets import figures, half_terms, patterns, send_review, transfer

PROFILE = Profile("any", "Any", "Anybody")
EXTRACTS = ("send-review", "transfer-record")
THIS, LAST = 2025, 2024


def table(sheet: Sheet, title: str) -> Table:
    return next(block for block in sheet.blocks if isinstance(block, Table) and block.title == title)


def lines(sheet: Sheet) -> tuple[str, ...]:
    return next(block.lines for block in sheet.blocks if isinstance(block, Words))


def marks_of(one: Case, year: int) -> Iterator[tuple[date, str, codes.Code]]:
    """Every mark of a school year that counts, taken from the sessions one by one."""
    first, last = date(year, 8, 1), date(year + 1, 7, 31)
    for (day, session), code_id in zip(one.sessions.axis.sessions, one.sessions.ids, strict=True):
        if first <= day <= min(last, one.as_of) and code_id:
            yield day, session, codes.by_id()[code_id]


# --- Attendance in figures --------------------------------------------------------------------------------------------


def test_every_code_of_both_years_is_counted_with_its_meaning() -> None:
    one = case()
    shown = {(row[0], row[1]): row[3:] for row in table(figures.sheet(one, PROFILE), "Codes in the register").rows}
    this, last = (Counter((code.code, code.meaning) for *_, code in marks_of(one, year)) for year in (THIS, LAST))
    assert shown == {key: (this[key], last[key]) for key in this | last}


def test_the_sessions_of_each_year_are_those_of_the_engine() -> None:
    one = case()
    rows = {str(row[0]): row[1:] for row in table(figures.sheet(one, PROFILE), "Sessions").rows}
    assert rows["Attendance"][0] == f"{one.outcome.percent}%"
    assert rows["Possible sessions"] == (one.outcome.ytd.possible, of_year(one, LAST).possible)
    classes = [Counter(code.class_ for *_, code in marks_of(one, year)) for year in (THIS, LAST)]
    assert rows["Absent, authorised"] == tuple(found[codes.CodeClass.AUTHORISED] for found in classes)
    assert rows["Absent, unauthorised"] == tuple(found[codes.CodeClass.UNAUTHORISED] for found in classes)
    assert rows["No mark yet"] == tuple(found[codes.CodeClass.MISSING] for found in classes)


def test_a_year_of_which_no_mark_is_held_is_no_row_of_noughts() -> None:
    one = case(marks={"2024-09-02 to 2025-07-31": ". ."})
    sheet = figures.sheet(one, PROFILE)
    assert "No marks of the last school year are held here." in lines(sheet)
    assert {row[-1] for row in table(sheet, "Sessions").rows} == {"not held", ""}
    assert {row[-1] for row in table(sheet, "Codes in the register").rows} == {"not held"}
    assert {row[-1] for row in table(send_review.sheet(one, PROFILE), "What reviews ask about").rows} == {"not held"}


def test_the_first_sentences_name_the_figure_the_year_before_and_what_is_open() -> None:
    said = lines(figures.sheet(case(), PROFILE))
    assert said[0] == "Attendance this school year, up to Fri 15 May 2026: 88.6% (34 of 299 sessions missed)."
    assert said[1] == "Last school year: 91.5% (33 of 386 sessions missed)."
    assert any("national statistics call that persistent absence" in line for line in said)
    assert said[-1].startswith("2 marks still without a reason (N)")
    assert not any("(N)" in line for line in lines(figures.sheet(ready_case(), PROFILE)))


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"2025-09-02 to 2026-05-15": "I I"}, "severe absence"),
        ({"2025-09-02 to 2026-05-15": "/ \\"}, ""),
        ({"2025-09-02 to 2026-05-01": "# #", "2026-05-05 to 2026-05-15": "I I"}, "too few sessions yet"),
    ],
)
def test_what_the_law_calls_it_is_said_where_it_is_so(marks: dict[str, str], words: str) -> None:
    said = " ".join(lines(figures.sheet(case(marks=marks), PROFILE)))
    assert words in said
    assert ("persistent" in said or "severe" in said) == bool(words)


# --- Half terms -------------------------------------------------------------------------------------------------------


def test_half_terms_are_in_order_and_add_up_to_their_years() -> None:
    one = case()
    rows = table(half_terms.sheet(one, PROFILE), "Half terms").rows
    assert [str(row[0]) for row in rows][:3] == ["Autumn 1 2024", "Autumn 2 2024", "Spring 1 2025"]
    assert str(rows[-1][0]) == "Summer 1 2026"
    assert str(rows[-1][1]).endswith("15 May")
    for year, of_these in ((LAST, rows[:6]), (THIS, rows[6:])):
        total = of_year(one, year)
        sums = [sum(int(row[at]) for row in of_these) for at in range(3, 7)]
        late = total.late_before + total.late_after
        assert sums == [total.possible, total.authorised, total.unauthorised, late]


def test_the_newest_half_term_is_compared_by_both_figures() -> None:
    said = lines(half_terms.sheet(case(), PROFILE))
    assert said[0] == "Summer 1 2026, up to Fri 15 May 2026: 86.7%."
    assert said[1] == "Higher than in the half term before (Spring 2 2026: 82.0%)."
    assert "lowest of the 11 half terms here is Spring 2 2025 with 80.0%" in said[2]


# --- Patterns ---------------------------------------------------------------------------------------------------------


def test_what_stands_out_is_what_the_engine_says_and_it_accuses_nobody() -> None:
    one = case()
    said = lines(patterns.sheet(one, PROFILE))
    assert pattern(one.sessions)
    assert said[: len(pattern(one.sessions))] == pattern(one.sessions)
    assert said[-1] == "A pattern is a reason to ask kindly. It says nothing of why, and of nobody's fault."
    quiet = case(marks=dict.fromkeys(MARKS, "/ \\") | {"2026-05-12": "I I"})
    assert lines(patterns.sheet(quiet, PROFILE))[0].startswith("No pattern stands out")


def test_spells_are_missed_sessions_after_one_another() -> None:
    one = case(marks=dict.fromkeys(MARKS, "/ \\") | {"2026-03-06": "/ I", "2026-03-09": "I I", "2026-05-12": "/ O"})
    rows = table(patterns.sheet(one, PROFILE), "Spells of absence").rows
    assert rows == (
        ("Fri 6 Mar 2026", "Mon 9 Mar 2026", "1½", "I 3"),
        ("Tue 12 May 2026", "Tue 12 May 2026", "½", "O 1"),
    )


_CODES = st.sampled_from(["/ \\", "I I", "/ O", "L \\", "U \\", "C2 C2", "- -", "Y4 Y4", "# #", "M \\", ". .", "N N"])
_DAYS = st.integers(0, 250).map(lambda n: (date(2025, 9, 2) + timedelta(days=n)).isoformat())


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(_DAYS, _CODES, max_size=25))
def test_whatever_the_marks_every_count_comes_from_them(marks: dict[str, str]) -> None:
    one = case(marks=marks)
    found = [*marks_of(one, THIS)]
    absent = [row for row in found if row[2].class_ in ("authorised", "unauthorised")]
    possible = [row for row in found if row[2].class_ in codes.POSSIBLE]
    days = table(patterns.sheet(one, PROFILE), "Days of the week").rows
    halves = [str(row[at]).split(" of ") for row in days for at in (1, 2)]
    assert [sum(int(pair[at]) for pair in halves) for at in (0, 1)] == [len(absent), len(possible)]
    shown = table(figures.sheet(one, PROFILE), "Codes in the register").rows
    assert sum(int(row[3]) for row in shown) == len(found)
    asked = table(send_review.sheet(one, PROFILE), "What reviews ask about").rows
    assert {str(row[0]): row[2] for row in asked}["Absent without leave"] == sum(
        row[2].class_ == "unauthorised" for row in absent
    )
    terms = table(half_terms.sheet(one, PROFILE), "Half terms")
    of_terms = sum(int(row[3]) for row in terms.rows)
    outside = len(possible) + of_year(one, LAST).possible - of_terms
    assert (f"hold {outside} session" in terms.note) == (outside > 0)


# --- For a review -----------------------------------------------------------------------------------------------------


def test_a_review_is_told_what_had_to_do_with_health_timetable_and_suspension() -> None:
    one = case(marks={"2026-05-05": "C2 C2", "2026-05-06": "E E"})
    said = lines(send_review.sheet(one, PROFILE))
    assert said[0] == "12 of 37 missed sessions this school year: illness or appointments (I, M)."
    assert (
        said[1]
        == "2 of 37 missed sessions: the part-time timetable that was agreed (C2). By law these count as absence."
    )
    assert said[2] == "2 of 37 missed sessions: suspension (E). By law these count as absence."
    nothing = case(marks={"2025-09-02 to 2026-05-15": "/ \\"})
    assert lines(send_review.sheet(nothing, PROFILE)) == ("No session was missed this school year.",)


def test_adapted_letters_are_told_without_their_reason() -> None:
    made = Decision(ONE, ADAPTED, AS_OF, AS_OF, "Ill since Easter", "Ms H Example")
    one = replace(case(), story=replace(case().story, decisions=(HELD, made)))
    said = send_review.sheet(one, PROFILE)
    assert any("Letters to this family are adapted" in line for line in lines(said))
    assert "Easter" not in text_of(said)
    assert not any("adapted" in line for line in lines(send_review.sheet(case(), PROFILE)))


def test_open_plans_have_their_target_and_next_review_and_ended_ones_are_not_there() -> None:
    open_one = SupportPlan(
        "P9", ONE, "part-time-timetable", date(2026, 5, 11), date(2026, 6, 5), "90%", support="Mornings"
    )
    one = with_casework(case(), plans=(*case().casework.plans, open_one))
    for sheet in (send_review.sheet(one, PROFILE), transfer.sheet(one, PROFILE)):
        assert table(sheet, "Plans that are open").rows == (
            ("Part-time timetable", "Mon 11 May 2026", "Fri 5 Jun 2026", "90%", "Fri 5 Jun 2026", "Mornings"),
        )
    assert table(send_review.sheet(case(), PROFILE), "Plans that are open").rows == ()


# --- For the next school ----------------------------------------------------------------------------------------------


def test_the_next_school_is_told_dates_and_outcomes_and_no_opinion_of_anybody() -> None:
    one = case()
    held = replace(one, outcome=replace(one.outcome, decision=replace(HELD, until=AS_OF)))
    said = text_of(transfer.sheet(held, PROFILE))
    work = one.casework
    opinions = [note for contact in work.contacts if (note := contact.note)]
    opinions += [words for plan in work.plans for words in (plan.barriers, plan.outcome, *plan.outcomes) if words]
    opinions += [minute.agreed for minute in work.minutes] + [words for _day, words in NOTED]
    opinions += [COMMENT, HELD.reason, *(ticked.note for ticked in one.story.ticked if ticked.note)]
    assert len(opinions) > 20
    assert [words for words in opinions if words in said] == []


def test_contacts_and_letters_are_those_of_this_school_year() -> None:
    old = Contacted(ONE, date(2025, 6, 3), CALL, "No answer")
    one = with_casework(case(), contacts=(old, *case().casework.contacts))
    sheet = transfer.sheet(one, PROFILE)
    contacts, letters = (table(sheet, f"{what} this school year").rows for what in ("Contacts", "Letters that went"))
    assert len(contacts) == len(case().casework.contacts)
    assert contacts[0] == ("Tue 7 Oct 2025", "Call", "Reason found", "Jo Bell")
    assert letters[0] == ("Fri 27 Feb 2026", "Warning letter")
    assert len(letters) == sum(one.sent is not None for one in case().casework.letters)


def test_the_stage_stands_with_its_why_and_since_when() -> None:
    facts = next(block for block in transfer.sheet(case(), PROFILE).blocks if isinstance(block, Facts))
    said = {fact.label: fact.value for fact in facts.rows}
    assert said["Stage of our policy"] == "Stage 3 (Band E: escalate with the local authority)"
    assert said["Since"] == "Tue 3 Mar 2026"
    assert str(said["Why"]).startswith("Stage 3")
    assert said["Still without a reason (N)"] == 2
    calm = next(
        block
        for block in transfer.sheet(case(marks={"2025-09-02 to 2026-05-15": "/ \\"}), PROFILE).blocks
        if isinstance(block, Facts)
    )
    assert calm.rows[0].value == "No stage"


# --- As packs ---------------------------------------------------------------------------------------------------------


def load(name: str, beside: Path) -> Profile:
    return profiles.load(profiles.find(name, beside))


@pytest.mark.parametrize("name", EXTRACTS)
def test_an_extract_of_a_child_is_made_whole_and_is_no_draft(name: str, tmp_path: Path) -> None:
    profile, one = load(name, tmp_path), ready_case(reason="")
    pack = pack_of(one, profile, lacks(one, profile))
    assert not pack.is_draft
    assert [sheet.id for sheet in pack.sheets] == list(profile.sheets)
    assert percent(one, of_year(one, THIS)) in " ".join(pack.texts())
    assert all(sheet.blocks for sheet in pack.sheets)


@pytest.mark.parametrize("name", EXTRACTS)
def test_an_extract_asks_people_only_for_what_it_shows(name: str, tmp_path: Path) -> None:
    """What they answered stands in it: nobody fills in a list for nothing."""
    profile = load(name, tmp_path)
    answers = {key: f"<{at}>" for at, key in enumerate(ANSWERS) if key in {one.field for one in profile.asked}}
    one = ready_case(reason="", answers=answers)
    said = " ".join(pack_of(one, profile, ()).texts())
    assert answers
    assert [key for key, answer in answers.items() if answer not in said] == []


def test_the_pages_read_well(golden: Callable[[str, str], None]) -> None:
    sheets = (figures, half_terms, patterns, send_review, transfer)
    golden("referral_extracts", "\n".join(text_of(one.sheet(case(), PROFILE)) for one in sheets))
