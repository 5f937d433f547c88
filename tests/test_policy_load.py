"""A policy file with mistakes is refused with every mistake at once: where it is, what was read, and what to write."""

from fractions import Fraction

import pytest

from halfday.policy.load import PolicyError, load
from halfday.printing import Cut
from halfday_sync.templates import policy_path, school_names

GOOD = """
id = "test"
valid_from = 2025-09-01
priority = ["cp", "lac"]

[school]
name = "Test"

[[band]]
name = "Good"
from = 97.5

[[band]]
name = "Low"
from = 0
written_to = 97.4

[[stage]]
number = 1
name = "Stage 1"
below = 92.5
actions = ["call"]

[[trigger]]
id = "late"
title = "Late"
when = "late.last_4_weeks >= 3"
actions = ["call"]

[[action]]
id = "call"
title = "Call"
owner = "Lead"
due = 3
"""


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as told:
        load(text, "test")
    return list(told.value.problems)


def test_a_good_file_is_read_exactly() -> None:
    policy = load(GOOD, "other")
    assert (policy.id, str(policy.valid_from), policy.priority) == ("test", "2025-09-01", ("cp", "lac"))
    assert [(band.floor, band.written_to) for band in policy.bands] == [
        (Cut(Fraction(195, 2), inclusive=True), None),
        (Cut(Fraction(0), inclusive=True), Fraction(974, 10)),
    ]
    assert policy.stages[0].ceiling == Cut(Fraction(185, 2), inclusive=True)
    assert policy.action["call"].due == 3
    assert policy.stage_named(1) is policy.stages[0]
    assert policy.stage_named(2) is None
    assert (policy.rules.min_possible, policy.rules.step_down) == (20, "review")


def test_the_name_stands_in_for_an_id_and_the_fingerprint_is_that_of_the_text() -> None:
    without = GOOD.replace('id = "test"\n', "", 1)
    assert load(without, "by-name").id == "by-name"
    assert load(GOOD, "a").fingerprint == load(GOOD, "b").fingerprint != load(without, "a").fingerprint


def test_every_threshold_of_attendance_is_a_cut() -> None:
    more = '[[trigger]]\nid = "low"\ntitle = "Low"\nall = ["percent.week < 80", "percent > 70", "late >= 3"]\n'
    assert set(load(GOOD + more, "test").cuts) == {
        Cut(Fraction(90), inclusive=False),  # persistent absence
        Cut(Fraction(50), inclusive=False),  # severe absence
        Cut(Fraction(195, 2), inclusive=True),
        Cut(Fraction(0), inclusive=True),
        Cut(Fraction(185, 2), inclusive=True),
        Cut(Fraction(80), inclusive=True),
        Cut(Fraction(70), inclusive=False),
    }


@pytest.mark.parametrize("name", school_names())
def test_every_policy_that_comes_with_halfday_can_be_read(name: str) -> None:
    assert load(policy_path(name).read_text(encoding="utf-8"), name).id == name


LATE = 'when = "late.last_4_weeks >= 3"'
MISTAKES = [  # what stands there, what is written instead, what is told
    ("[school]", "[school", "the file cannot be read as TOML: "),
    ("[[band]]", "[[bands]]", "bands: not a key of a policy; did you mean 'band'?"),
    ("priority =", "xyzzy = 1\npriority =", "xyzzy: not a key of a policy; known: action, band, contact,"),
    ("from = 97.5", "form = 97.5", "band[1].form: not a key here; did you mean 'from'?"),
    ("from = 97.5", "from_ = 97.5", "band[1].from_: not a key here; did you mean 'from'?"),
    ("below = 92.5", "below = 92.5\nxyzzy = 1", "stage[1].xyzzy: not a key here; known: actions, at_or_below,"),
    (LATE, f"{LATE}\ncondition = 1", "trigger[1].condition: not a key here; "),
    ('name = "Test"', "", "school: 'name' is missing"),
    ("[school]", "[rules]", "school: 'name' is missing"),
    ("number = 1", "", "stage[1]: 'number' is missing"),
    ('title = "Call"', "", "action[1]: 'title' is missing"),
    ("[[stage]]", "[stage]", "stage: write [[stage]], with two brackets: there can be several"),
    ('name = "Stage 1"', "name = 1", "stage[1].name: read 1; write words in quotes"),
    ("number = 1", 'number = "1"', "stage[1].number: read '1'; write a whole number"),
    ("number = 1", "number = true", "stage[1].number: read True; write a whole number"),
    ("due = 3", "due = 2.5", "action[1].due: read Decimal('2.5'); write a whole number"),
    ("due = 3", 'needs_approval = "yes"', "action[1].needs_approval: read 'yes'; write true or false"),
    ("due = 3", "needs_approval = 1", "action[1].needs_approval: read 1; write true or false"),
    ("from = 97.5", 'from = "97.5"', "band[1].from: read '97.5'; write a number, for example 92 or 97.5"),
    ("from = 97.5", "from = true", "band[1].from: read True; write a number, for example 92 or 97.5"),
    (
        'below = 92.5\nactions = ["call"]',
        'below = 92.5\nactions = "call"',
        'stage[1].actions: read \'call\'; write a list of words, for example ["one", "two"]',
    ),
    ('below = 92.5\nactions = ["call"]', "below = 92.5\nactions = [1]", "stage[1].actions: read [1]; write a list of"),
    (LATE, "", 'trigger[1]: no condition; write for example when = "percent < 92"'),
    (LATE, 'when = "lte >= 3"', "trigger[1].when[1]: no measure 'lte'; did you mean 'late'?"),
    (LATE, 'any = ["late >= 3", "late > x"]', "trigger[1].any[2]: cannot read 'late > x'; write for example"),
    (LATE, 'all = ["cp", "late.weak >= 3"]', "trigger[1].all[2]: 'late' has no window 'weak'; did you mean 'week'?"),
    (
        "due = 3",
        'due = 3\n[[action]]\nid = "call"\ntitle = "Two"',
        "action: id 'call' is there twice; give each its own",
    ),
]


@pytest.mark.parametrize(
    ("there", "instead", "told"), MISTAKES, ids=[f"{instead}: {told}" for _there, instead, told in MISTAKES]
)
def test_a_mistake_is_told_with_its_place(there: str, instead: str, told: str) -> None:
    assert there in GOOD
    found = problems(GOOD.replace(there, instead, 1))
    assert any(problem.startswith(told) for problem in found), found
    others = {"[school]", "[[band]]"}
    assert len(found) == 1 or there in others


def test_every_mistake_is_told_at_once() -> None:
    text, told = GOOD, list[str]()
    for there, instead, sentence in (MISTAKES[3], MISTAKES[9], MISTAKES[10], MISTAKES[20], MISTAKES[22]):
        text, told = text.replace(there, instead, 1), [*told, sentence]
    text += '[[reward]]\nid = "r"\ntitle = "R"\nwindow = "week"\nat_least = "all"\n[polcy]\n'
    found = problems(text)
    told += [
        "polcy: not a key of a policy; known: ",
        "reward[1].at_least: read 'all'; write a number, for example 92 or 97.5",
        "reward[1]: 'unit' is missing",
    ]
    assert len(found) == len(told)
    assert all(any(problem.startswith(sentence) for problem in found) for sentence in told)
    with pytest.raises(PolicyError, match=r"^policy test: 8 to put right\n") as error:
        load(text, "test")
    assert error.value.name == "test"


ODD = [  # what somebody may write, and the word of the problem
    ("[[school]]\nname = 'x'", "school: write [school]"),
    ("rules = 5\n[school]\nname = 'x'", "rules: write [rules]"),
    ("band = [1]\n[school]\nname = 'x'", "band: write [[band]]"),
    ("priority = 'cp'\n[school]\nname = 'x'", "priority: read 'cp'"),
    ("priority = 5\n[school]\nname = 'x'", "priority: read 5"),
    ("id = 5\n[school]\nname = 'x'", "id: read 5"),
    ("valid_from = 'soon'\n[school]\nname = 'x'", "valid_from: read 'soon'"),
    ("[school]\nname = 'x'\n[[band]]\nname = 'a'\nfrom = nan", "band[1].from"),
    ("[school]\nname = 'x'\n[[trigger]]\nid = 'a'\ntitle = 'A'\nwhen = 5", "trigger[1].when: read 5"),
    ("[school]\nname = 'x'\n[[trigger]]\nid = 'a'\ntitle = 'A'\nall = []", "trigger[1].all: read []"),
    ("[school]\nname = 'x'\n[[trigger]]\nid = 'a'\ntitle = 'A'\nall = [5]", "trigger[1].all: read [5]"),
    (
        "[school]\nname = 'x'\n[[trigger]]\nid = 'a'\ntitle = 'A'\nwhen = 'code.n > 3'",
        "no register code 'n'; did you mean 'N'",
    ),
    ("[school]\nname = 'x'\n[[trigger]]\nid = 'a'\ntitle = 'A'\nwhen = 'code.present > 3'", "no register code"),
]


@pytest.mark.parametrize(("text", "problem"), ODD, ids=[problem for _text, problem in ODD])
def test_odd_shapes_are_told_and_never_taken(text: str, problem: str) -> None:
    with pytest.raises(PolicyError) as stop:
        load(text, "odd")
    assert any(problem in line for line in stop.value.problems), stop.value.problems


def test_two_actions_without_an_id_are_two_problems_not_three() -> None:
    with pytest.raises(PolicyError) as stop:
        load("[school]\nname = 'x'\n[[action]]\ntitle = 'A'\n[[action]]\ntitle = 'B'", "odd")
    assert len(stop.value.problems) == 2
