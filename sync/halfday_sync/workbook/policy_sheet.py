"""The Policy page: the school's rules in words, tables whose figures can be tried, the text the functions read."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from halfday.policy.model import Action, Policy
from halfday_sync.workbook.layout import grid, section_columns
from halfday_sync.workbook.sections import Line, Section, draw, heading, table
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.view import View

_BANDS = "tblBands[[Band]:[Document says up to]]"
_STAGES = "tblStages[[Stage number]:[Figure in %]]"
_TRIGGERS = "tblTriggers[[Trigger]:[Or one of these]]"
_LAST = 6


def write(sheet: Sheet, view: View, prefix: str) -> None:
    """The Policy sheet."""
    policy = view.policy
    sheet.widths(grid("policy"))
    sheet.ws.hide_gridlines(2)
    sheet.say("Policy: what this school has said it will do", "title", tall=30)
    for line in _source(policy):
        sheet.say(line, "quiet")
    sheet.skip(10)
    for title, note, name, lines in _tables(policy):
        heading(sheet, title, _LAST)
        sheet.say(note, "quiet")
        table(sheet, f"tbl{name.title()}", section_columns("policy", name), lines)
    rules = _rules(sheet, policy)
    for title, lines in _lists(policy):
        if lines:
            draw(sheet, Section(title, section_columns("policy", "list"), lines), _LAST)
    sheet.ws.print_area(0, 0, sheet.row - 1, _LAST)
    _text(sheet, view, prefix, rules)


def _source(policy: Policy) -> Iterator[str]:
    school = policy.school
    parts = [school.document and f"Read from: {school.document}", school.written and f"written {school.written}"]
    parts += [
        school.ratified and f"ratified {school.ratified}",
        school.next_review and f"next review {school.next_review}",
    ]
    yield ", ".join(part for part in parts if part) + "." if any(parts) else "No source document is named."
    if policy.valid_from:
        yield f"In force from {policy.valid_from.day} {policy.valid_from:%B %Y}."
    if school.suggestion:
        yield "A suggestion of Halfday, not a document of the school."
    yield "Where the Halfday functions are installed, a figure changed here recomputes the Tracker, to try it."


def _tables(policy: Policy) -> Iterator[tuple[str, str, str, list[Line]]]:
    yield (
        "Bands",
        "Where a figure falls, since the start of the school year. Each band runs up to the next one.",
        "bands",
        [Line(_band(policy, at)) for at in range(len(policy.bands))],
    )
    yield (
        "Stages",
        "What the school does, step by step. A stage begins at once; it ends at a review, unless the policy differs.",
        "stages",
        [
            Line(
                {
                    "number": stage.number,
                    "name": stage.name,
                    "word": "below" if stage.ceiling.inclusive else "at or below",
                    "figure": _figure(stage.ceiling.value),
                    "who": stage.responsible,
                    "actions": titles(policy, stage.actions),
                    "support": "\n".join(stage.support),
                }
            )
            for stage in policy.stages
        ],
    )
    yield (
        "Triggers",
        "Named conditions besides the stages.",
        "triggers",
        [
            Line(
                {
                    "id": trigger.id,
                    "title": trigger.title,
                    "all": " and ".join(test.text for test in trigger.condition.all),
                    "any": " or ".join(test.text for test in trigger.condition.any),
                    "kind": trigger.kind,
                    "actions": titles(policy, trigger.actions),
                    "document": trigger.document,
                }
            )
            for trigger in policy.triggers
        ],
    )
    yield (
        "Actions",
        "Who does what, by when. Halfday proposes; a person sends, recodes and refers.",
        "actions",
        [Line(_action(policy, action)) for action in policy.actions],
    )


def _figure(value: Fraction) -> float:
    return float(value)


def _band(policy: Policy, at: int) -> dict[str, str | float | None]:
    band = policy.bands[at]
    return {
        "name": band.name,
        "word": "above" if band.above is not None else "at least",
        "figure": _figure(band.floor.value),
        "end": _figure(band.written_to) if band.written_to is not None else None,
        "who": band.responsible,
        "actions": titles(policy, band.actions),
        "document": band.document,
    }


def _action(policy: Policy, action: Action) -> dict[str, str | int]:
    letters = {letter.id: letter.title for letter in policy.letters}
    plans = {plan.id: plan.title for plan in policy.plans}
    parts = [
        f"Letter: {letters.get(action.letter, action.letter)}" if action.letter else "",
        f"Plan: {plans.get(action.plan, action.plan)}" if action.plan else "",
        f"After: {policy.action[action.after].title}" if action.after in policy.action else "",
    ]
    return {
        "title": action.title,
        "owner": action.owner,
        "cadence": action.cadence,
        "due": action.due,
        "approval": "Yes" if action.needs_approval else "No",
        "with": "\n".join(part for part in parts if part),
        "document": action.document,
    }


def titles(policy: Policy, ids: Iterable[str]) -> str:
    """Actions by their titles, one a line."""
    return "\n".join(policy.action[one].title if one in policy.action else one for one in ids)


def _lists(policy: Policy) -> Iterator[tuple[str, list[Line]]]:
    yield (
        "First days of an absence",
        [_line(c.title, f"Day {c.day}", c.owner, _sooner(c.priority_day, c.day), c.document) for c in policy.contacts],
    )
    yield (
        "Support plans",
        [
            _line(
                p.title,
                f"{p.weeks} school weeks" if p.weeks else "",
                ", ".join(p.signed_by),
                "\n".join(p.contents),
                p.document,
            )
            for p in policy.plans
        ],
    )
    yield (
        "Meetings",
        [_line(m.title, m.cadence, ", ".join(m.members), "\n".join(m.agenda), m.document) for m in policy.meetings],
    )
    yield (
        "Routines",
        [_line(r.title, _when(r.cadence, r.day), r.owner, r.audience, r.document) for r in policy.routines],
    )
    yield "Recognition", [_line(r.title, r.cadence, r.owner, ", ".join(r.tell), r.document) for r in policy.rewards]
    yield (
        "Targets",
        [
            _line(t.title, "", "", f"{_figure(t.value):g}%" if t.value is not None else "No figure given", t.document)
            for t in policy.targets
        ],
    )
    yield "Groups", [_line(g.title, g.cadence, g.owner, "", g.document) for g in policy.groups]
    yield (
        "Letters",
        [
            _line(one.title, "", "", "A person approves it" if one.needs_approval else "", one.document)
            for one in policy.letters
        ],
    )
    yield "Notes", [_line(n.title, "", "", "\n".join(n.items), n.document) for n in policy.notices]


def _line(title: str, when: str, who: str, details: str, document: str) -> Line:
    return Line({"title": title, "when": when, "who": who, "details": details, "document": document})


def _sooner(priority_day: int, day: int) -> str:
    if priority_day and priority_day < day:
        return f"Already on day {priority_day} for children who are looked after or on a protection plan"
    return ""


def _when(cadence: str, day: str) -> str:
    return f"{cadence}, {day}" if day else cadence


def _rules(sheet: Sheet, policy: Policy) -> str:
    """The two general choices, in cells that can be tried; their address."""
    heading(sheet, "General choices", _LAST)
    first = sheet.row
    style = sheet.styles("cell")
    for words, value in (
        ("Stages start at this many possible sessions", policy.rules.min_possible),
        ("A stage steps down: review or immediately", policy.rules.step_down),
    ):
        sheet.ws.merge_range(sheet.row, 0, sheet.row, 1, "", style)
        sheet.put(sheet.row, 0, words, style)
        sheet.put(sheet.row, 2, value, style)
        sheet.ws.set_row(sheet.row, 22)
        sheet.row += 1
    sheet.skip(14.5)
    return f"$C${first + 1}:$C${first + 2}"


def _text(sheet: Sheet, view: View, prefix: str, rules: str) -> None:
    """What the cell functions read: built from the tables where the add-in is, as sent where it is not."""
    heading(sheet, "For the cell functions", _LAST)
    sheet.say("The tables above as one text. Nothing to do here.", "quiet")
    style = sheet.styles("packed")
    sent = f"Policy!$A${sheet.row + 2}"
    ranges = f"{_BANDS},{_STAGES},{_TRIGGERS},{rules}"
    sheet.formula(sheet.row, 0, f"=IFERROR({prefix}ATT_POLICY({ranges}),{sent})", view.policy_text, style)
    sheet.put(sheet.row + 1, 0, view.policy_text, style)
    for row in (sheet.row, sheet.row + 1):
        sheet.ws.set_row(row, 22)
    sheet.row += 2


def policy_cell(sheet: Sheet) -> str:
    """Where the policy's text stands, once the sheet is written."""
    return f"=Policy!$A${sheet.row - 1}"
