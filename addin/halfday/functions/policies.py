"""Cell functions that read the Policy and Calendar pages."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from halfday import cells
from halfday.functions.arguments import (
    Cell,
    WrongArgumentError,
    answers,
    blank,
    count_of,
    day_of,
    figure_of,
    flat,
    instead,
    one_of,
    rows,
    words_of,
)
from halfday.policy.lint import FAULT, NOTE, Finding, lint
from halfday.policy.load import PolicyError, load
from halfday.policy.model import CADENCES, Band, Policy, Stage, Trigger
from halfday.school_year import KINDS

_BAND_WORDS = {"at least": "from", "above": "above"}
_STAGE_WORDS = {"below": "below", "at or below": "at_or_below"}
_STEPS = ("review", "immediately")


@answers
def ATT_POLICY(
    bands: Cell,
    stages: Cell = None,
    triggers: Cell = None,
    rules: Cell = None,
    actions: Cell = None,
    earlier: Cell = None,
) -> Cell:
    """The policy as one text that the row functions take.

    Args:
        bands: Rows of: name, "at least" or "above", figure in %, the highest figure the document names (or blank), who
            is responsible, what happens (titles of actions, one a line).
        stages: Rows of: number, name, "below" or "at or below", figure in %, who is responsible, what happens.
        triggers: Rows of: id, title, conditions that must all hold (with " and " between them), conditions of which one
            must (" or "), kind, what happens.
        rules: Possible sessions before stages start, and "review" or "immediately" for stepping down.
        actions: Rows of: title, who, how often, due in school days, Yes or No for whether somebody must approve it.
        earlier: The stages as they were before a policy was adopted, as one text. Blank for none.

    Example:
        =ATT_POLICY(tblBands[[Band]:[What happens]], tblStages[[Stage number]:[What happens]])

    >>> print(ATT_POLICY([["Good", "at least", 95, ""], ["Low", "at least", 0, 94.9]], [[1, "Stage 1", "below", 95]]))
    school = {name = "as on the Policy page"}
    rules = {min_possible = 20, step_down = "review"}
    band = [
      {name = "Good", from = 95},
      {name = "Low", from = 0, written_to = 94.9},
    ]
    stage = [
      {number = 1, name = "Stage 1", below = 95},
    ]
    """
    if not any(map(rows, (bands, stages, triggers))):
        return ""
    policy = _policy(bands, stages, triggers, rules, actions, earlier)
    faults = [_in_words(one) for one in _faults(policy) if not one.text.startswith(_ABOUT_ACTIONS)]
    if faults:
        raise WrongArgumentError("Policy: " + "\n".join(faults))
    return cells.policy_text(policy)


def _faults(policy: Policy) -> Iterator[Finding]:
    """What makes the figures of a policy unfit to be worked with."""
    return (one for one in lint(policy) if one.level == FAULT and one.path.startswith(_FIGURES))


_FIGURES = ("band", "stage", "trigger", "rules")


@answers
def ATT_POLICY_CHECK(
    bands: Cell, stages: Cell = None, triggers: Cell = None, rules: Cell = None, actions: Cell = None
) -> Cell:
    """What to put right in the tables of the Policy page; or that there is nothing.

    Example:
        =ATT_POLICY_CHECK(tblBands[[Band]:[What happens]], tblStages[[Stage number]:[What happens]])

    >>> ATT_POLICY_CHECK([["Good", "at least", 95, ""], ["Low", "at least", 90, ""]])
    '#Policy: Band 2, Low: the lowest band leaves figures below it without one; from = 0'
    >>> ATT_POLICY_CHECK([["Good", "at least", 95, ""], ["Low", "at least", 0, ""]])
    'Nothing to put right.'
    """
    if not any(map(rows, (bands, stages, triggers))):
        return ""
    policy = _policy(bands, stages, triggers, rules, actions)
    # Where the column for what happens is not given, nothing can be said about it.
    asking: tuple[Band | Stage | Trigger, ...] = (*policy.bands, *policy.stages, *policy.triggers)
    silent = not any(one.actions for one in asking)
    known = [one for one in lint(policy) if not (silent and one.text.startswith(_ABOUT_ACTIONS))]
    faults = [_in_words(one) for one in known if one.level == FAULT]
    notes = [_in_words(one) for one in known if one.level == NOTE and one.path.startswith("band")]
    if faults:
        return "#Policy: " + "\n".join(faults)
    return "\n".join(["Nothing to put right. To know:", *notes]) if notes else "Nothing to put right."


def _in_words(finding: Finding) -> str:
    """A finding as it is said beside the tables: `Band 2, Low: ...`."""
    return f"{_place(finding.path)}: {finding.text}"


def _place(path: str) -> str:
    return re.sub(r"^(\w+)\[(\d+)\] ?", lambda match: f"{match[1].capitalize()} {match[2]}, ", path).rstrip(", ")


_ABOUT_ACTIONS = ("asks for nothing", "nothing asks for it")


def _policy(bands: Cell, stages: Cell, triggers: Cell, rules: Cell, actions: Cell, earlier: Cell = None) -> Policy:
    problems = [] if rows(bands) else ["there are no bands"]
    titles = [words_of(row[0]) for _at, row in rows(actions)]
    document = [
        _rules(rules, problems),
        *_each(_band, bands, titles, problems, "Bands"),
        *_each(_stage, stages, titles, problems, "Stages"),
        *_each(_trigger, triggers, titles, problems, "Triggers"),
        *_each(_action, actions, titles, problems, "Actions"),
    ]
    if problems:
        raise WrongArgumentError("Policy table: " + "\n".join(problems))
    try:
        return load("\n".join([cells.HEAD, *([] if blank(earlier) or earlier == 0 else [str(earlier)]), *document]), "")
    except PolicyError as fault:
        raise WrongArgumentError("Policy table: " + "\n".join(map(_told, fault.problems))) from fault


def _told(problem: str) -> str:
    """A problem of a policy file as it is said of a table: `Trigger 1: cannot read ...`."""
    path, _, text = problem.partition(": ")
    return f"{_place(_CONDITION.sub('', path))}: {text}" if text else problem


_CONDITION = re.compile(r"\.(?:all|any)(?:\[\d+\])?")


def _rules(value: Cell, problems: list[str]) -> str:
    first, second = [*flat(value), None, None][:2]
    least, step_down = 20, _STEPS[0]
    try:
        least = least if blank(first) or (first == 0 and second == 0) else count_of(first, "General choices")
        step_down = step_down if blank(second) or second == 0 else one_of(second, _STEPS, "General choices")
    except WrongArgumentError as fault:
        problems.append(str(fault))
    return f'rules = {{min_possible = {least}, step_down = "{step_down}"}}'


_Reader = Callable[[Sequence[Cell], Sequence[str]], Iterator[str]]


def _each(read: _Reader, table: Cell, titles: Sequence[str], problems: list[str], what: str) -> Iterator[str]:
    for at, row in rows(table):
        try:
            yield "\n".join(read([*row, *[None] * 6], titles))
        except WrongArgumentError as fault:
            problems.append(f"{fault} in row {at} of {what}")


def _band(row: Sequence[Cell], titles: Sequence[str]) -> Iterator[str]:
    name, word, figure, end = _name(row[0], "band"), row[1], row[2], row[3]
    if blank(figure):
        raise WrongArgumentError(f"{name!r} has no lower bound")
    yield "[[band]]"
    yield f"name = {cells.quoted(name)}"
    yield f"{_BAND_WORDS[one_of(word, _BAND_WORDS, repr(name))]} = {cells.exact(figure_of(figure, repr(name)))}"
    if not blank(end) and end != 0:
        yield f"written_to = {cells.exact(figure_of(end, repr(name)))}"
    yield from _asks(row[5], titles)


def _stage(row: Sequence[Cell], titles: Sequence[str]) -> Iterator[str]:
    name, word, figure = _name(row[1], "stage"), row[2], row[3]
    if blank(figure):
        raise WrongArgumentError(f"{name!r} has no figure")
    yield "[[stage]]"
    yield f"number = {count_of(row[0], repr(name), 'a stage')}"
    yield f"name = {cells.quoted(name)}"
    yield f"{_STAGE_WORDS[one_of(word, _STAGE_WORDS, repr(name))]} = {cells.exact(figure_of(figure, repr(name)))}"
    yield from _asks(row[5], titles)


def _trigger(row: Sequence[Cell], titles: Sequence[str]) -> Iterator[str]:
    name, title = _name(row[0], "trigger"), _name(row[1], "trigger")
    every, some = (None if cell == 0 else cell for cell in (row[2], row[3]))
    if blank(every) and blank(some):
        raise WrongArgumentError(f"{title!r} has no condition; write for example percent < 92")
    yield "[[trigger]]"
    yield f"id = {cells.quoted(name)}"
    yield f"title = {cells.quoted(title)}"
    for key, text, separator in (("all", every, " and "), ("any", some, " or ")):
        if not blank(text):
            yield f"{key} = [{', '.join(cells.quoted(part) for part in str(text).split(separator))}]"
    yield from _asks(row[5], titles)


def _action(row: Sequence[Cell], _titles: Sequence[str]) -> Iterator[str]:
    title = _name(row[0], "action")
    yield "[[action]]"
    yield f"id = {cells.quoted(title)}"
    yield f"title = {cells.quoted(title)}"
    yield f"owner = {cells.quoted('' if blank(row[1]) or row[1] == 0 else words_of(row[1]))}"
    yield f'cadence = "{one_of(row[2], CADENCES, repr(title))}"'
    yield f"due = {count_of(row[3] or 0, repr(title), 'school days')}"
    yield f"needs_approval = {'true' if one_of(row[4] or 'No', ('Yes', 'No'), repr(title)) == 'Yes' else 'false'}"


def _name(cell: Cell, what: str) -> str:
    if blank(cell) or cell == 0:
        raise WrongArgumentError(f"a {what} has no name")
    return words_of(cell)


def _asks(cell: Cell, titles: Sequence[str]) -> Iterator[str]:
    """Titles of actions, one a line. Where no actions are given, what happens is not read."""
    if not titles or blank(cell) or cell == 0:
        return
    asked = [" ".join(line.split()) for line in str(cell).splitlines() if line.strip()]
    for one in asked:
        if one not in titles:
            raise WrongArgumentError(f"what happens: {one!r} is not one of the actions{instead(one, titles)}")
    yield f"actions = [{', '.join(map(cells.quoted, asked))}]"


@answers
def ATT_CALENDAR(dates: Cell) -> Cell:
    """The school year as one text that the row functions take, from rows of dates; or a text, if it can be read.

    Args:
        dates: Rows of: first date, last date, kind; or of date, kind. Kinds: school, inset, holiday, bank_holiday,
            closure.

    Example:
        =ATT_CALENDAR(CalendarText)

    >>> print(ATT_CALENDAR([[45902, 45954, "school"], [date(2025, 10, 27), date(2025, 10, 31), "holiday"]]))
    2025-09-02 to 2025-10-24 school
    2025-10-27 to 2025-10-31 holiday
    >>> ATT_CALENDAR("2025-09-01 until 2025-10-24 school")
    '#Calendar: cannot read line 1; write 2025-09-02 to 2025-10-24 school'
    """
    if not rows(dates):
        return ""
    given = flat(dates)
    text = str(given[0]) if len(given) == 1 else "\n".join(_calendar_line(at, row) for at, row in rows(dates))
    cells.read_calendar(text)
    return text


def _calendar_line(at: int, row: Sequence[Cell]) -> str:
    said = [cell for cell in row if not blank(cell)]
    if len(said) not in (2, 3):
        raise WrongArgumentError(f"Calendar: row {at} needs a first date, a last date and a kind of day")
    first = day_of(said[0], f"Calendar, row {at}")
    last: date = day_of(said[-2], f"Calendar, row {at}")
    if last < first:
        raise WrongArgumentError(f"Calendar: row {at} ends before it begins")
    return f"{first} to {last} {one_of(said[-1], KINDS, f'Calendar, row {at}')}"
