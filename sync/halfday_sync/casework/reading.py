"""All casework of a run, read from the store: each part by its own module, problems of all of them together."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from halfday.policy.model import Policy
from halfday_sync.casework.acts import ticked_on
from halfday_sync.casework.contacts import read_contacts
from halfday_sync.casework.letters import as_typed
from halfday_sync.casework.minutes import read_minutes
from halfday_sync.casework.model import Casework, Letter, SupportPlan
from halfday_sync.casework.noted import read_noted
from halfday_sync.casework.plan_reviews import reviews_held
from halfday_sync.casework.plans import problems_of, read_plans
from halfday_sync.entries import ACTIONS, CONTACTS, LETTERS, MINUTES, PLANS, TRACKER, Problem, by_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from halfday.carer import Carer
    from halfday.register import Pupil
    from halfday_sync.casework.plan_reviews import Held, Line
    from halfday_sync.entries import Typed

    class RunLine(Protocol):
        """What is needed of a line of the run log."""

        @property
        def id(self) -> int:
            """Its number."""

        @property
        def as_of(self) -> date | None:
            """The day it was for."""

    class _Store(Protocol):
        """What casework asks of the store."""

        def entries(self, place: str | None = None) -> Mapping[tuple[str, str, str], Typed]:
            """What people typed."""
            ...

        def pupils(self) -> Sequence[Pupil]:
            """Everyone ever seen."""
            ...

        def entry_lines(self, place: str) -> Iterable[Line]:
            """All that was ever typed in a place."""
            ...

        def letters(self) -> Iterable[Letter]:
            """Every letter that was ever proposed."""
            ...

        def runs(self) -> Iterable[RunLine]:
            """The run log."""
            ...

        def moved(self, on: date | None = None) -> Mapping[str, str]:
            """The ids that pupils have now, by the ids they had."""
            ...

        def carers(self) -> Mapping[str, tuple[Carer, ...]]:
            """Whom to ring and to write to, by pupil id."""
            ...


def read_casework(store: "_Store", policy: Policy, today: date) -> tuple[Casework, Sequence[Problem]]:
    """The casework as it stands on a day, and what people should put right in it.

    Args:
        store: the school's store.
        policy: the school's.
        today: the day of the page.
    """
    pupils = frozenset(pupil.pupil_id for pupil in store.pupils())
    contacts, problems = read_contacts(by_row(store.entries(CONTACTS), CONTACTS), pupils, today)
    contacts += read_noted(by_row(store.entries(TRACKER), TRACKER), contacts, pupils, today)
    minutes, doubts = read_minutes(by_row(store.entries(MINUTES), MINUTES), pupils, today)
    plans, more = plans_read(store, policy, pupils, today)
    letters = letters_read(store, today)
    done = Casework(
        contacts=contacts,
        letters=letters,
        plans=plans,
        minutes=minutes,
        carers=store.carers(),
        ticks=by_row(store.entries(ACTIONS), ACTIONS),
        ticked=ticked_on(store.entry_lines(ACTIONS), days_of_runs(store), store.moved()),
        begun=min(days_of_runs(store).values(), default=None),
    )
    return done, [*problems, *doubts, *more]


def letters_read(store: "_Store", today: date) -> tuple[Letter, ...]:
    """The letters as they stood at the last run, with what people typed of them since. None of later days."""
    typed = by_row(store.entries(LETTERS), LETTERS)
    known = [letter for letter in store.letters() if letter.proposed <= today]
    return tuple(as_typed(letter, typed.get(letter.key, {}), today) for letter in known)


def plans_read(
    store: "_Store", policy: Policy, pupils: Collection[str], today: date
) -> tuple[Sequence[SupportPlan], Sequence[Problem]]:
    """The plans with all reviews that were ever held, and what people should put right in their rows."""
    read = read_plans(by_row(store.entries(PLANS), PLANS), policy, pupils, plan_reviews(store), today)
    return tuple(one.plan for one in read.values() if one.plan), tuple(problems_of(read))


def plan_reviews(store: "_Store") -> "Mapping[str, tuple[Held, ...]]":
    """The reviews of each row of Plans, earlier ones included."""
    return reviews_held(store.entry_lines(PLANS), days_of_runs(store), store.moved())


def days_of_runs(store: "_Store") -> "Mapping[int, date]":
    """The day that each run was for."""
    return {run.id: run.as_of for run in store.runs() if run.as_of}
