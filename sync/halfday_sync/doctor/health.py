"""The source of a school's marks: when it last gave something, what went wrong since, what waits for a person."""

from collections.abc import Sequence
from datetime import date, datetime

from halfday import codes
from halfday.printing import counted
from halfday_sync.doctor.agent import with_a_school
from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, note
from halfday_sync.errors import Exit
from halfday_sync.store import Run, SnapshotRow, Store

_TEST = "Run 'halfday source test': it goes the way to the source step by step."
_PRESENT = codes.ids("/", "\\", "L")
"""Codes that only the day itself can give; others may stand in a register ahead of time."""


def _opened(site: Site) -> Store | None:
    config = site.config
    assert config is not None, "asked for only where there is a school (with_a_school)"
    return Store.open(config.store, school=config.school) if config.store.is_file() else None


def _last_pull(site: Site) -> Found:
    """When each source last gave something, and the failures since."""
    store = _opened(site)
    if store is None:
        return note("nothing was taken in yet", "Run 'halfday run', or 'halfday import' with exported files.")
    with store:
        snapshots, runs = store.snapshots(), store.runs()
    if not snapshots:
        failed = failures(runs, None)
        said = f"; {failure_words(failed)}" if failed else ""
        return note(f"nothing was taken in yet{said}", _TEST)
    last = {row.source: row for row in snapshots}
    words = "; ".join(_pull(row, site.machine.now) for row in last.values())
    failed = failures(runs, snapshots[-1].recorded_at)
    return note(f"{words}; {failure_words(failed)}", _TEST) if failed else fine(words)


def _pull(row: SnapshotRow, now: datetime) -> str:
    return f"{row.source}: {row.recorded_at:%d/%m/%Y %H:%M} (UTC), {age(row.recorded_at, now)}, {row.pupils:,} pupils"


def age(then: datetime, now: datetime) -> str:
    """How long ago something was, in the largest unit that says enough.

    >>> from datetime import UTC, timedelta
    >>> now = datetime(2025, 12, 5, 8, tzinfo=UTC)
    >>> [age(now - timedelta(minutes=m), now) for m in (0, 1, 119, 2880, -5)]
    ['0 minutes ago', '1 minute ago', '1 hour ago', '2 days ago', 'in the future']
    """
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 0:
        return "in the future"
    if minutes < 60:
        return f"{counted(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{counted(hours, 'hour')} ago" if hours < 48 else f"{counted(hours // 24, 'day')} ago"


def failures(runs: Sequence[Run], since: datetime | None) -> tuple[Run, ...]:
    """The runs after a moment that could not use the source."""
    return tuple(run for run in runs if run.exit_code == Exit.SOURCE and (since is None or run.started > since))


def failure_words(failed: Sequence[Run]) -> str:
    """How often the source failed, and when last."""
    times = counted(len(failed), "run")
    return f"{times} since could not use it (exit code 4), the last on {failed[-1].started:%d/%m/%Y %H:%M} (UTC)"


def _doubts(site: Site) -> Found:
    """What stands aside until a person has looked."""
    store = _opened(site)
    if store is None:
        return fine("none")
    with store:
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
    store = _opened(site)
    if store is None:
        return fine("none")
    with store:
        register = store.register()
    days = [key[0] for key, row in zip(register.sessions, register.rows, strict=True) if _PRESENT & set(row)]
    today = site.machine.now.date()
    newest: date | None = max(days, default=None)
    if newest is None or newest <= today:
        return fine("none")
    return note(
        f"pupils are marked present on {newest:%d/%m/%Y}, which is yet to come",
        "Look at the computer's clock first, then at the source: its dates may be wrong.",
    )


SOURCE = Group(
    "The source",
    tuple(
        Check(*row, need=with_a_school, unsure="Run 'halfday check' and read what it says.")
        for row in (
            ("source", "Last marks", "without new marks nothing in the tracker is new", _last_pull),
            ("doubts", "Waiting for a person", "what the source contradicts itself about is not counted", _doubts),
            ("ahead", "Marks of days to come", "wrong dates make wrong figures", _ahead),
        )
    ),
)
