"""One run's letters: what happened is recorded, files are made and put away, and what is in the way is said."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from halfday import printing
from halfday_sync.casework import Letter
from halfday_sync.casework.letter_events import APPROVED, PROPOSED, WITHDRAWN, Event, after
from halfday_sync.casework.letter_life import live
from halfday_sync.casework.letter_waits import until
from halfday_sync.casework.letter_words import YES
from halfday_sync.casework.letters import Situation, answer
from halfday_sync.entries import Problem
from halfday_sync.posting.files import CannotMakeError, Folder
from halfday_sync.posting.picture import Picture, situation
from halfday_sync.store import Store


@dataclass(frozen=True)
class Posted:
    """What a run comes to for letters.

    Attributes:
        letters: all that are known, the oldest first.
        problems: what somebody should put right.
        lines: what happened, in counts, for the log.
    """

    letters: tuple[Letter, ...] = ()
    problems: Sequence[Problem] = ()
    lines: Sequence[str] = ()


def settle(store: Store, seen: Picture, *, files: bool = True) -> Posted:
    """Brings the letters of a school up to the marks and to what people typed.

    Args:
        store: the school's store.
        seen: the school on this run.
        files: whether Word files are made and put away; a look at what would be done makes none.
    """
    now = situation(store, seen)
    life = live(now)
    store.happen(life.events, day=seen.today, at=seen.at)
    desk = Desk(store, seen, Folder(seen.settings), now)
    letters = tuple(desk.see_to_all(life.letters)) if files else life.letters
    return Posted(letters, tuple(_problems(now, letters)), tuple(_lines(life.events, desk.made)))


@dataclass
class Desk:
    """Where files are made. `made` counts the letters of which files were made."""

    store: Store
    seen: Picture
    folder: Folder
    now: Situation
    made: int = 0

    def see_to_all(self, letters: Sequence[Letter]) -> Iterator[Letter]:
        """The letters, those first that must not go: their names are free then for those that are made."""
        with suppress(OSError):  # what a killed run left half-written is in nobody's way
            self.folder.clear(self.seen.at)
        done = {one.key: self.see_to(one) for one in sorted(letters, key=lambda one: not _must_not_go(one))}
        yield from (done[one.key] for one in letters)

    def see_to(self, letter: Letter) -> Letter:
        """Puts away what must not go, makes what is approved; what is in the way stands in the letter's trouble."""
        try:
            if letter.sent is None and (letter.files or letter.begun) and _must_not_go(letter):
                return self._record(letter, self.folder.put_away(letter))
            if is_to_make(self.now, letter):
                letter = self._record(letter, self.folder.make(letter, title_of(self.now, letter)))
                self.made += 1
        except CannotMakeError as fault:
            return replace(self._known(letter), trouble=str(fault))
        return letter

    def _record(self, letter: Letter, events: Iterator[Event]) -> Letter:
        """Records each event before the work goes on."""
        for event in events:
            self.store.happen([event], day=self.seen.today, at=self.seen.at)
            letter = after(letter, event, self.seen.today, self.seen.at)
        return letter

    def _known(self, letter: Letter) -> Letter:
        """The letter as the store has it now: some of the work may have been done."""
        return next((one for one in self.store.letters() if one.key == letter.key), letter)


def _must_not_go(letter: Letter) -> bool:
    return letter.withdrawn is not None or letter.approval is None


def is_to_make(now: Situation, letter: Letter) -> bool:
    """Whether a letter is approved and its files are not made yet."""
    is_wanted = letter.is_open and letter.approval is not None and not now.is_ticked(letter) and not until(now, letter)
    return is_wanted and (not letter.files or bool(letter.begun))


def title_of(now: Situation, letter: Letter) -> str:
    """What the policy calls a letter."""
    said = now.said.get(letter.letter)
    return said.title if said else letter.letter


def _problems(now: Situation, letters: Sequence[Letter]) -> Iterator[Problem]:
    """Approvals that do not count, and files that could not be made or put away."""
    for letter in letters:
        if not letter.trouble:
            continue
        pupil_id = letter.children[0].pupil_id if letter.children else ""
        if letter.approval is not None or letter.withdrawn is not None:
            yield Problem(f"Letters: {title_of(now, letter)}. {letter.trouble}", pupil_id)
        elif letter.is_open and answer(now.row(letter)) == YES:
            yield Problem(
                f"Letters: {title_of(now, letter)}: the approval does not count yet. {letter.trouble}", pupil_id
            )


def _lines(events: Sequence[Event], made: int) -> Iterator[str]:
    """What happened to letters on this run, in counts."""
    counts = {kind: sum(event.kind == kind for event in events) for kind in (PROPOSED, APPROVED, WITHDRAWN)}
    words = {PROPOSED: "to approve", APPROVED: "approved", WITHDRAWN: "withdrawn, since marks changed"}
    said = [f"{count:,} {words[kind]}" for kind, count in counts.items() if count]
    said += [f"{made:,} made, in the folder letters"] if made else []
    if said:
        yield f"Letters: {'; '.join(said)}."
    nameless = sum(event.kind == APPROVED and bool(event.words) for event in events)
    if nameless:
        many = printing.counted(nameless, "letter was", "letters were")
        yield f"{many} approved without a name: whoever saved the workbook counts as having approved."
