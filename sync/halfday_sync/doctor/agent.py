"""The school's own folder: settings, policy, store, workbook, the last run, the disk, and where the files are.

Policy, store and workbook are looked at by the same functions as in `halfday check`; they come in as arguments, since
the commands are above this package.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.config import Config
from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, moment, note, wrong
from halfday_sync.doctor.machine import Machine
from halfday_sync.doctor.trust import on_network
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday_sync.store import OpenDoubt

Look = Callable[[Config], Iterator[str]]
"""A check of `halfday check`: lines that tell what is there, or a `HalfdayError`."""

QUIET_DAYS = 4
"""A long weekend. A run that is older has stopped, or it is a holiday."""
_LEAST_FREE, _LITTLE_FREE = 200_000_000, 2_000_000_000
_SYNCED = ("onedrive", "sharepoint", "dropbox", "google drive", "googledrive", "icloud")
_CODES = {
    Exit.BUG: "a fault in Halfday",
    Exit.USAGE: "a wrong command",
    Exit.SETTINGS: "wrong settings or policy",
    Exit.SOURCE: "a source that could not be used",
    Exit.IN_USE: "a tracker that was open",
    Exit.SAFETY: "a safety stop",
}


def with_a_school(site: Site) -> str:
    """Why the checks of a school do not apply."""
    if site.config:
        return ""
    return (
        "not looked at, since the settings cannot be used" if site.fault else "not looked at, since no school was named"
    )


def with_settings(site: Site) -> str:
    """Why the check of the settings does not apply."""
    return "" if site.fault else with_a_school(site)


def _settings(site: Site) -> Found:
    if site.fault:
        raise site.fault
    return fine(f"halfday.toml of {site.school.school}")


def _as_in_check(look: Look) -> Callable[[Site], Found]:
    def asked(site: Site) -> Found:
        said = list(look(site.school))
        notes = [line for line in said if line.startswith("to know: ")]
        if notes:
            return note(f"{said[0]}; {len(notes)} to know", "'halfday check' lists them.")
        return fine(said[0])

    return asked


def _workbook(look: Look) -> Callable[[Site], Found]:
    """As in `halfday check`; and a tracker that is not there, or two of them."""

    def asked(site: Site) -> Found:
        tracker = site.school.workbook
        if not tracker.is_file():
            return note(f"{tracker.name} is not there yet", "Run 'halfday run': it writes the tracker.")
        other = tracker.with_suffix(".xlsx" if tracker.suffix == ".xlsm" else ".xlsm")
        found = _as_in_check(look)(site)
        if not other.is_file():
            return found
        return note(
            f"{found.what}; {other.name} is beside it, and no run writes that one",
            f"Delete {other.name}, or move it away, so that nobody works with old figures.",
        )

    return asked


def asked_words(asked: Sequence["OpenDoubt"]) -> str:
    """What a refused pull asked, in its words."""
    return " ".join(one.words for one in asked)


def answer(asked: Sequence["OpenDoubt"]) -> str:
    """How to answer it: one command for all of it, on a line of its own, to be copied."""
    keys = " ".join(f"--accept {one.key}" for one in asked)
    right = "that is right" if len(asked) == 1 else "all of that is right"
    command = f"{asked[-1].command} {keys} --who YOUR-NAME"
    return f"If {right}:\n{command}\nIf not, put it right in the MIS, then run again."


def _last_run(site: Site) -> Found:
    with site.store() as store:
        runs, asked = (store.runs(), store.open_doubts()) if store else ((), ())
    if not runs:
        return note("never", "Run 'halfday run', then let the computer do it every morning.")
    last = runs[-1]
    when = moment(last.started, site.machine.now)
    if last.exit_code is None:
        return note(f"{when}, and it was stopped before its end", "Run 'halfday run' and read what it says.")
    if last.exit_code != Exit.DONE:
        if asked and last.exit_code == Exit.SOURCE:
            return wrong(f"{when} ended with a question to you: {asked_words(asked)}", answer(asked), Exit.SOURCE)
        code = Exit(last.exit_code) if last.exit_code in set(Exit) else Exit.BUG
        return wrong(f"{when} ended with {_CODES[code]}", "Run 'halfday run' and read what it says.", code)
    if site.machine.now - last.started > timedelta(days=QUIET_DAYS):
        return note(
            f"{when}, and none since",
            "Unless it is a holiday, look whether the computer still starts it every morning.",
        )
    return fine(when)


def _disk(site: Site) -> Found:
    free = site.machine.probes.free(site.school.folder)
    words = f"{free / 1e9:.1f} GB free"
    if free < _LEAST_FREE:
        return wrong(words, "Make room on this disk before the next run.")
    if free < _LITTLE_FREE:
        return note(words, "Make room on this disk.")
    return fine(words)


def _writable(site: Site) -> Found:
    config = site.school
    places = [config.folder, config.workbook.parent, *(path for path in (config.store,) if path.exists())]
    refused = [place for place in dict.fromkeys(places) if not site.machine.probes.writable(place)]
    if refused:
        names = ", ".join("the folder" if place.is_dir() else place.name for place in refused)
        return wrong(
            f"{names} cannot be written by this user", "Give the user who runs Halfday the right to change it."
        )
    return fine("this user may write there")


def is_synced(path: Path, environment: Mapping[str, str]) -> bool:
    """Whether a file is in a folder that OneDrive, SharePoint or their like copy to the cloud.

    >>> is_synced(Path("/Users/office/OneDrive - School/tracker.xlsx"), {})
    True
    """
    text = os.path.normcase(path).casefold()
    roots = (value for name, value in environment.items() if name.startswith("ONEDRIVE") and value)
    if any(text.startswith(os.path.normcase(root).casefold().rstrip("\\/") + os.sep) for root in roots):
        return True
    return any(word in part for part in text.replace("\\", "/").split("/")[:-1] for word in _SYNCED)


def _far(machine: Machine, path: Path) -> str:
    """Where a file is, if that is not this computer's own disk; otherwise empty."""
    if is_synced(path, machine.environment):
        return "in a folder that is copied to the cloud"
    return "on the network" if on_network(machine, str(path)) else ""


def _store_place(site: Site) -> Found:
    config = site.school
    where = _far(site.machine, config.store.absolute())
    if where:
        return wrong(
            f"{config.store.name} is {where}",
            'Move it to a folder of this computer and name that in halfday.toml: store = "C:/Halfday/halfday.db".',
        )
    return fine(f"{config.store.name} is on this computer")


def _workbook_place(site: Site) -> Found:
    config = site.school
    where = _far(site.machine, config.workbook.absolute())
    if where:
        return note(
            f"{config.workbook.name} is {where}",
            "That works. Close it before the run, let it finish copying before you open it, and look for copies with "
            "a computer's name in theirs: two people changed it at once.",
        )
    return fine(f"{config.workbook.name} is in an ordinary folder")


def agent(policy: Look, store: Look, workbook: Look) -> Group:
    """The checks of a school's folder."""
    rows = (
        ("settings", "Settings", "they say where everything is", _settings),
        ("policy", "Policy", "it decides bands and stages", _as_in_check(policy)),
        ("store", "Store", "it holds every mark", _as_in_check(store)),
        ("workbook", "Tracker", "Excel would offer to repair a faulty one", _workbook(workbook)),
        ("last-run", "Last run", "the tracker is as old as its last run", _last_run),
        ("disk", "Disk", "a run needs room for the tracker and its copies", _disk),
        ("writable", "Rights", "the run writes the tracker and the store", _writable),
        ("store-place", "Place of the store", "a database breaks when it is copied while it is written", _store_place),
        ("workbook-place", "Place of the tracker", "a copy in the cloud can clash with the run", _workbook_place),
    )
    return Group(
        "The school",
        tuple(
            Check(
                *(name, title, why, look),
                need=with_settings if look is _settings else with_a_school,
                unsure="Run 'halfday check' and read what it says.",
            )
            for name, title, why, look in rows
        ),
    )
