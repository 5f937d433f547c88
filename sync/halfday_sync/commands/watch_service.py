"""`halfday watch install`, `remove` and `show`: the computer starts the watch by itself, for one school or several."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said
from halfday_sync.errors import Exit, HalfdayError, SettingsError, UsageError

if TYPE_CHECKING:
    from halfday_sync.services import Runner, Service

_DRY = "Dry run: nothing was changed."


def start_by_itself(args: argparse.Namespace, named: Sequence[Path], said: Said, run_tool: "Runner") -> Exit:
    """Installs, removes or shows what starts the watch.

    Args:
        args: `action`, `kind`, `dry_run` and `text` are asked.
        named: the schools' folders that were named.
        said: speaks to the person; what will happen is said before it is done.
        run_tool: runs the tools of the system.

    Raises:
        SettingsError: a school's settings are wrong, or the system refuses.
        UsageError: a school is to be taken away that is not watched.
    """
    import platform

    from halfday_sync.services import by_platform, on_this_computer, service

    kind = args.kind or by_platform(platform.system())

    def made(schools: Sequence[str] = (), first: str = "") -> "Service":
        return service(kind, on_this_computer(schools, first) if first else on_this_computer(schools), run_tool)

    if args.action == "show":
        lines = _show(made(), [str(folder) for folder in named])
    elif args.action == "install":
        lines = _install(made, [str(folder) for folder in named or [Path.cwd()]], args)
    else:
        lines = _remove(made, [str(folder) for folder in named], args)
    for line in lines:
        said(line)
    return Exit.DONE


_Made = Callable[..., "Service"]
"""A service for these schools, the first run of which is at that time."""


@dataclass(frozen=True)
class _School:
    """A school that is or will be watched; `fault` is why its settings cannot be used."""

    folder: str
    name: str = ""
    times: tuple[str, ...] = ()
    fault: HalfdayError | None = None

    def words(self) -> str:
        if self.fault:
            return f"  {self.folder}: its settings cannot be used now ({self.fault.what})"
        return f"  {self.name}: at {', '.join(self.times)} on school days ({self.folder})"


def _looked_at(folder: str) -> _School:
    from halfday_sync import config as settings

    try:
        config = settings.load(Path(folder))
    except HalfdayError as stop:
        return _School(folder, fault=stop)
    return _School(folder, config.school, config.times)


def _for_all(made: _Made, schools: Sequence[_School]) -> "Service":
    return made([one.folder for one in schools], min((time for one in schools for time in one.times), default=""))


def _install(made: _Made, named: Sequence[str], args: argparse.Namespace) -> Iterator[str]:
    """Adds schools to those that are watched already."""
    before = made().schools()
    schools = [_looked_at(folder) for folder in dict.fromkeys((*before, *named))]
    for one in schools:
        if one.fault and one.folder in named:
            raise one.fault
    service = _for_all(made, schools)
    yield "This computer will start 'halfday watch' by itself, now and from now on, for:"
    for one in schools:
        yield f"{one.words()}{', as before' if one.folder in before else ''}"
    yield from service.when()
    if args.text:
        yield service.text().rstrip()
    if args.dry_run:
        yield _DRY
    else:
        yield from service.install()


def _remove(made: _Made, named: Sequence[str], args: argparse.Namespace) -> Iterator[str]:
    """Takes schools away from those that are watched, or all of them where none is named."""
    there = made()
    if not there.is_installed():
        yield "There is nothing to remove."
        return
    before = there.schools() if named else _as_far_as_told(there)
    strange = [folder for folder in named if folder not in before]
    if strange:
        raise UsageError(
            "Not every school that is named is watched.",
            problems=[*(f"not watched: {folder}" for folder in strange), *(f"watched: {folder}" for folder in before)],
            now="Name one that is watched, or leave out --school to take all of them away.",
        )
    left = [_looked_at(folder) for folder in before if named and folder not in named]
    yield from (f"No longer watched: {folder}" for folder in named or before)
    if left:
        yield "Still watched:"
        yield from (one.words() for one in left)
    else:
        yield f"This computer will no longer start 'halfday watch': {there.place()} goes. The schools' files stay."
    if args.dry_run:
        yield _DRY
    else:
        yield from _for_all(made, left).install() if left else there.remove()


def _as_far_as_told(there: "Service") -> tuple[str, ...]:
    try:
        return there.schools()
    except SettingsError:
        return ()


def _show(there: "Service", named: Sequence[str]) -> Iterator[str]:
    """The schools that are watched, those that are named and are not, then what the system says."""
    schools = _as_far_as_told(there)
    if schools:
        yield "This computer starts 'halfday watch' for:"
        yield from (_looked_at(folder).words() for folder in schools)
    yield from (f"Not watched: {folder}" for folder in named if schools and folder not in schools)
    yield from there.show()
