"""Today's calls and visits. A child stands in one of the lists only, so there is one place to type."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from halfday import printing
from halfday.first_days import Prompt, contact_words, prompt
from halfday.morning import FLAG_WORDS, Unexplained
from halfday_sync.entries import CONTACTS
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.view import View, name_of

VISIT, CALL = "visit", "call"
_REST = 'on the Tracker, sort by "N marks".'
_NUMBERS = 3
"""Numbers that a row shows: more would make it too tall."""


@dataclass(frozen=True, slots=True)
class _Away:
    """A child who is away without a reason, and what to do today; `covers` are children known already, beside it."""

    row: Unexplained
    prompt: Prompt
    covers: tuple["_Away", ...] = ()

    @property
    def pupil_id(self) -> str:
        return self.row.pupil.pupil_id

    @property
    def everybody(self) -> set[str]:
        """The child and the brothers and sisters away today."""
        return {self.pupil_id, *self.row.family}


@dataclass(frozen=True, slots=True)
class _Lists:
    """Who stands where; `beside` counts those who stand beside a brother or sister among the visits."""

    visits: tuple[_Away, ...]
    calls: tuple[_Away, ...]
    known: tuple[_Away, ...]
    beside: int = 0
    rung: int = 0


def visits(view: View) -> Section:
    """Children for whom the policy asks more than a first call; brothers and sisters among them stand together."""
    rows = _lists(view).visits
    notes = [f"In this order: {_order(view)}."] if rows else []
    if any(one.row.day == 1 for one in rows):
        notes.append("Where it says day 1, the policy asks for it sooner.")
    words = Words("Ring first, visit or check: second day or later", notes, _REST, _why_empty(view))
    return listed("visits", words, rows, _line_of(view, "visits", VISIT))


def calls(view: View) -> Section:
    """All others who are away without a reason, in the policy's order; one line for brothers and sisters."""
    found = _lists(view)
    both = f"{printing.counted(len(found.calls), 'call')} for {found.rung} children"
    count = both if len(found.calls) < found.rung else ""
    notes = list(_call_notes(view, found))
    words = Words("Ring next: absent today, no reason known", notes, _REST, _why_empty(view), count)
    return listed("calls", words, found.calls, _line_of(view, "calls", CALL))


def known(view: View) -> Iterator[Section]:
    """Children whose family gave a reason or a day back: their mark says nothing of it yet. None where there are none.

    They stay on the page for as long as the mark is N.
    """
    rows = _lists(view).known
    if rows:
        notes = ["No call is asked for now. Each stays here until the reason is in the MIS."]
        yield listed(
            "known", Words("Known already, still N in the MIS", notes, _REST), rows, _line_of(view, "known", CALL)
        )


def _lists(view: View) -> _Lists:
    away = [_Away(row, prompt_of(view, row)) for row in view.morning.calls]
    waits = {one.pupil_id for one in away if _can_wait(view, one)}
    to_visit = {row.pupil.pupil_id for row in view.morning.visits} - waits
    first = _together([one for one in away if one.pupil_id in to_visit])
    covered = {pupil_id for one in first for pupil_id in one.everybody}
    others = [one for one in away if one.pupil_id not in to_visit and one.pupil_id not in waits]
    ours = [one for one in others if one.pupil_id not in covered]
    rung = _first_of_each(ours)
    covered |= {pupil_id for one in rung for pupil_id in one.everybody}
    quiet = [one for one in away if one.pupil_id in waits]
    beside = [one for one in quiet if one.pupil_id in covered]
    alone = [one for one in quiet if one.pupil_id not in covered]
    return _Lists(
        visits=_covering(first, beside),
        calls=_covering(rung, [one for one in beside if not any(one.pupil_id in f.everybody for f in first)]),
        known=_covering(_first_of_each(alone), alone),
        beside=len(others) - len(ours),
        rung=len(ours),
    )


def prompt_of(view: View, row: Unexplained, without: str = "") -> Prompt:
    """What to do, by the contacts; `without` leaves out what was typed on the page today."""
    told = view.casework.contacts_of
    own = [one for one in told.get(row.pupil.pupil_id, ()) if not without or not one.key.endswith(without)]
    family = [one for pupil_id in family_of(view, row) for one in told.get(pupil_id, ())]
    return prompt(row, own, view.calendar, view.today, family)


def family_of(view: View, row: Unexplained) -> Sequence[str]:
    """All brothers and sisters here, away today or not."""
    family, own = row.pupil.family_id, row.pupil.pupil_id
    if not family:
        return ()
    return [one.pupil_id for one in (*view.pupils, *view.guests) if one.family_id == family and one.pupil_id != own]


def _can_wait(view: View, one: _Away) -> bool:
    """Whether a reason was known before anything was typed on today's page: a row does not move while people type."""
    ours = [f"{one.pupil_id}|{what}|{view.today}" for what in (CALL, VISIT)]
    told = view.casework.contacts_of.get(one.pupil_id, ())
    if not any(contact.key in ours for contact in told):
        return one.prompt.can_wait
    return one.prompt.can_wait and prompt_of(view, one.row, without=f"|{view.today}").can_wait


def _covering(lines: Sequence[_Away], beside: Sequence[_Away]) -> tuple[_Away, ...]:
    """Lines of families; each child who is known already and has no line stands in the first of them."""
    left = {one.pupil_id: one for one in beside}
    found = []
    for line in lines:
        covers = tuple(left.pop(p) for p in line.row.family if p in left)
        found.append(replace(line, covers=covers))
    return tuple(found)


def _call_notes(view: View, found: _Lists) -> Iterator[str]:
    order = "the same order" if found.visits else f"this order: {_order(view)}"
    if found.calls:
        yield f"In {order}. One call for each family."
    if found.beside:
        away = printing.counted(found.beside, "more child is", "more children are")
        yield f"{away} away: they stand beside a brother or sister in [visits], and need no call of their own."
    if view.morning.waiting:
        yield f"Registers not in yet: {', '.join(view.morning.waiting)}."
    if view.morning.incomplete:
        yield f"Not complete yet: {', '.join(view.morning.incomplete)}."


def _order(view: View) -> str:
    flags = ", ".join(FLAG_WORDS[flag] for flag in view.policy.priority)
    return f"{flags}; then the longest absence" if flags else "the longest absence first"


def _why_empty(view: View) -> str:
    if not view.morning.is_school_day:
        return "There is no school today."
    return (
        "" if view.morning.registers_taken else "Today's registers are not in yet. The list fills once they are taken."
    )


def _together(rows: Sequence[_Away]) -> list[_Away]:
    """Brothers and sisters side by side, where the first of them stands."""
    by_id = {one.pupil_id: one for one in rows}
    found: dict[str, _Away] = {}
    for one in rows:
        for pupil_id in (one.pupil_id, *one.row.family):
            if pupil_id in by_id:
                found.setdefault(pupil_id, by_id[pupil_id])
    return list(found.values())


def _first_of_each(rows: Sequence[_Away]) -> list[_Away]:
    covered: set[str] = set()
    found = []
    for one in rows:
        if one.pupil_id not in covered:
            covered |= one.everybody
            found.append(one)
    return found


# --- a row ------------------------------------------------------------------------------------------------------------


def _line_of(view: View, section: str, what: str) -> Callable[[int, _Away], Line]:
    typed = {key for place, key, _column in view.staff if place == CONTACTS and key.endswith(str(view.today))}

    def line(order: int, one: _Away) -> Line:
        row, other = one.row, CALL if what == VISIT else VISIT
        key, elsewhere = (f"{one.pupil_id}|{name}|{view.today}" for name in (what, other))
        return row_of(
            view,
            CONTACTS,
            elsewhere if elsewhere in typed and key not in typed else key,  # what was typed stays with its row
            columns_of(section),
            {
                "order": order,
                "pupil": name_of(row.pupil) if row.pupil.is_guest else link_to(row.pupil),
                "class": row.pupil.class_name,
                "day": f"Day {row.day} ({printing.counted(row.sessions, 'session')})",
                "since": row.since,
                "early": _good_to_know(view, row),
                "ask": _asked(one),
            },
        )

    return line


def _good_to_know(view: View, row: Unexplained) -> str:
    flags = ", ".join(row.flags)
    here = {pupil.pupil_id: pupil for pupil in view.guests} | view.pupil
    family = [here[p] for p in row.family if p in here]
    guest = "Guest: on roll at another school, which must know too" if row.pupil.is_guest else ""
    away = "; ".join(f"{name_of(p)} ({p.class_name})" if p.class_name else name_of(p) for p in family)
    stage = view.outcome[row.pupil.pupil_id].stage if row.pupil.pupil_id in view.outcome else 0
    parts = [
        guest,
        flags[:1].upper() + flags[1:],
        f"Also away in this family: {away}" if away else "",
        stage_text(stage),
    ]
    said = ". ".join(part for part in parts if part)
    return "\n".join(filter(None, [*numbers(view, row.pupil.pupil_id), said]))


def numbers(view: View, pupil_id: str) -> list[str]:
    """Whom to ring, a number a line, as far as the MIS shares them: everybody's first number, then the others.

    One carer after another in the school's order; what does not fit is in the MIS.
    """
    carers = sorted(view.casework.carers.get(pupil_id, ()), key=lambda one: one.order)
    most = max((len(one.phones) for one in carers), default=0)
    found = [
        f"{one.relationship or one.name or 'Contact'} {one.phones[at]}"
        for at in range(most)
        for one in carers
        if at < len(one.phones)
    ]
    more = len(found) - _NUMBERS
    return [*found[:_NUMBERS], f"{more} more in the MIS"] if more > 0 else found


def _asked(one: _Away) -> str:
    """What to do today; the last contact; what is known of brothers and sisters who stand in this line."""
    last = one.prompt.last
    parts = [one.prompt.words, f"Last: {contact_words(last)}." if last else ""]
    for other in one.covers:
        name = other.row.pupil.forename or other.pupil_id
        parts.append(f"{name}: {other.prompt.words}")
    return "\n".join(part for part in parts if part)
