"""The linter finds every planted fault, says where it is and what to write, and is silent about a sound policy."""

import pytest

from halfday.policy.lint import FAULT, NOTE, lint
from halfday.policy.load import load
from halfday_sync.templates import letter_templates, policy_path, read_policy, school_names

SOUND = """
priority = ["cp", "lac"]

[school]
name = "Test"

[rules]
min_possible = 20
step_down = "review"

[[band]]
name = "Good"
from = 95
colour = "green"

[[band]]
name = "Low"
from = 90
colour = "amber"

[[band]]
name = "Lowest"
from = 0
actions = ["call"]

[[stage]]
number = 1
name = "First"
below = 95
actions = ["call"]

[[stage]]
number = 2
name = "Second"
below = 90
plan = "support"
actions = ["call", "meet", "write"]

[[trigger]]
id = "late"
title = "Late"
kind = "lateness"
when = "late.last_4_weeks >= 3"
actions = ["call"]

[[action]]
id = "call"
title = "Call"
owner = "Office"
contact = true

[[action]]
id = "meet"
title = "Meet"
owner = "Lead"
cadence = "weekly"
plan = "support"
after = "call"

[[action]]
id = "write"
title = "Write"
owner = "Lead"
letter = "warning"
needs_approval = true
after = "call"

[[letter]]
id = "warning"
title = "Warning"
template = "concern"
adapted = "adapted-concern"

[[plan]]
id = "support"
title = "Support"
review = "every 4 school weeks"
review_days = 20

[[contact]]
day = 1
title = "Ring"

[[contact]]
day = 3
title = "Visit"

[[reward]]
id = "full"
title = "Full"
unit = "pupil"
window = "half_term"
at_least = 100

[[target]]
id = "whole"
title = "Whole school"
measure = "percent"

[[group]]
id = "years"
title = "Years"
by = "year_group"
cadence = "termly"

[[routine]]
id = "news"
title = "News"

[[meeting]]
id = "weekly"
title = "Weekly"
cadence = "weekly"
"""
TEMPLATES = ("concern", "adapted-concern")


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.level, str(finding)) for finding in lint(load(text, "test"), TEMPLATES)]


def test_a_sound_policy_has_no_findings() -> None:
    assert found(SOUND) == []


STAGE_2 = 'actions = ["call", "meet", "write"]'
LINE = 'when = "late.last_4_weeks >= 3"'
FAULTS = [  # what stands there, what is planted instead, what the linter says
    ("from = 95\n", "", "band[1] Good: needs one of from (that figure included) or above (not included)"),
    ("from = 95\n", "from = 95\nabove = 95\n", "band[1] Good: needs one of from"),
    (
        "from = 90\n",
        "from = 95\n",
        "band[2] Low: can never be reached: Good above it begins no higher; order bands from",
    ),
    ("from = 90\n", "from = 96\n", "band[2] Low: can never be reached: Good above it begins no higher"),
    ("from = 90\n", "above = 95\n", "band[2] Low: can never be reached: Good above it begins no higher"),
    ("from = 90\n", "from = 90\nwritten_to = 95\n", "band[2] Low: overlaps Good: both hold 95%; end it below 95%"),
    ("from = 90\n", "from = 90\nwritten_to = 96\n", "band[2] Low: overlaps Good: both hold 96%; end it below 95%"),
    ("from = 0\n", "from = 1\n", "band[3] Lowest: the lowest band leaves figures below it without one; from = 0"),
    ("from = 0\n", "above = 0\n", "band[3] Lowest: the lowest band leaves figures below it without one; from = 0"),
    ('name = "Low"', 'name = "Good"', "band: two bands are called 'Good'; give each its own name"),
    (
        'from = 0\nactions = ["call"]',
        'from = 0\nactions = ["cal"]',
        "band[3] Lowest: actions 'cal' is not there; did you mean 'call'?",
    ),
    ("below = 95\n", "", "stage[1] First: needs one of below (that figure not included) or at_or_below (included)"),
    ("below = 95\n", "below = 95\nat_or_below = 95\n", "stage[1] First: needs one of below"),
    ("number = 2", "number = 3", "stage[2] Second: has number 3; number the stages 1, 2, 3 … in order"),
    ('below = 95\nactions = ["call"]', "below = 95", "stage[1] First: asks for nothing; name at least one action"),
    (
        '"meet", "write"]',
        '"meet", "write", "meat"]',
        "stage[2] Second: actions 'meat' is not there; did you mean 'meet'?",
    ),
    (
        'below = 90\nplan = "support"',
        'below = 90\nplan = "x"',
        "stage[2] Second: plan 'x' is not there; known: support",
    ),
    ("below = 90\n", "below = 95\n", "stage[1] First: can never be reached: Second begins at 95%, no lower; lower the"),
    ("below = 90\n", "at_or_below = 95\n", "stage[1] First: can never be reached: Second begins at 95%, no lower"),
    ("min_possible = 20", "min_possible = 0", "rules.min_possible: is 0; write a number of sessions, for example 20"),
    ("min_possible = 20", "min_possible = 381", "rules.min_possible: is 381; write a number of sessions"),
    ('"review"\n', '"never"\n', "rules.step_down: is 'never'; write 'review' or 'immediately'"),
    (
        "contact = true",
        'contact = true\nafter = "meet"',
        "action[1] call: after 'meet', which comes round again and is never over",
    ),
    ("contact = true", 'contact = true\nafter = "call"', "action[1] call: comes after itself, by way of the actions"),
    ("contact = true", 'contact = true\nafter = "write"', "action[3] write: comes after itself, by way of the actions"),
    (
        STAGE_2,
        'actions = ["meet", "write"]',
        "stage 2 Second: asks for 'write' with no talk before it; let it ask for 'call' too",
    ),
    (
        'needs_approval = true\nafter = "call"',
        "needs_approval = true",
        "stage 2 Second: asks for 'write' with no talk before it; write after = the action in which somebody talks to",
    ),
    (f'{LINE}\nactions = ["call"]', LINE, "trigger[1] late: asks for nothing; name at least one action"),
    (
        f'{LINE}\nactions = ["call"]',
        f'{LINE}\nactions = ["kall"]',
        "trigger[1] late: actions 'kall' is not there; did you",
    ),
    (LINE, 'all = ["late < 3", "late > 5"]', "trigger[1] late: can never hold: late above 5 and below 3"),
    (LINE, 'all = ["late < 3", "late >= 3"]', "trigger[1] late: can never hold: late above 3 and below 3"),
    (LINE, 'all = ["percent > 92", "percent <= 92"]', "trigger[1] late: can never hold: percent above 92 and below 92"),
    (
        "[[letter]]",
        '[[action]]\nid = "x"\ntitle = "X"\nowner = "Y"\n[[letter]]',
        "action[4] x: nothing asks for it; name it in a band,",
    ),
    ('owner = "Office"', "", "action[1] call: has no owner; write who does it"),
    (
        'cadence = "weekly"\nplan',
        'cadence = "often"\nplan',
        "action[2] meet: cadence 'often'; write one of once, daily, weekly",
    ),
    (
        'owner = "Office"',
        'owner = "Office"\ndue = -1',
        "action[1] call: due is -1; write school days from the day that asks",
    ),
    ("needs_approval = true", "", "action[3] write: sends a letter without a person's approval; write needs_approval"),
    (
        'letter = "warning"',
        'letter = "warnin"',
        "action[3] write: letter 'warnin' is not there; did you mean 'warning'?",
    ),
    (
        'plan = "support"\nafter',
        'plan = "suport"\nafter',
        "action[2] meet: plan 'suport' is not there; did you mean 'support'?",
    ),
    ('after = "call"', 'after = "cal"', "action[2] meet: after 'cal' is not there; did you mean 'call'?"),
    (
        'template = "concern"',
        'template = ""',
        "letter[1] warning: has no template; name one of those in workbook_templates",
    ),
    ('template = "concern"', 'template = "concrn"', "letter[1] warning: template 'concrn' is not there; did you mean"),
    (
        '"adapted-concern"',
        '"adapted-x"',
        "letter[1] warning: adapted 'adapted-x' is not there; did you mean 'adapted-con",
    ),
    ('review = "every 4 school weeks"\nreview_days = 20\n', "", "plan[1] support: is never reviewed; write review = "),
    ("day = 3", "day = 1", "contact: days are [1, 1]; write each day once, in order"),
    ("day = 3", "day = 0", "contact: days are [1, 0]; write each day once, in order"),
    ("day = 1", "day = 2", "contact: nothing is done on the first day; write [[contact]] with day = 1"),
    ('kind = "lateness"', 'kind = "late"', "trigger late: kind 'late' is not there; did you mean 'lateness'?"),
    ('colour = "amber"', 'colour = "ambr"', "band Low: colour 'ambr' is not there; did you mean 'amber'?"),
    (
        'measure = "percent"',
        'measure = "percents"',
        "target whole: measure 'percents' is not there; did you mean 'percent'?",
    ),
    (
        'measure = "percent"',
        'measure = "percent"\nunit = "scool"',
        "target whole: unit 'scool' is not there; did you mean 'school'?",
    ),
    ('["cp", "lac"]', '["cp", "lak"]', "priority[2]: flag 'lak' is not there; did you mean 'lac'?"),
    ('by = "year_group"', 'by = "year"', "group[1] years: by 'year' is not there; "),
    (
        'window = "half_term"',
        'window = "half term"',
        "reward[1] full: window 'half term' is not there; did you mean 'half_term'?",
    ),
    ('unit = "pupil"', 'unit = "pupils"', "reward[1] full: unit 'pupils' is not there; did you mean 'pupil'?"),
    ("at_least = 100", "", "reward[1] full: needs one of at_least (a figure in %) or best = true"),
    ("at_least = 100", "at_least = 100\nbest = true", "reward[1] full: needs one of at_least"),
    (
        'title = "News"',
        'title = "News"\ncadence = "monthly"',
        "routine news: cadence 'monthly'; write one of once, daily",
    ),
    (
        'title = "Weekly"\ncadence = "weekly"',
        'title = "Weekly"\ncadence = "x"',
        "meeting weekly: cadence 'x'; write one of once",
    ),
    ('cadence = "termly"', 'cadence = "year"', "group years: cadence 'year'; write one of once, daily"),
]


@pytest.mark.parametrize(("there", "planted", "said"), FAULTS, ids=[f"{row[1]}: {row[2]}" for row in FAULTS])
def test_a_planted_fault_is_found(there: str, planted: str, said: str) -> None:
    assert SOUND.count(there) >= 1
    told = found(SOUND.replace(there, planted, 1))
    assert any(level == FAULT and text.startswith(said) for level, text in told), told
    assert {level for level, _text in told} == {FAULT}


def test_a_policy_without_bands_is_a_fault() -> None:
    told = found('[school]\nname = "Test"\n')
    assert told == [(FAULT, "band: there is none; write at least one [[band]] with name and from")]


@pytest.mark.parametrize("written_to", [94, 94.9])
def test_a_gap_is_noted_with_a_figure_that_falls_into_it(written_to: float) -> None:
    told = found(SOUND.replace("from = 90\n", f"from = 90\nwritten_to = {written_to}\n", 1))
    gaps = [text for level, text in told if level == NOTE and "nothing is written between" in text]
    assert len(gaps) == 1
    attended, possible = gaps[0].split("for example ")[1].split(" sessions")[0].split(" of ")
    assert written_to < 100 * int(attended) / int(possible) < 95


def test_a_printed_figure_as_the_end_of_a_band_is_noted_as_a_rounding_trap() -> None:
    told = found(SOUND.replace("from = 90\n", "from = 90\nwritten_to = 94.95\n", 1))
    assert (NOTE, "band[2] Low: rounding trap: 94.95% is a printed figure; compare with 95% exactly") in told


def test_every_fault_is_told_at_once() -> None:
    text, count = SOUND, 0
    for there, planted, _said in (FAULTS[9], FAULTS[13], FAULTS[19], FAULTS[28], FAULTS[38], FAULTS[52]):
        assert there in text
        text, count = text.replace(there, planted, 1), count + 1
    assert len(found(text)) == count


@pytest.mark.parametrize("name", school_names())
def test_the_policies_that_come_with_halfday_have_notes_at_most(name: str) -> None:
    _policy, findings = read_policy(policy_path(name))
    assert [str(finding) for finding in findings if finding.level != NOTE] == []


def test_templates_are_checked_only_where_they_are_known() -> None:
    policy = load(SOUND, "test")
    assert lint(policy) == ()
    assert len(lint(policy, ["other"])) == 2
    assert "adapted-concern" in letter_templates()


def test_good_news_needs_no_talk_before_it() -> None:
    praise = SOUND.replace('kind = "lateness"', 'kind = "improvement"').replace(
        f'{LINE}\nactions = ["call"]', f'{LINE}\nactions = ["write"]'
    )
    assert [text for level, text in found(praise) if level == FAULT] == []


def test_a_policy_that_was_written_before_talks_were_marked_still_loads() -> None:
    """The school is told once more; its mornings go on."""
    old = [(level, text) for level, text in found(SOUND.replace("contact = true\n", "")) if "no talk before it" in text]
    assert [level for level, _text in old] == [NOTE]
