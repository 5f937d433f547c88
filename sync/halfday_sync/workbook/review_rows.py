"""Rows of the Review page: who is on an agenda and why, what was agreed last; rows that somebody typed in stay."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from textwrap import wrap

from halfday import printing
from halfday.policy.model import Meeting
from halfday.register import Pupil
from halfday.school_year import monday
from halfday_sync.casework import Minute
from halfday_sync.casework.minutes import is_step_down, minute_words
from halfday_sync.entries import MINUTES, by_row
from halfday_sync.workbook.layout import document, section_columns
from halfday_sync.workbook.pupil_words import figure, link_to, percent_format, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import packed, row_of
from halfday_sync.workbook.view import View, name_of

LAST = 99
"""The rank of rows that stand there only for what was typed in them."""
_LINE = 165
"""Characters that fit in a line of the page."""
_SINCE = 400
"""Days after which nobody asks any more what was agreed last."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A pupil on an agenda, or brothers and sisters in one line.

    Attributes:
        pupil: whose row it is.
        rank: which decision is needed; the lower comes first.
        reasons: why, in sentences.
        beside: brothers and sisters in the same line, each with the reasons for them.
        below: the brother or sister under whose row this one stands.
    """

    pupil: Pupil
    rank: int
    reasons: tuple[str, ...]
    beside: tuple["Listed", ...] = ()
    below: "Listed | None" = None

    @property
    def pupil_ids(self) -> frozenset[str]:
        """Everybody in the line."""
        return frozenset({self.pupil.pupil_id, *(one.pupil.pupil_id for one in self.beside)})


@dataclass(frozen=True, slots=True)
class Agenda:
    """A meeting as the page shows it.

    Attributes:
        id: names the section.
        what: the second part of its rows' keys.
        day: the last day on which a row stands under this key.
        heading: its title and when it is.
        notes: what to know, and the agenda in the policy's own words.
        rest: what is said of those who are not listed.
        empty: what to say where there is nobody.
    """

    id: str
    what: str
    day: date
    heading: str
    notes: Sequence[str] = ()
    rest: str = "they come up here as these are agreed."
    empty: str = "Nobody now."


# --- When ------------------------------------------------------------------------------------------------------------


def week_end(view: View) -> date:
    """The last school day of the week of the page; on a day without school, of the next week with one."""
    calendar = view.calendar
    day = view.today if calendar.expects_school(view.today) else calendar.add_school_days(view.today, 1)
    friday = monday(day) + timedelta(days=4)
    return max(one for n in range(5) if (one := friday - timedelta(days=n)) == day or calendar.expects_school(one))


# --- The meeting in the policy's words --------------------------------------------------------------------------------


def is_caseload(meeting: Meeting) -> bool:
    """Whether a meeting is about the children whom school and local authority have in common."""
    return "caseload" in f"{meeting.id} {meeting.title}".casefold()


def meetings_of(view: View, cadence: str) -> tuple[Meeting, ...]:
    """The policy's meetings of a rhythm, without the one about a caseload."""
    return tuple(one for one in view.policy.meetings if one.cadence == cadence and not is_caseload(one))


def meeting_words(meetings: Sequence[Meeting]) -> Iterator[str]:
    """Who meets, and about what, as the policy says it."""
    for one in meetings:
        title = f"{one.title}. " if len(meetings) > 1 else ""
        members = f"With {', '.join(one.members)}. " if one.members else ""
        agenda = f"Agenda: {'; '.join(one.agenda)}." if one.agenda else ""
        if said := f"{title}{members}{agenda}".strip():
            yield said


def title_of(meetings: Sequence[Meeting], default: str) -> str:
    """The policy's title for a meeting; Halfday's where there is none or more than one."""
    return meetings[0].title if len(meetings) == 1 else default


# --- Rows ------------------------------------------------------------------------------------------------------------


def drawn(view: View, agenda: Agenda, rows: Iterable[Listed], name: str = "pupils") -> Section:
    """The section of a meeting: the first rows, by the decision needed, and those in which somebody typed."""
    ordered = sorted(rows, key=lambda row: _place(view, row))
    most, typed = int(document("layout")["review"]["most"]), by_row(view.staff, MINUTES)
    left = [row.pupil.pupil_id for row in ordered if key_of(agenda, row.pupil) not in typed]
    later = frozenset(left[most:])
    shown = [row for row in ordered if row.pupil.pupil_id not in later]
    lines = [_line(view, agenda, name, number, row) for number, row in enumerate(shown, 1)]
    more = len(ordered) - len(shown)
    notes = [*agenda.notes, f"{more:,} more: {agenda.rest}"] if more else list(agenda.notes)
    count = f"first {len(shown)} of {len(ordered):,}" if more else str(len(ordered))
    heading = f"{agenda.heading} ({count})"
    columns = section_columns("review", name)
    return Section(heading, columns, lines, across(notes), agenda.empty, agenda.id, len(ordered))


def across(notes: Sequence[str]) -> list[str]:
    """Sentences in lines that the page has room for, also where a policy's agenda is a long one."""
    return [line for note in packed(notes) for line in wrap(note, _LINE)]


def not_drawn(name: str, heading: str, meetings: Sequence[Meeting], words: str) -> Section:
    """A meeting whose list does not stand on the page now: when it is, and what is to be expected."""
    return Section(heading, section_columns("review", "pupils"), (), across([*meeting_words(meetings)]), words, name)


def _place(view: View, row: Listed) -> tuple[tuple[int, int, str, str, str], tuple[int, int, str, str, str]]:
    """Where a row stands: brothers and sisters one below the other, where the first of them is."""
    own = _own_place(view, row)
    return (_own_place(view, row.below), own) if row.below else (own, (-1, 0, "", "", ""))


def _own_place(view: View, row: Listed) -> tuple[int, int, str, str, str]:
    outcome = view.outcome.get(row.pupil.pupil_id)
    return row.rank, -(outcome.stage if outcome else 0), row.pupil.surname, row.pupil.forename, row.pupil.pupil_id


def key_of(agenda: Agenda, pupil: Pupil) -> str:
    """The key of a pupil's row: what is typed in it is one row of Minutes."""
    return f"{pupil.pupil_id}|{agenda.what}|{agenda.day}"


def in_families(view: View, agenda: Agenda, rows: Sequence[Listed]) -> list[Listed]:
    """Brothers and sisters in one line, under the child for whom a decision is needed first.

    A row in which somebody typed stays where that child is.
    """
    typed, found = by_row(view.staff, MINUTES), dict[str, list[Listed]]()
    for row in sorted(rows, key=lambda row: (key_of(agenda, row.pupil) not in typed, _place(view, row))):
        family = found.setdefault(row.pupil.family_id or f"|{row.pupil.pupil_id}", [])
        own = key_of(agenda, row.pupil) in typed
        (found.setdefault(f"|{row.pupil.pupil_id}", []) if family and own else family).append(row)
    return [replace(first, beside=tuple(rest)) for first, *rest in found.values()]


def beside_each_other(view: View, rows: Sequence[Listed]) -> list[Listed]:
    """Brothers and sisters one below the other, each with a row: a stage is one child's, the meeting the family's."""
    first: dict[str, Listed] = {}
    for row in sorted(rows, key=lambda row: _own_place(view, row)):
        if row.pupil.family_id:
            first.setdefault(row.pupil.family_id, row)
    return [_beside(row, first.get(row.pupil.family_id, row)) for row in rows]


def _beside(row: Listed, first: Listed) -> Listed:
    if row is first:
        return row
    return replace(
        row, reasons=(*row.reasons, f"One meeting for the family: with {name_of(first.pupil)}."), below=first
    )


def with_typed(view: View, agenda: Agenda, rows: Sequence[Listed]) -> list[Listed]:
    """The rows, and those in which somebody typed something for this meeting: they stay until it is over."""
    there, more = {pupil_id for row in rows for pupil_id in row.pupil_ids}, list[Listed]()
    for key in by_row(view.staff, MINUTES):
        pupil_id, _, rest = key.partition("|")
        pupil = view.pupil.get(pupil_id)
        if rest == f"{agenda.what}|{agenda.day}" and pupil is not None and pupil_id not in there:
            more.append(Listed(pupil, LAST, ("No longer on this list; what was agreed stands.",)))
    return [*rows, *more]


def _line(view: View, agenda: Agenda, name: str, number: int, row: Listed) -> Line:
    outcome, key = view.outcome.get(row.pupil.pupil_id), key_of(agenda, row.pupil)
    return row_of(
        view,
        MINUTES,
        key,
        section_columns("review", name),
        {
            "order": number,
            "pupil": link_to(row.pupil) if outcome else name_of(row.pupil),
            "class": row.pupil.class_name,
            "stage": stage_text(outcome.stage) if outcome else "",
            "attendance": figure(outcome) if outcome else None,
            "why": "\n".join([*_sentences(row.reasons), *(_of_other(view, one) for one in row.beside)]),
            "before": agreed_last(view, row.pupil_ids, key),
        },
        {"attendance": percent_format(outcome)} if outcome else None,
    )


def _sentences(reasons: Sequence[str]) -> list[str]:
    return [" ".join(reasons)] if reasons else []


def _of_other(view: View, row: Listed) -> str:
    outcome = view.outcome.get(row.pupil.pupil_id)
    about = ", ".join(filter(None, [row.pupil.class_name, stage_text(outcome.stage) if outcome else ""]))
    name = f"{name_of(row.pupil)} ({about})" if about else name_of(row.pupil)
    return f"With {name}: {' '.join(row.reasons)}"


def agreed_last(view: View, pupil_ids: Iterable[str], but: str = "") -> str:
    """What was agreed last about these pupils, apart from the row that is being filled in now."""
    minute = last_minute(view, pupil_ids, but)
    return f"{minute_words(minute, view.today)}{_no_step(view, minute)}" if minute else ""


def _no_step(view: View, minute: Minute) -> str:
    """That a pupil did not come down a stage though it was agreed: a review goes by the figure."""
    outcome = view.outcome.get(minute.pupil_id)
    if outcome is None or not is_step_down(minute) or not outcome.stage or minute.day > view.marks_until:
        return ""
    before = outcome.stage_since is not None and outcome.stage_since < minute.day
    return f". The figure asks for {stage_text(outcome.stage)} still; to set another, use Decisions." if before else ""


def last_minute(view: View, pupil_ids: Iterable[str], but: str = "") -> Minute | None:
    """The newest minute about one of these pupils."""
    since = view.today - timedelta(days=_SINCE)
    found = [
        one
        for pupil_id in pupil_ids
        for one in view.casework.minutes_of.get(pupil_id, ())
        if one.key != but and since <= one.day <= view.today
    ]
    return max(found, key=lambda one: (one.day, one.key), default=None)


def day_words(day: date, today: date) -> str:
    """A day, with its year where that is not this one."""
    return f"{printing.day(day)}{f' {day.year}' if day.year != today.year else ''}"
