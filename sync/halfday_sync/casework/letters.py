"""The life of a letter: what the policy asks for, what is known and what people typed, as events. Pure.

A letter is asked for by an action of the policy that names one. Brothers and sisters share it while nobody has approved
it, where its template allows that. A person approves it: its figures are frozen then. Marks that change before it went
take it back, and it is asked for anew; once it went it stands, and it is only noted that marks changed.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from halfday.policy.guard import NEXT_REVIEW
from halfday.policy.ladder import HOLD, Decision
from halfday.policy.model import Letter as Said
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Outcome
from halfday.register import Pupil
from halfday_sync.casework.letter_words import DECIDED, NO, RISEN, YES, Figures
from halfday_sync.casework.model import Child, Letter
from halfday_sync.decided import is_done, read_day, text_of
from halfday_sync.entries import Typed

_DOUBT = re.compile(r"\?|^done\b|\b(ask|after|before|but|check|first|hold|if|no|not|once|unless|until|wait|when)\b")
"""Beside a Yes they say that it is not one yet."""
Row = Mapping[str, Typed]
Step = tuple[str, str]
"""A pupil and an action."""
_AHEAD = timedelta(days=7)
"""A letter that comes round is asked for so long before it is due: what its figures tell of is nearly over then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter that the policy asks for, for one child. `until` says what comes first; empty: it is due now."""

    child: Child
    letter: str
    is_once: bool
    until: str = ""

    @property
    def step(self) -> Step:
        """The pupil and the action."""
        return self.child.pupil_id, self.child.action

    @property
    def is_risen(self) -> bool:
        """Whether it waits for the review, since the figure has risen above the stage that asks for it."""
        return self.until == RISEN


@dataclass(frozen=True)
class Situation:
    """Everything that decides what becomes of the letters on one run.

    Attributes:
        policy: the school's policy.
        today: the day of the page.
        as_of: the last finished school day.
        outcomes: of every pupil, by id; guests left out.
        letters: all that are known, the oldest first.
        typed: what people typed on Letters, by key of the row and of the column.
        addressed: the names of those to whom a letter about all of these pupils goes.
        nobody: whether carers are known, and none of them gets letters about all of these pupils.
        ticked: the steps that people ticked off on Actions: pupil, action, due.
        adapted: decisions of the adapted route in force today, by pupil id.
        decided: holds and overrides that begin today, by pupil id: the marks count up to yesterday, letters go today.
        shared: whether brothers and sisters share a letter of this template.
        may_share: whether one letter may be about all of these pupils: the same people get letters about each.
        figures: attended and possible of a pupil up to a day, by the marks as they are now.
        who: who filled in a row's Approve, as far as the workbook tells.
        language: the language that a letter's family reads, where people said so.
        freeze: what a letter says once it is approved, by the names of its fields; a sentence where it cannot be said.
        at: when this is.
    """

    policy: Policy
    today: date
    as_of: date
    at: datetime
    outcomes: Mapping[str, Outcome]
    letters: Sequence[Letter]
    typed: Mapping[str, Row]
    shared: Callable[[str], bool]
    figures: Callable[[str, date], Figures]
    may_share: Callable[[Sequence[str]], bool] = lambda _pupil_ids: True
    addressed: Callable[[Sequence[str]], Sequence[str]] = lambda _pupil_ids: ()
    nobody: Callable[[Sequence[str]], bool] = lambda _pupil_ids: False
    ticked: Collection[tuple[str, str, date]] = frozenset()
    adapted: Mapping[str, Decision] = field(default_factory=dict)
    decided: Mapping[str, Decision] = field(default_factory=dict)
    who: Callable[[str], str] = lambda _key: ""
    language: Callable[[Letter], str] = lambda _letter: ""
    freeze: Callable[[Letter, Mapping[str, Any]], Mapping[str, Any] | str] = lambda _letter, _approval: {}

    @cached_property
    def asked(self) -> Mapping[Step, Asked]:
        """What the policy asks for now, also what waits or comes after another step."""
        return {step: one for step, one in self.ahead.items() if one.is_once or one.child.due <= self.today + _AHEAD}

    @cached_property
    def ahead(self) -> Mapping[Step, Asked]:
        """The same, and what comes round again weeks from now."""
        every = (one for outcome in self.outcomes.values() for one in asked_of(self.policy, outcome, self.decided))
        return {one.step: one for one in every}

    @cached_property
    def said(self) -> Mapping[str, Said]:
        """The policy's letters by id."""
        return {letter.id: letter for letter in self.policy.letters}

    def row(self, letter: Letter) -> Row:
        """What people typed in a letter's row."""
        return self.typed.get(letter.key, {})

    def pupil(self, pupil_id: str) -> Pupil | None:
        """A pupil on this year's roll."""
        outcome = self.outcomes.get(pupil_id)
        return outcome.pupil if outcome else None

    def family(self, letter: str, pupil_id: str) -> str:
        """Who gets one letter together with a pupil: the family where the template is shared, else the pupil."""
        pupil, said = self.pupil(pupil_id), self.said.get(letter)
        if pupil is None or not pupil.family_id or said is None or not self.shared(said.template):
            return f"pupil {pupil_id}"
        return f"family {pupil.family_id}"

    def route(self, letter: str, pupil_ids: Collection[str]) -> Decision | None:
        """The decision by which a family is on the adapted route; with a shared letter one child is enough."""
        families = {self.family(letter, pupil_id) for pupil_id in pupil_ids}
        found = [one for one in self.adapted.values() if self.family(letter, one.pupil_id) in families]
        return max(found, key=lambda one: (one.until, one.pupil_id), default=None)

    def is_asked(self, letter: Letter, child: Child) -> Asked | None:
        """Whether a child's letter is still asked for: by the same action; one that comes round, by the same day."""
        one = self.asked.get((child.pupil_id, child.action))
        if one is None or one.letter != letter.letter or self.is_done(child):
            return None
        return one if one.is_once or one.child.due == child.due else None

    def belongs(self, letter: Letter, child: Child) -> bool:
        """Whether a child may be in one letter with its first child: the same family, and the same people get it."""
        first = letter.children[0].pupil_id
        families = {self.family(letter.letter, pupil_id) for pupil_id in (first, child.pupil_id)}
        return len(families) == 1 and self.may_share(tuple(dict.fromkeys((first, child.pupil_id))))

    def is_done(self, child: Child) -> bool:
        """Whether people ticked the step off on Actions: asked for later, it is another letter."""
        return (child.pupil_id, child.action, child.due) in self.ticked

    def is_held(self, child: Child) -> bool:
        """Whether people said today that nothing is to happen for a while."""
        decision = self.decided.get(child.pupil_id)
        return decision is not None and decision.kind == HOLD and (child.pupil_id, child.action) not in self.ahead

    def is_ticked(self, letter: Letter) -> bool:
        """Whether its step is ticked off on Actions, and no child of it is left to write about."""
        return any(map(self.is_done, letter.children)) and not any(
            self.is_asked(letter, child) for child in letter.children
        )


def asked_of(policy: Policy, outcome: Outcome, decided: Mapping[str, Decision]) -> Iterator[Asked]:
    """The letters that are asked for, for one pupil. One that is due on no known day is not asked for yet."""
    if outcome.pupil.is_guest:
        return
    decision = decided.get(outcome.pupil.pupil_id)
    on_hold = decision is not None and decision.kind == HOLD
    for one in outcome.left:
        action = policy.action[one.id]
        if action.letter and one.due and not (on_hold and action.needs_approval):
            until = DECIDED if decision else _until(outcome, one.id)
            child = Child(outcome.pupil.pupil_id, one.id, one.since or outcome.as_of, one.due)
            yield Asked(child, action.letter, one.cadence == "once", until)


def _until(outcome: Outcome, action: str) -> str:
    """What comes before a letter, in words."""
    if action in outcome.waits.actions:
        return f"{outcome.waits.words(action) or 'Waits for missing marks'}."
    first = outcome.first.get(action, "")
    return RISEN if first == NEXT_REVIEW else f"First: {first}." if first else ""


# --- What people typed ------------------------------------------------------------------------------------------------


def answer(row: Row) -> str:
    """What the column Approve comes to: `YES`, `NO` (not needed), else nothing.

    Words that leave a doubt are no approval.

    >>> [answer({"approve": said}) for said in ("Yes", "yes, with the line", "Not needed", "Not yet", "ask Jo", None)]
    ['yes', 'yes', 'not needed', '', '', '']
    >>> [answer({"approve": said}) for said in ("Yes?", "yes but ask Jo first", "approved: no", "done by post", "x")]
    ['', '', '', '', 'yes']
    """
    said = row.get("approve")
    words = text_of(said).casefold()
    if words.startswith(("not needed", "no longer needed", "not necessary")):
        return NO
    if _DOUBT.search(words):
        return ""
    return YES if words.startswith("approved") or is_done(said) else ""


def is_understood(row: Row) -> bool:
    """Whether the column Approve says nothing, or something that is understood."""
    return bool(answer(row)) or text_of(row.get("approve")).casefold() in {"", "not yet", "false"}


def sent_day(letter: Letter, row: Row, today: date) -> date | None:
    """The day on which a letter went: as people typed it, else as it was said on the command line.

    A day that is still to come is none.
    """
    typed = read_day(row.get("sent"))
    if typed is not None:
        return typed if typed <= today else None
    return letter.sent if letter.sent_by_command else None


# --- What a letter does to the checklist ------------------------------------------------------------------------------


def as_typed(letter: Letter, row: Row, today: date) -> Letter:
    """A letter with what people typed since the store heard of it last: that it went, that it is not needed."""
    went = sent_day(letter, row, today)
    withdrawn = letter.withdrawn if went is None else None
    return replace(letter, sent=went, withdrawn=withdrawn, not_needed=answer(row) == NO)


Settled = Mapping[Step, Sequence[tuple[date, date]]]
"""Steps that letters have settled: each with the last day on which it may have begun, and the day it was due."""


def settled_steps(letters: Iterable[Letter]) -> Settled:
    """The steps that a letter which went, or is not needed, has settled."""
    found: dict[Step, list[tuple[date, date]]] = {}
    for letter in letters:
        until = letter.sent or (letter.proposed if letter.withdrawn is None and letter.not_needed else None)
        for child in letter.children if until else ():
            assert until is not None
            found.setdefault((child.pupil_id, child.action), []).append((max(until, child.since), child.due))
    return found


def is_settled(step: Step, since: date, due: date, settled: Settled, *, is_once: bool) -> bool:
    """Whether what is asked for has been settled by a letter.

    One that is asked for once is, if it began before the letter went: a mark that changes moves the day on which it was
    first asked for, and nobody gets the same letter twice for that. One that comes round goes by its day.
    """
    return any(due == one or (is_once and since <= until) for until, one in settled.get(step, ()))


def done_by_letters(letters: Iterable[Letter]) -> tuple[Done, ...]:
    """The steps that letters have settled, by the day on which they were due then."""
    return tuple(
        Done(pupil_id, action, due)
        for (pupil_id, action), days in settled_steps(letters).items()
        for _until, due in days
    )


def done_since(policy: Policy, outcomes: Iterable[Outcome], letters: Iterable[Letter]) -> Mapping[str, Sequence[Done]]:
    """The steps that letters have settled though they are due on another day now, by pupil id."""
    settled = settled_steps(letters)
    pupils = {pupil_id for pupil_id, _action in settled}
    found: dict[str, list[Done]] = {}
    for outcome in outcomes:
        pupil_id = outcome.pupil.pupil_id
        for one in outcome.left if pupil_id in pupils else ():
            is_letter = bool(policy.action[one.id].letter) and one.due is not None
            since, is_once = one.since or outcome.as_of, one.cadence == "once"
            if is_letter and one.due and is_settled((pupil_id, one.id), since, one.due, settled, is_once=is_once):
                found.setdefault(pupil_id, []).append(Done(pupil_id, one.id, one.due))
    return found
