"""A feed that behaves as feeds do, against a plain memory of all that it ever said: nothing acknowledged is lost.

Children join, leave, vanish and come back; marks are made, amended, contradicted; records get new ids, one or all;
permissions go and return; pulls fail, are refused and accepted. What is asked for is what `asking.since` says.
"""

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.pulls import KIND, child, day, dump

from halfday.register import Mark, Pupil, Register, SessionKey
from halfday_sync.receiving.asking import since
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.receiving.taking_in import Taken, take_in
from halfday_sync.receiving.words import lines
from halfday_sync.sources.base import SetAside, Snapshot
from halfday_sync.store import Store

Where = tuple[str, SessionKey]
CHILDREN = st.integers(0, 11)
CODES = st.sampled_from(["/", "N", "I", "C", "L"])


@dataclass
class Child:
    """A child as the MIS has them."""

    pupil: Pupil
    here: bool = True


@dataclass
class Kept:
    """A mark as the MIS has it, and when it was last touched; two codes contradict each other."""

    code: str
    at: datetime
    other: str = ""


class FeedAgainstMemory(RuleBasedStateMachine):
    @initialize()
    def open_its_doors(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store.open(self.folder / "store.db", school="A")
        self.number, self.hour, self.ids = 0, 8, 100
        self.mis = [Child(child(number, pupil_premium=number % 3 == 0)) for number in range(12)]
        self.marks: dict[Where, Kept] = {}
        self.shares = True
        self.memory: dict[Where, str] = {}
        self.aside: set[tuple[str, date, str]] = set()
        self.premium: dict[str, bool | None] = {}
        self.reached: set[str] = set()
        self.register_taken()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @property
    def now(self) -> datetime:
        on = day(self.number)
        return datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(hours=self.hour)

    # --- what happens at the school ---------------------------------------------------------------------------------

    def register_taken(self) -> None:
        for one in self.mis:
            if one.here:
                for half, code in (("AM", "/"), ("PM", "\\")):
                    self.marks[one.pupil.pupil_id, SessionKey(day(self.number), half)] = Kept(code, self.now)

    @rule(days=st.sampled_from([1, 1, 1, 2, 5]), absent=CHILDREN, forgotten=CHILDREN)
    def days_pass(self, days: int, absent: int, forgotten: int) -> None:
        for _ in range(days):
            self.number, self.hour = self.number + 1, 8
            self.register_taken()
            self.mark(absent, 0, "AM", "N")
            self.marks.pop((self.mis[forgotten].pupil.pupil_id, SessionKey(day(self.number), "PM")), None)
        self.hour = 9

    @rule(who=CHILDREN, half=st.sampled_from(["AM", "PM"]))
    def a_forgotten_mark_is_filled_in(self, who: int, half: str) -> None:
        where = (self.mis[who].pupil.pupil_id, SessionKey(day(max(0, self.number - 1)), half))
        self.marks.setdefault(where, Kept("L", self.now))

    @rule(who=CHILDREN, code=CODES)
    def a_morning(self, who: int, code: str) -> None:
        """What happens most: a day passes, a mark is put right, and the run asks."""
        self.days_pass(1, who, (who + 1) % 12)
        self.mark(who, 2, "AM", code)
        self.pull(accept=True, part=False)

    @rule(who=CHILDREN, back=st.integers(0, 30), half=st.sampled_from(["AM", "PM"]), code=CODES)
    def mark(self, who: int, back: int, half: str, code: str) -> None:
        where = (self.mis[who].pupil.pupil_id, SessionKey(day(max(0, self.number - back)), half))
        if where in self.marks:
            self.marks[where] = Kept(code, self.now)

    @rule(who=CHILDREN, back=st.integers(0, 5))
    def contradiction(self, who: int, back: int) -> None:
        where = (self.mis[who].pupil.pupil_id, SessionKey(day(max(0, self.number - back)), "AM"))
        if where in self.marks:
            self.marks[where] = Kept("I", self.now, other="N")

    @rule(who=CHILDREN, dated=st.booleans())
    def leaves(self, who: int, dated: bool) -> None:  # noqa: FBT001
        one = self.mis[who]
        if one.here and sum(other.here for other in self.mis) > 10:
            one.here = False
            one.pupil = replace(one.pupil, end_date=day(self.number) if dated else None)
            if not dated:
                self.reached.discard(one.pupil.pupil_id)  # what changes while nobody lists the child is not told

    @rule(who=CHILDREN, anew=st.booleans())
    def comes_back(self, who: int, anew: bool) -> None:  # noqa: FBT001
        one = self.mis[who]
        if not one.here:
            one.here = True
            one.pupil = replace(one.pupil, end_date=None)
            if anew:
                self.new_id(one)

    @rule(who=st.sets(CHILDREN, min_size=1, max_size=2))
    def records_made_anew(self, who: set[int]) -> None:
        for one in who:
            self.new_id(self.mis[one])

    @rule()
    def another_system(self) -> None:
        for one in self.mis:
            self.new_id(one)

    def new_id(self, one: Child) -> None:
        self.ids += 1
        old, new = one.pupil.pupil_id, f"N{self.ids}"
        one.pupil = replace(one.pupil, pupil_id=new)
        for who, key in [where for where in self.marks if where[0] == old]:
            self.marks[new, key] = replace(self.marks.pop((who, key)), at=self.now)
        if one.here or one.pupil.end_date:
            self.reached.add(new)

    @rule()
    def a_permission_goes_or_returns(self) -> None:
        self.shares = not self.shares

    @rule()
    def hours_pass(self) -> None:
        self.hour = min(23, self.hour + 2)

    # --- what Halfday does ------------------------------------------------------------------------------------------

    def snapshot(self, asked: datetime | None) -> Snapshot:
        listed = tuple(
            one.pupil if self.shares else replace(one.pupil, pupil_premium=None)
            for one in self.mis
            if one.here or one.pupil.end_date
        )
        ids = {pupil.pupil_id for pupil in listed}
        told = {
            where: one
            for where, one in self.marks.items()
            if where[0] in ids and (asked is None or one.at >= asked or one.other)
        }
        marks = [Mark(who, *key, one.code) for (who, key), one in told.items() if not one.other]
        aside = tuple(SetAside(who, *key, "Two codes.") for (who, key), one in told.items() if one.other)
        register = Register.from_marks(marks, [pupil.pupil_id for pupil in listed])
        return Snapshot(listed, register, since=asked, whole=asked is None, set_aside=aside, every_session=True)

    @rule(accept=st.booleans(), part=st.sampled_from([False] * 5 + [True]), touched=st.none() | st.sets(CHILDREN))
    def pull(self, accept: bool, part: bool, touched: set[int] | None = None) -> None:  # noqa: FBT001
        """A pull, of part of the pupils where a filter was left on; some services list only records that changed."""
        snapshot = self.snapshot(since(self.store.snapshots(), KIND, self.now))
        if touched is not None and snapshot.since is not None:
            known = {pupil.pupil_id for pupil in self.store.pupils()}
            some = {self.mis[number].pupil.pupil_id for number in touched}
            pupils = tuple(one for one in snapshot.pupils if one.pupil_id in some or one.pupil_id not in known)
            snapshot = replace(snapshot, pupils=pupils, complete=False)
        if part and self.store.snapshots():
            snapshot = replace(snapshot, pupils=snapshot.pupils[:4])
        before = dump(self.store)
        try:
            self.taken(snapshot)
        except DoubtfulError as stop:
            assert dump(self.store) == before, "a refused pull changes no byte"
            event("refused: " + ", ".join(sorted(doubt.key.split("-")[0] for doubt in stop.doubts)))
            answers = [doubt.key for doubt in stop.doubts if doubt.can_be_accepted]
            if accept and not part and len(answers) == len(stop.doubts):
                for key in answers:
                    self.store.accept(key, "Jo", at=self.now)
                event("accepted")
                assert set(self.taken(snapshot).used) == set(answers)

    def taken(self, snapshot: Snapshot) -> Taken:
        found = take_in(self.store, snapshot, today=day(self.number), now=self.now, source=KIND)
        assert "Sur" not in " ".join(lines(found.difference))
        event(f"taken in: {'whole' if snapshot.since is None else 'changes'}, {'all' if snapshot.complete else 'some'}")
        for name in (
            "late",
            "no_mark_yet",
            "amended",
            "set_aside",
            "readmitted",
            "left",
            "vanished",
            "new_ids",
            "not_shared",
        ):
            if getattr(found.difference, name):
                event(f"told of: {name}")
        self.remember(snapshot)
        again = take_in(self.store, snapshot, today=day(self.number), now=self.now, source=KIND)
        assert again.changes.unchanged, "taken in twice, the second changes nothing"
        assert not again.difference.amended
        return found

    def remember(self, snapshot: Snapshot) -> None:
        for mark in snapshot.register.marks():
            self.memory[mark.pupil_id, SessionKey(mark.date, mark.session)] = mark.code
        told = {(one.pupil_id, one.date, one.session) for one in snapshot.set_aside}
        given = {(mark.pupil_id, mark.date, mark.session) for mark in snapshot.register.marks()}
        self.aside = told if snapshot.since is None else (self.aside - given) | told
        listed = {pupil.pupil_id for pupil in snapshot.pupils}
        if snapshot.since is None:
            self.reached = listed
        elif snapshot.complete:
            self.reached &= listed
        if self.shares:
            self.premium |= {pupil.pupil_id: pupil.pupil_premium for pupil in snapshot.pupils}

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        found = {
            (mark.pupil_id, SessionKey(mark.date, mark.session)): mark.code for mark in self.store.register().marks()
        }
        assert {where: found.get(where) for where in self.memory} == self.memory
        gaps = {where: code for where, code in found.items() if where not in self.memory}
        assert set(gaps.values()) <= {"-"}, "only that there is no mark yet was ever added"
        assert all(key.date < day(self.number) for _, key in gaps)
        assert self.store.broken() == ()

    @invariant()
    def what_stands_aside_is_known_and_not_in_the_register(self) -> None:
        assert {(one.pupil_id, one.date, one.session) for one in self.store.set_aside()} == self.aside
        found = {(mark.pupil_id, mark.date, mark.session) for mark in self.store.register().marks()}
        never_told = {one for one in self.aside if (one[0], SessionKey(*one[1:])) not in self.memory}
        assert not found & never_told

    @invariant()
    def no_flag_becomes_no_of_itself(self) -> None:
        stored = {pupil.pupil_id: pupil.pupil_premium for pupil in self.store.pupils()}
        for who, told in self.premium.items():
            assert stored[who] is told

    @precondition(lambda self: self.store.snapshots())
    @invariant()
    def a_pull_that_was_taken_in_brought_all_there_was(self) -> None:
        """Of children who were listed all along; of one who was not, the weekly whole pull brings what was missed."""
        last = self.store.snapshots()[-1].recorded_at
        listed = {pupil.pupil_id for pupil in self.store.pupils()} - self.store.unlisted()
        for where, one in self.marks.items():
            if one.at < last and not one.other and where[0] in listed & self.reached:
                assert self.memory.get(where) == one.code


TestFeedAgainstMemory = FeedAgainstMemory.TestCase
TestFeedAgainstMemory.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
