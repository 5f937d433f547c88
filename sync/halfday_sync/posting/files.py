"""Making the files of approved letters, and putting those away that must not go any more.

What is about to be written is recorded first, what lies there whole afterwards: a run that is killed at any instant is
made good by the next one, and nothing is made twice. No file that lies there is ever written over.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from halfday_sync.casework import Letter
from halfday_sync.casework.letter_events import AWAY, MADE, MAKING, Event
from halfday_sync.errors import HalfdayError
from halfday_sync.letters import catalogue
from halfday_sync.letters.fields import copies
from halfday_sync.letters.rendering import render
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.posting.file_names import PDF, WITHDRAWN, base_name, copy_names, free, is_open_elsewhere
from halfday_sync.whole_file import PREFIX, put_whole, this_computer


class CannotMakeError(Exception):
    """A letter cannot be made or put away now; `str` of it is the reason, in words and without names."""


@dataclass(frozen=True)
class Folder:
    """The folder of letters beside a tracker."""

    settings: LetterSettings

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.settings.folder

    def clear(self, now: datetime) -> None:
        """Takes away what a run that was killed left half-written here, once it is old: others may be writing now."""
        if self.path.is_dir():
            for left in self.path.glob(f"{PREFIX}*-{this_computer()}-*"):
                if left.stat().st_mtime < now.timestamp() - _OLD:
                    left.unlink(missing_ok=True)

    def is_whole(self, letter: Letter, name: str) -> bool:
        """Whether a file lies here as Halfday wrote it."""
        path = self.path / name
        return path.is_file() and digest(path.read_bytes()) == letter.digests.get(name)

    def lacks(self, letter: Letter) -> bool:
        """Whether a file that was made is not in the folder any more."""
        return any(not (self.path / name).exists() for name in letter.files)

    def _is_there(self, letter: Letter, name: str) -> bool:
        """Whether a copy needs no making: it lies here whole, or a person has gone on with it."""
        return self.is_whole(letter, name) or (name in letter.files and (self.path / name).is_file())

    # --- Making -----------------------------------------------------------------------------------------------------

    def make(self, letter: Letter, title: str) -> Iterator[Event]:
        """Makes a letter's files; each event is to be recorded before the next is asked for.

        Raises:
            CannotMakeError: its template, or the disk, does not allow it; nothing half-written is left.
        """
        try:
            yield from self._make(letter, title)
        except HalfdayError as fault:
            raise CannotMakeError(f"It could not be made: {fault.what}") from fault
        except OSError as fault:
            raise CannotMakeError(f"It could not be written: {type(fault).__name__}.") from fault
        except Exception as fault:  # a template is people's work: whatever it brings up, the morning goes on
            raise CannotMakeError(f"It could not be made: {type(fault).__name__}.") from fault

    def _make(self, letter: Letter, title: str) -> Iterator[Event]:
        there = [name for name in letter.begun if self._is_there(letter, name)]
        if not there or len(there) < len(letter.begun):
            made = self._rendered(letter)
            self.path.mkdir(parents=True, exist_ok=True)
            names = self._names(letter, title, [whom for whom, _data in made])
            files = {name: data for name, (_whom, data) in zip(names, made, strict=True)}
            kept = {name: letter.digests[name] for name in names if name in there}
            said = {name: kept.get(name) or digest(data) for name, data in files.items()}
            yield Event(letter.key, MAKING, data={"files": [[*one] for one in said.items()]})
            for name, data in files.items():
                if name not in kept:
                    self._write(self.path / name, data)
            there = names
        yield Event(letter.key, MADE, data={"files": there})

    def _names(self, letter: Letter, title: str, whom: Sequence[str]) -> list[str]:
        """The names of the copies: those that were begun, unless somebody else's file has such a name now."""
        found: list[str] = []
        for at, base in enumerate(copy_names(base_name(letter, title), whom)):
            was = letter.begun[at] if len(letter.begun) == len(whom) else ""
            is_ours = was and (self._is_there(letter, was) or not (self.path / was).exists())
            found.append(was if is_ours else free(self.path, base, found))
        return found

    def _rendered(self, letter: Letter) -> list[tuple[str, bytes]]:
        """The copies, each with whom it is for."""
        approval = letter.approval
        assert approval is not None
        path = catalogue.find(self.settings, approval.template, approval.language)
        each = copies(catalogue.template(approval.template), approval.fields)
        return [(str(one.get("parents", "")), render(path, one, self.settings)) for one in each]

    def _write(self, path: Path, data: bytes) -> None:
        if not put_whole(path, data, may=lambda: not path.exists()):
            raise CannotMakeError("It could not be written: another file has its name now.")

    # --- Putting away -----------------------------------------------------------------------------------------------

    def put_away(self, letter: Letter) -> Iterator[Event]:
        """Moves the files of a letter that must not go any more, and the PDFs that were made of them.

        Raises:
            CannotMakeError: somebody has one open, or the disk does not allow it; it is tried again on the next run.
        """
        try:
            for name in (*letter.files, *(one for one in letter.begun if self.is_whole(letter, one))):
                self._move((self.path / name).with_suffix(PDF))
                self._move(self.path / name)
        except OSError as fault:
            raise CannotMakeError(_STILL_THERE) from fault
        yield Event(letter.key, AWAY)

    def _move(self, path: Path) -> None:
        if not path.exists():
            return
        if is_open_elsewhere(path):
            raise CannotMakeError(_STILL_THERE)
        folder = self.path / WITHDRAWN
        folder.mkdir(exist_ok=True)
        path.rename(folder / free(folder, path.stem, suffix=path.suffix))


_OLD = 3_600
"""Seconds after which nobody is still writing a letter."""
_STILL_THERE = "Its file is still in the folder letters, since somebody has it open: close it, and do not send it."


def digest(data: bytes) -> str:
    """What a file holds, in a few letters."""
    return hashlib.sha256(data).hexdigest()
