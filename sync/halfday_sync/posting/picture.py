"""A school on one run, as letters need it: what is asked for, the figures by the marks of now, what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from halfday.measures import Axis, Sessions
from halfday.policy.ladder import ADAPTED, HOLD, OVERRIDE, Decision
from halfday.policy.model import Letter as Said
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import Register
from halfday.school_year import Calendar
from halfday_sync.casework import Casework, Letter
from halfday_sync.casework.letter_words import Figures
from halfday_sync.casework.letters import Situation
from halfday_sync.config import Config
from halfday_sync.decided import read_done, text_of
from halfday_sync.entries import ACTIONS, LETTERS, TRACKER, Typed, by_row
from halfday_sync.errors import HalfdayError
from halfday_sync.letters import catalogue
from halfday_sync.letters.catalogue import Template
from halfday_sync.letters.fields import Occasion, addressed, fields, goes_to_nobody, may_share
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.store import Store


@dataclass(frozen=True)
class Picture:
    """A school as of one run.

    Attributes:
        outcomes: of every pupil but guests, as of `as_of`.
        today: the day of the page.
        as_of: the last finished school day.
        at: the time.
    """

    config: Config
    policy: Policy
    calendar: Calendar
    register: Register
    outcomes: Sequence[Outcome]
    decisions: Sequence[Decision]
    casework: Casework
    today: date
    as_of: date
    at: datetime

    @property
    def settings(self) -> LetterSettings:
        """What letters say of the school."""
        return LetterSettings.of(self.config)

    def occasion(
        self, letter: Said, template: Template, outcomes: Sequence[Outcome], *, adapted: str = "", line: str = ""
    ) -> Occasion:
        """What a letter about these children is written from."""
        return Occasion(
            school=self.config.school,
            policy=self.policy,
            letter=letter,
            template=template,
            today=self.today,
            as_of=self.as_of,
            outcomes=outcomes,
            calendar=self.calendar,
            settings=self.settings,
            carers=self.casework.carers,
            casework=self.casework,
            adapted=adapted,
            line=line,
            register=self.register,
        )


def situation(store: Store, seen: Picture) -> Situation:
    """Everything that decides what becomes of the letters on this run."""
    typed = store.entries()
    outcomes = {one.pupil.pupil_id: one for one in seen.outcomes}
    done = read_done(by_row(typed, ACTIONS))

    @cache
    def axis(as_of: date) -> Axis:
        return Axis.of(seen.register, seen.calendar, as_of)

    def figures(pupil_id: str, as_of: date) -> Figures:
        ids = seen.register.by_pupil.get(pupil_id)
        if ids is None or pupil_id not in outcomes:
            return 0, 0
        ytd = Sessions.of(outcomes[pupil_id].pupil, axis(as_of), ids).ytd
        return ytd.attended, ytd.possible

    def who(key: str) -> str:
        said = [one.said_by for one in store.entry_history(key, LETTERS) if one.column in {"approve", "sent"}]
        return said[-1] if said else ""

    return Situation(
        policy=seen.policy,
        today=seen.today,
        as_of=seen.as_of,
        at=seen.at,
        outcomes=outcomes,
        letters=store.letters(),
        typed=by_row(typed, LETTERS),
        shared=is_shared,
        figures=figures,
        may_share=lambda pupil_ids: may_share(seen.casework.carers, pupil_ids),
        addressed=lambda pupil_ids: addressed(seen.casework.carers, pupil_ids),
        nobody=lambda pupil_ids: goes_to_nobody(seen.casework.carers, pupil_ids),
        ticked=frozenset((one.pupil_id, one.action, one.due) for one in done),
        adapted={one.pupil_id: one for one in seen.decisions if one.kind == ADAPTED and one.in_force(seen.today)},
        decided={
            one.pupil_id: one
            for one in sorted(seen.decisions, key=lambda one: (one.from_, one.kind))
            if one.kind in (HOLD, OVERRIDE) and one.in_force(seen.today) and one.from_ > seen.as_of
        },
        who=who,
        freeze=lambda letter, approval: _frozen(seen, outcomes, letter, approval),
        language=lambda letter: language_of(typed, letter.pupil_ids),
    )


def is_shared(template: str) -> bool:
    """Whether brothers and sisters share a letter of this template. One that is not known is for one child."""
    known = catalogue.all_templates().get(template)
    return known is not None and known.shared


Typing = Mapping[tuple[str, str, str], Typed]
"""What people typed, by place, row and column."""


def language_of(typed: Typing, pupil_ids: Sequence[str]) -> str:
    """The language that a family reads, as the Tracker says it of the first child of whom it does."""
    said = (text_of(typed.get((TRACKER, pupil_id, "language"))) for pupil_id in pupil_ids)
    return next(filter(None, said), "")


def _frozen(
    seen: Picture, outcomes: Mapping[str, Outcome], letter: Letter, approval: Mapping[str, Any]
) -> Mapping[str, Any] | str:
    """What a letter says from its approval on; a sentence where that cannot be said."""
    try:
        template = catalogue.template(approval["template"])
        catalogue.find(seen.settings, template.id, approval["language"])
        said = next(one for one in seen.policy.letters if one.id == letter.letter)
        about = [outcomes[pupil_id] for pupil_id in letter.pupil_ids]
        return fields(seen.occasion(said, template, about, adapted=approval["adapted"], line=approval["line"]))
    except HalfdayError as fault:
        return f"It could not be made: {fault.what}"
