"""The Policy page: the school's rules in words, tables whose figures can be tried, the text the functions read."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from halfday import cells
from halfday.functions import ATT_POLICY_CHECK
from halfday.policy.model import Action, Policy
from halfday_sync.fit import height
from halfday_sync.workbook.freshness import TRYING
from halfday_sync.workbook.layout import grid, section_columns
from halfday_sync.workbook.sections import Line, Section, draw, heading, table
from halfday_sync.workbook.sheet import Sheet, Value, told
from halfday_sync.workbook.styles import row_sizes
from halfday_sync.workbook.view import View

_TABLES = {
    "bands": "tblBands[[Band]:[What happens]]",
    "stages": "tblStages[[Stage number]:[What happens]]",
    "triggers": "tblTriggers[[Trigger]:[What happens]]",
    "actions": "tblActions[[Action]:[Somebody must approve it]]",
}
"""What the functions take of each table: its columns from the first on, as they stand on the page."""
_EARLIER = "EarlierStages"
"""The cell with the stages that were in force before this policy was adopted; empty where there were none."""
_LAST = 6
_STAGES = "SUMPRODUCT(--(tblTracker[Stage]<>tblTracker[Stage as sent]))"
_LISTS = "SUMPRODUCT(--(tblTracker[Checklist]<>tblTracker[Checklist as sent]))"
_BANDS = "SUMPRODUCT(--(tblTracker[Band]<>tblTracker[Band as sent]))"
_TRYING = (
    '=IFERROR(IF(PolicyText=PolicySent,"",IF(LEFT(PolicyText,1)="#",'
    '"You are trying another policy. Put right first what the check above says.",'
    '"You are trying another policy. Had it been so "&IF(EarlierStages="","all year","since it was last adopted")&", "'
    f'&IF({_STAGES}=0,"nobody",{_STAGES}&IF({_STAGES}=1," pupil"," pupils"))&" would be at another stage"'
    f'&IF({_BANDS}=0,"",", "&{_BANDS}&" in another band")&IF({_LISTS}=0,"",", "&{_LISTS}&" with another checklist")'
    '&". Nothing is adopted yet.")),"")'
)
"""Counts rows of the Tracker that differ from what was sent: what they say is the engine's."""


def write(sheet: Sheet, view: View, prefix: str) -> None:
    """The Policy sheet."""
    policy = view.policy
    sheet.widths(grid("policy"))
    sheet.ws.hide_gridlines(2)
    sheet.say("Policy: what this school has said it will do", "title", tall=30)
    for line in _source(policy):
        sheet.say(line, "quiet")
    check = sheet.row
    sheet.skip(row_sizes()["least"])
    sheet.formula(sheet.row, 0, _TRYING, "", sheet.styles("warning"))
    sheet.skip(row_sizes()["least"])
    given: dict[str, list[list[Value]]] = {}
    for title, note, name, lines in _tables(policy):
        heading(sheet, title, _LAST)
        sheet.say(note, "quiet")
        columns = section_columns("policy", name)
        table(sheet, f"tbl{name.title()}", columns, lines)
        given[name] = [[told(line.values.get(column.key)) for column in columns] for line in lines]
    rules = _rules(sheet, policy)
    for title, lines in _lists(policy):
        if lines:
            draw(sheet, Section(title, section_columns("policy", "list"), lines), _LAST)
    sheet.ws.print_area(0, 0, sheet.row - 1, _LAST)
    asked = ",".join([*(_TABLES[name] for name in ("bands", "stages", "triggers")), rules, _TABLES["actions"]])
    _text(sheet, view, prefix, asked)
    _check(sheet, check, f"{prefix}ATT_POLICY_CHECK({asked})", _checked(policy, given))


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
        "Done by a talk with the family" if action.contact else "",
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


def _checked(policy: Policy, given: dict[str, list[list[Value]]]) -> str:
    """What the check says of the tables as they are written."""
    rules = [[policy.rules.min_possible], [policy.rules.step_down]]
    said = ATT_POLICY_CHECK(given["bands"], given["stages"], given["triggers"], rules, given["actions"])
    return str(said or "")


def _check(sheet: Sheet, row: int, asked: str, said: str) -> None:
    """The check of the tables, above them; as it was sent where the add-in is not."""
    style = sheet.styles("quietwrap")
    sheet.put(row, 0, "Check of the tables:", sheet.styles("quiet"))
    sheet.ws.merge_range(row, 1, row, _LAST, "", style)
    sheet.formula(row, 1, f'=IFERROR({asked},Policy!$A${sheet.row + 1}&"")', said, style)
    wide = sum(width for column, width in grid("policy").items() if column)
    sheet.ws.set_row(row, height([(said, wide)], row_sizes()))
    sheet.whole(sheet.row, 0, said, sheet.styles("packed"))
    sheet.skip(row_sizes()["least"])


def _text(sheet: Sheet, view: View, prefix: str, asked: str) -> None:
    """What the cell functions read: built from the tables where the add-in is, as sent where it is not."""
    heading(sheet, "For the cell functions", _LAST)
    about = "The tables above as one text, live and as sent; the stages before this policy; the check as sent."
    sheet.say(f"{about} Nothing to do here.", "quiet")
    style = sheet.styles("packed")
    sent = f"Policy!$A${sheet.row + 2}"
    live = f"=IFERROR({prefix}ATT_POLICY({asked},{_EARLIER}),{sent})"
    sheet.formula(sheet.row, 0, live, view.policy_text, style)
    sheet.whole(sheet.row + 1, 0, view.policy_text, style)
    sheet.whole(sheet.row + 2, 0, cells.earlier_text(view.policy), style)
    for _line in range(3):
        sheet.skip(row_sizes()["least"])


def names(sheet: Sheet, view: View) -> dict[str, str]:
    """The cells of this page that others read, by name, once the sheet is written."""
    trying = 1 + len(list(_source(view.policy))) + 2
    rows = {"PolicyText": sheet.row - 3, "PolicySent": sheet.row - 2, _EARLIER: sheet.row - 1, TRYING: trying}
    return {name: f"=Policy!$A${row}" for name, row in rows.items()}
