"""What is measured: Halfday's own path, as `halfday run` takes it. The imports are part of it, so they stand inside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from tests.bench.school import COUNTS, POLICY, WINDOWS, Case, Results

if TYPE_CHECKING:
    from halfday.policy.model import Policy
    from halfday.policy.outcome import Outcome
    from halfday.school_year import Calendar
    from halfday_sync.sources.base import Snapshot

T = TypeVar("T")


def build(case: Case, path: Path) -> "tuple[Outcome, ...]":
    """Files in, finished workbook out: everything that `halfday run` does but for the store and the source's check."""
    from halfday.morning import morning
    from halfday.policy.evaluate import evaluate
    from halfday_sync.workbook.build import build_tracker
    from halfday_sync.workbook.flavour import Flavour
    from halfday_sync.workbook.view import View

    policy, snapshot, calendar = read(case)
    register = snapshot.register
    outcomes = evaluate(policy, snapshot.pupils, register, calendar, case.settled)
    now = datetime.combine(case.today, time(9, 30), UTC)
    view = View(
        school="Larkfield",
        policy=policy,
        calendar=calendar,
        pupils=[one.pupil for one in outcomes],
        register=register,
        outcomes=outcomes,
        morning=morning(policy, outcomes, register, calendar, case.today, None),
        last_checked=now,
        last_changed=now,
        marks_until=case.settled,
        source="files",
        version="bench",
    )
    build_tracker(path, view, Flavour())
    return outcomes


def read(case: Case) -> "tuple[Policy, Snapshot, Calendar]":
    """The policy and the files."""
    from halfday.school_year import Calendar
    from halfday_sync.sources.tabular import read_contract
    from halfday_sync.templates import policy_path, usable_policy

    policy = usable_policy(policy_path(POLICY))
    snapshot = read_contract(case.pupils_csv, case.marks_csv, case.calendar_csv)
    return policy, snapshot, Calendar.told(snapshot.calendar, snapshot.register.days_taught)


def results(outcomes: "tuple[Outcome, ...]") -> Results:
    """Outcomes as every candidate tells them."""
    told: Results = {}
    for one in outcomes:
        said = one.to_json()
        told[one.pupil.pupil_id] = {
            **{window: [said["windows"][window][count] for count in COUNTS] for window in WINDOWS},
            "percent": said["percent"],
            "band": said["band"],
            "stage": said["stage"],
            "since": said["stage_since"] if said["stage"] else None,
            "persistent": said["persistent_absence"],
            "severe": said["severe_absence"],
            "penalty": said["penalty"]["count"],
        }
    return told


def time_evaluate(case: Case) -> tuple[float, Results]:
    """Seconds for the whole evaluation of marks that are already in memory, nothing known of them beforehand."""
    from halfday.policy.evaluate import evaluate

    policy, snapshot, calendar = read(case)

    def work(count: int) -> "tuple[Outcome, ...]":
        fresh = replace(calendar)  # what the values keep for themselves is forgotten
        return evaluate(policy, snapshot.pupils[:count], replace(snapshot.register), fresh, case.settled)

    return _warm_then_time(work, case, results)


def time_stages(case: Case) -> tuple[float, Results]:
    """Seconds for the replay of stages alone, from marks in memory to every pupil's stage and its first day."""
    from halfday.measures import Axis, Sessions
    from halfday.policy.ladder import Standing, replay, standing

    policy, snapshot, calendar = read(case)

    def work(count: int) -> dict[str, Standing]:
        register = replace(snapshot.register)
        axis = Axis.of(register, replace(calendar), case.settled)
        found = {}
        for pupil in snapshot.pupils[:count]:
            steps = replay(policy, Sessions.of(pupil, axis, register.by_pupil[pupil.pupil_id]))
            found[pupil.pupil_id] = standing(axis, steps, (), case.settled)
        return found

    def told(found: dict[str, Standing]) -> Results:
        return {
            pupil_id: {"stage": one.stage, "since": one.since.isoformat() if one.stage and one.since else None}
            for pupil_id, one in found.items()
        }

    return _warm_then_time(work, case, told)


def _warm_then_time(work: Callable[[int], T], case: Case, told: Callable[[T], Results]) -> tuple[float, Results]:
    work(10)
    start = perf_counter()
    found = work(case.pupils)
    return perf_counter() - start, told(found)
