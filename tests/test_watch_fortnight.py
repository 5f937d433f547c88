"""A fortnight of the watch, the half term after it, and the first day back: real runs, with every trouble.

Day by day below is what a person would expect to find taken in. The service is the emulator of Wonde; the clock moves
by waiting only.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from tests import keyring_file
from tests.wall_clock import WallClock, london, wall_clock
from tests.wonde_school import SCHOOL_ID, School, big_school
from tests.wonde_service import HTML, TOKEN, Fault, Service

from halfday_sync import clock, config, credentials
from halfday_sync.clock import Watched
from halfday_sync.commands import watch
from halfday_sync.errors import Exit
from halfday_sync.logbook import FILE, open_log
from halfday_sync.sources.sample import SampleSchool, sample_school
from halfday_sync.store import Store

NAME = "Larkfield"
INSET = date(2025, 10, 24)
USUAL = ["07:15", "09:30", "13:45"]
TAKEN_IN = {
    "Mon 13 Oct": ["06:00", *USUAL],  # a new installation asks at once
    "Tue 14 Oct": ["07:40", "09:30", "13:45"],  # the service is away until 07:38: tried every five minutes
    "Wed 15 Oct": ["07:15", "10:00", "13:45"],  # until 09:58 a page of a gateway comes in place of data
    "Thu 16 Oct": ["09:30", "13:45"],  # at 07:15 a third of the roll is missing
    "Fri 17 Oct": [
        "07:15",
        "07:45",
        "09:30",
        "13:45",
    ],  # the tracker is open until 07:40: tried four times, asked twice
    "Mon 20 Oct": ["07:15", "11:00", "13:45"],  # off from 08:00 until 11:00
    "Tue 21 Oct": ["14:30"],  # asleep from 07:00 until 14:30
    "Wed 22 Oct": USUAL,
    "Thu 23 Oct": USUAL,
    # Friday is INSET, then it is half term, in which the clocks go back
    "Mon 3 Nov": USUAL,
}
REFUSED = {
    "Tue 14 Oct": [("07:15", Exit.SOURCE), *((f"07:{minute}", Exit.SOURCE) for minute in (20, 25, 30, 35))],
    "Wed 15 Oct": [(f"09:{minute}", Exit.SOURCE) for minute in range(30, 60, 5)],
    "Thu 16 Oct": [("07:15", Exit.SOURCE)],
    "Fri 17 Oct": [("07:15", Exit.IN_USE), ("07:25", Exit.IN_USE), ("07:35", Exit.IN_USE)],
}
LOGGED = {
    "The source can be reached again.": 2,
    "Tried again every 5 minutes": 2,
    "Tried again every 10 minutes": 1,
    "The tracker is free again.": 1,
    " ERROR ": 1,
    " WARNING ": 3,
}


@dataclass
class World:
    """The school, the service it is asked through, and the computer."""

    on: WallClock
    sample: SampleSchool
    wonde: Service
    folder: Path

    def between(self, start: str, end: str) -> bool:
        return london(f"2025-10-{start}") <= self.on.now() < london(f"2025-10-{end}")

    def fault(self, _path: str) -> Fault | None:
        if self.between("14 07:00", "14 07:38"):
            return Fault(503)
        return HTML if self.between("15 09:00", "15 09:58") else None

    def truth(self) -> School:
        """The school as its staff have marked it by now."""
        now = self.on.now().astimezone(london("2025-10-13").tzinfo)
        found = big_school(self.sample, now.date())
        sessions = [name for name, at in (("AM", "09:10"), ("PM", "13:20")) if f"{now:%H:%M}" >= at]
        for number, mark in list(found.marks.items()):
            if mark.day == INSET or (mark.day == now.date() and mark.session not in sessions):
                del found.marks[number]
        if self.between("16 07:00", "16 08:00"):
            for pupil in list(found.students)[::3]:
                del found.students[pupil]
        return found

    def run(self, said: Callable[[str], None]) -> Exit:
        self.wonde.school = self.truth()
        self.wonde.school.about["region"]["domain"] = self.wonde.host
        owner = self.folder / "~$tracker.xlsx"
        owner.write_bytes(b"\x05Quill".ljust(165)) if self.between("17 07:00", "17 07:40") else owner.unlink(True)
        return watch.run_as_by_hand(self.folder, self.on.now(), lambda _seconds: None, said)

    def watch(self, until: str) -> None:
        """The loop, from when the computer is on until it is off."""

        def tell(level: int, words: str) -> None:
            with open_log(self.folder) as log:
                log(level, words)

        school = Watched(NAME, partial(watch.plan_of, self.folder), self.run, tell)
        clock.watch([school], now=self.on.now, wait=self.on.wait, stop=self.on.after(london(until)))


def by_day(moments: list[datetime]) -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for moment in moments:
        there = moment.astimezone(london("2025-10-13").tzinfo)
        found[f"{there:%a} {there.day} {there:%b}"].append(f"{there:%H:%M}")
    return dict(found)


def set_up(folder: Path, sample: SampleSchool, address: str) -> None:
    rows = [f"{day},{'inset' if day == INSET else kind}" for day, kind in sorted(sample.calendar.items())]
    (folder / "calendar.csv").write_text("\n".join(["date,kind", *rows]) + "\n", encoding="utf-8")
    (folder / config.FILE).write_text(
        f'[school]\nname = "{NAME}"\npolicy = "rivington"\ncalendar = "calendar.csv"\n\n'
        f'[source]\nkind = "wonde"\nschool_id = "{SCHOOL_ID}"\naddress = "{address}"\n',
        encoding="utf-8",
    )
    credentials.keep(NAME, "Wonde token", TOKEN)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The three weeks, gone by."""
    folder = tmp_path_factory.mktemp("school")
    sample = sample_school(pupils=24, seed=2025)
    with ExitStack() as stack:
        stack.enter_context(keyring_file.in_use(keyring_file.InAFile(), folder.parent / "keyring.json"))
        asleep = {london("2025-10-21 07:00"): timedelta(hours=7, minutes=30)}
        on = stack.enter_context(wall_clock(london("2025-10-13 06:00"), asleep))
        wonde = stack.enter_context(Service(big_school(sample, date(2025, 10, 10))))
        found = World(on, sample, wonde, folder)
        wonde.always = found.fault
        set_up(folder, sample, wonde.address)
        found.watch("2025-10-20 08:00")
        on.traveller.move_to(london("2025-10-20 11:00"))
        found.watch("2025-11-03 15:00")
        wonde.school = found.truth()
    return replace(found)


def opened(world: World) -> Store:
    return Store.open(world.folder / "halfday.db")


def test_what_was_taken_in_is_what_a_person_would_expect_day_by_day(world: World) -> None:
    with opened(world) as store:
        assert by_day([row.recorded_at for row in store.snapshots()]) == TAKEN_IN


def test_each_trouble_ended_its_runs_with_its_exit_code_and_no_other_run_failed(world: World) -> None:
    with opened(world) as store:
        failed = [run for run in store.runs() if run.exit_code != Exit.DONE]
    found = defaultdict[str, list[tuple[str, int | None]]](list)
    for run in failed:
        ((day, (at,)),) = by_day([run.started]).items()
        found[day].append((at, run.exit_code))
    assert found == REFUSED


def test_in_the_end_the_store_holds_every_mark_that_the_school_made_and_no_other(world: World) -> None:
    records = {**world.wonde.school.students, **world.wonde.school.leavers}
    ids = {id_: row["education_details"]["data"]["admission_number"] for id_, row in records.items()}
    made = {(ids[pupil], day, session): code for (pupil, day, session), code in world.wonde.school.true_marks().items()}
    with opened(world) as store:
        held = {(mark.pupil_id, mark.date, mark.session): mark.code for mark in store.register().marks()}
    assert {key: code for key, code in held.items() if code != "-"} == {
        key: code for key, code in made.items() if code != "-"
    }


def test_the_log_tells_each_trouble_once_and_when_it_was_over(world: World) -> None:
    log = (world.folder / FILE).read_text(encoding="utf-8")
    assert {words: log.count(words) for words in LOGGED} == LOGGED


def test_no_name_and_no_secret_is_in_any_file_but_the_store_and_the_tracker(world: World) -> None:
    words = {TOKEN, "Quill"}
    with opened(world) as store:
        for pupil in store.pupils():
            words |= {pupil.surname, pupil.forename, pupil.upn}
    kept = {"halfday.db", "halfday.db-wal", "halfday.db-shm", "tracker.xlsx"}
    files = [path for path in world.folder.iterdir() if path.is_file() and path.name not in kept]
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    assert FILE in {path.name for path in files}
    assert sum(bool(re.search(rf"\b{re.escape(word)}\b", text)) for word in words if word) == 0


def test_an_ordinary_morning_asked_for_little(world: World) -> None:
    with opened(world) as store:
        whole = [row for row in store.snapshots() if row.since is None]
    assert len(whole) <= 5, "everything is asked for once a week, not every time"
