"""A tried policy in the text of the file: it says exactly what the cells showed, and the rest stays to the letter."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.policy_tables import tables

from halfday import cells
from halfday.functions import ATT_POLICY, policies
from halfday.policy.load import load
from halfday_sync.adopting import adopted_text, changes, merge, still_said
from halfday_sync.templates import policy_path, school_names

DAY = date(2026, 1, 12)
TEXTS = {name: policy_path(name).read_text(encoding="utf-8") for name in school_names()}
POLICIES = {name: load(text, name) for name, text in TEXTS.items()}
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Tables = list[list[list[Any]]]


def shown(name: str) -> Tables:
    return [[list(row) for row in table] for table in tables(POLICIES[name])]


def adopted(name: str, tried: str) -> str:
    old = POLICIES[name]
    return adopted_text(TEXTS[name], old, merge(old, load(tried, "tried")), on=DAY, note="adopted by AB")


def written(found: Tables) -> str:
    """What the cells say, with the faults for which ATT_POLICY gives a sentence instead: any figure may be drawn."""
    return cells.policy_text(policies._policy(*found))


def says(text: str) -> str:
    return cells.policy_text(replace(load(text, "new"), earlier=()))


@pytest.mark.parametrize("name", school_names())
def test_nothing_tried_changes_nothing_but_the_date(name: str) -> None:
    tried = ATT_POLICY(*shown(name))
    old = POLICIES[name]
    assert changes(old, merge(old, load(tried, "tried"))) == ()
    new = adopted(name, tried)
    assert new.replace("valid_from = 2026-01-12  # adopted by AB\n", "", 1) == TEXTS[name]


def _figure(draw: st.DrawFn, found: Tables) -> None:
    table, column = draw(st.sampled_from([(0, 2), (1, 3)]))
    row = draw(st.integers(0, len(found[table]) - 1))
    found[table][row][column] = draw(st.integers(0, 10_000)) / 100


def _word(draw: st.DrawFn, found: Tables) -> None:
    table, column, words = draw(st.sampled_from([(0, 1, ("at least", "above")), (1, 2, ("below", "at or below"))]))
    row = draw(st.integers(0, len(found[table]) - 1))
    found[table][row][column] = draw(st.sampled_from(words))


def _end(draw: st.DrawFn, found: Tables) -> None:
    row = draw(st.integers(0, len(found[0]) - 1))
    found[0][row][3] = draw(st.one_of(st.just(""), st.integers(1, 1000).map(lambda n: n / 10)))


_WORDS = st.text("Aé\"\\#'[]= z0\n", min_size=1, max_size=12).filter(lambda text: text.strip(" \n") != "")


def _name(draw: st.DrawFn, found: Tables) -> None:
    table, column = draw(st.sampled_from([(0, 0), (1, 1), (2, 1), (4, 1)]))
    row = draw(st.integers(0, len(found[table]) - 1))
    found[table][row][column] = f"N{draw(_WORDS)}"


def _title(draw: st.DrawFn, found: Tables) -> None:
    """An action with other words: every cell that asks for it says them too."""
    row = draw(st.integers(0, len(found[4]) - 1))
    before, after = found[4][row][0], f"Do {' '.join(draw(_WORDS).split())} {row}"
    found[4][row][0] = after
    for table in found[:3]:
        for line in table:
            line[5] = "\n".join(after if one == before else one for one in line[5].splitlines())


def _asked(draw: st.DrawFn, found: Tables) -> None:
    table = draw(st.sampled_from([0, 1, 2]))
    row = draw(st.integers(0, len(found[table]) - 1))
    titles = [line[0] for line in found[4]]
    found[table][row][5] = "\n".join(draw(st.lists(st.sampled_from(titles), unique=True, max_size=5)))


def _condition(draw: st.DrawFn, found: Tables) -> None:
    lines = ["percent < 91.5", "late.last_4_weeks >= 3", "cp", "code.N >= 2"]
    row = draw(st.integers(0, len(found[2]) - 1))
    every = draw(st.lists(st.sampled_from(lines), unique=True, max_size=3))
    some = draw(st.lists(st.sampled_from(lines), unique=True, min_size=0 if every else 1, max_size=2))
    found[2][row][2:4] = [" and ".join(every), " or ".join(some)]


def _act(draw: st.DrawFn, found: Tables) -> None:
    row = draw(st.integers(0, len(found[4]) - 1))
    cadence = draw(st.sampled_from(["once", "daily", "weekly", "half-termly"]))
    found[4][row][1:] = ["", cadence, draw(st.integers(0, 30)), draw(st.sampled_from(["Yes", "No"]))]


def _rules(draw: st.DrawFn, found: Tables) -> None:
    found[3] = [[draw(st.integers(1, 60))], [draw(st.sampled_from(["review", "immediately"]))]]


def _order(draw: st.DrawFn, found: Tables) -> None:
    table = draw(st.sampled_from([0, 1, 2, 4]))
    found[table] = draw(st.permutations(found[table]))


def _gone(draw: st.DrawFn, found: Tables) -> None:
    table = draw(st.sampled_from([0, 1, 2]))
    if len(found[table]) > 1:
        del found[table][draw(st.integers(0, len(found[table]) - 1))]


def _added(draw: st.DrawFn, found: Tables) -> None:
    title = found[4][0][0]
    at = draw(st.integers(0, 3))
    number = len(found[1]) + len(found[2]) + len(found[4])
    found[0].insert(at, [f"Band {number}", "at least", 71.5, "", "", title])
    found[1].insert(at, [number, f"Stage {number}", "below", 33.25, "", title])
    found[2].insert(at, [f"new-{number}", f"Newly watched {number}", "percent < 80", "", "", f"Ring {number}"])
    found[4].insert(at, [f"Ring {number}", "Head", "once", 2, "No"])


_EDITS: list[Callable[[st.DrawFn, Tables], None]] = [
    _figure, _word, _end, _name, _title, _asked, _condition, _act, _rules, _order, _gone, _added,
]  # fmt: skip


@st.composite
def tried_tables(draw: st.DrawFn) -> tuple[str, Tables]:
    name = draw(st.sampled_from(school_names()))
    found = shown(name)
    for edit in draw(st.lists(st.sampled_from(_EDITS), min_size=1, max_size=6)):
        edit(draw, found)
    return name, found


@UNHURRIED
@given(tried_tables())
def test_the_adopted_file_says_exactly_what_the_cells_showed(case: tuple[str, Tables]) -> None:
    name, found = case
    tried = written(found)
    assert not tried.startswith("#"), tried
    new = adopted(name, tried)
    assert says(new) == tried
    again = load(new, name)
    assert again.valid_from == DAY
    assert changes(again, merge(again, load(tried, "tried"))) == ()
    untouched = {"routines", "plans", "meetings", "rewards", "targets", "groups", "contacts", "letters", "notices"}
    assert all(getattr(again, key) == getattr(POLICIES[name], key) for key in {*untouched, "school", "priority", "id"})


@UNHURRIED
@given(tried_tables())
def test_every_change_of_the_cells_is_said_in_words(case: tuple[str, Tables]) -> None:
    name, found = case
    old, tried = POLICIES[name], load(written(found), "tried")
    merged = merge(old, tried)
    assert bool(changes(old, merged)) == (merged.policy != old)


@UNHURRIED
@given(st.data())
def test_comments_quotes_and_order_stay_where_only_figures_change(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(school_names()))
    found = shown(name)
    for edit in data.draw(
        st.lists(st.sampled_from([_figure, _word, _condition, _act, _rules]), min_size=1, max_size=5)
    ):
        edit(data.draw, found)
    new = adopted(name, written(found))
    kept = [line for line in TEXTS[name].splitlines() if re.match(r"\s*(#|$|document|\[)", line)]
    after = iter(new.splitlines())
    assert all(line in after for line in kept), "in the same order"
    comments = re.findall(r"  # .*$", TEXTS[name], flags=re.MULTILINE)
    assert all(comment.strip() in new for comment in comments)


def test_one_figure_is_one_line() -> None:
    found = shown("stanton-road")
    found[1][1][3] = 93.5
    new = adopted("stanton-road", ATT_POLICY(*found))
    lines = set(new.splitlines()) - set(TEXTS["stanton-road"].splitlines())
    assert len(lines) == 2
    assert any(line.startswith("below       = 93.5  # (b) the row stops at 91; ") for line in lines)


def test_a_file_of_windows_keeps_its_line_ends() -> None:
    old = POLICIES["wath-central"]
    found = shown("wath-central")
    found[0][0][2] = 97
    tried = load(ATT_POLICY(*found), "tried")
    text = TEXTS["wath-central"].replace("\n", "\r\n")
    assert "\n" not in adopted_text(text, old, merge(old, tried), on=DAY).replace("\r\n", "")


def test_words_that_still_speak_of_the_old_figure_are_pointed_out() -> None:
    found = shown("wath-central")
    below = next(row for row in found[2] if row[0] == "below-92")
    below[2] = "percent < 91.5"
    old = POLICIES["wath-central"]
    assert still_said(old, merge(old, load(ATT_POLICY(*found), "tried"))) == (
        "The words of Trigger 'below-92' still say 92.",
    )
    below[1] = "Below 91.5%: a formal meeting is due"
    assert still_said(old, merge(old, load(ATT_POLICY(*found), "tried"))) == ()


def test_a_file_with_a_byte_order_mark_keeps_it() -> None:
    old, found = POLICIES["wath-central"], shown("wath-central")
    found[0][0][2] = 97
    merged = merge(old, load(ATT_POLICY(*found), "tried"))
    plain = adopted_text(TEXTS["wath-central"], old, merged, on=DAY)
    assert adopted_text(f"\ufeff{TEXTS['wath-central']}", old, merged, on=DAY) == f"\ufeff{plain}"


@pytest.mark.parametrize(("name", "kept"), [("stanton-road", "letter"), ("wath-central", "plan")])
def test_an_action_typed_over_another_says_which_letter_or_plan_it_keeps(name: str, kept: str) -> None:
    old, found = POLICIES[name], shown(name)
    at, action = next((at, one) for at, one in enumerate(old.actions) if getattr(one, kept))
    for table in found[:3]:
        for line in table:
            line[5] = "\n".join("Ring the family" if one == action.title else one for one in line[5].splitlines())
    found[4][at][0] = "Ring the family"
    (said,) = changes(old, merge(old, load(ATT_POLICY(*found), "tried")))
    assert said.startswith(f"Action {action.title!r}: its words now: 'Ring the family'; it keeps the ")
    assert f"the {kept} {getattr(action, kept)!r}" in said


def test_an_action_without_letter_or_plan_keeps_nothing_unsaid() -> None:
    old, found = POLICIES["wath-central"], shown("wath-central")
    at = next(at for at, one in enumerate(old.actions) if not one.letter and not one.plan)
    before = found[4][at][0]
    for table in found[:3]:
        for line in table:
            line[5] = "\n".join("Ring" if one == before else one for one in line[5].splitlines())
    found[4][at][0] = "Ring"
    assert changes(old, merge(old, load(ATT_POLICY(*found), "tried"))) == (
        f"Action {before!r}: its words now: 'Ring'.",
    )
