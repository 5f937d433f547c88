"""What people typed into the tracker goes into the store, and counts from the same run on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from halfday.policy.ladder import Decision
from halfday_sync.casework.minutes import read_minutes, reviews
from halfday_sync.casework.plan_reviews import review_decisions
from halfday_sync.casework.reading import plan_reviews
from halfday_sync.decided import ReadDecision, read_decisions
from halfday_sync.entries import DECISIONS, KEPT, MINUTES, PLANS, Edit, Entry, Problem, by_row
from halfday_sync.store import Store

if TYPE_CHECKING:
    from halfday.register import Pupil
    from halfday_sync.workbook.harvest import Harvest, Known
    from halfday_sync.workbook.update.seen import Seen

_KEPT_FOR = timedelta(days=14)
"""How long words that stood where no cell is people's are shown on Today; in the store they stay."""


@dataclass(frozen=True)
class ReadBack:
    """What a run must know of what people did in the workbook.

    Attributes:
        named: rows that get another key, by table and row.
        edits: cells of Halfday's that people changed.
        problems: what somebody should put right.
        kept: words that stood where no cell is people's, of the last two weeks.
        doubtful: rows of which nobody can say whom they are about, with the keys that each may have: they stay as they
            are.
    """

    named: Mapping[tuple[str, int], str] = field(default_factory=dict)
    edits: Sequence[Edit] = ()
    problems: Sequence[Problem] = ()
    kept: Sequence[str] = ()
    doubtful: Mapping[tuple[str, int], Collection[str]] = field(default_factory=dict)


def look_back(store: Store, now: "Seen", sent: "Seen | None", today: date) -> "Harvest":
    """What people did in the workbook since the store last heard of it. Nothing is stored."""
    from halfday_sync.workbook.harvest import harvest  # noqa: PLC0415 - only runs with a workbook need it

    return harvest(now, sent, _known(store, today, now.stamp))


def _known(store: Store, today: date, stamp: str) -> "Known":
    from halfday_sync.workbook.harvest import Known  # noqa: PLC0415 - see above

    pupils = store.pupils()
    return Known(
        today=today,
        entries=store.entries(),
        edits=store.edits(),
        pupils=frozenset(pupil.pupil_id for pupil in pupils),
        roll={(one.pupil_id, column): text for one in pupils for column, text in _of_roll(one).items()},
        moved=store.moved(),
        keys=store.entry_keys(),
        is_older=store.is_older(stamp),
    )


def _of_roll(pupil: "Pupil") -> Mapping[str, str]:
    return {"surname": pupil.surname, "forename": pupil.forename, "class": pupil.class_name}


def take_back(store: Store, found: "Harvest", *, stages: int, today: date, at: datetime) -> ReadBack:
    """Records what people did, all of it or nothing.

    Args:
        store: the school's store.
        found: what they did.
        stages: how many stages the policy has.
        today: the day of the run.
        at: when the workbook was read.
    """
    with store.transaction():
        store.note(found.entries, said_by=found.saved_by, said_at=found.saved_at, seen_at=at)
        for place, keys in found.gone.items():
            store.withdraw(place, keys, said_by=found.saved_by, said_at=found.saved_at, seen_at=at)
        store.keep_edits(found.edits, said_by=found.saved_by, said_at=found.saved_at, seen_at=at)
        keep_words(store, found.kept, today=today, at=at, said_by=found.saved_by, said_at=found.saved_at)
        decided = decisions_of(store, stages=stages, today=today, at=at)
        said = {key: one.decision for key, one in decided.items() if one.decision}
        store.settle_decisions({**said, **_agreed(store, at=at), **_reviewed(store, today, at=at)}, at=at)
    problems = [*found.problems, *_undecided(decided, by_row(store.entries(DECISIONS), DECISIONS))]
    return ReadBack(found.named, found.edits, problems, tuple(_recent(store, today)), found.doubtful)


def keep_words(
    store: Store, words: Sequence[str], *, today: date, at: datetime, said_by: str = "", said_at: datetime | None = None
) -> tuple[str, ...]:
    """Records words that stood on a page where no cell is people's; all such words of the last two weeks.

    Args:
        store: the school's store.
        words: what stood there.
        today: the day of the run.
        at: when the workbook was read.
        said_by: who saved it last, as far as the file tells, and `said_at` when.
        said_at: see there.
    """
    kept = [Entry(KEPT, f"{today}|{text}", "words", "", text) for text in words]
    store.note(kept, said_by=said_by, said_at=said_at, seen_at=at)
    return tuple(_recent(store, today))


def decisions_of(store: Store, *, stages: int, today: date, at: datetime) -> Mapping[str, ReadDecision]:
    """What Halfday makes of each row of the Decisions page."""
    return read_decisions(
        by_row(store.entries(DECISIONS), DECISIONS),
        pupils=frozenset(pupil.pupil_id for pupil in store.pupils()),
        stages=stages,
        today=today,
        recorded_at=at,
    )


def _agreed(store: Store, *, at: datetime) -> Mapping[str, Decision]:
    """The reviews that meetings agreed, by the keys of the rows of Minutes."""
    pupils = frozenset(pupil.pupil_id for pupil in store.pupils())
    minutes, _problems = read_minutes(by_row(store.entries(MINUTES), MINUTES), pupils)
    return {key: replace(one, recorded_at=at) for key, one in reviews(minutes).items() if one.pupil_id in pupils}


def _reviewed(store: Store, today: date, *, at: datetime) -> Mapping[str, Decision]:
    """The reviews of plans, earlier ones included, by the keys of the rows of Plans and the day."""
    rows, pupils = by_row(store.entries(PLANS), PLANS), [pupil.pupil_id for pupil in store.pupils()]
    return review_decisions(rows, plan_reviews(store), pupils, today, at)


def _undecided(decided: Mapping[str, ReadDecision], typed: Mapping[str, Mapping[str, object]]) -> Iterator[Problem]:
    for key, one in decided.items():
        if one.decision is None and one.words:
            pupil_id = str(typed.get(key, {}).get("pupil_id") or "")
            kind = str(typed.get(key, {}).get("kind") or "decision").lower()
            yield Problem(f"Decisions: a {kind} is {one.words[:1].lower()}{one.words[1:]}", pupil_id)


def _recent(store: Store, today: date) -> Iterator[str]:
    for (_place, key, _column), text in store.entries(KEPT).items():
        day = date.fromisoformat(key.partition("|")[0])
        if today - day <= _KEPT_FOR:
            yield str(text)
