"""The measures that conditions speak about: how each is found, on whole numbers, and how it is said in a sentence.

A measure answers a ratio (numerator, denominator) so that every comparison is exact, or nothing where there is too
little to judge by: a condition on nothing never holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from halfday import codes, printing
from halfday.measures import Measures
from halfday.penalty import running
from halfday.policy.moment import Moment, unexplained
from halfday.register import Pupil
from halfday.school_year import WINDOWS

Ratio = tuple[int, int] | None
REVIEW = "last_review"

_ABSENT = codes.ids("authorised", "unauthorised")
_POSSIBLE = codes.ids(*codes.POSSIBLE)
_IS_ABSENT = bytes(int(n in _ABSENT) for n in range(256))
_IS_UNAUTHORISED = bytes(int(n in codes.ids("unauthorised")) for n in range(256))
_NEUTRAL = bytes(n for n in range(256) if n not in _POSSIBLE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that can be measured: its name in a policy, its meaning, and how to find and say it.

    `measure` and `say` take the moment, the window and the argument (the `G` of `code.G`). A measure that `grows` can
    only rise during a school year, when its window is the year.
    """

    name: str
    meaning: str
    measure: Callable[[Moment, str, str], Ratio]
    say: Callable[[Moment, str, str], str]
    unit: str = ""
    windows: tuple[str, ...] = ("ytd",)
    takes_argument: bool = False
    is_flag: bool = False
    grows: bool = False


_WINDOW_WORDS = {
    "ytd": "",
    "half_term": " this half term",
    "term": " this term",
    "week": " this week",
    "last_4_weeks": " in the last four school weeks",
    REVIEW: " at the last half-term review",
}


def _figure(moment: Moment, window: str) -> tuple[int, int] | None:
    """Attended and possible for a percentage, or nothing where there is too little to judge by."""
    if window == REVIEW:
        last = moment.sessions.axis.last_review[moment.at]
        return _figure(moment.earlier(last), "ytd") if last >= 0 else None
    if window == "ytd":
        possible = moment.possible
        return (moment.attended, possible) if possible >= max(1, moment.min_possible) else None
    found = moment.measures(window)
    return (found.attended, found.possible) if found.possible else None


def _percent(moment: Moment, window: str, _argument: str) -> Ratio:
    figure = _figure(moment, window)
    return (100 * figure[0], figure[1]) if figure else None


def _say_percent(moment: Moment, window: str, _argument: str) -> str:
    figure = _figure(moment, window)
    if not figure:
        return printing.NO_SESSIONS
    attended, possible = figure
    shown = printing.percent(attended, possible, moment.cuts)
    missed = f"{possible - attended} of {printing.counted(possible, 'session')} missed"
    return f"{shown}%{_WINDOW_WORDS[window]} ({missed})"


def _percent_missed(moment: Moment, window: str, _argument: str) -> Ratio:
    """A national marker: it needs no minimum of sessions."""
    if window == "ytd":
        possible = moment.possible
        return (100 * (possible - moment.attended), possible) if possible else None
    found = moment.measures(window)
    return (100 * found.absent, found.possible) if found.possible else None


def _say_missed(moment: Moment, window: str, _argument: str) -> str:
    found = moment.measures(window)
    if not found.possible:
        return printing.NO_SESSIONS
    return f"{found.absent} of {printing.counted(found.possible, 'session')} missed{_WINDOW_WORDS[window]}"


def _change(moment: Moment, window: str, argument: str) -> Ratio:
    now, then = _percent(moment, window, argument), _percent(moment, REVIEW, argument)
    if now is None or then is None:
        return None
    return now[0] * then[1] - then[0] * now[1], now[1] * then[1]


def _say_change(moment: Moment, window: str, argument: str) -> str:
    numerator, denominator = _change(moment, window, argument) or (0, 1)
    points = printing.half_up(abs(Fraction(numerator, denominator)), 1)
    return f"{'up' if numerator > 0 else 'down'} {points} points since the last half-term review"


def _code_count(moment: Moment, window: str, argument: str) -> Ratio:
    start = moment.sessions.axis.starts(moment.at)[window]
    return sum(moment.sessions.ids.count(code_id, start, moment.end) for code_id in codes.ids(argument)), 1


def _say_code(moment: Moment, window: str, argument: str) -> str:
    count, _ = _code_count(moment, window, argument) or (0, 1)
    return f"{printing.counted(count, 'session')} coded {argument}{_WINDOW_WORDS[window]}"


def _oldest_n(moment: Moment) -> date | None:
    place = moment.sessions.ids.find(codes.UNEXPLAINED, 0, moment.end)
    return moment.sessions.axis.dates[place] if place >= 0 else None


def _oldest_n_days(moment: Moment, _window: str, _argument: str) -> Ratio:
    oldest = _oldest_n(moment)
    return (moment.sessions.axis.calendar.school_days_between(oldest, moment.day), 1) if oldest else None


def _say_oldest_n(moment: Moment, _window: str, _argument: str) -> str:
    oldest = _oldest_n(moment)
    return f"the oldest N is of {printing.day(oldest)}" if oldest else "no N"


def _longest_run(moment: Moment, table: bytes) -> int:
    """The longest run of possible sessions that the table marks; those that were not possible do not count at all."""
    year = moment.sessions.ids[moment.sessions.axis.first : moment.end]
    return max(map(len, year.translate(None, _NEUTRAL).translate(table).split(b"\0")), default=0)


def _monday_friday(moment: Moment, _window: str, _argument: str) -> Ratio:
    axis, ids = moment.sessions.axis, moment.sessions.ids
    days = [axis.dates[at].weekday() for at in range(axis.first, moment.end) if ids[at] in _ABSENT]
    return (100 * sum(day in (0, 4) for day in days), len(days)) if days else None


def _say_monday_friday(moment: Moment, window: str, argument: str) -> str:
    share = Fraction(*(_monday_friday(moment, window, argument) or (0, 1)))
    return f"{printing.half_up(share, 0)}% of missed sessions on a Monday or Friday"


def _broken_weeks(moment: Moment, window: str, _argument: str) -> Ratio:
    axis, ids = moment.sessions.axis, moment.sessions.ids
    start = axis.starts(moment.at)[window]
    return len({axis.session_weeks[at] for at in range(start, moment.end) if ids[at] in _ABSENT}), 1


def _say_broken_weeks(moment: Moment, window: str, argument: str) -> str:
    count, _ = _broken_weeks(moment, window, argument) or (0, 1)
    return f"{printing.counted(count, 'broken week')}{_WINDOW_WORDS[window]}"


def _counting(name: str, pick: Callable[[Measures], int], noun: str, plural: str = "") -> Quantity:
    """A count of sessions in a window."""

    def say(moment: Moment, window: str, _argument: str) -> str:
        return f"{printing.counted(pick(moment.measures(window)), noun, plural)}{_WINDOW_WORDS[window]}"

    return Quantity(
        name,
        plural or f"{noun}s",
        lambda moment, window, _argument: (pick(moment.measures(window)), 1),
        say,
        windows=WINDOWS,
        grows=True,
    )


def _plain(name: str, measure: Callable[[Moment], int], words: str, *, grows: bool = False) -> Quantity:
    """A whole number without windows."""
    return Quantity(
        name,
        words,
        lambda moment, _window, _argument: (measure(moment), 1),
        lambda moment, _window, _argument: f"{measure(moment)} {words}",
        grows=grows,
    )


def _flag(name: str, words: str, has: Callable[[Pupil], object]) -> Quantity:
    """Something a pupil has or has not."""
    return Quantity(
        name,
        words,
        lambda moment, _window, _argument: (int(bool(has(moment.pupil))), 1),
        lambda _moment, _window, _argument: words,
        is_flag=True,
    )


_WITH_REVIEW = (*WINDOWS, REVIEW)
_ALL = (
    Quantity("percent", "attendance in %", _percent, _say_percent, "%", _WITH_REVIEW),
    Quantity("percent_missed", "sessions missed in %", _percent_missed, _say_missed, "%", WINDOWS),
    Quantity("change", "points since the last half-term review", _change, _say_change, " points"),
    Quantity(
        "code", "sessions with a code: code.G", _code_count, _say_code, "", WINDOWS, takes_argument=True, grows=True
    ),
    Quantity("oldest_n_days", "age of the oldest N", _oldest_n_days, _say_oldest_n, " school days", grows=True),
    Quantity("monday_friday_share", "share of Mondays and Fridays", _monday_friday, _say_monday_friday, "%"),
    Quantity("broken_weeks", "weeks with an absence", _broken_weeks, _say_broken_weeks, "", WINDOWS, grows=True),
    _counting("possible", lambda m: m.possible, "possible session"),
    _counting("attended", lambda m: m.attended, "session attended", "sessions attended"),
    _counting("absent", lambda m: m.absent, "session missed", "sessions missed"),
    _counting("authorised", lambda m: m.authorised, "authorised absence"),
    _counting("unauthorised", lambda m: m.unauthorised, "unauthorised absence"),
    _counting("late", lambda m: m.late_before + m.late_after, "late mark"),
    _counting("late_before", lambda m: m.late_before, "late mark (L)", "late marks (L)"),
    _counting("late_after", lambda m: m.late_after, "late mark (U)", "late marks (U)"),
    _counting("missing", lambda m: m.missing, "missing mark"),
    _plain(
        "penalty_sessions",
        lambda m: running(m.sessions, m.day),
        "sessions coded G, N, O or U in the ten school weeks up to now",
    ),
    _plain("unexplained", lambda m: unexplained(m.sessions, m.end)[0], "sessions in a row without a reason"),
    _plain("unexplained_days", lambda m: len(unexplained(m.sessions, m.end)[1]), "days in a row without a reason"),
    _plain(
        "unauthorised_run",
        lambda m: _longest_run(m, _IS_UNAUTHORISED),
        "sessions in a row coded G, N, O or U",
        grows=True,
    ),
    _plain("absence_run", lambda m: _longest_run(m, _IS_ABSENT), "sessions in a row missed", grows=True),
    _flag("cp", "child protection plan", lambda p: p.cp),
    _flag("lac", "looked after", lambda p: p.lac),
    _flag("sen", "special educational needs", lambda p: p.has("sen")),
    _flag("ehcp", "education, health and care plan", lambda p: p.sen == "E"),
    _flag("fsm", "free school meals", lambda p: p.fsm),
    _flag("pupil_premium", "pupil premium", lambda p: p.pupil_premium),
    _flag("eal", "English as an additional language", lambda p: p.eal),
    _flag("young_carer", "young carer", lambda p: p.young_carer),
)

QUANTITIES = {quantity.name: quantity for quantity in _ALL}
"""Every measure by its name."""
