"""What a letter says: figures as on the tracker, days as parents say them, and nothing that is for staff."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import letter_families as families
from tests.letter_families import AVA, BEN, CARERS, CASEWORK, TODAY, policy, said

from halfday import printing
from halfday.carer import Carer
from halfday.contacted import Contacted
from halfday.measures import Measures
from halfday.policy.ladder import HOLD, Decision
from halfday.policy.model import Letter, Policy
from halfday_sync.casework import Casework, Child, Minute, SupportPlan
from halfday_sync.casework import Letter as SentLetter
from halfday_sync.letters import DOTTED, LetterSettings, addressed, copies, fields, may_share, template
from halfday_sync.letters.child_fields import child_fields
from halfday_sync.letters.so_far import actions_agreed, support_given
from halfday_sync.letters.why import IN_GENERAL, why
from halfday_sync.templates import policy_path, school_names, usable_policy

SEPTEMBER = date(2025, 8, 1)


def test_figures_are_those_of_the_tracker() -> None:
    found, outcome = said("warning"), families.outcomes("rivington")[AVA]
    assert found["percent"] == f"{outcome.percent}%" == "89.2%"
    assert (found["sessions_missed"], found["missed"], found["lessons"]) == (17, "8½ school days", "34 lessons")
    assert (found["as_of"], found["date"]) == ("Friday 9 January 2026", "12 January 2026")
    assert found["percent_before"] == "90.5%", "at the review on the last day before Christmas"


def test_lessons_are_counted_only_where_the_policy_says_how_many_a_day_has() -> None:
    assert policy("rivington").rules.lessons_a_day == 4
    assert said("appendix-1")["lessons"] == ""


@given(st.integers(0, 400), st.integers(1, 400), st.sampled_from(school_names()))
def test_no_figure_is_printed_on_the_other_side_of_a_threshold(attended: int, more: int, name: str) -> None:
    rules: Policy = policy(name)
    exact = Fraction(100 * attended, attended + more)
    outcome = families.outcomes(name)[AVA]
    half = replace(outcome, windows={**outcome.windows, "half_term": Measures(attended=attended, authorised=more)})
    found = child_fields(rules, "", half, families.calendar(), None)
    printed = Fraction(found["percent_half_term"].rstrip("%"))
    assert all(cut.above(printed) == cut.above(exact) for cut in rules.cuts)


def test_what_a_letter_says_can_be_kept_as_text_and_read_back() -> None:
    for template_id in (*families.SHARED, *families.ALONE):
        found = said(template_id)
        assert json.loads(json.dumps(found)) == found


def test_a_letter_about_two_children_has_nobodys_figures_by_themselves() -> None:
    found = said("concern", AVA, BEN)
    assert [child["percent"] for child in found["children"]] == ["89.2%", "91.8%"]
    assert not {"percent", "missed", "class", "pupil_id"} & found.keys()
    assert (found["forename"], found["pupil"]) == ("Ava and Ben", "Ava Example and Ben Example")


def test_parents_are_those_who_may_have_letters() -> None:
    assert said("concern")["parents"] == "Mrs A Example and Mr B Example"
    assert said("concern", carers={})["parents"] == "Parents and carers of Ava Example"
    assert said("concern", carers={AVA: (Carer(AVA, 1, "Mrs C Sample", letters=False),)})["carers"] == []


def test_a_parent_of_one_child_reads_nothing_about_the_other() -> None:
    theirs = {AVA: CARERS[AVA], BEN: (*CARERS[BEN][:1], Carer(BEN, 2, "Mr D Other"))}
    assert not may_share(theirs, [AVA, BEN])
    assert addressed(theirs, [AVA, BEN]) == ("Mrs A Example",)
    assert may_share(CARERS, [AVA, BEN])
    assert may_share({}, [AVA, BEN]), "where no carers are known, the letter goes home with the children"


def test_each_parent_gets_a_copy_of_their_own_only_where_the_letter_asks_for_it() -> None:
    notice = copies(template("notice-to-improve"), said("notice-to-improve"))
    assert [copy["parents"] for copy in notice] == ["Mrs A Example", "Mr B Example"]
    assert [copy["carers"] for copy in notice] == [["Mrs A Example"], ["Mr B Example"]]
    assert len(copies(template("concern"), said("concern"))) == 1
    assert len(copies(template("intent"), said("intent", carers={}))) == 1


def test_a_letter_is_about_somebody() -> None:
    with pytest.raises(ValueError, match="at least one child"):
        fields(replace(families.occasion("concern"), outcomes=()))


def test_what_is_not_known_is_a_dotted_line() -> None:
    found = said("meeting-invitation", settings=LetterSettings(), casework=Casework())
    assert {found[name] for name in ("meeting_date", "meeting_place", "sender", "school_contact")} == {DOTTED}
    assert found["meeting_people"] == "Attendance Officer"
    assert said("notice-to-improve", casework=Casework())["period_end"] == DOTTED


def test_absences_without_leave_are_days_and_reasons_without_codes() -> None:
    found = said("notice-to-improve")
    assert found["unauthorised_count"] == 12
    assert found["unauthorised"][3:6] == [
        "Friday 5 December 2025, morning: away without a reason that school could accept",
        "Friday 5 December 2025, afternoon: came after the register was closed",
        "Monday 15 December 2025, afternoon: no reason given yet",
    ]
    assert found["window"] == "Monday 13 October 2025 to Friday 9 January 2026"


def test_an_earlier_window_is_spoken_of_where_only_that_one_was_full() -> None:
    outcome = families.outcomes("rivington")[AVA]
    penalty = replace(outcome.penalty, recent=outcome.penalty.recent[-2:], is_met=False)
    found = child_fields(
        policy("rivington"), "", replace(outcome, penalty=penalty), families.calendar(), families.register()
    )
    assert found["unauthorised_count"] == 12
    assert found["window"].endswith("to Friday 9 January 2026")


# --- Why -----------------------------------------------------------------------------------------------------------


def test_why_is_the_rule_of_the_policy_in_parents_words() -> None:
    assert said("warning")["why"] == "We write to families when attendance is below 93%."
    assert said("appendix-3", outcomes=(families.outcomes("stanton-road")[AVA],))["why"] == IN_GENERAL, "stage 2"
    assert said("notice-to-improve")["why"] == (
        "We write to families when ten or more half days were missed without leave within ten school weeks."
    )


def test_a_stage_that_lasts_until_its_review_is_not_said_to_be_below_its_figure_now() -> None:
    outcome = families.outcomes("stanton-road")[BEN]
    assert why(policy("stanton-road"), "appendix-1", replace(outcome, stage=2)) == IN_GENERAL
    rules = policy("stanton-road")
    stage = next(one for one in rules.stages if "appendix-1" in one.actions)
    due = next(one for one in families.outcomes("stanton-road")[BEN].actions)
    asked = replace(due, id="appendix-1", because=f"stage {stage.number}")
    risen = {**outcome.windows, "ytd": Measures(attended=99, authorised=1)}
    there = replace(outcome, stage=stage.number, actions=(asked,))
    assert why(rules, "appendix-1", there) == "We write to families when attendance is at or below 96%."
    assert why(rules, "appendix-1", replace(there, windows=risen)) == (
        "We write to families when attendance has been at or below 96% this school year."
    )


@pytest.mark.parametrize("name", school_names())
def test_every_reason_of_every_policy_is_a_sentence_without_jargon(name: str) -> None:
    rules = usable_policy(policy_path(name))
    outcome = families.outcomes(name)[AVA]
    due = outcome.actions[0]
    for trigger in rules.triggers:
        asked = replace(due, id=next(action.id for action in rules.actions if action.letter), because=trigger.title)
        letter = rules.action[asked.id].letter
        found = why(rules, letter, replace(outcome, actions=(asked,)))
        assert found.startswith("We write to families when ")
        assert found.endswith(".")
        assert not {"session", "stage", "coded", "G,", "PA", "percent", "N"} & set(found.rstrip(".").split())


# --- What was done and agreed --------------------------------------------------------------------------------------


def given_so_far(casework: Casework) -> list[str]:
    return support_given(policy("rivington"), casework, [AVA], SEPTEMBER, TODAY)


def test_what_was_done_so_far_has_dates_and_kinds_and_no_notes() -> None:
    letter = SentLetter("k", "warning", (Child(AVA, "a", TODAY, TODAY),), date(2025, 12, 1), sent=date(2025, 12, 2))
    assert given_so_far(replace(CASEWORK, letters=(letter, replace(letter, sent=None)))) == [
        "We spoke on the telephone twice, last on Tuesday 11 November 2025",
        "Tuesday 2 December 2025: a letter from school",
        "Monday 8 December 2025: a visit at home",
        "Tuesday 9 December 2025: attendance contract began",
    ]


def test_tries_that_reached_nobody_other_children_and_other_years_are_left_out() -> None:
    tries = (
        Contacted(AVA, date(2025, 12, 1), "Visit", "Nobody in"),
        Contacted(AVA, date(2025, 12, 1), "Told", "Social worker"),
        Contacted(BEN, date(2025, 12, 1), "Meeting", "Agreed"),
        Contacted(AVA, date(2025, 6, 1), "Meeting", "Agreed"),
        Contacted(AVA, date(2026, 2, 1), "Meeting", "Agreed"),
    )
    assert given_so_far(Casework(contacts=tries)) == []


def test_only_what_was_agreed_with_the_family_and_what_their_plan_offers_is_said_to_be_agreed() -> None:
    def minute(day: int, meeting: str, agreed: str) -> Minute:
        return Minute(f"M{day}{agreed}", date(2025, 12, day), meeting, AVA, agreed)

    minutes = (
        minute(1, "Family", "An older agreement"),
        minute(9, "family ", "Ring the family"),
        minute(9, "Family", "Keep watching"),
        minute(9, "Family", "A later start on Mondays"),
        minute(10, "Weekly meeting", "Ask the local authority"),
    )
    plans = (
        SupportPlan("P1", AVA, "x", begins=date(2025, 12, 1), support="- Breakfast at school"),
        SupportPlan("P2", AVA, "x", begins=date(2025, 9, 1), ends=date(2025, 10, 1), support="Over"),
        SupportPlan("P3", BEN, "x", begins=date(2025, 12, 1), support="Another child's"),
    )
    found = actions_agreed(Casework(minutes=minutes, plans=plans), [AVA], SEPTEMBER, TODAY)
    assert found == ["We will ring you", "A later start on Mondays", "Breakfast at school"]


def test_what_school_offers_is_said_as_letters_say_it() -> None:
    for name in school_names():
        notices = {one.id: one.items for one in policy(name).notices}
        found = said("concern", policy=policy(name), letter=Letter("c", "C", "concern"))["support_offered"]
        assert found == [*notices["support-in-letters"]]
        assert all(len(line) <= 70 and "(last" not in line and "LA " not in line for line in found)


def test_a_hold_changes_nothing_that_is_said() -> None:
    hold = Decision(AVA, HOLD, date(2026, 1, 5), date(2026, 2, 6), "In hospital", "H Example")
    outcome = replace(families.outcomes("rivington")[AVA], decision=hold)
    assert "hospital" not in json.dumps(said("concern", outcomes=(outcome,), adapted="In hospital"))


def test_days_in_words() -> None:
    assert printing.missed_in_words(19) == "9½ school days"
