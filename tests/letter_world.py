"""A few invented children and their letters, for tests: what is asked for and typed can be set at will, then a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from halfday.measures import Measures
from halfday.penalty import Penalty
from halfday.policy.ladder import ADAPTED, Decision
from halfday.policy.load import load
from halfday.policy.model import Policy
from halfday.policy.outcome import Due, Outcome
from halfday.policy.waiting import Wait, Waits
from halfday.register import Pupil
from halfday_sync.casework import Letter
from halfday_sync.casework.letter_events import PROPOSED, Event, after, begun
from halfday_sync.casework.letter_life import live
from halfday_sync.casework.letters import Situation, answer, as_typed, done_by_letters, done_since, sent_day
from halfday_sync.entries import Typed

MON = date(2026, 1, 5)
POLICY = """
id = "letters"
[school]
name = "Little Oak"
document = "Little Oak attendance policy"
[[band]]
name = "All"
from = 0
[[stage]]
number = 1
name = "Stage 1"
below = 96
actions = ["warning", "notice", "figure"]
[[action]]
id = "talk"
title = "Talk to the family"
owner = "Teacher"
contact = true
[[action]]
id = "warning"
title = "Send the warning letter"
owner = "Lead"
needs_approval = true
letter = "warning"
after = "talk"
[[action]]
id = "notice"
title = "Send the notice to improve"
owner = "Head"
needs_approval = true
letter = "notice"
[[action]]
id = "figure"
title = "Send the half-term figure"
owner = "Office"
cadence = "half-termly"
needs_approval = true
letter = "figure"
[[letter]]
id = "warning"
title = "Warning letter"
template = "warning"
adapted = "adapted-concern"
[[letter]]
id = "notice"
title = "Notice to improve"
template = "notice-to-improve"
[[letter]]
id = "figure"
title = "Half-term figure"
template = "half-term-figure"
"""
SHARED = frozenset({"warning", "adapted-concern", "half-term-figure"})
ROUND = frozenset({"figure"})
"""Actions that come round."""


def policy() -> Policy:
    """The policy of these children."""
    return load(POLICY, "letters")


@dataclass
class World:
    """Children P1 and P2 of one family, P3 of another; everything about them, and the letters there were so far."""

    today: date = MON
    figures: dict[str, tuple[int, int]] = field(default_factory=dict)
    asked: dict[tuple[str, str], tuple[date, date]] = field(default_factory=dict)
    waits: set[tuple[str, str]] = field(default_factory=set)
    first: dict[tuple[str, str], str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    adapted: set[str] = field(default_factory=set)
    decided: dict[str, Decision] = field(default_factory=dict)
    typed: dict[str, dict[str, Typed]] = field(default_factory=dict)
    ticked: set[tuple[str, str, date]] = field(default_factory=set)
    letters: dict[str, Letter] = field(default_factory=dict)
    history: list[tuple[Event, date]] = field(default_factory=list)
    policy: Policy = field(default_factory=policy)
    broken: bool = False
    apart: bool = False
    carers: tuple[str, ...] = ()
    nobody: bool = False

    @property
    def pupils(self) -> tuple[Pupil, ...]:
        return tuple(
            Pupil(one, forename=f"Fore{one}", surname="Oak", family_id="" if one == "P3" else "F1", class_name="Ash")
            for one in ("P1", "P2", "P3")
        )

    def ask(self, pupil_id: str, action: str, *, since: date = MON, due: date | None = None) -> None:
        self.asked[pupil_id, action] = (since, due or since + timedelta(days=7))
        self.figures.setdefault(pupil_id, (142, 153))

    def type(self, key: str, **cells: Typed) -> None:
        self.typed.setdefault(key, {}).update(cells)

    def outcomes(self) -> dict[str, Outcome]:
        """The outcomes, without the steps that are done."""
        known = [as_typed(one, self.typed.get(one.key, {}), self.today) for one in self.letters.values()]
        done = {*self.ticked, *((one.pupil_id, one.action, one.due) for one in done_by_letters(known))}
        found = [self._outcome(pupil, done) for pupil in self.pupils]
        more = done_since(self.policy, found, known)
        done |= {(one.pupil_id, one.action, one.due) for rows in more.values() for one in rows}
        return {pupil.pupil_id: self._outcome(pupil, done) for pupil in self.pupils}

    def _outcome(self, pupil: Pupil, done: set[tuple[str, str, date]]) -> Outcome:
        one = pupil.pupil_id
        attended, possible = self.figures.get(one, (0, 0))
        actions = [
            Due(
                action,
                action,
                "",
                due,
                needs_approval=True,
                cadence="half-termly" if action in ROUND else "once",
                since=since,
            )
            for (pupil_id, action), (since, due) in self.asked.items()
            if pupil_id == one and one not in self.left
        ]
        waits = [action for pupil_id, action in self.waits if pupil_id == one]
        left = Pupil(one, end_date=self.today - timedelta(days=1)) if one in self.left else pupil
        return Outcome(
            pupil=left, as_of=self.today - timedelta(days=1), percent=None, band=None, by_gap_rule=False, stage=1,
            windows={"ytd": Measures(attended=attended, authorised=possible - attended)},
            stage_name=None, stage_since=None, persistent_absence=None, severe_absence=None, early=False,
            penalty=Penalty(), triggers=(), duties=(), actions=tuple(actions), why="",
            done=frozenset((action, due) for pupil_id, action, due in done if pupil_id == one),
            waits=Waits(1, frozenset(waits), each=tuple(Wait(action, MON) for action in waits)),
            first={action: title for (pupil_id, action), title in self.first.items() if pupil_id == one},
        )  # fmt: skip

    def situation(self) -> Situation:
        def freeze(letter: Letter, approval: Mapping[str, Any]) -> Mapping[str, Any] | str:
            said = {"pupil": approval["template"] + " ".join(letter.pupil_ids), "carers": [*self.carers]}
            return "It could not be made: the template." if self.broken else said

        return Situation(
            policy=self.policy,
            today=self.today,
            as_of=self.today - timedelta(days=1),
            at=datetime(self.today.year, self.today.month, self.today.day, 8, tzinfo=UTC),
            outcomes=self.outcomes(),
            letters=[*self.letters.values()],
            typed=self.typed,
            shared=SHARED.__contains__,
            figures=lambda pupil_id, _as_of: self.figures.get(pupil_id, (0, 0)),
            may_share=lambda pupil_ids: not self.apart or len(pupil_ids) == 1,
            addressed=lambda _pupil_ids: self.carers,
            ticked=frozenset(self.ticked),
            adapted={
                one: Decision(one, ADAPTED, MON, date(2026, 7, 1), "Long illness", "Head") for one in self.adapted
            },
            nobody=lambda _pupil_ids: self.nobody,
            decided=self.decided,
            who=lambda _key: "ann",
            freeze=freeze,
        )

    def run(self) -> list[Event]:
        """A run: what happened. The letters are what the events come to."""
        now = self.situation()
        life = live(now)
        for event in life.events:
            self.history.append((event, self.today))
            self._happen(event, now.at)
        assert [one.key for one in life.letters] == [*self.letters]
        self.letters = {one.key: one for one in life.letters}
        return [*life.events]

    def _happen(self, event: Event, at: datetime) -> None:
        known = self.letters.get(event.key)
        assert (known is None) == (event.kind == PROPOSED)
        self.letters[event.key] = after(known, event, self.today, at) if known else begun(event, self.today)

    def open(self) -> list[Letter]:
        return [one for one in self.letters.values() if one.is_open and not one.not_needed]


def answer_of(world: World, letter: Letter) -> str:
    return answer(world.typed.get(letter.key, {}))


def went(world: World, letter: Letter) -> date | None:
    return sent_day(letter, world.typed.get(letter.key, {}), world.today)
