"""What a letter says of one child: figures as printed on the tracker, days in parents' words, dates without codes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from halfday import printing
from halfday.measures import Axis, Measures, Sessions
from halfday.penalty import Penalty, Window
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import SESSIONS, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.letters.why import why

NO_FIGURE = "no figure yet"
_REASONS = {
    "G": "a holiday that school had not agreed to",
    "N": "no reason given yet",
    "O": "away without a reason that school could accept",
    "U": "came after the register was closed",
}
_PENALTY_WEEKS = 10
_HALVES = {("AM",): "morning", ("PM",): "afternoon", SESSIONS: "all day"}


def name_of(pupil: Pupil) -> str:
    """Forename and surname; the id where the source shares no name."""
    return f"{pupil.forename} {pupil.surname}".strip() or f"pupil {pupil.pupil_id}"


def child_fields(
    policy: Policy, letter_id: str, outcome: Outcome, calendar: Calendar, register: Register | None
) -> dict[str, Any]:
    """Everything that a letter can say of a child, by the names of `letters.toml`; JSON."""
    pupil, ytd = outcome.pupil, outcome.ytd
    half, term = (outcome.windows.get(name, Measures()) for name in ("half_term", "term"))
    window = penalty_window(outcome.penalty)
    return {
        "pupil_id": pupil.pupil_id,
        "pupil": name_of(pupil),
        "forename": pupil.forename or name_of(pupil),
        "class": pupil.class_name,
        "percent": f"{outcome.percent}%" if outcome.percent else NO_FIGURE,
        "percent_half_term": _percent(policy, half),
        "percent_term": _percent(policy, term),
        "percent_before": _before(policy, outcome, calendar, register),
        "missed": printing.missed_in_words(ytd.absent),
        "missed_half_term": printing.missed_in_words(half.absent),
        "missed_term": printing.missed_in_words(term.absent),
        "lessons": printing.lessons_in_words(ytd.absent, policy.rules.lessons_a_day),
        "sessions_missed": ytd.absent,
        "days_missed": printing.days(ytd.absent),
        "sessions_possible": ytd.possible,
        "unauthorised": [*_days(window)],
        "unauthorised_count": len(window),
        "window": _weeks(calendar, window, outcome),
        "band": outcome.band or "",
        "why": why(policy, letter_id, outcome),
    }


def penalty_window(found: Penalty) -> Window:
    """The sessions to speak of: those of the present ten weeks; where those are not enough, of the weeks that were."""
    return found.sessions if found.met and not found.is_met else found.recent


def _percent(policy: Policy, window: Measures) -> str:
    shown = printing.percent(window.attended, window.possible, policy.cuts)
    return f"{shown}%" if shown else NO_FIGURE


def _before(policy: Policy, outcome: Outcome, calendar: Calendar, register: Register | None) -> str:
    """The year's figure at the last half-term review."""
    if register is None:
        return NO_FIGURE
    axis, pupil = Axis.of(register, calendar, outcome.as_of), outcome.pupil
    sessions, now = Sessions.of(pupil, axis, register.marks_of(pupil.pupil_id)), axis.place(outcome.as_of)
    at = axis.last_review[now] if now >= 0 else -1
    if at < 0:
        return NO_FIGURE
    shown = printing.percent(sessions.attended_by_day[at], sessions.possible_by_day[at], policy.cuts)
    return f"{shown}%" if shown else NO_FIGURE


def _days(window: Window) -> Iterator[str]:
    """Each day once where both halves have the same reason, else each half."""
    by_day: dict[tuple[date, str], list[str]] = {}
    for (day, session), code in window:
        by_day.setdefault((day, code), []).append(session)
    for (day, code), sessions in sorted(by_day.items(), key=lambda row: (row[0][0], row[1])):
        half = _HALVES.get(tuple(sessions), "")
        yield f"{printing.date_in_full(day)}, {half}: {_REASONS.get(code, 'away without leave')}"


def _weeks(calendar: Calendar, window: Window, outcome: Outcome) -> str:
    """The first and the last day of the ten school weeks that a window is about."""
    until = outcome.as_of
    if outcome.penalty.met and not outcome.penalty.is_met and window:
        until = min(window[-1][0].date + timedelta(days=4 - window[-1][0].date.weekday()), until)
    weeks = [week for week in calendar.weeks if week <= until][-_PENALTY_WEEKS:]
    first = next((day for day in calendar.school_days if weeks and day >= weeks[0]), until)
    return f"{printing.date_in_full(first)} to {printing.date_in_full(until)}"
