"""What adopting would change, in words: one line each, the old and the new."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from halfday.cells import exact
from halfday.policy.conditions import Condition
from halfday.policy.model import Action, Band, Policy, Stage, Trigger
from halfday.printing import Cut, counted
from halfday_sync.adopting.merge import Merged

_Row = TypeVar("_Row", Band, Stage, Trigger, Action)


def changes(old: Policy, merged: Merged) -> tuple[str, ...]:
    """Every change, in the order of the Policy page; empty when nothing differs."""
    new = merged.policy
    titles = {action.id: action.title for action in (*old.actions, *new.actions)}
    return (
        *_table("Band", "bands", old.bands, new.bands, merged.origin["band"], lambda was, row: _band(was, row, titles)),
        *_table("Stage", "stages", old.stages, new.stages, merged.origin["stage"], lambda a, b: _stage(a, b, titles)),
        *_table(
            "Trigger",
            "triggers",
            old.triggers,
            new.triggers,
            merged.origin["trigger"],
            lambda was, row: _trigger(was, row, titles),
        ),
        *_table("Action", "actions", old.actions, new.actions, merged.origin["action"], _action),
        *_rules(old, new),
    )


def _table(
    what: str,
    many: str,
    before: Sequence[_Row],
    after: Sequence[_Row],
    origin: Sequence[int | None],
    differences: Callable[[_Row, _Row], Iterable[str]],
) -> Iterator[str]:
    for at, row in zip(origin, after, strict=True):
        if at is None:
            yield f"{what} {_name(row)} is new: {_summary(row)}."
            continue
        was = before[at]
        yield from (f"{what} {_name(was)}: {text}." for text in differences(was, row))
    for at, row in enumerate(before):
        if at not in origin:
            yield f"{what} {_name(row)} is taken out."
    kept = [at for at in origin if at is not None]
    if kept != sorted(kept):
        yield f"The {many} are in another order."


def _name(row: Band | Stage | Trigger | Action) -> str:
    match row:
        case Stage():
            return f"{row.number} ({row.name})"
        case Trigger():
            return f"{row.id!r}"
        case Band():
            return f"{row.name!r}"
        case Action():
            return f"{row.title!r}"


def _summary(row: Band | Stage | Trigger | Action) -> str:
    match row:
        case Band():
            return _from(row)
        case Stage():
            return _when(row)
        case Trigger():
            return condition_words(row.condition)
        case Action():
            return f"{row.owner or 'nobody yet'}, {row.cadence}, {_days(row.due)}"


def _band(was: Band, row: Band, titles: dict[str, str]) -> Iterator[str]:
    yield from _renamed("name", was.name, row.name)
    yield from _moved(_from(was), _from(row))
    yield from _moved(_end(was), _end(row))
    yield from _asked(was.actions, row.actions, titles)


def _from(band: Band) -> str:
    return f"{'above' if band.above is not None else 'at least'} {_percent(band.floor)}"


def _end(band: Band) -> str:
    end = band.written_to
    return "no highest figure in the document" if end is None else f"the document says up to {exact(end)}%"


def _stage(was: Stage, row: Stage, titles: dict[str, str]) -> Iterator[str]:
    if was.number != row.number:
        yield f"stage {was.number} → stage {row.number}"
    yield from _renamed("name", was.name, row.name)
    yield from _moved(_when(was), _when(row))
    yield from _asked(was.actions, row.actions, titles)


def _when(stage: Stage) -> str:
    return f"{'below' if stage.ceiling.inclusive else 'at or below'} {_percent(stage.ceiling)}"


def _percent(cut: Cut) -> str:
    return f"{exact(cut.value)}%"


def _trigger(was: Trigger, row: Trigger, titles: dict[str, str]) -> Iterator[str]:
    yield from _renamed("id", was.id, row.id)
    yield from _renamed("words", was.title, row.title)
    yield from _moved(condition_words(was.condition), condition_words(row.condition))
    yield from _asked(was.actions, row.actions, titles)


def condition_words(condition: Condition) -> str:
    """A condition on one line, as the Policy page shows it.

    >>> from halfday.policy.conditions import read
    >>> condition_words(Condition((read("percent < 92"),), (read("cp"), read("lac"))))
    'percent < 92, and one of: cp or lac'
    """
    every = " and ".join(test.text for test in condition.all)
    some = " or ".join(test.text for test in condition.any)
    return f"{every}, and one of: {some}" if every and some else every or some


def _action(was: Action, row: Action) -> Iterator[str]:
    yield from (f"{text}{_kept(row)}" for text in _renamed("words", was.title, row.title))
    yield from _moved(_who(was), _who(row))
    yield from _moved(was.cadence, row.cadence)
    yield from _moved(_days(was.due), _days(row.due))
    if was.needs_approval != row.needs_approval:
        yield "somebody must approve it from now on" if row.needs_approval else "nobody has to approve it any more"


def _kept(action: Action) -> str:
    """What the page does not show and an action keeps under its new words, which may mean something else by now."""
    kept = [f"the {what} {name!r}" for what, name in (("letter", action.letter), ("plan", action.plan)) if name]
    return f"; it keeps {' and '.join(kept)}" if kept else ""


def _who(action: Action) -> str:
    return f"done by {action.owner or 'nobody named'}"


def _days(due: int) -> str:
    return f"due in {counted(due, 'school day')}"


def _rules(old: Policy, new: Policy) -> Iterator[str]:
    was, now = old.rules, new.rules
    if was.min_possible != now.min_possible:
        yield f"Stages start at {was.min_possible} possible sessions → {now.min_possible}."
    if was.step_down != now.step_down:
        yield f"A stage steps down: {_step(was.step_down)} → {_step(now.step_down)}."


def _step(word: str) -> str:
    return "at a review" if word == "review" else word


def _renamed(what: str, before: str, after: str) -> Iterator[str]:
    if before != after:
        yield f"its {what} now: {after!r}"


def _moved(before: str, after: str) -> Iterator[str]:
    if before != after:
        yield f"{before} → {after}"


def _asked(before: Sequence[str], after: Sequence[str], titles: dict[str, str]) -> Iterator[str]:
    added = [titles.get(one, one) for one in after if one not in before]
    gone = [titles.get(one, one) for one in before if one not in after]
    if added:
        yield f"also asks for {'; '.join(map(repr, added))}"
    if gone:
        yield f"no longer asks for {'; '.join(map(repr, gone))}"
    if before != after and not added and not gone:
        yield "asks for the same in another order"


def still_said(old: Policy, merged: Merged) -> tuple[str, ...]:
    """Names and titles that still speak of a figure that moved: the words are a person's to change."""
    new = merged.policy
    found = [
        *_stale("Band", old.bands, new.bands, merged.origin["band"], lambda b: (b.name, [exact(b.floor.value)])),
        *_stale("Stage", old.stages, new.stages, merged.origin["stage"], lambda s: (s.name, [exact(s.ceiling.value)])),
        *_stale(
            "Trigger",
            old.triggers,
            new.triggers,
            merged.origin["trigger"],
            lambda t: (t.title, [exact(test.value) for test in t.condition.tests if test.op]),
        ),
    ]
    return tuple(f"The words of {what} still say {figure}." for what, figure in found)


def _stale(
    what: str,
    before: Sequence[_Row],
    after: Sequence[_Row],
    origin: Sequence[int | None],
    said: Callable[[_Row], tuple[str, Sequence[str]]],
) -> Iterator[tuple[str, str]]:
    for at, row in zip(origin, after, strict=True):
        if at is None:
            continue
        _words, were = said(before[at])
        words, figures = said(row)
        for figure in dict.fromkeys(were):
            if figure not in figures and re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d]|\.\d)", words):
                yield f"{what} {_name(row)}", figure
