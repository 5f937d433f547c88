"""Figures of year groups, classes and the groups that the policy follows; none of those that are too small."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from halfday.measures import Measures
from halfday.policy.model import Group
from halfday.policy.outcome import Outcome
from halfday.register import FLAGS
from halfday_sync.mirroring.figures import Figures, measures
from halfday_sync.mirroring.suppression import LEAST, shown_groups

YEARS, CLASSES, OTHERS = "years", "classes", "groups"
_FLAGS = frozenset({*FLAGS, "sen"})
_RECEPTION = "R"
_ALWAYS = (Group(YEARS, "Year groups", "year_group"), Group(CLASSES, "Classes", "class_name"))
_NO_GROUP = frozenset({"family_id"})
"""Brothers and sisters are no group to publish figures of."""


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """A group as it may be shown.

    Attributes:
        block: year groups, classes, or the policy's other groups.
        title: what it is called.
        children: how many; nothing where that must not be known.
        year, half_term: its sessions; nothing likewise.
        persistent: how many of its children are persistently absent; nothing where that must not be known.
        is_small: the group is hidden since it is small; else for the sake of another that is.
        few: likewise the count of persistently absent children.
    """

    block: str
    title: str
    children: int | None = None
    year: Measures | None = None
    half_term: Measures | None = None
    persistent: int | None = None
    is_small: bool = False
    few: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A group before anything is left out; `kind` is what sorts children into it: a field of theirs.

    One that is not listed (children without a house) could be worked out all the same.
    """

    block: str
    kind: str
    title: str
    members: tuple[Outcome, ...]
    is_listed: bool = True


def group_figures(figures: Figures) -> tuple[GroupFigure, ...]:
    """Every group in the order of the page, with what may be known of it.

    Counts of persistently absent children are sums, too: those under ten are hidden, and what would give them away.
    """
    named = [*named_groups(figures)]
    everybody = _ids(figures.here)
    kinds = {at: one.kind for at, one in enumerate(named)}
    shown = shown_groups(everybody, {at: _ids(one.members) for at, one in enumerate(named)}, kinds)
    absent = frozenset(one.pupil.pupil_id for one in figures.settled if one.persistent_absence)
    counted = shown_groups(absent, {at: _ids(named[at].members) & absent for at in shown}, kinds)
    return tuple(
        _figure(one, _ids(one.members) & absent, is_shown=at in shown, is_counted=at in counted)
        for at, one in enumerate(named)
        if one.is_listed
    )


def _ids(outcomes: Sequence[Outcome]) -> frozenset[str]:
    return frozenset(one.pupil.pupil_id for one in outcomes)


def _figure(one: Named, absent: frozenset[str], *, is_shown: bool, is_counted: bool) -> GroupFigure:
    if not is_shown:
        return GroupFigure(one.block, one.title, is_small=len(one.members) < LEAST)
    return GroupFigure(
        one.block,
        one.title,
        len(one.members),
        measures(one.members, "ytd"),
        measures(one.members, "half_term"),
        len(absent) if is_counted else None,
        few=len(absent) < LEAST,
    )


def named_groups(figures: Figures) -> Iterator[Named]:
    """Year groups, classes and the groups that the policy follows, with everybody in them: nobody sees them so."""
    followed = [one for one in figures.view.policy.groups if one.by not in _NO_GROUP]
    for group in _ALWAYS:
        yield from _by_value(group.id, group.by, figures.here)
    seen = {group.by for group in _ALWAYS}
    for group in followed:
        if group.by in seen:
            continue
        seen.add(group.by)
        if group.by in _FLAGS:
            yield Named(OTHERS, group.by, group.title, tuple(one for one in figures.here if one.pupil.has(group.by)))
        else:
            yield from _by_value(OTHERS, group.by, figures.here)


def _by_value(block: str, by: str, here: Sequence[Outcome]) -> Iterator[Named]:
    """A group for each value of a field. Children without one are a group that is never shown, but could be told."""
    found: dict[str, list[Outcome]] = {}
    for one in here:
        found.setdefault(str(getattr(one.pupil, by)), []).append(one)
    for value in sorted(found, key=_in_order):
        yield Named(block, by, _title(by, value), tuple(found[value]), is_listed=bool(value))


def _in_order(value: str) -> tuple[int, str]:
    """Reception before Year 1, Year 2 before Year 10, classes 2A and 2B before 10A."""
    digits = value[: len(value) - len(value.lstrip("0123456789"))]
    return (int(digits) if digits else -1, value)


def _title(by: str, value: str) -> str:
    if by == "year_group":
        return "Reception" if value == _RECEPTION else f"Year {value}" if value.isdecimal() else value
    return f"House {value}" if by == "house" else value
