"""Nothing of what people typed, decided or keep apart about a child goes to Google, on no tab; nor a small group."""

import itertools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # noqa: TID251 - reading only
from tests.little_school import OFFICE, little_school
from tests.mirror_view import dump, of_folder, page_of

from halfday import codes
from halfday.carer import Carer
from halfday.contacted import Contacted
from halfday.morning import FLAG_WORDS, Shown, morning
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import ADAPTED, HOLD, OVERRIDE, Decision
from halfday.register import Mark, Pupil, Register
from halfday_sync.casework import Casework
from halfday_sync.casework.model import Approval, Child, Letter, Minute, SupportPlan
from halfday_sync.entries import Edit, Problem, Typed
from halfday_sync.mirroring.design import design
from halfday_sync.mirroring.discretion import Discretion, sensitive_titles
from halfday_sync.mirroring.pages import pages_of
from halfday_sync.mirroring.settings import MirrorSettings, read_settings
from halfday_sync.mirroring.suppression import LEAST, shown_groups
from halfday_sync.sheets.model import Page
from halfday_sync.templates import policy_path, templates_dir, usable_policy
from halfday_sync.workbook import review, statutory, today
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.layout import STAFF, document
from halfday_sync.workbook.view import View

SECRET = "Zorblat"
POLICIES = ("stanton-road", "rivington", "working-together")
AT = datetime(2025, 12, 1, 9, 0)  # noqa: DTZ001 - nobody reads it
_NUMBER = itertools.count(1)


def secret(of: str) -> str:
    """A word that stands nowhere else, and says where it was planted."""
    return f"{SECRET}{next(_NUMBER)} {of}"


def staff_columns() -> Iterator[tuple[str, str]]:
    """Every column that people fill in, with the place where it is kept."""
    for name, table in document("layout").items():
        if isinstance(table, dict):
            groups = [table.get("column", ()), table.get("duty", {}).get("column", ())]
            groups += [section["column"] for section in table.get("section", ())]
            for column in itertools.chain(*groups):
                if column["owner"] == STAFF:
                    yield table.get("table", name), column["key"]


@cache
def planted(made: Path, policy_name: str) -> View:
    """A school in which every place that holds something about a child says a secret."""
    view, policy = of_folder(made), usable_policy(policy_path(policy_name))
    pupils = [_with_everything(one) for one in view.pupils]
    register = _without_reasons(view, pupils[:12])
    first, last = view.today - timedelta(days=5), view.today + timedelta(days=9)
    kinds = itertools.cycle((HOLD, OVERRIDE, ADAPTED, ""))
    decisions = [
        Decision(
            one.pupil_id, kind, first, last, f"{secret('is the reason')}. {secret('more')}", secret("who"), stage=2
        )
        for one, kind in zip(pupils, kinds, strict=False)
        if kind
    ]
    outcomes = evaluate(policy, pupils, register, view.calendar, view.marks_until, decisions)
    before = Shown(view.calendar.last_school_day(view.marks_until) or first, {one.pupil_id: 1 for one in pupils})
    found = morning(policy, outcomes, register, view.calendar, view.today, before, decisions)
    view = replace(
        view,
        policy=policy,
        policy_text="",
        pupils=pupils,
        register=register,
        outcomes=outcomes,
        morning=found,
        decisions=decisions,
        casework=_casework(pupils, first),
        kept=[secret("kept")],
        edits=[Edit("tblTracker", pupils[0].pupil_id, "band", secret("edit"))],
        problems=[Problem(secret("problem"), pupils[0].pupil_id)],
    )
    return replace(view, staff=_staff(view))


def _with_everything(pupil: Pupil) -> Pupil:
    told = replace(pupil, sen=secret("sen"), upn=secret("upn"), family_id=secret("family"))
    return replace(told, cp=True, lac=True, fsm=True, pupil_premium=True, young_carer=True, eal=True)


def _without_reasons(view: View, pupils: list[Pupil]) -> Register:
    """The register with N on the last finished day for some, and with a comment on every mark of theirs."""
    register, no_reason = view.register, next(iter(codes.ids("N")))
    rows, extras = list(register.rows), dict(register.extras)
    for at, key in enumerate(register.sessions):
        if key.date == view.marks_until:
            row = bytearray(rows[at])
            for pupil in pupils:
                row[register.pupils.index(pupil.pupil_id)] = no_reason
                said = Mark(pupil.pupil_id, key.date, key.session, "N", comment=secret("comment"))
                extras[pupil.pupil_id, key] = said
            rows[at] = bytes(row)
    return replace(register, rows=tuple(rows), extras=extras)


def _casework(pupils: list[Pupil], day: date) -> Casework:
    contacts, letters, plans, minutes, carers = [], [], [], [], {}
    for at, one in enumerate(pupils):
        child = Child(one.pupil_id, "letter", day, day)
        yes = Approval(secret("by"), AT, day, "warning", secret("adapted"), {"x": secret("field")}, line=secret("line"))
        contacts.append(
            Contacted(one.pupil_id, day, secret("what"), secret("outcome"), secret("note"), secret("who"), key=f"C{at}")
        )
        letters.append(Letter(f"{one.pupil_id}|x|{day}", secret("letter"), (child,), day, yes, reason=secret("reason")))
        plans.append(
            SupportPlan(
                f"P{at}",
                one.pupil_id,
                secret("plan"),
                day,
                target=secret("target"),
                outcome=secret("outcome"),
                who=secret("who"),
                signed=secret("signed"),
                barriers=secret("barriers"),
                support=secret("support"),
            )
        )
        minutes.append(
            Minute(f"M{at}", day, "Family", one.pupil_id, secret("agreed"), secret("owner"), day, note=secret("note"))
        )
        carers[one.pupil_id] = (Carer(one.pupil_id, 1, secret("carer"), secret("relation"), (secret("phone"),)),)
    return Casework(contacts, letters, plans, minutes, carers)


def _staff(view: View) -> Mapping[tuple[str, str, str], Typed]:
    """A secret in every cell of every row that the workbook has, whichever place it is kept in."""
    keys = {pupil.pupil_id for pupil in view.pupils} | {letter.key for letter in view.casework.letters}
    for sections in (today.sections(view), review.sections(view), tuple(statutory.sections(view))):
        keys |= {line.key for section in sections for line in section.lines if line.key}
    places = {place for place, _column in staff_columns()} | {"tblContacts", "tblActionLog", "tblMinutes", "statutory"}
    columns = {column for _place, column in staff_columns()}
    return {(place, key, column): secret(column) for place in places for key in sorted(keys) for column in columns}


def with_every_section(folder: Path) -> Path:
    """The design with a tab for each section that may be shown, with all columns that may."""
    path, text = folder / "mirror.toml", (templates_dir() / "mirror.toml").read_text(encoding="utf-8")
    for at, (shows, columns) in enumerate(tomllib.loads(text)["may"].items()):
        rows = "\n".join(
            f'  {{ key = "{key}", title = "{key}", format = "text", width = 90, redact = "show" }},' for key in columns
        )
        text += f'\n[[tab]]\nid = "more{at}"\nsheet_id = {7600000 + at}\ntitle = "More {at}"\nshows = "{shows}"\n'
        text += f"column = [\n{rows}\n]\n"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_that_people_typed_or_keep_apart_is_on_any_page(policy: str, made: Path, tmp_path: Path) -> None:
    view = planted(made, policy)
    book = load_workbook(BytesIO(tracker_bytes(view, OFFICE)), data_only=True)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert sum(SECRET in cell for cell in cells) > 1000  # they are there to be found
    pages = pages_of(view, MirrorSettings(), rules=design(with_every_section(tmp_path)))
    assert len(pages) == 6 + len(design().may)
    assert sum(len(page.rows) for page in pages) > 150
    leaked = [line for line in dump(pages).splitlines() if SECRET.casefold() in line.casefold()]
    assert leaked == []


@pytest.mark.parametrize("policy", POLICIES)
def test_no_flag_of_a_child_is_on_any_page_but_as_a_large_group(policy: str, made: Path, tmp_path: Path) -> None:
    view = planted(made, policy)
    pages = pages_of(view, MirrorSettings(), rules=design(with_every_section(tmp_path)))
    text = dump(tuple(page for page in pages if page.id != "summary"))
    for words in (*FLAG_WORDS.values(), *sensitive_titles(view.policy, design().discreet.codes)):
        assert words not in text, words
    summary = page_of(view, "summary")
    assert (
        not [row for row in summary.rows if row.key.startswith("groups:") and "figure" in row.values]
        or len(view.pupils) >= LEAST
    )


def test_a_step_that_only_a_flag_asks_for_is_not_named(made: Path, tmp_path: Path) -> None:
    view = planted(made, "rivington")
    step = view.policy.action["tell-professionals"]
    asked = [one for one in view.outcomes if any(due.id == step.id for due in one.checklist)]
    assert asked  # the tracker says it
    text = dump(pages_of(view, MirrorSettings(), rules=design(with_every_section(tmp_path))))
    assert (step.title in text, "More is on the tracker." in text) == (False, True)


def test_whom_a_duty_about_illness_concerns_is_not_told() -> None:
    view = little_school()
    ill = [one.pupil for one in view.outcomes if any(fired.id == "sickness-return" for fired in one.duties)]
    assert ill  # the tracker lists them
    page = page_of(view, "statutory")
    assert not [row.key for row in page.rows if "sickness-return" in row.key]
    text = dump((page,))
    assert "coded I" not in text
    assert "sickness return" in text, "what the law asks for is told, and where it stands"
    assert "Whom it concerns stands on the tracker's page Statutory alone." in text


def test_a_reason_is_the_last_thing_that_gets_through(made: Path) -> None:
    view = planted(made, "stanton-road")
    reason = view.decisions[0].reason
    said = Discretion(view, design().discreet).text(f"On hold until Friday: {reason} Ring the family.")
    assert said == "More is on the tracker."


def test_sentences_are_left_out_and_the_others_stay() -> None:
    ours = Discretion(little_school(), design().discreet)
    said = ours.text(
        "Stage 2 since Mon 6 Oct. Ask the SENCO about health. 3 of 80 sessions missed.\nA call to the police."
    )
    assert said == "Stage 2 since Mon 6 Oct. 3 of 80 sessions missed. More is on the tracker.\nMore is on the tracker."
    assert ours.text("Ill Will Hospice Sensible: 5 of 10.").startswith("More is on")
    assert ours.text("Sensible Willow was willing: 5 of 10.") == "Sensible Willow was willing: 5 of 10."


def test_that_somebody_decided_is_said_but_neither_who_nor_why(made: Path) -> None:
    view = planted(made, "stanton-road")
    held = next(one for one in view.outcomes if one.decision and one.decision.kind == HOLD)
    row = next(row for row in page_of(view, "tracker").rows if row.key == held.pupil.pupil_id)
    assert str(row.values["why"]).startswith("On hold by a person until Sun 14 Dec. ")


# --- what a school leaves out ----------------------------------------------------------------------------------------


def test_names_may_go_as_initials_on_every_tab(made: Path, tmp_path: Path) -> None:
    view, said = of_folder(made), read_settings({"redact": {"names": "initial"}})
    pages = pages_of(view, said, rules=design(with_every_section(tmp_path)))
    text = dump(tuple(page for page in pages if page.id != "summary"))
    assert not {f"{one.forename} {one.surname}" for one in view.pupils if f"{one.forename} {one.surname}" in text}
    tracker = next(page for page in pages if page.id == "tracker")
    assert {len(str(row.values["surname"])) for row in tracker.rows} == {2}
    assert "A. B." in text or ". " in text


def test_names_in_sentences_follow_the_rule_of_the_tab(made: Path) -> None:
    view = of_folder(made)
    name, other = (f"{one.forename} {one.surname}" for one in view.pupils[:2])
    said = Discretion(view, design().discreet, "initial").text(f"One meeting for the family: with {name} and {other}.")
    assert (name in said, other in said) == (False, False)
    hidden = Discretion(view, design().discreet, "hide").text(f"With {name} (4B): away.")
    assert hidden == "With a pupil (4B): away."


def test_a_column_that_is_left_out_takes_what_belongs_to_it_along(made: Path) -> None:
    view = of_folder(made)
    said = read_settings({"redact": {"tracker.stage": "hide", "tracker.forename": "hide", "changes.day": "hide"}})
    page = page_of(view, "tracker", said)
    assert not {"stage", "forename"} & {column.key for column in page.columns}
    assert not [row for row in page.rows if {"stage", "forename"} & {*row.values}]
    assert page.frozen == "surname"
    assert not [one for one in page.rules if one.column == "stage"]
    assert not [one for one in page.views if "stage" in one.shows]
    notes = [row for row in page_of(view, "changes", said).rows if row.look == "note"]
    assert notes
    assert all([*row.values] == ["pupil"] for row in notes)  # a note is of no column: it moves


# --- small groups ----------------------------------------------------------------------------------------------------

KINDS = ("class", "year", "house")
Groups = Mapping[str, frozenset[str]]


@st.composite
def schools(draw: st.DrawFn) -> tuple[frozenset[str], Groups]:
    """Children in classes within years, in houses, and with flags; sizes about the least that is shown."""
    sizes = draw(st.lists(st.integers(1, 24), min_size=1, max_size=7))
    groups: dict[str, set[str]] = {}
    children = []
    for number, size in enumerate(sizes):
        for at in range(size):
            name = f"{number}.{at}"
            children.append(name)
            groups.setdefault(f"class {number}", set()).add(name)
            groups.setdefault(f"year {number // draw(st.just(2))}", set()).add(name)
            groups.setdefault(f"house {draw(st.integers(0, 2))}", set()).add(name)
            if draw(st.integers(0, 3)) == 0:
                groups.setdefault("flag", set()).add(name)
    return frozenset(children), {name: frozenset(members) for name, members in groups.items()}


def rank(rows: list[list[Fraction]]) -> int:
    """How many of these equations say something of their own: by plain elimination, to check the other way with."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            if times := rows[at][column] / rows[found][column]:
                rows[at] = [one - times * other for one, other in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found


def can_be_solved(wanted: frozenset[str], shown: list[frozenset[str]], children: list[str]) -> bool:
    """Whether the figure of some children follows from those of others."""
    rows = [[Fraction(child in one) for child in children] for one in shown]
    return rank([*rows, [Fraction(child in wanted) for child in children]]) == rank(rows)


@settings(max_examples=60, deadline=None)
@given(schools())
def test_nobody_can_work_out_a_small_group_from_what_is_shown(school: tuple[frozenset[str], Groups]) -> None:
    everybody, groups = school
    shown = shown_groups(everybody, groups, {name: name.split()[0] for name in groups})
    kinds = {tuple(name for name in groups if child in groups[name]): child for child in sorted(everybody)}
    children = list(kinds.values())  # one of each kind: the others are in the same groups
    known = [everybody, *(groups[name] for name in shown)]
    assert all(len(groups[name]) >= LEAST for name in shown)
    small = {members for members in groups.values() if len(members) < LEAST} - {everybody}
    hidden = [frozenset().union(*(groups[n] for n in groups if n.startswith(k) and n not in shown)) for k in KINDS]
    for members in [*small, *hidden, *(everybody - groups[name] for name in shown)]:
        if 0 < len(members) < LEAST and members != everybody:
            assert not can_be_solved(members, known, children)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_of_a_partition_with_one_small_group_the_next_smallest_goes_too(sizes: list[int]) -> None:
    groups = {at: {f"{at}.{n}" for n in range(size)} for at, size in enumerate(sizes)}
    shown = shown_groups({child for members in groups.values() for child in members}, groups, dict.fromkeys(groups, ""))
    small = [at for at, size in enumerate(sizes) if size < LEAST]
    large = sorted((at for at, size in enumerate(sizes) if size >= LEAST), key=lambda at: sizes[at])
    hidden = {*groups} - shown
    assert {*small} <= hidden
    if not small or len(sizes) == 1:
        assert hidden == {*small}
    else:  # at least two, of ten children or more together; and no more than the smallest that makes them so
        besides = 1 if large and (len(small) == 1 or sum(sizes[at] for at in small) < LEAST) else 0
        assert sorted(sizes[at] for at in hidden - {*small}) == [sizes[at] for at in large[:besides]]


def test_a_flag_that_nearly_all_have_is_hidden_for_the_few_who_have_not() -> None:
    everybody = {str(n) for n in range(40)}
    for many, shown in ((35, set()), (30, {"flag"})):
        assert shown_groups(everybody, {"flag": {str(n) for n in range(many)}}, {"flag": "flag"}) == shown


def test_a_class_cannot_be_told_from_its_year() -> None:
    a, b, other = ({f"{name}{n}" for n in range(size)} for name, size in (("a", 25), ("b", 6), ("c", 28)))
    groups = {"3A": a, "3B": b, "Year 3": a | b, "Year 4": other, "4A": other}
    assert shown_groups(a | b | other, groups, dict(zip(groups, "ccyyc", strict=True))) == {"Year 3", "Year 4", "4A"}


def group_cells(page: Page) -> dict[str, dict[str, Any]]:
    return {
        str(row.values["label"]): dict(row.values)
        for row in page.rows
        if row.key.split(":")[0] in {"years", "classes", "groups"} and row.look == "row"
    }


def test_the_summary_shows_no_figure_of_a_small_group_and_says_so(made: Path) -> None:
    page = page_of(of_folder(made), "summary")
    rows = group_cells(page)
    assert rows["Year 1"] == {"label": "Year 1", "children": "fewer than 10"}
    assert rows["House Wold"] == {"label": "House Wold", "children": "not shown"}
    assert rows["House Tarn"]["compare"] == "fewer than 10"
    assert any("fewer than 10 children are not shown" in str(row.values.get("label")) for row in page.rows)
