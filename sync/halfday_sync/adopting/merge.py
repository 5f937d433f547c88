"""The school's policy with tried figures in it: what the Policy page shows is taken over, everything else stays."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from halfday.policy.model import Action, Band, Policy, Stage, Trigger

_Row = TypeVar("_Row", Band, Stage, Trigger, Action)
Origin = tuple[int | None, ...]
"""For each row, its place among the rows of the policy before; none for a row that is new."""


@dataclass(frozen=True)
class Merged:
    """A policy with tried figures in it, and where its rows come from.

    Attributes:
        origin: by table of the file (`band`, `stage`, `trigger`, `action`).
    """

    policy: Policy
    origin: Mapping[str, Origin]


def merge(old: Policy, tried: Policy) -> Merged:
    """The policy that adopting would make. `tried` is the policy of the cells, whose actions go by their titles.

    A row is known again by its name (a trigger by its id); one whose name is new, in the place of one whose name is
    gone, is that row with another name. Where no actions were tried, what is asked for stays as it is.
    """
    action_origin = origins([_plain(a.title) for a in old.actions], [_plain(a.title) for a in tried.actions])
    actions = _actions(old, tried, action_origin)
    ids = {_plain(row.title): action.id for row, action in zip(tried.actions, actions, strict=True)}

    def asked(before: tuple[str, ...], titles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(ids[_plain(title)] for title in titles) if tried.actions else before

    bands, band_origin = _rows(old.bands, tried.bands, lambda row: row.name)
    stages, stage_origin = _rows(old.stages, tried.stages, lambda row: row.name)
    triggers, trigger_origin = _rows(old.triggers, tried.triggers, lambda row: row.id)
    policy = replace(
        old,
        # The page shows these two; how long is idle, and how many lessons a day has, stay as they are.
        rules=replace(old.rules, min_possible=tried.rules.min_possible, step_down=tried.rules.step_down),
        bands=tuple(_band(was, row, asked) for was, row in bands),
        stages=tuple(_stage(was, row, asked) for was, row in stages),
        triggers=tuple(_trigger(was, row, asked) for was, row in triggers),
        actions=actions if tried.actions else old.actions,
    )
    kept: Origin = tuple(range(len(old.actions)))
    return Merged(
        policy,
        {
            "band": band_origin,
            "stage": stage_origin,
            "trigger": trigger_origin,
            "action": action_origin if tried.actions else kept,
        },
    )


def origins(before: Sequence[str], after: Sequence[str]) -> Origin:
    """Where each of `after` was in `before`: by its name first, then by its place.

    >>> origins(["Green", "Amber", "Red"], ["Green", "Orange", "Red", "Black"])
    (0, 1, 2, None)
    """
    left = dict(enumerate(before))
    found: list[int | None] = []
    for name in after:
        at = next((place for place, was in left.items() if was == name), None)
        if at is not None:
            del left[at]
        found.append(at)
    for place, at in enumerate(found):
        if at is None and place in left:
            del left[place]
            found[place] = place
    return tuple(found)


def _rows(
    before: Sequence[_Row], after: Sequence[_Row], name: Callable[[_Row], str]
) -> tuple[list[tuple[_Row | None, _Row]], Origin]:
    places = origins([_plain(name(row)) for row in before], [_plain(name(row)) for row in after])
    return [(None if at is None else before[at], row) for at, row in zip(places, after, strict=True)], places


_Asked = Callable[[tuple[str, ...], tuple[str, ...]], tuple[str, ...]]


def _band(was: Band | None, row: Band, asked: _Asked) -> Band:
    base = was or Band(row.name)
    return replace(
        base,
        name=_kept(base.name, row.name),
        from_=row.from_,
        above=row.above,
        written_to=row.written_to,
        actions=asked(base.actions, row.actions),
    )


def _stage(was: Stage | None, row: Stage, asked: _Asked) -> Stage:
    base = was or Stage(row.number, row.name)
    return replace(
        base,
        number=row.number,
        name=_kept(base.name, row.name),
        below=row.below,
        at_or_below=row.at_or_below,
        actions=asked(base.actions, row.actions),
    )


def _trigger(was: Trigger | None, row: Trigger, asked: _Asked) -> Trigger:
    base = was or Trigger(row.id, row.title, row.condition)
    return replace(
        base,
        id=_kept(base.id, row.id),
        title=_kept(base.title, row.title),
        condition=row.condition,
        actions=asked(base.actions, row.actions),
    )


def _actions(old: Policy, tried: Policy, places: Origin) -> tuple[Action, ...]:
    taken = {action.id for action in old.actions}
    found = []
    for at, row in zip(places, tried.actions, strict=True):
        base = Action(_new_id(row.title, taken), row.title) if at is None else old.actions[at]
        taken.add(base.id)
        found.append(
            replace(
                base,
                title=_kept(base.title, row.title),
                owner=_kept(base.owner, row.owner),
                cadence=row.cadence,
                due=row.due,
                needs_approval=row.needs_approval,
            )
        )
    return tuple(found)


def _kept(before: str, after: str) -> str:
    """The words after; those before, to the letter, where a cell only spaces them differently."""
    return before if _plain(before) == _plain(after) else after


def _plain(text: str) -> str:
    return " ".join(text.split())


def _new_id(title: str, taken: Collection[str]) -> str:
    """An id for a new action, out of its title."""
    ascii_ = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_.lower())[:40].strip("-") or "action"
    number, found = 2, stem
    while found in taken:
        found, number = f"{stem}-{number}", number + 1
    return found
