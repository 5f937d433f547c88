"""What the verbs of `halfday letters` do. Loaded only when one is called."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from halfday.printing import counted
from halfday_sync import config as settings
from halfday_sync.casework import Letter
from halfday_sync.casework.letter_events import MAKING, SENT, Event
from halfday_sync.casework.letter_life import approved, live
from halfday_sync.casework.letter_waits import refusal, until
from halfday_sync.casework.letters import Situation, answer
from halfday_sync.commands.options import Said
from halfday_sync.commands.saved import saved
from halfday_sync.decided import text_of
from halfday_sync.errors import Exit, SafetyError, SettingsError, UsageError
from halfday_sync.letters import catalogue
from halfday_sync.letters.check import check
from halfday_sync.letters.merge import Merged, merge_table
from halfday_sync.letters.pdf import to_pdf
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.morning_run import picture
from halfday_sync.posting import Folder, Picture, Posted, settle, situation, title_of
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy
from halfday_sync.whole_file import put_whole

_LIST = "halfday letters"


@dataclass(frozen=True)
class Desk:
    """A school at which letters are seen to, with all that people typed and saved so far."""

    args: argparse.Namespace
    store: Store
    seen: Picture

    @property
    def today(self) -> date:
        """The day of the page."""
        return self.seen.today

    def settled(self, *, files: bool) -> Posted:
        """The letters, brought up to the marks and to what people typed."""
        return settle(self.store, self.seen, files=files and not self.args.dry_run)

    def happen(self, events: Sequence[Event]) -> None:
        """What somebody said on the command line."""
        self.store.happen(events, day=self.today, at=self.seen.at)

    @property
    def now(self) -> Situation:
        """What decides about the letters."""
        return situation(self.store, self.seen)


@contextmanager
def desk_of(args: argparse.Namespace) -> Iterator[Desk]:
    """The school, alone; a dry run takes everything back."""
    with saved(args, dry_run=args.dry_run) as found:
        yield Desk(args, found.school.store, picture(found.school, found.day, args.now))


# --- Listing ---------------------------------------------------------------------------------------------------------


def listed(args: argparse.Namespace, said: Said) -> Exit:
    """What there is: counts, then a line a letter that somebody has to do something about."""
    args.dry_run = True
    with desk_of(args) as desk:
        now = desk.now
        letters = live(now).letters
    states = [(one, state_of(now, one)) for one in letters]
    if not states:
        said("There are no letters yet: the policy has asked for none so far.")
        return Exit.DONE
    counts = {state: sum(one == state for _letter, one in states) for state in dict.fromkeys(s for _l, s in states)}
    said(f"Letters: {', '.join(f'{state} {count}' for state, count in counts.items())}.")
    for letter, state in sorted(states, key=lambda one: (one[0].children[0].due, one[0].key)):
        if state in _OPEN:
            pupils = counted(len(letter.pupil_ids), "child", "children")
            said(f"  {letter.key}  {letter.letter}  {pupils}  {state}")
    said("To approve one: Yes in Approve on the page Letters, or 'halfday letters approve KEY --who NAME'.")
    return Exit.DONE


TO_APPROVE, CANNOT, TO_MAKE, MADE = "to approve", "cannot be approved yet", "to be made", "made, to be sent"
WAITS = "approved, not to be sent yet"
_OPEN = frozenset({TO_APPROVE, CANNOT, TO_MAKE, MADE, WAITS})


def state_of(now: Situation, letter: Letter) -> str:
    """Where a letter is, in a few words."""
    if letter.sent or letter.withdrawn or letter.not_needed:
        return "sent" if letter.sent else "withdrawn" if letter.withdrawn else "not needed"
    if now.is_ticked(letter):
        return "done otherwise"
    if letter.approval:
        return WAITS if until(now, letter) else MADE if letter.files else TO_MAKE
    return CANNOT if refusal(now, letter) else TO_APPROVE


# --- Approving, sending ----------------------------------------------------------------------------------------------


def approve(args: argparse.Namespace, said: Said) -> Exit:
    """Approves letters, all of these or none, and makes them."""
    who = named(args.who)
    with desk_of(args) as desk:
        letters = _found(desk, args.keys, _why_not)
        now = desk.now
        events = [approved(now, letter, who, " ".join(args.line.split()), by_command=True) for letter in letters]
        faults = [f"{one.key}: {event}" for one, event in zip(letters, events, strict=True) if isinstance(event, str)]
        if faults:
            raise SettingsError("Letters cannot be approved.", problems=faults, now="Run 'halfday letters lint'.")
        desk.happen([event for event in events if isinstance(event, Event)])
        posted = desk.settled(files=True)
        said(f"Approved by {who}: {counted(len(letters), 'letter')}.")
        _tell_made(desk, [one for one in posted.letters if one.key in set(args.keys)], said)
    return end(args, said)


def _why_not(now: Situation, letter: Letter) -> str:
    if letter.sent or letter.withdrawn:
        return f"it is {state_of(now, letter)}"
    if letter.approval:
        return "it is approved already"
    if (typed := text_of(now.row(letter).get("approve"))) and answer(now.row(letter)) != "yes":
        return f"Approve on the page Letters says {typed!r}: change it there"
    if now.is_ticked(letter):
        return "its step is ticked as done on Actions"
    return refusal(now, letter)


def sent(args: argparse.Namespace, said: Said) -> Exit:
    """Says that letters have gone, all of these or none."""
    who = named(args.who)
    with desk_of(args) as desk:
        if args.on > desk.today:
            raise UsageError(f"--on {args.on} is still to come.", now="Give the day on which they went.")
        letters = _found(desk, args.keys, lambda now, one: _already(now, one, args.on))
        data = {"day": args.on.isoformat(), "by_command": True}
        desk.happen([Event(letter.key, SENT, who, data=data) for letter in letters])
        desk.settled(files=True)
        said(f"Sent on {args.on}: {counted(len(letters), 'letter')}. The steps are done from the next run on.")
    return end(args, said)


def _already(now: Situation, letter: Letter, day: date) -> str:
    typed = now.row(letter).get("sent")
    return f"Sent on on the page Letters says {text_of(typed)}: change it there" if typed not in (None, "", day) else ""


def _found(desk: Desk, keys: Sequence[str], why_not: Callable[[Situation, Letter], str]) -> list[Letter]:
    """The letters of these keys, after the marks and the workbook have been heard.

    Raises:
        SafetyError: one is not there, or cannot be; all of them are named.
    """
    desk.settled(files=False)
    now = desk.now
    known = {letter.key: letter for letter in live(now).letters}
    problems = []
    for key in dict.fromkeys(keys):
        words = why_not(now, known[key]) if key in known else f"there is no such letter; '{_LIST}' lists them"
        if words:
            problems.append(f"{key}: {words}")
    if problems:
        raise SafetyError("It cannot be done for these letters, so it was done for none.", problems=problems)
    return [known[key] for key in dict.fromkeys(keys)]


def named(who: str) -> str:
    """The name of who decided, tidied."""
    if not who.strip():
        raise UsageError("--who is empty.", now="Give the name of the person who decided: --who NAME.")
    return " ".join(who.split())


# --- Making ----------------------------------------------------------------------------------------------------------


def make(args: argparse.Namespace, said: Said) -> Exit:
    """Makes the files of approved letters that are not there."""
    with desk_of(args) as desk:
        if args.keys:
            _found(desk, args.keys, lambda _now, _letter: "")
        posted = desk.settled(files=True)
        wanted = [one for one in posted.letters if _is_wanted(args, one)]
        folder = Folder(desk.seen.settings)
        missing = [one for one in wanted if one.approval and one.is_open and folder.lacks(one)]
        if missing and not args.dry_run:
            desk.happen([Event(one.key, MAKING, data={"files": _as_made(one)}) for one in missing])
            posted = desk.settled(files=True)
            wanted = [one for one in posted.letters if _is_wanted(args, one)]
        _tell_made(desk, wanted, said)
        now = desk.now
        ready = [one for one in wanted if state_of(now, one) == MADE and not folder.lacks(one)]
        if args.pdf and ready and not args.dry_run:
            made = to_pdf([desk.seen.settings.folder / name for one in ready for name in one.files])
            said(f"As PDF beside them: {counted(len(made), 'file')}.")
    return end(args, said)


def _is_wanted(args: argparse.Namespace, letter: Letter) -> bool:
    if args.keys and letter.key not in args.keys:
        return False
    return not args.pupil or bool(set(args.pupil) & set(letter.pupil_ids))


def _as_made(letter: Letter) -> list[list[str]]:
    """The copies of a letter as they were made: those that are missing are made anew, and no other."""
    return [[name, letter.digests.get(name, "")] for name in letter.files]


def _tell_made(desk: Desk, letters: Sequence[Letter], said: Said) -> None:
    """How many are ready, and where; how many are still to approve, and what is in the way of others."""
    now = desk.now
    states = [(one, state_of(now, one)) for one in letters]
    ready = sum(state == MADE for _one, state in states)
    if ready:
        said(f"Made and ready to be read: {counted(ready, 'letter')}, in {desk.seen.settings.folder}")
    else:
        said("No approved letter is ready.")
    if to_make := sum(state == TO_MAKE for _one, state in states):
        said(f"Approved and not made yet: {to_make}.")
    if to_approve := sum(state in {TO_APPROVE, CANNOT} for _one, state in states):
        said(f"Still to approve: {to_approve}, with Yes in Approve on the page Letters.")
    for one, state in states:
        if one.trouble and state in _OPEN:
            said(f"  {one.key}: {one.trouble}")


def table(args: argparse.Namespace, said: Said) -> Exit:
    """A table for mail merge of the approved letters that have not gone."""
    path: Path = args.file
    if path.suffix.casefold() != ".xlsx":
        raise UsageError(f"{path.name} does not end in .xlsx.", now="Give the table such a name.")
    if path.exists():
        raise SafetyError(f"{path.name} is there already.", now="Give another name, or take it away first.")
    with desk_of(args) as desk:
        now, posted = desk.now, desk.settled(files=False)
        letters = [one for one in posted.letters if state_of(now, one) in {TO_MAKE, MADE}]
        rows = [Merged(one.key, title_of(now, one), one.approval.fields) for one in letters if one.approval]
        if not args.dry_run:
            put(path, merge_table(rows))
        said(f"Letters in the table: {len(rows)}. When they have gone, fill in Sent on on the page Letters.")
    return end(args, said)


def put(path: Path, data: bytes) -> None:
    """Writes a file whole."""
    try:
        put_whole(path, data)
    except OSError as fault:
        raise SettingsError(f"{path} cannot be written: {type(fault).__name__}.", now="Give another place.") from fault


# --- Templates -------------------------------------------------------------------------------------------------------


def lint(args: argparse.Namespace, said: Said) -> Exit:
    """Everything that is wrong with the templates."""
    config = settings.load(args.school)
    policy = usable_policy(policy_path(config.policy, config.folder))
    faults = check(LetterSettings.of(config), policy)
    for fault in faults:
        said(str(fault))
    if faults:
        return Exit.SETTINGS
    said(f"The Word templates of {counted(len(policy.letters), 'letter')} are right.")
    return Exit.DONE


def fields(_args: argparse.Namespace, said: Said) -> Exit:
    """What a template can fill in."""
    for field in catalogue.all_fields().values():
        said(f"{field.id:<20} {field.meaning}. For example: {field.example}")
    said("How to write a field into a Word file: workbook_templates/letters/README.md.")
    return Exit.DONE


def end(args: argparse.Namespace, said: Said) -> Exit:
    """The last words of a verb."""
    if args.dry_run:
        said("Dry run: nothing was stored or written.")
    return Exit.DONE
