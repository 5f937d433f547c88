"""`halfday mirror setup`, step by step: each is looked at before the next; stopped anywhere, it begins there again.

Nothing is written to Google here. Settings are written as they are answered; the key goes to the credential store.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from halfday.printing import counted
from halfday_sync import config, credentials
from halfday_sync.errors import HalfdayError, SafetyError, SettingsError, UsageError
from halfday_sync.mirroring.design import design
from halfday_sync.mirroring.opening import KEY, allowed, kept_key, opened
from halfday_sync.mirroring.settings import read_settings, sheet_id
from halfday_sync.setting_up import mirror_words as words
from halfday_sync.setting_up.asking import Asking, Question, is_yes, not_yes_or_no
from halfday_sync.setting_up.mirror_access import ask_domain, ask_people, taken
from halfday_sync.setting_up.mirror_file import keep
from halfday_sync.sheets.access import FileState
from halfday_sync.sheets.asking import SHORT_WAITING, Line
from halfday_sync.sheets.connecting import Key, key
from halfday_sync.sheets.seen import FIELDS
from halfday_sync.sheets.seen_reading import seen
from halfday_sync.sheets.sharing import look, problems

_LATER = "later"


@dataclass(frozen=True, slots=True)
class Ways:
    """How to go about it.

    Attributes:
        folder: the school's folder.
        key_file: a key file that was given.
        people, groups: addresses with roles that were given; an empty role takes one off.
        wait, now: the run's.
    """

    folder: Path
    wait: Callable[[float], None]
    now: datetime
    key_file: Path | None = None
    people: Sequence[tuple[str, str]] = ()
    groups: Sequence[tuple[str, str]] = ()


class _LaterError(Exception):
    """A person stops here for now; the message says what is still to do."""


def set_up(asking: Asking, ways: Ways) -> tuple[str, ...]:
    """Walks through the steps.

    Returns:
        what is still not as it must be, or to do, a line each; none: the first sync can come.

    Raises:
        UsageError: nobody is there, and answers are missing; every one is named.
        HalfdayError: settings, key or sheet cannot be used, or Google does not answer.
    """
    walk = _Walk(asking, ways)
    try:
        walk.wanting()
        walk.key()
        with opened(walk.school, wait=ways.wait, now=ways.now) as line:
            line.patience = SHORT_WAITING
            file = walk.sheet(line)
            walk.people(line, file)
            walk.general()
            asking.stop_if_wanting()
            return walk.verdict(line)
    except _LaterError as stop:
        return (str(stop),)


class _Walk:
    def __init__(self, asking: Asking, ways: Ways) -> None:
        self.asking, self.ways = asking, ways
        loaded = config.load(ways.folder)
        self.school, self.mirror = loaded.school, dict(loaded.mirror)
        self.locale = ""

    def wanting(self) -> None:
        """Where nobody is there to ask: all that is missing at once, before anything is done."""
        if self.asking.nobody:
            self._address()
            if not self.ways.key_file and not self._kept():
                self._key_file()
            self.asking.stop_if_wanting()

    def key(self) -> None:
        """The key, kept in the credential store."""
        file = self.ways.key_file
        found = None if file else self._kept()
        if found:
            self.asking.said(f"ok  key: that of {found.email} is kept on this computer")
            return
        if not file:
            self._tell(words.KEY)
        while True:
            file = file or self._key_file()
            try:
                given = _read(file)
            except HalfdayError as stop:
                if self.asking.nobody:
                    raise
                self._say_no("key", stop)
                file = None
            else:
                self._keep(given, file)
                return

    def _key_file(self) -> Path:
        typed = self.asking.text(
            Question("--key", "Where is the key file", help="its path; Enter: later", needed=self.asking.nobody)
        ).strip("\"' ")
        self.asking.stop_if_wanting()
        if not typed:
            raise _LaterError("the key of the service account is still to come (step 1)")
        return Path(typed)

    def _kept(self) -> Any:
        try:
            return kept_key(self.school)
        except SettingsError as stop:
            self.asking.said(f"no  key: {stop.what}")
            return None

    def _keep(self, found: Key, file: Path) -> None:
        credentials.keep_long(self.school, KEY, found.text())
        self.asking.said(f"ok  key: that of {found.email} is kept in this computer's credential store, for this user")
        self.asking.said(
            f"    Now delete {file.name}, and empty the bin: whoever has it can read and write every file that is "
            "shared with that address."
        )

    def sheet(self, line: Line) -> FileState:
        """The Google Sheet, which must be within reach and hold nothing that only looks like ours."""
        self._tell(words.place(line.address))
        self._tell(words.SHEET)
        while True:
            address = self._address()
            self.asking.stop_if_wanting()
            try:
                found = self._looked_at(line, sheet_id(address))
            except HalfdayError as stop:
                if self.asking.nobody:
                    raise
                self._refused(stop)
                continue
            self.mirror["sheet"] = address
            self._write()
            self.asking.said(f"ok  sheet: {found.name or 'it'} is within reach")
            if more := words.of_locale(self.locale):
                self.asking.said(f"see sheet: {more}")
            return found

    def _address(self) -> str:
        return self.asking.text(
            Question(
                "--sheet",
                "The address of the Google Sheet, as the browser shows it",
                present=self.mirror.get("sheet", ""),
                needed=True,
                fault=_no_sheet,
            )
        )

    def _looked_at(self, line: Line, number: str) -> FileState:
        found = look(line, number)
        there = seen(line.read(number, FIELDS), design().numbers)
        self.locale = there.locale
        if others := there.others:
            raise SafetyError(
                "A tab of this spreadsheet has the number of one of Halfday's, but is not Halfday's.",
                problems=[f"the tab at place {tab.index + 1}" for tab in others],
                now="Make a new, empty Google Sheet and give its address.",
            )
        return found

    def _refused(self, stop: HalfdayError) -> None:
        self._say_no("sheet", stop)
        self.asking.forget("--sheet")
        again = self.asking.text(Question("", f"Enter to look again, or {_LATER}", present="again"))
        if again.casefold() == _LATER:
            raise _LaterError("the Google Sheet is still to be shared with Halfday's account (steps 2 and 3)")

    def _say_no(self, step: str, stop: HalfdayError) -> None:
        first, *rest = [stop.what, *stop.problems, *filter(None, [stop.now])]
        self.asking.said(f"no  {step}: {first}")
        for line in rest:
            self.asking.said(f"    {line}")

    def people(self, line: Line, file: FileState) -> None:
        """Who may see it."""
        self._tell(words.PEOPLE)
        self.mirror["domain"] = ask_domain(self.asking, self.mirror, file, line.address)
        self.asking.stop_if_wanting()
        people = ask_people(self.asking, self.mirror, self.ways.people, file, line.address)
        groups = taken(self.mirror.get("groups", {}), self.ways.groups)
        for name, listed in (("people", people), ("groups", groups)):
            self.mirror.pop(name, None)
            if listed:
                self.mirror[name] = listed
        self._write()
        more = f", {counted(len(groups), 'group')}" if groups else ""
        self.asking.said(f"ok  people: {len(people)} on the list{more}")

    def general(self) -> None:
        """What keeps it in the school."""
        self._tell(words.GENERAL)
        answer = self.asking.text(
            Question(
                "--publishing-blocked",
                "Has IT switched off publishing to the web (yes or no)",
                present="yes" if self.mirror.get("publishing_blocked") else "no",
                fault=not_yes_or_no,
            )
        )
        if not not_yes_or_no(answer) and is_yes(answer) != self.mirror.get("publishing_blocked", False):
            self.mirror["publishing_blocked"] = is_yes(answer)
            self._write()

    def verdict(self, line: Line) -> tuple[str, ...]:
        """What is not as it must be; a person may put it right and look again."""
        self._tell(words.VERDICT)
        settings = read_settings(self.mirror)
        while True:
            file = look(line, settings.sheet)
            found = problems(file, allowed(settings, line.address), self.ways.now)
            for fault in found:
                self.asking.said(f"no  access: {fault}")
            if not found:
                self.asking.said("ok  access: as the school's list says")
                if file.writers_share and not file.drive_id:
                    self.asking.said(f"see access: {words.SHARING_ON}")
                return ()
            if self.asking.nobody:
                return found
            again = self.asking.text(Question("", f"Put that right and press Enter, or {_LATER}", present="look again"))
            if again.casefold() == _LATER:
                return found

    def _write(self) -> None:
        if keep(self.ways.folder, self.mirror):
            self.asking.said(f"    Written: [mirror] of {config.FILE}")

    def _tell(self, lines: Sequence[str]) -> None:
        self.asking.tell()
        for line in lines:
            self.asking.tell(line)


def _read(file: Path) -> Key:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        why = "there is no such file" if isinstance(fault, FileNotFoundError) else "it is no text, or is locked"
        raise UsageError(
            f"The key file cannot be read: {why}.", now="Give its whole path; browsers put it among the downloads."
        ) from None
    return key(text)


def _no_sheet(text: str) -> str:
    return (
        "" if sheet_id(text) else "copy the whole address of the sheet from the browser, with https://docs.google.com"
    )
