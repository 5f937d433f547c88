"""Whom to tell today that a child is away: DSL, social worker, virtual school, and whom staff named on the Tracker."""

from collections.abc import Iterator
from dataclasses import dataclass

from halfday import printing
from halfday.first_days import contact_words
from halfday.morning import Unexplained
from halfday.register import Pupil
from halfday.telling import Spell, asks, has_social_worker, last_told, names, spell, whom
from halfday_sync.decided import text_of
from halfday_sync.entries import CONTACTS, TRACKER
from halfday_sync.workbook.pupil_words import link_to
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.view import View, name_of

_NOTES = (
    "Social workers and youth justice workers are told promptly; again every third school day, or until one was told.",
)
_NEVER = "Not yet"
_MOST = 120
"""Letters of what staff wrote that a row shows; all of it is on the Tracker."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A child who is away, who is told of it, and the absence."""

    pupil: Pupil
    whom: tuple[str, ...]
    since: Spell
    explained: bool


def tell(view: View) -> Iterator[Section]:
    """Children away today whom other professionals work with; none where there are none to tell."""
    rows = [one for one in _away(view) if _is_asked(view, one)]
    if rows:
        words = Words("Tell today: who works with these children", _NOTES, "on the Tracker.")
        yield listed("tell", words, rows, lambda _n, one: _line(view, one))


def _away(view: View) -> Iterator[_Told]:
    """Whom to tell about, in the order of the calls; then children with a social worker whose absence has a reason."""
    unexplained = {row.pupil.pupil_id: row for row in view.morning.calls}
    for row in unexplained.values():
        told = whom(row.pupil, _named(view, row.pupil))
        if told:
            yield _Told(row.pupil, told, _spell_of(row), explained=False)
    if not view.morning.is_school_day:
        return
    for outcome in view.ordered:
        pupil, named = outcome.pupil, _named(view, outcome.pupil)
        if pupil.pupil_id in unexplained or not has_social_worker(pupil, named) or not pupil.on_roll(view.today):
            continue
        away = spell(view.register, pupil, view.today)
        if away is not None:
            yield _Told(pupil, whom(pupil, named), away, explained=True)


def _spell_of(row: Unexplained) -> Spell:
    return Spell(row.since, row.day, "N", "no reason yet")


def _named(view: View, pupil: Pupil) -> str:
    said = text_of(view.staff.get((TRACKER, pupil.pupil_id, "professionals")))
    return said if len(said) <= _MOST else f"{said[: _MOST - 1]}…"


def _is_asked(view: View, one: _Told) -> bool:
    """Whether they are told today; a row in which somebody typed today stays."""
    key = _key(view, one)
    if any((CONTACTS, key, column) in view.staff for column in ("outcome", "note")):
        return True
    told = view.casework.contacts_of.get(one.pupil.pupil_id, ())
    return asks(last_told(told, one.since.since, view.today), view.calendar, view.today)


def _key(view: View, one: _Told) -> str:
    return f"{one.pupil.pupil_id}|told|{view.today}"


def _line(view: View, one: _Told) -> Line:
    told = view.casework.contacts_of.get(one.pupil.pupil_id, ())
    last = last_told(told, one.since.since, view.today)
    return row_of(
        view,
        CONTACTS,
        _key(view, one),
        columns_of("tell"),
        {
            "pupil": name_of(one.pupil) if one.pupil.is_guest else link_to(one.pupil),
            "class": one.pupil.class_name,
            "day": f"Day {one.since.days}, since {printing.day(one.since.since)}",
            "last_told": contact_words(last) if last else _NEVER,
            "whom": names(one.whom),
            "why": f"Marked {one.since.code}: {one.since.meaning}." if one.explained else _known(view, one),
        },
    )


def _known(view: View, one: _Told) -> str:
    """No reason in the MIS; what the family said, where somebody was reached in this absence."""
    told = view.casework.contacts_of.get(one.pupil.pupil_id, ())
    heard = [c for c in told if c.reached and one.since.since <= c.day <= view.today]
    said = f" The family: {contact_words(heard[-1])}." if heard else ""
    return f"No reason in the MIS yet.{said}"
