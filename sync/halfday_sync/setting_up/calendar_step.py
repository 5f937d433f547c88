"""The step of `halfday init` that finds the calendar."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from halfday.printing import counted, day
from halfday_sync.setting_up import days
from halfday_sync.setting_up.answers import Answers
from halfday_sync.setting_up.asking import Asking
from halfday_sync.setting_up.telling import half_term_lines
from halfday_sync.sources.base import Site, Snapshot


def wants_calendar(asking: Asking, now: Answers, folder: Path) -> bool:
    """Whether the marks of the whole school year are to be read, to find the calendar in them."""
    if now.calendar or (folder / days.FILE).exists():
        return False
    asking.tell()
    return asking.yes("Read this school year's marks now, to find its holidays? It may take some minutes (yes or no)")


def ask_calendar(asking: Asking, now: Answers, site: Site, snapshot: Snapshot | None) -> tuple[str, bytes | None]:
    """The name of the calendar file, and the file where a new one is to be written. One that is there stays."""
    path = site.folder / days.FILE
    if now.calendar:
        return now.calendar, None
    if path.exists():
        if not days.is_calendar(path.read_bytes()):
            return "", None
        asking.said(f"{days.FILE} is there already: it stays as it is and is used.")
        return days.FILE, None
    return _found(asking, site, snapshot) if snapshot else ("", None)


def _found(asking: Asking, site: Site, snapshot: Snapshot) -> tuple[str, bytes | None]:
    found = () if snapshot.calendar else days.found(snapshot.register, site.today)
    terms = days.half_terms(snapshot, {one.day: one.kind for one in found}, site.today)
    if not terms:
        asking.said("There are no marks of this school year yet, so no calendar was found.")
        return "", None
    asking.said("The school year, as the source tells it:" if snapshot.calendar else "The school year so far:")
    for line in (*half_term_lines(terms), *_told(snapshot), *_other_days(found)):
        asking.said(line)
    if snapshot.calendar:
        asking.said("The source tells the calendar itself, so no file is needed.")
        return "", None
    asking.tell(f"{days.FILE} will list these days. Add the holidays and INSET days to come; correct what is wrong.")
    wanted = asking.yes(f"Write {days.FILE} (yes or no)")
    return (days.FILE, days.as_file(found)) if wanted else ("", None)


def _told(snapshot: Snapshot) -> Iterator[str]:
    closed = [when for when, kind in sorted(snapshot.calendar.items()) if kind == "closure"]
    if closed:
        yield f"  closed: {', '.join(f'{day(when)} {when.year}' for when in closed)}"


def _other_days(found: Sequence[days.Found]) -> Iterator[str]:
    """Closures and single days without school, which a person should look at."""
    for kind, words in (("closure", "closed"), ("inset", "no marks, perhaps INSET"), ("bank_holiday", "bank holiday")):
        of_kind = [f"{day(one.day)} {one.day.year}" for one in found if one.kind == kind]
        if of_kind:
            yield f"  {words}: {', '.join(of_kind)}"
    holidays = sum(one.kind == "holiday" for one in found)
    if holidays:
        yield f"  holidays: {counted(holidays, 'weekday')}"
