"""What happens to the letters on one run, as events. Pure: the same situation gives the same events.

In this order: what people say went; what marks take back; what a person approved; what is asked for anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from halfday_sync.casework import letter_words as words
from halfday_sync.casework.letter_events import (
    APPROVED,
    ASKED,
    CHANGED,
    RECALLED,
    SENT,
    UNSENT,
    WITHDRAWN,
    Event,
    after,
    begun,
    children_json,
    proposal,
)
from halfday_sync.casework.letter_waits import refusal, trouble
from halfday_sync.casework.letters import (
    Asked,
    Settled,
    Situation,
    Step,
    answer,
    as_typed,
    is_settled,
    sent_day,
    settled_steps,
)
from halfday_sync.casework.model import Approval, Child, Letter
from halfday_sync.decided import text_of


@dataclass(frozen=True)
class Life:
    """What a run comes to: the letters as they are now, and the events that made them so."""

    letters: tuple[Letter, ...]
    events: tuple[Event, ...]


def live(now: Situation) -> Life:
    """Everything that happens to the letters on one run; approvals still lack what the letter says."""
    lives = _Lives(now)
    for key in [letter.key for letter in now.letters]:
        lives.one(key)
    lives.keep_one()
    lives.propose()
    letters = tuple(map(lives.shown, lives.letters.values()))
    return Life(letters, tuple(lives.events))


@dataclass
class _Lives:
    """The letters while a run goes over them."""

    now: Situation
    letters: dict[str, Letter] = field(init=False)
    events: list[Event] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.letters = {letter.key: letter for letter in self.now.letters}

    def shown(self, letter: Letter) -> Letter:
        """A letter with what the store does not keep of it."""
        said = self.faults.get(letter.key) or trouble(self.now, letter)
        return replace(letter, trouble=said, not_needed=answer(self.now.row(letter)) == words.NO)

    def happen(self, event: Event) -> None:
        """An event, and what the letter is then."""
        known = self.letters.get(event.key)
        day = self.now.today
        self.letters[event.key] = after(known, event, day, self.now.at) if known else begun(event, day)
        self.events.append(event)

    def one(self, key: str) -> None:
        """A letter that is known: each step goes on from what the one before made of it."""
        for step in (_went, _annotated, _recalled, _taken_back, self._approved):
            for event in step(self.now, self.letters[key]):
                self.happen(event)

    def _approved(self, now: Situation, letter: Letter) -> Iterator[Event]:
        """What a person approved, where nothing stands in its way."""
        row = now.row(letter)
        if not letter.is_open or letter.approval or answer(row) != words.YES or refusal(now, letter):
            return
        by = text_of(row.get("by"))
        found = approved(now, letter, by or now.who(letter.key), text_of(row.get("line")))
        if isinstance(found, str):
            self.faults[letter.key] = found
        else:
            yield found if by else replace(found, words="Approved by is empty: it is whoever saved the workbook.")

    def keep_one(self) -> None:
        """Of two open letters about one thing the one that is approved stays, else the one that was there first.

        There are two where a letter was said to have gone, was asked for anew, and then had not gone after all.
        """
        seen: set[Step] = set()
        for letter in sorted(self.letters.values(), key=lambda one: one.approval is None):
            steps = self._held(letter)
            if seen & steps:
                self.happen(Event(letter.key, WITHDRAWN, words=words.ANOTHER_OPEN))
            else:
                seen |= steps

    def _held(self, letter: Letter) -> set[Step]:
        """What a letter is about, where it may still go."""
        if not letter.is_open or answer(self.now.row(letter)) == words.NO:
            return set()
        asked = (self.now.is_asked(letter, child) for child in letter.children)
        return {one.step for one in asked if one}

    def propose(self) -> None:
        """What is asked for, and is in no letter yet: it joins the family's letter, or becomes one."""
        held = {step for letter in self.letters.values() for step in self._held(letter)}
        settled = settled_steps(as_typed(one, self.now.row(one), self.now.today) for one in self.letters.values())
        free = [one for one in self.now.asked.values() if one.step not in held and not _is_settled(one, settled)]
        for one in sorted(free, key=lambda one: (one.child.due, one.child.pupil_id, one.child.action)):
            if not one.until:
                self._ask(one)

    def _ask(self, one: Asked) -> None:
        family = self.now.family(one.letter, one.child.pupil_id)
        for letter in self.letters.values():
            if self._takes(letter, one, family):
                children = children_json((*letter.children, one.child))
                self.happen(Event(letter.key, ASKED, data={"children": children}))
                return
        self.happen(proposal(self._free_key(one), one.letter, [one.child]))

    def _takes(self, letter: Letter, one: Asked, family: str) -> bool:
        """Whether a letter is the family's own, and nobody has decided about it."""
        is_undecided = letter.is_open and letter.approval is None and not answer(self.now.row(letter))
        first = letter.children[0].pupil_id
        is_undecided = is_undecided and _goes_on(self.now, letter) and letter.letter == one.letter
        is_theirs = is_undecided and self.now.family(one.letter, first) == family
        return is_theirs and self.now.may_share((*letter.pupil_ids, one.child.pupil_id))

    def _free_key(self, one: Asked) -> str:
        pupil_id, action, due = one.child.pupil_id, one.child.action, one.child.due
        number = 1
        while (key := f"{pupil_id}|{action}{f'~{number}' if number > 1 else ''}|{due}") in self.letters:
            number += 1
        return key


def _is_settled(one: Asked, settled: Settled) -> bool:
    return is_settled(one.step, one.child.since, one.child.due, settled, is_once=one.is_once)


def _went(now: Situation, letter: Letter) -> Iterator[Event]:
    """What people say of whether it went."""
    row = now.row(letter)
    day = sent_day(letter, row, now.today)
    if day is not None and day != letter.sent:
        by = text_of(row.get("by")) or now.who(letter.key)
        yield Event(letter.key, SENT, by, data={"day": day.isoformat()})
    elif day is None and letter.sent is not None:
        yield Event(letter.key, UNSENT, now.who(letter.key), "Sent on was emptied.")


def _annotated(now: Situation, letter: Letter) -> Iterator[Event]:
    """Whether marks changed since it went. Letters of an earlier school year are left as they are."""
    if letter.sent is None or letter.approval is None:
        return
    if _year(letter.approval.as_of) < _year(now.as_of):
        return
    said = words.sent_changed(words.changed_figures(letter.approval.figures, _figures(now, letter), now.policy.cuts))
    if said != letter.reason:
        yield Event(letter.key, CHANGED, words=said)


def _recalled(now: Situation, letter: Letter) -> Iterator[Event]:
    """Whether people took their approval back."""
    if not letter.is_open or letter.approval is None:
        return
    row, said = now.row(letter), answer(now.row(letter))
    is_blank = not text_of(row.get("approve"))
    if said == words.NO:
        yield Event(letter.key, RECALLED, now.who(letter.key), words.NOT_NEEDED)
    elif said != words.YES and not (is_blank and letter.approval.by_command):
        yield Event(letter.key, RECALLED, now.who(letter.key), words.TAKEN_BACK)


def _taken_back(now: Situation, letter: Letter) -> Iterator[Event]:
    """Whether marks take it back, or it is about other children or days now."""
    if not letter.is_open or answer(now.row(letter)) == words.NO:
        return
    said = _why_approved(now, letter) if letter.approval else _why_proposed(now, letter)
    if said:
        yield Event(letter.key, WITHDRAWN, words=said)
        return
    children = [
        _as_asked(now, letter, child) for child in letter.children if letter.approval or _keeps(now, letter, child)
    ]
    if children and tuple(children) != letter.children:
        yield Event(letter.key, ASKED, data={"children": children_json(children)})


def _stays(now: Situation, letter: Letter, child: Child) -> bool:
    """Whether it is asked for, or done otherwise: then nothing took it back."""
    return now.is_asked(letter, child) is not None or now.is_done(child)


def _keeps(now: Situation, letter: Letter, child: Child) -> bool:
    """Whether a letter that nobody approved is still about a child. One that waits for the review holds up no other."""
    one = now.is_asked(letter, child)
    return one is not None and now.belongs(letter, child) and not (one.is_risen and _goes_on(now, letter))


def _goes_on(now: Situation, letter: Letter) -> bool:
    """Whether there is a child in it whose letter does not wait for the review."""
    asked = (now.is_asked(letter, child) for child in letter.children)
    return any(one and not one.is_risen for one in asked)


def _as_asked(now: Situation, letter: Letter, child: Child) -> Child:
    """The child with the days on which the letter is asked for now."""
    one = now.is_asked(letter, child)
    return one.child if one else child


def _why_proposed(now: Situation, letter: Letter) -> str:
    """Why a letter that nobody approved is taken back; nothing where it stays."""
    first, *others = letter.children
    if (one := now.is_asked(letter, first)) and not (one.is_risen and _goes_on(now, letter)):
        return ""
    if any(now.is_asked(letter, child) for child in others):
        return words.ANOTHER_FIRST
    return "" if any(map(now.is_done, letter.children)) else _why_gone(now, first)


def _why_approved(now: Situation, letter: Letter) -> str:
    """Why an approved letter is taken back before it went; nothing where it stays."""
    assert letter.approval is not None
    changed = words.changed_figures(letter.approval.figures, _figures(now, letter), now.policy.cuts)
    if changed:
        return words.frozen_changed(changed)
    if said := _why_other_people(now, letter.pupil_ids, letter.approval):
        return said
    gone = [child for child in letter.children if now.is_held(child)]
    gone += [child for child in letter.children if not _stays(now, letter, child) and not _comes_round(now, child)]
    if gone:
        return _why_gone(now, gone[0])
    is_adapted_now = not letter.approval.adapted and now.route(letter.letter, letter.pupil_ids)
    reasons = {
        words.NOT_TOGETHER: not all(now.belongs(letter, child) for child in letter.children),
        words.RISEN: any((one := now.is_asked(letter, child)) and one.is_risen for child in letter.children),
        words.NOW_ADAPTED: is_adapted_now,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _why_other_people(now: Situation, pupil_ids: Sequence[str], approval: Approval) -> str:
    """Whether other people get letters about these children than those to whom it is addressed."""
    then, others = {*approval.fields.get("carers", ())}, {*now.addressed(pupil_ids)}
    if now.nobody(pupil_ids):
        return words.NOBODY
    if then - others:
        return words.OTHER_PEOPLE
    return words.NAMED_NOW if others and not then else ""


def _comes_round(now: Situation, child: Child) -> bool:
    """Whether the step is asked for again and again: an approved letter may go when its own time is over."""
    one = now.ahead.get((child.pupil_id, child.action))
    return one is not None and not one.is_once


def _why_gone(now: Situation, child: Child) -> str:
    if _comes_round(now, child):
        return words.OVER
    if now.is_held(child):
        return words.on_hold(now.decided[child.pupil_id])
    outcome = now.outcomes.get(child.pupil_id)
    return words.why_gone(child, outcome, now.policy.action, now.policy.cuts, now.today)


def approved(now: Situation, letter: Letter, by: str, line: str, *, by_command: bool = False) -> Event | str:
    """The approval of a letter, with all that is frozen by it; a sentence where it cannot be said what it says."""
    said, route = now.said[letter.letter], now.route(letter.letter, letter.pupil_ids)
    data: dict[str, Any] = {
        "as_of": now.as_of.isoformat(),
        "template": said.adapted if route else said.template,
        "adapted": route.reason if route else "",
        "figures": {pupil_id: [*one] for pupil_id, one in _now(now, letter).items()},
        "line": line,
        "language": now.language(letter),
        "by_command": by_command,
    }
    fields = now.freeze(letter, data)
    return fields if isinstance(fields, str) else Event(letter.key, APPROVED, by, data={**data, "fields": fields})


def _year(day: date) -> int:
    """The school year, by the calendar year in which it began."""
    return day.year if day.month >= 8 else day.year - 1


def _figures(now: Situation, letter: Letter) -> Mapping[str, words.Figures]:
    """The figures of the days of the approval, by the marks as they are now."""
    assert letter.approval is not None
    return {pupil_id: now.figures(pupil_id, letter.approval.as_of) for pupil_id in letter.approval.figures}


def _now(now: Situation, letter: Letter) -> Mapping[str, words.Figures]:
    return {pupil_id: now.figures(pupil_id, now.as_of) for pupil_id in letter.pupil_ids}
