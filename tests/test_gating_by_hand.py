"""What waits for missing marks, one child at a time: a stage, a band, a trigger and a duty worked out by hand."""

from dataclasses import replace
from datetime import date

from halfday import codes
from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import evaluate_pupil
from halfday.policy.load import load
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Outcome
from halfday.policy.waiting import Waits
from halfday.register import SESSIONS, Mark, Pupil, Register
from halfday.school_year import Calendar

LITTLE = load(
    """
[school]
name = "Test"
[rules]
min_possible = 4
[[band]]
name = "All"
from = 0
[[stage]]
number = 1
name = "Stage 1"
below = 90
actions = ["talk", "letter"]
[[trigger]]
id = "gone"
title = "Nobody knows"
when = "unexplained_days >= 2"
actions = ["visit", "tell"]
[[action]]
id = "talk"
title = "Talk with the family"
owner = "Lead"
[[action]]
id = "letter"
title = "Send the warning letter"
owner = "Head"
needs_approval = true
[[action]]
id = "visit"
title = "Visit"
owner = "Lead"
[[action]]
id = "tell"
title = "Tell children's services"
owner = "Head"
needs_approval = true
""",
    "little",
)
TEN_DAYS = [date(2025, 9, n) for n in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)]
LITTLE_YEAR = Calendar.from_kinds(dict.fromkeys(TEN_DAYS, "school"))


def marks(said: str) -> Register:
    codes_said = said.split()
    return Register.from_marks(Mark("1", TEN_DAYS[n // 2], SESSIONS[n % 2], code) for n, code in enumerate(codes_said))


def child(said: str, done: tuple[Done, ...] = (), policy: Policy = LITTLE) -> Outcome:
    """Two marks a day from 1 September."""
    register = marks(said)
    axis = Axis.of(register, LITTLE_YEAR, register.dates[-1])
    return evaluate_pupil(policy, Sessions.of(Pupil("1"), axis, register.by_pupil["1"]), (), done)


def test_a_letter_that_two_missing_marks_could_take_back_waits_and_the_why_says_so() -> None:
    # It is a review day. 2 of 18 missed is 88.9%: below 90. With both marks present it would be 2 of 20, which is not.
    found = child("I I / / / / / / / / / / / / / / / / - -")
    assert (found.stage, [one.id for one in found.actions]) == (1, ["talk", "letter"])
    assert [one.id for one in found.checklist] == ["talk"]
    assert [one.id for one in found.waiting] == ["letter"]
    assert found.why.endswith(
        "2 marks are missing (Fri 12 Sep, morning; Fri 12 Sep, afternoon): "
        'with them, "Send the warning letter" might not apply, so it waits since Fri 12 Sep.'
    )


def test_a_stage_that_was_entered_before_the_gap_stands() -> None:
    found = child("I I / / / / / / / / / / / / / / - -")
    assert [one.id for one in found.checklist] == ["talk", "letter"]
    assert "missing" not in found.why


def test_a_letter_stands_where_missing_marks_cannot_take_it_back() -> None:
    found = child("I I I / / / / / / / / / / / / / / / / -")
    assert [one.id for one in found.checklist] == ["talk", "letter"]
    assert not found.waits.actions
    assert "missing" not in found.why


def test_what_is_ticked_as_done_does_not_wait() -> None:
    waiting = child("/ / / / / / - - I / / /").waiting
    assert [one.id for one in waiting] == ["letter"]
    due = waiting[0].due
    assert due
    done = child("/ / / / / / - - I / / /", (Done("1", "letter", due),))
    assert not done.waiting
    assert "waits" not in done.why


def test_what_is_asked_for_a_child_nobody_has_heard_of_never_waits() -> None:
    """Two days without a mark or a reason: the register may be at fault, and the child may be in danger."""
    found = child("/ / / / / / / / / / / / - - - -")
    assert [one.id for one in found.checklist] == ["visit", "tell"]
    assert not found.waiting


def test_the_penalty_threshold_stands_and_persistent_absence_waits() -> None:
    found = child("O O O O O O O O O O / / / / / / / / - -")
    assert {duty.id for duty in found.duties} == {"penalty-threshold", "persistent-absence", "severe-absence"}
    # ten unauthorised sessions are ten, whatever else comes in; 10 of 18 are half and more, 10 of 20 still are
    assert found.waits.duties == frozenset()
    found = child("I / / / / / / / / - - - - - - - - - - -")
    assert found.waits.duties == {"persistent-absence"}


def test_a_pupil_without_missing_marks_and_one_who_left_wait_for_nothing() -> None:
    assert child("I I / / / / / / / /").waits == Waits()
    register = marks("I I / / / / - -")
    axis = Axis.of(register, LITTLE_YEAR, TEN_DAYS[9])
    left = evaluate_pupil(LITTLE, Sessions.of(Pupil("1", end_date=TEN_DAYS[3]), axis, register.by_pupil["1"]))
    assert not left.waiting
    assert not left.waits.duties


def one_letter(condition: str, least: int = 0) -> Policy:
    return load(
        f"""
school = {{name = "Test"}}
rules = {{min_possible = {least}}}
band = [{{name = "Good", from = 90}}, {{name = "Low", from = 0, actions = ["letter"]}}]
trigger = [{{id = "t", title = "T", when = "{condition}", actions = ["letter"]}}]
action = [{{id = "letter", title = "Send the letter", owner = "Head", needs_approval = true}}]
""",
        "one",
    )


def test_missing_marks_of_several_weekdays_could_differ_from_each_other() -> None:
    """Away on the Monday and the Tuesday: if only the missing Tuesday is an absence, Mondays are no longer half."""
    half = one_letter("monday_friday_share >= 50", least=20)
    assert [one.id for one in child("I I I I / / / / / / / - / - / / / /", policy=half).waiting] == ["letter"]
    assert [one.id for one in child("I I I I / / / / / / / - / / / / / /", policy=half).checklist] == ["letter"]


def test_a_band_asks_for_nothing_yet_where_there_are_too_few_sessions_so_it_holds_nothing_firm() -> None:
    found = child("I / / / / / / / - -", policy=one_letter("percent_missed >= 12", least=9))
    assert [one.because for one in found.actions] == ["T"]
    assert [one.id for one in found.waiting] == ["letter"]


def test_a_stage_stands_only_where_some_of_the_missing_marks_could_not_undo_it_either() -> None:
    """Ten sessions count. With both marks present there are ten when one was missed, with none of them a day later.

    With one of them, there are nine that day and eleven the next: 10 of 11 is not below 90.5.
    """
    text = """
school = {name = "Test"}
rules = {min_possible = 10}
band = [{name = "All", from = 0}]
stage = [{number = 1, name = "Stage 1", below = 90.5, actions = ["letter"]}]
action = [{id = "letter", title = "Send the letter", owner = "Head", needs_approval = true}]
"""
    policy, rest = load(text, "ten"), "I / / / / / / / / /"
    assert [child(f"{two} {rest}", policy=policy).stage for two in ("- -", "/ /", "/ #")] == [1, 1, 0]
    assert [one.id for one in child(f"- - {rest}", policy=policy).waiting] == ["letter"]


def letter_alone(condition: str) -> Policy:
    """No band asks for it too."""
    policy = one_letter(condition)
    return replace(policy, bands=tuple(replace(band, actions=()) for band in policy.bands))


def test_what_waits_for_long_says_since_when_for_which_mark_and_that_a_person_may_decide() -> None:
    """Asked for on the Tuesday of the second week, the mark of the Friday before is missing; six school days go by."""
    days = [date(2025, 9, n) for n in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 18)]
    calendar = Calendar.from_kinds(dict.fromkeys(days, "school"))
    said = [*"/////////-//II", *"/" * 14]

    def on(count: int) -> Outcome:
        register = Register.from_marks(Mark("1", days[n // 2], SESSIONS[n % 2], c) for n, c in enumerate(said[:count]))
        axis = Axis.of(register, calendar, register.dates[-1])
        policy = letter_alone("absent.last_4_weeks == 2")
        return evaluate_pupil(policy, Sessions.of(Pupil("1"), axis, register.by_pupil["1"]))

    words = "Waits since Tue 9 Sep: 1 mark missing (Fri 5 Sep, afternoon)"
    assert on(24).waits.words("letter") == words
    assert on(28).waits.words("letter") == f"{words}: complete it in the MIS, or decide without it"
    assert on(28).why.endswith("so it waits since Tue 9 Sep: complete it in the MIS, or decide without it.")


def test_the_newest_three_missing_marks_are_named_and_the_others_counted() -> None:
    found = child("- - - - / / / I I I / /", policy=letter_alone("percent_missed >= 35"))
    assert found.waits.named == "Mon 1 Sep, afternoon; Tue 2 Sep, morning; Tue 2 Sep, afternoon; and 1 earlier"
    assert [key.date.day for key in found.waits.missing] == [1, 1, 2, 2]


def test_what_a_trigger_asks_for_by_naming_children_on_a_plan_or_in_care_never_waits() -> None:
    text = """
school = {name = "Test"}
band = [{name = "All", from = 0}]
trigger = [
  {id = "t", title = "T", all = ["absent >= 2", "absent < 3"], actions = ["letter"]},
  {id = "u", title = "U", all = ["absent >= 2", "absent < 3"], any = ["cp", "lac"], actions = ["tell"]},
]
action = [
  {id = "letter", title = "Send the letter", owner = "Head", needs_approval = true},
  {id = "tell", title = "Tell the social worker", owner = "Head", needs_approval = true},
]
"""
    register = marks("I I / / / / / / / -")
    axis = Axis.of(register, LITTLE_YEAR, register.dates[-1])
    found = evaluate_pupil(load(text, "risk"), Sessions.of(Pupil("1", cp=True), axis, register.by_pupil["1"]))
    assert [one.id for one in found.checklist] == ["tell"]
    assert [one.id for one in found.waiting] == ["letter"]


def test_one_mark_from_before_the_review_moves_both_figures_alike() -> None:
    """1 of 9 missed at the review, 5 of 19 now: down by far more than a point, whatever the missing mark is."""
    days = [date(2025, 9, n) for n in (1, 2, 3, 4, 5, 15, 16, 17, 18, 19)]
    calendar = Calendar.from_kinds(dict.fromkeys(days, "school"))
    said = [*"I-////////IIII//////"]
    register = Register.from_marks(Mark("1", days[n // 2], SESSIONS[n % 2], code) for n, code in enumerate(said))
    axis = Axis.of(register, calendar, days[-1])
    policy = letter_alone("change <= -5")
    assert axis.last_review[-1] == 4
    for missing in (said, [*said[:2], "-", *said[3:]]):
        ids = bytes(codes.code_id(code, days[0]) for code in missing)
        found = evaluate_pupil(policy, Sessions.of(Pupil("1"), axis, ids))
        assert [one.id for one in found.checklist] == ["letter"], missing


def test_a_step_that_a_family_has_been_through_if_it_came_down_waits() -> None:
    """If the missing marks are absences, the pupil was at Stage 2 and came down again: no second letter."""
    text = """
school = {name = "Test"}
rules = {min_possible = 4, step_down = "immediately"}
band = [{name = "All", from = 0}]
stage = [
  {number = 1, name = "Stage 1", below = 95, actions = ["letter"]},
  {number = 2, name = "Stage 2", below = 70},
]
action = [{id = "letter", title = "Send the letter", owner = "Head", needs_approval = true}]
"""
    policy, rest = load(text, "down"), "/ / / / / / / /"
    for two, gone in (("/ /", False), ("# #", False), ("I I", True)):
        found = child(f"I / {two} {rest}", policy=policy)
        assert (found.stage, found.came_down) == (1, gone)
    found = child(f"I / - - {rest}", policy=policy)
    assert not found.came_down
    assert [one.id for one in found.waiting] == ["letter"]
