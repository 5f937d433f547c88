"""The loop of the watch: when it runs, what it makes up for, what it says once, and that nothing ends it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from tests.wall_clock import WallClock, london, wall_clock

from halfday_sync import clock
from halfday_sync.clock import Plan, Watched
from halfday_sync.errors import Exit, InUseError, SettingsError, SourceError, UnreachableError

MONDAY = "2025-12-08"
UNREACHED = UnreachableError("The service did not answer.", now="Nothing: it is tried again.")
IN_USE = InUseError("tracker.xlsx is open.")


@dataclass
class School:
    """A school whose runs come out as they are told; it notes when they were asked for, and what was told."""

    on: WallClock
    outcomes: list[BaseException | Exit] = field(default_factory=list)
    times: Sequence[str] = ("07:15", "09:30", "13:45")
    kinds: dict[date, str] = field(default_factory=dict)
    last_good: datetime | None = None
    runs: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    during: Callable[[], None] = lambda: None
    inbox: dict[str, str] = field(default_factory=dict)

    def lying(self) -> frozenset[str]:
        return frozenset(name for name, since in self.inbox.items() if self.on.wall() >= f"{MONDAY} {since}")

    def plan(self) -> Plan:
        return Plan(self.times, self.kinds, self.last_good)

    def run(self, said: Callable[[str], None]) -> Exit:
        self.runs.append(self.on.wall())
        began = self.on.now()
        self.during()
        outcome = self.outcomes.pop(0) if self.outcomes else Exit.DONE
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome is Exit.DONE:
            self.last_good = began
            said("Brought up to date.")
        return outcome

    def watched(self, name: str = "Ours") -> Watched:
        return Watched(
            name,
            self.plan,
            self.run,
            lambda _level, words: self.told.append(f"{self.on.wall()} {words}"),
            self.lying,
        )


@pytest.fixture
def on() -> Iterator[WallClock]:
    with wall_clock(london(f"{MONDAY} 06:00")) as found:
        yield found


def settled(on: WallClock, *outcomes: BaseException | Exit) -> School:
    """A school that ran on Friday after the last register."""
    return School(on, list(outcomes), last_good=london("2025-12-05 13:45"))


def watch(school: School, until: str) -> None:
    clock.watch([school.watched()], now=school.on.now, wait=school.on.wait, stop=school.on.after(london(until)))


def times_of(school: School, day: str = MONDAY) -> list[str]:
    return [text.removeprefix(f"{day} ") for text in school.runs if text.startswith(day)]


def test_what_is_put_there_is_taken_in_within_a_minute_and_looked_at_once(on: WallClock) -> None:
    school = settled(on)
    school.inbox = {"right.csv": "08:40", "refused.csv": "10:10"}  # the first is moved away by its run, the other stays

    def moved_away() -> None:
        if on.wall() >= f"{MONDAY} 08:40":
            school.inbox.pop("right.csv", None)

    school.during = moved_away
    watch(school, f"{MONDAY} 12:00")
    assert [text[:5] for text in times_of(school)] == ["07:15", "08:40", "09:30", "10:10"]


def test_it_runs_at_each_time_of_each_school_day_and_never_else(on: WallClock) -> None:
    school = settled(on)
    watch(school, "2025-12-15 06:00")
    days = [f"2025-12-{day:02d}" for day in range(8, 13)]
    assert school.runs == [f"{day} {text}" for day in days for text in ("07:15", "09:30", "13:45")]


def test_a_school_that_never_ran_runs_at_once(on: WallClock) -> None:
    school = School(on)
    watch(school, f"{MONDAY} 07:00")
    assert school.runs == [f"{MONDAY} 06:00"]


def test_holidays_and_inset_days_are_left_out_and_a_snow_day_is_not(on: WallClock) -> None:
    school = settled(on)
    school.kinds = {date(2025, 12, 8): "inset", date(2025, 12, 9): "closure", date(2025, 12, 10): "bank_holiday"}
    school.times = ["07:15"]
    watch(school, "2025-12-12 00:00")
    assert school.runs == ["2025-12-09 07:15", "2025-12-11 07:15"]


def test_after_a_sleep_over_three_slots_one_run_makes_up_for_them(on: WallClock) -> None:
    on.jumps[london(f"{MONDAY} 07:00")] = timedelta(hours=7, minutes=30)
    school = settled(on)
    watch(school, "2025-12-09 07:20")
    assert school.runs == [f"{MONDAY} 14:30", "2025-12-09 07:15"]


def test_after_a_reboot_it_makes_up_for_what_was_missed_and_for_nothing_else(on: WallClock) -> None:
    school = settled(on)
    watch(school, f"{MONDAY} 08:00")
    on.traveller.move_to(london(f"{MONDAY} 09:00"))
    watch(school, f"{MONDAY} 09:10")
    on.traveller.move_to(london(f"{MONDAY} 11:00"))
    watch(school, f"{MONDAY} 12:00")
    assert times_of(school) == ["07:15", "11:00"]


def test_a_clock_that_was_years_ahead_and_is_put_right_does_not_silence_it(on: WallClock) -> None:
    on.jumps |= {london(f"{MONDAY} 06:30"): timedelta(days=2000), london("2031-05-31 08:00"): -timedelta(days=2000)}
    school = settled(on)
    jobs = [school.watched()]
    clock.watch(jobs, now=on.now, wait=on.wait, stop=lambda: not on.jumps and on.now() >= london(f"{MONDAY} 13:50"))
    assert times_of(school)[-2:] == ["09:30", "13:45"]


def test_in_summer_time_it_runs_by_the_wall(on: WallClock) -> None:
    on.traveller.move_to(london("2026-03-27 06:00"))
    school = School(on, last_good=london("2026-03-26 13:45"), times=["07:15"])
    watch(school, "2026-03-31 06:00")
    assert school.runs == ["2026-03-27 07:15", "2026-03-30 07:15"]


def test_times_that_are_changed_in_the_settings_count_from_the_next_run_on(on: WallClock) -> None:
    school = settled(on)
    school.during = lambda: setattr(school, "times", ["07:15", "10:00"])
    watch(school, f"{MONDAY} 15:00")
    assert times_of(school) == ["07:15", "10:00"]


# --- trouble ---------------------------------------------------------------------------------------------------------


def test_a_source_that_cannot_be_reached_is_told_once_tried_every_five_minutes_and_told_when_it_works(
    on: WallClock,
) -> None:
    school = settled(on, *[UNREACHED] * 3)
    watch(school, f"{MONDAY} 09:00")
    assert times_of(school) == ["07:15", "07:20", "07:25", "07:30"]
    assert [line.split("\n")[0] for line in school.told] == [
        f"{MONDAY} 07:15 The service did not answer.",
        f"{MONDAY} 07:30 The source can be reached again.",
        f"{MONDAY} 07:30 Brought up to date.",
    ]


def test_a_day_without_network_is_quiet_and_no_slot_is_tried_twice(on: WallClock) -> None:
    school = settled(on, *[UNREACHED] * 1000)
    watch(school, "2025-12-09 07:00")
    tries = times_of(school)
    assert len(tries) == len(set(tries))
    assert {"07:15", "09:30", "13:45"} < set(tries)
    assert tries[-1] >= "23:50"
    assert not times_of(school, "2025-12-09"), "the night is left alone"
    assert len(school.told) == 1


def test_a_tracker_that_is_open_is_tried_every_ten_minutes(on: WallClock) -> None:
    school = settled(on, *[IN_USE] * 3)
    watch(school, f"{MONDAY} 09:00")
    assert times_of(school) == ["07:15", "07:25", "07:35", "07:45"]
    assert len(school.told) == 3
    assert "is free again" in school.told[1]


def test_a_run_that_somebody_made_meanwhile_ends_the_waiting(on: WallClock) -> None:
    school = settled(on, IN_USE, IN_USE)
    watch(school, f"{MONDAY} 07:20")
    school.last_good = on.now()
    watch(school, f"{MONDAY} 09:00")
    assert times_of(school) == ["07:15"]
    begun = settled(on, IN_USE)
    begun.last_good = london(f"{MONDAY} 07:16")
    jobs = [begun.watched()]

    def by_hand(seconds: float) -> None:
        on.wait(seconds)
        if on.wall().endswith("09:35"):
            begun.last_good = on.now()

    clock.watch(jobs, now=on.now, wait=by_hand, stop=on.after(london(f"{MONDAY} 11:00")))
    assert times_of(begun) == ["09:30"]
    assert "is free again" in begun.told[-1]


def test_another_refusal_is_told_once_and_waits_for_the_next_slot(on: WallClock) -> None:
    wrong = SourceError("No pupils came.")
    school = settled(on, wrong, wrong, SourceError("The roll is smaller by a fifth."), Exit.DONE, wrong)
    watch(school, "2025-12-09 12:00")
    assert times_of(school) == ["07:15", "09:30", "13:45"]
    firsts = [line.split("\n")[0] for line in school.told]
    assert firsts == [
        f"{MONDAY} 07:15 No pupils came.",
        f"{MONDAY} 13:45 The roll is smaller by a fifth.",
        "2025-12-09 07:15 Brought up to date.",
        "2025-12-09 09:30 No pupils came.",
    ]


def test_waking_up_is_no_reason_to_try_again_what_was_refused_in_this_slot(on: WallClock) -> None:
    on.jumps[london(f"{MONDAY} 08:00")] = timedelta(minutes=20)
    school = settled(on, SourceError("No pupils came."))
    watch(school, f"{MONDAY} 10:00")
    assert times_of(school) == ["07:15", "09:30"]


def test_after_waking_up_a_source_that_could_not_be_reached_is_asked_again(on: WallClock) -> None:
    on.jumps[london(f"{MONDAY} 07:16")] = timedelta(minutes=44)
    school = settled(on, UNREACHED)
    watch(school, f"{MONDAY} 09:00")
    assert times_of(school) == ["07:15", "08:05"]


@pytest.mark.parametrize("fault", [ValueError("Amelia"), SystemExit(3), MemoryError(), GeneratorExit()])
def test_a_job_that_throws_never_ends_the_loop_and_its_text_is_not_told(fault: BaseException, on: WallClock) -> None:
    school = settled(on, fault)
    watch(school, f"{MONDAY} 10:00")
    assert times_of(school) == ["07:15", "09:30"]
    assert "A fault in Halfday" in school.told[0]
    assert "Amelia" not in school.told[0]


def test_control_c_does_end_it(on: WallClock) -> None:
    with pytest.raises(KeyboardInterrupt):
        watch(settled(on, KeyboardInterrupt()), f"{MONDAY} 10:00")


def test_one_schools_trouble_never_touches_another(on: WallClock) -> None:
    bad, good = settled(on, *[RuntimeError("x")] * 9), settled(on)
    lost = settled(on)

    def no_plan() -> Plan:
        raise SettingsError("halfday.toml cannot be read.")

    jobs = [bad.watched(), Watched("Lost", no_plan, lost.run, lost.watched().tell), good.watched()]
    clock.watch(jobs, now=on.now, wait=on.wait, stop=on.after(london(f"{MONDAY} 15:00")))
    assert times_of(good) == ["07:15", "09:30", "13:45"]
    assert times_of(lost) == ["06:00", "07:15", "09:30", "13:45"]
    assert sum("cannot be read" in line for line in lost.told) <= 4


def test_it_stops_after_the_run_that_has_begun_and_before_another_school(on: WallClock) -> None:
    asked: list[int] = []
    first, second = settled(on), settled(on)
    first.during = lambda: asked.append(1)
    clock.watch([first.watched(), second.watched()], now=on.now, wait=on.wait, stop=lambda: bool(asked))
    assert (times_of(first), times_of(second)) == (["07:15"], [])


def test_a_long_run_is_no_gap_and_a_slot_that_passed_meanwhile_gets_its_run(on: WallClock) -> None:
    school = settled(on)
    school.during = lambda: on.traveller.shift(timedelta(hours=3)) if len(school.runs) == 1 else None
    watch(school, f"{MONDAY} 15:00")
    assert times_of(school) == ["07:15", "10:15", "13:45"]


def test_once_runs_what_is_due_and_gives_the_first_failure(on: WallClock) -> None:
    due, done, bad = School(on), settled(on), School(on, [SourceError("No pupils came.")])
    assert clock.run_due([one.watched() for one in (due, done, bad)], now=on.now) is Exit.SOURCE
    assert [len(one.runs) for one in (due, done, bad)] == [1, 0, 1]
    assert clock.run_due([due.watched()], now=on.now) is Exit.DONE
    assert len(due.runs) == 1
