"""The watch of a school: when it runs next, what starts it, whether its log and the computer's clock are in order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from halfday_sync.doctor.agent import with_a_school
from halfday_sync.doctor.finding import Check, Found, Group, Site, always, date_of, fine, moment, note, wrong
from halfday_sync.logbook import FILE
from halfday_sync.times import next_run

BUILT = 2025
"""A clock that shows an earlier year than that of this program is wrong."""
_SLACK = timedelta(minutes=10)
"""Two clocks, or one that was set by the network, may differ by so much."""
_ZONE_NOW = "Set the time zone to (UTC+00:00) Dublin, Edinburgh, Lisbon, London, with summer time."
_CLOCK_NOW = "Set the clock by the internet, then run 'halfday run'."


def _next_run(site: Site) -> Found:
    with site.store() as store:
        kinds = store.calendar() if store else {}
    coming = next_run(_local(site), site.school.times, kinds)
    if coming is None:
        return wrong(
            "the calendar knows no school day in the next hundred days",
            "Look at the calendar of the source, or name a calendar in halfday.toml.",
        )
    return fine(f"{date_of(coming.date(), site.machine.now)}, {coming:%H:%M}, by 'halfday watch'")


def _local(site: Site) -> datetime:
    """What the clock on the wall shows."""
    return (site.machine.now + site.machine.offset).replace(tzinfo=None)


def _installed(is_installed: Callable[[], bool]) -> Callable[[Site], Found]:
    def asked(_site: Site) -> Found:
        if is_installed():
            return fine("this computer starts it for this user")
        return note(
            "nothing starts 'halfday watch' for this user",
            "Run 'halfday watch install' as the user who works with the tracker, or have something run 'halfday run'.",
        )

    return asked


def _log(site: Site) -> Found:
    path = site.school.folder / FILE
    if site.machine.probes.writable(path if path.exists() else site.school.folder):
        return fine(f"{FILE} can be written")
    return wrong(f"{FILE} cannot be written by this user", "Give the user who runs Halfday the right to change it.")


def _zone(site: Site) -> Found:
    there = site.machine.now.astimezone(ZoneInfo("Europe/London")).utcoffset() or timedelta()
    apart = site.machine.offset - there
    if not apart:
        return fine("the clock shows the time of London")
    way = "ahead of" if apart > timedelta() else "behind"
    return note(f"the clock is {_hours(abs(apart))} {way} London's time", _ZONE_NOW)


def _hours(span: timedelta) -> str:
    """A span in words.

    >>> _hours(timedelta(hours=1)), _hours(timedelta(hours=5, minutes=30))
    ('1 hour', '5 hours 30 minutes')
    """
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    words = [f"{hours} hour{'s' * (hours != 1)}"] if hours else []
    return " ".join([*words, *([f"{minutes} minutes"] if minutes else [])])


def _clock(site: Site) -> Found:
    now = site.machine.now
    if now.year < BUILT:
        return wrong(f"it shows the year {now.year}", _CLOCK_NOW)
    last = _last_snapshot(site)
    if last and last > now + _SLACK:
        return wrong(f"it shows {moment(now, last)}, but marks were taken in on {moment(last, now)}", _CLOCK_NOW)
    return fine("it goes on from the last snapshot" if last else "it shows a time that can be")


def _last_snapshot(site: Site) -> datetime | None:
    with site.store() as store:
        snapshots = store.snapshots() if store else ()
    return snapshots[-1].recorded_at if snapshots else None


def watching(is_installed: Callable[[], bool]) -> Group:
    """The checks of the watch; what starts it is looked for by a service, which is beside this package."""
    rows = (
        ("zone", "Time zone", "runs and mornings go by the computer's own clock", _zone, always),
        ("clock", "Clock", "the day of a run decides what counts", _clock, always),
        ("next-run", "Next run", "the tracker is as fresh as its last run", _next_run, with_a_school),
        ("watch", "Watch", "somebody or something must start the runs", _installed(is_installed), with_a_school),
        ("log", "Log", "it says what went wrong, and when", _log, with_a_school),
    )
    unsure = "Run 'halfday check' and read what it says."
    return Group("The watch", tuple(Check(*row[:4], need=row[4], unsure=unsure) for row in rows))
