"""`halfday check`: settings, policy, store and workbook of a school, all at once; nothing is changed."""

import argparse
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from halfday_sync.commands.options import Said, school_option
from halfday_sync.errors import Exit, HalfdayError

if TYPE_CHECKING:
    from halfday_sync.config import Config


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `check`."""
    parser = parsers.add_parser("check", help="check settings, policy, store and workbook; changes nothing")
    school_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Every check, each in a line; the exit code is that of the first that failed."""
    from halfday_sync import config as settings

    config = settings.load(args.school)
    code = Exit.DONE
    looks: list[tuple[str, Callable[[Config], Iterator[str]]]] = [
        ("policy", look_at_policy),
        ("store", partial(look_at_store, now=args.now)),
        ("workbook", look_at_workbook),
        *([("mirror", look_at_mirror)] if config.mirror else []),
    ]
    for name, look in looks:
        found = _tell(name, look, config, said)
        code = code or found
    if code == Exit.DONE and config.workbook.is_file():
        code = _tell("next run", partial(look_at_next_run, today=args.today, now=args.now), config, said)
    said("All is well." if code == Exit.DONE else "Put the above right, then check again.")
    return code


def _tell(name: str, look: "Callable[[Config], Iterator[str]]", config: "Config", said: Said) -> Exit:
    try:
        for line in look(config):
            said(f"{name}: {line}")
    except HalfdayError as fault:
        said(f"{name}: {fault.text()}")
        return fault.code
    return Exit.DONE


def look_at_next_run(config: "Config", *, today: date, now: datetime) -> Iterator[str]:
    """Whether a run could bring the tracker up to date now. Raises a `HalfdayError` where it could not."""
    from halfday_sync.flavours import flavour_of
    from halfday_sync.morning_run import School, preview
    from halfday_sync.store import Store
    from halfday_sync.templates import policy_path, usable_policy
    from halfday_sync.workbook.in_use import refuse_if_in_use

    refuse_if_in_use(config.workbook)
    policy = usable_policy(policy_path(config.policy, config.folder))
    with Store.open(config.store, school=config.school) as store:
        preview(School(config, store, policy, flavour_of(config)), today, now=now)
    yield f"{config.workbook.name} can be brought up to date"


def look_at_policy(config: "Config") -> Iterator[str]:
    """What there is to say about the school's policy. Raises a `HalfdayError` where it cannot be used."""
    from halfday_sync.templates import policy_path, read_policy, usable_policy

    path = policy_path(config.policy, config.folder)
    policy = usable_policy(path)
    notes = [finding for finding in read_policy(path)[1] if finding.level != "fault"]
    yield f"{policy.id}, {len(policy.bands)} bands, {len(policy.stages)} stages, {len(policy.triggers)} triggers"
    for note in notes:
        yield f"to know: {note}"


def look_at_store(config: "Config", *, now: datetime) -> Iterator[str]:
    """What there is to say about the store. Raises a `HalfdayError` where it is missing, damaged or empty."""
    from halfday_sync.doctor.finding import moment
    from halfday_sync.errors import SettingsError, SourceError
    from halfday_sync.store import Store

    if not config.store.is_file():
        raise SettingsError(
            f"There is no store at {config.store.name} yet.", now="Run 'halfday import' or 'halfday run'."
        )
    with Store.open(config.store, school=config.school) as store:
        broken = store.broken()
        if broken:
            raise SettingsError(
                "The store is damaged.", problems=broken, now="Bring back the last good copy of the file."
            )
        register, snapshots = store.register(), store.snapshots()
        if not register.pupils:
            raise SourceError("The store is empty.", now="Import pupils and marks: halfday import FILE …")
        last = f", last taken in {moment(snapshots[-1].recorded_at, now)}" if snapshots else ""
        yield f"whole; {register.count():,} marks of {len(register.pupils):,} pupils{last}"


def look_at_mirror(config: "Config") -> Iterator[str]:
    """What the settings of the Google copy say. Raises a `SettingsError` where they have faults."""
    from halfday_sync.mirroring.settings import read_settings

    settings = read_settings(config.mirror)
    if not settings.sheet:
        yield "no Google Sheet is named yet; 'halfday mirror setup' asks for it"
        return
    yield f"{len(settings.tabs)} tabs, for {len(settings.people) + len(settings.groups)} people or groups"


def look_at_workbook(config: "Config") -> Iterator[str]:
    """What there is to say about the workbook. Raises a `HalfdayError` where it has faults."""
    from halfday_sync.errors import SafetyError
    from halfday_sync.workbook.lint import lint

    if not config.workbook.is_file():
        yield f"{config.workbook.name} is not there yet; 'halfday run' writes it"
        return
    try:
        findings = lint(config.workbook.read_bytes())
    except BadZipFile as fault:
        raise SafetyError(
            f"{config.workbook.name} is not a whole workbook.", now="Bring back an earlier copy of the file."
        ) from fault
    if findings:
        raise SafetyError(f"{config.workbook.name} has faults that Excel may complain about.", problems=findings)
    yield f"{config.workbook.name} opens without faults"
