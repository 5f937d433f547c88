"""The source of a school's marks: when it last gave something, what went wrong since, what waits for a person."""

from collections.abc import Sequence
from datetime import date, datetime

from halfday import codes
from halfday.arrived import newest_marks, silence
from halfday.printing import counted
from halfday.school_year import Calendar
from halfday_sync.doctor.agent import answer, asked_words, with_a_school
from halfday_sync.doctor.finding import Check, Found, Group, Level, Site, date_of, fine, moment, note, wrong
from halfday_sync.errors import Exit
from halfday_sync.store import Run, SnapshotRow, Store
from halfday_sync.times import last_good, wall

_TEST = "Run 'halfday source test': it goes the way to the source step by step."


def _last_pull(site: Site) -> Found:
    """When each source last gave something, the failures since, and whether it goes on giving what it gave before."""
    with site.store() as store:
        if store is None:
            return note("nothing was taken in yet", "Run 'halfday run', or 'halfday import' with exported files.")
        snapshots, runs, asked = store.snapshots(), store.runs(), store.open_doubts()
        silent = _silence(store, site.machine.now)
    failed = failures(runs, snapshots[-1].recorded_at if snapshots else None)
    said = f"; {failure_words(failed, site.machine.now)}" if failed else ""
    if not snapshots:
        return note(f"nothing was taken in yet{said}", answer(asked) if asked else _TEST)
    if silent and (silent.level is Level.WRONG or not failed):
        return silent
    last = {row.source: row for row in snapshots}
    words = "; ".join(_pull(row, site.machine.now) for row in last.values())
    return note(f"{words}{said}", answer(asked) if asked else _TEST) if failed else fine(words)


_STILL = "Look where the export is made whether it still is; then run 'halfday source test' and 'halfday run'."


def _silence(store: Store, now: datetime) -> Found | None:
    """Where school days brought no marks: the source's fault where runs went well since, else nobody asked it."""
    register = store.register()
    calendar, good = Calendar.told(store.calendar(), register.days_taught), last_good(store.runs())

    def silent(on: date) -> str:
        return silence(newest_marks(register, on), calendar, on)

    if good and (words := silent(wall(good).date())):
        this_morning = wall(good).date() == wall(now).date() and wall(good).hour < _NOON
        when = "this morning" if this_morning else f"on {moment(good, now)}"
        return wrong(f"The last run was {when}, but {words[0].lower()}{words[1:]}", _STILL, Exit.SOURCE)
    if words := silent(wall(now).date()):
        return note(f"No run has gone well since. {words}", "Run 'halfday run', then look here again.")
    return None


_NOON = 12


def _pull(row: SnapshotRow, now: datetime) -> str:
    had = f"{counted(row.pupils, 'pupil')}" if row.pupils else "nothing new"
    return f"{row.source}: {moment(row.recorded_at, now)}, {age(row.recorded_at, now)}, {had}"


def age(then: datetime, now: datetime) -> str:
    """How long ago something was, in the largest unit that says enough.

    >>> from datetime import UTC, timedelta
    >>> now = datetime(2025, 12, 5, 8, tzinfo=UTC)
    >>> [age(now - timedelta(minutes=m), now) for m in (0, 1, 119, 2880, -5)]
    ['just now', '1 minute ago', '1 hour ago', '2 days ago', 'in the future']
    """
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 0:
        return "in the future"
    if minutes == 0:
        return "just now"
    if minutes < 60:
        return f"{counted(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{counted(hours, 'hour')} ago" if hours < 48 else f"{counted(hours // 24, 'day')} ago"


def failures(runs: Sequence[Run], since: datetime | None) -> tuple[Run, ...]:
    """The runs after a moment that could not use the source."""
    return tuple(run for run in runs if run.exit_code == Exit.SOURCE and (since is None or run.started > since))


def failure_words(failed: Sequence[Run], now: datetime) -> str:
    """How often the source failed, and when last."""
    times = counted(len(failed), "run")
    return f"{times} since could not use it, the last on {moment(failed[-1].started, now)}"


def _question(site: Site) -> Found:
    """What a refused pull asked, and nobody has answered."""
    with site.store() as store:
        asked = store.open_doubts() if store else ()
    if not asked:
        return fine("none")
    return wrong(f"asked on {moment(asked[-1].at, site.machine.now)}: {asked_words(asked)}", answer(asked), Exit.SOURCE)


def _doubts(site: Site) -> Found:
    """What stands aside until a person has looked."""
    with site.store() as store:
        if store is None:
            return fine("none")
        found = (
            (len(store.set_aside()), "mark set aside", "marks set aside"),
            (len(store.vanished()), "pupil no longer named", "pupils no longer named"),
            (len(store.shared_upns()), "UPN that two pupils share", "UPNs that pupils share"),
            (len(store.not_shared()), "field no longer shared", "fields no longer shared"),
        )
    words = [counted(number, one, many) for number, one, many in found if number]
    if not words:
        return fine("none")
    return note(
        ", ".join(words), "Open the tracker: Today lists them. Put them right in the MIS; the next run asks it."
    )


def _ahead(site: Site) -> Found:
    """Marks that only the day itself can give, of days that are yet to come."""
    with site.store() as store:
        if store is None:
            return fine("none")
        register = store.register()
    told = zip(register.sessions, register.rows, strict=True)
    days = [key.date for key, row in told if codes.SEEN_ON_THE_DAY & set(row)]
    today = site.machine.now.date()
    newest: date | None = max(days, default=None)
    if newest is None or newest <= today:
        return fine("none")
    when = date_of(newest, site.machine.now)
    return note(
        f"there are marks of {when} that only the day itself can give, and it is yet to come",
        "Look at the computer's clock first, then at the source: its dates may be wrong.",
    )


SOURCE = Group(
    "The source",
    tuple(
        Check(*row, need=with_a_school, unsure="Run 'halfday check' and read what it says.")
        for row in (
            ("source", "Last marks", "without new marks nothing in the tracker is new", _last_pull),
            ("question", "Open question", "until somebody answers, no marks are taken in", _question),
            ("doubts", "Waiting for a person", "what the source contradicts itself about is not counted", _doubts),
            ("ahead", "Marks of days to come", "wrong dates make wrong figures", _ahead),
        )
    ),
)
