"""The store against a plain dictionary: whatever is acknowledged, both tell the same story at every instant."""

import csv
import shutil
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from halfday.register import Mark, Pupil, Register, SessionKey
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Amendment, Changes, Store

PUPILS = [f"P{number}" for number in range(7)]
KEYS = [SessionKey(date(2026, 3, day), session) for day in (2, 3, 4, 5) for session in ("AM", "PM")]
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
Where = tuple[str, SessionKey]


@dataclass
class Belief:
    """What is known at one instant."""

    at: datetime = START
    roll: dict[str, bool] = field(default_factory=dict)  # pupil -> still listed
    details: dict[str, str] = field(default_factory=dict)
    marks: dict[Where, str] = field(default_factory=dict)
    extras: dict[Where, int] = field(default_factory=dict)
    calendar: dict[date, str] = field(default_factory=dict)
    amended: list[tuple[str, SessionKey, str, str, datetime]] = field(default_factory=list)


marks = st.dictionaries(
    st.tuples(st.sampled_from(PUPILS), st.sampled_from(KEYS)),
    st.one_of(
        st.sampled_from(["/", "I", "N", "-"]).map(lambda code: (code, None)), st.just(("L", 5)), st.just(("L", 9))
    ),
    max_size=40,
)
rolls = st.dictionaries(st.sampled_from(PUPILS), st.sampled_from(["4A", "4B"]), min_size=1)
calendars = st.dictionaries(st.sampled_from([key.date for key in KEYS]), st.sampled_from(["school", "closure"]))


@st.composite
def whole_snapshots(draw: st.DrawFn) -> Snapshot:
    told, listed = draw(marks), draw(rolls)
    order = draw(st.permutations(list(listed)))
    lines = [Mark(who, key.date, key.session, code, late) for (who, key), (code, late) in told.items()]
    return Snapshot(
        tuple(Pupil(pupil_id, class_name=listed[pupil_id]) for pupil_id in order),
        Register.from_marks(lines, listed),
        draw(calendars),
        complete=draw(st.booleans()),
    )


snapshots = whole_snapshots()


class StoreAgainstModel(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store.open(self.folder / "store.db", school="A")
        self.now = Belief()
        self.past: list[Belief] = []
        self.last: Snapshot | None = None

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(snapshot=snapshots, minutes=st.integers(-3, 5))
    def acknowledge(self, snapshot: Snapshot, minutes: int) -> None:
        self.last = snapshot
        self.expect(snapshot, self.now.at + timedelta(minutes=minutes))

    @precondition(lambda self: self.last is not None)
    @rule(minutes=st.integers(0, 2))
    def repeat(self, minutes: int) -> None:
        assert self.last is not None
        changes = self.expect(self.last, self.now.at + timedelta(minutes=minutes))
        assert changes == Changes()

    def expect(self, snapshot: Snapshot, at: datetime) -> Changes:
        before, model = self.now, deepcopy(self.now)
        model.at = max(at, before.at) if self.past else at  # a clock set back does not turn the order round
        added = amended = 0
        sessions = {key for _, key in before.marks}
        for pupil in snapshot.pupils:
            model.roll[pupil.pupil_id] = True
            model.details[pupil.pupil_id] = pupil.class_name
        ids = {pupil.pupil_id for pupil in snapshot.pupils}
        for pupil_id in snapshot.register.pupils:
            if pupil_id not in model.roll:
                model.roll[pupil_id] = not snapshot.complete
                model.details[pupil_id] = ""
        if snapshot.complete:
            model.roll.update(dict.fromkeys(model.roll.keys() - ids, False))
        for mark in snapshot.register.marks():
            where = (mark.pupil_id, SessionKey(mark.date, mark.session))
            old = before.marks.get(where, "")
            if old == mark.code and mark.minutes_late is None:
                continue
            model.extras.pop(where, None)
            if mark.minutes_late is not None:
                model.extras[where] = mark.minutes_late
            if old == mark.code:
                continue
            model.marks[where] = mark.code
            if where[1] in sessions and where[0] in before.roll:
                amended += 1
                model.amended.append((*where, old, mark.code, model.at))
            else:
                added += 1
        model.calendar.update(snapshot.calendar)
        changes = self.store.acknowledge(snapshot, recorded_at=at, source="test")
        assert (changes.added, len(changes.amended)) == (added, amended)
        assert set(changes.joined) == {who for who, here in model.roll.items() if here and not before.roll.get(who)}
        assert set(changes.left) == {who for who, here in model.roll.items() if not here and before.roll.get(who)}
        same = (before.roll, before.details, before.marks, before.extras, before.calendar)
        assert changes.unchanged == (same == (model.roll, model.details, model.marks, model.extras, model.calendar))
        self.past.append(model)
        self.now = model
        return changes

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store.open(self.folder / "store.db", school="A")

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def ask_the_past(self, data: st.DataObject) -> None:
        at = data.draw(st.sampled_from(self.past)).at + timedelta(seconds=data.draw(st.integers(-1, 1)))
        believed = [belief for belief in self.past if belief.at <= at]
        self.same(believed[-1] if believed else Belief(), self.store.register(at))
        assert self.store.calendar(at) == (believed[-1].calendar if believed else {})
        later = [row for row in self.now.amended if row[-1] > at]
        assert sorted(later) == sorted(map(_flat, self.store.amendments(at)))

    def same(self, model: Belief, register: Register) -> None:
        assert {
            (mark.pupil_id, SessionKey(mark.date, mark.session)): mark.code for mark in register.marks()
        } == model.marks
        assert {where: mark.minutes_late for where, mark in register.extras.items()} == model.extras
        assert set(register.pupils) == set(model.roll)
        assert list(register.sessions) == sorted({key for _, key in model.marks})

    @invariant()
    def now_is_the_same(self) -> None:
        self.same(self.now, self.store.register())
        assert self.store.calendar() == self.now.calendar
        assert {pupil.pupil_id: pupil.class_name for pupil in self.store.pupils()} == self.now.details
        assert sorted(self.now.amended) == sorted(map(_flat, self.store.amendments()))
        assert self.store.broken() == ()
        assert self.store.facts().unlisted == {who for who, here in self.now.roll.items() if not here}

    @invariant()
    def people_read_the_same(self) -> None:
        path = self.folder / "marks.csv"
        assert self.store.export_marks(path) == len(self.now.marks)
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [(row["pupil_id"], row["date"], row["session"], row["code"]) for row in csv.DictReader(file)]
        marks = self.store.register().marks()
        assert lines == [(mark.pupil_id, mark.date.isoformat(), mark.session, mark.code) for mark in marks]


def _flat(row: Amendment) -> tuple[str, SessionKey, str, str, datetime]:
    return row.pupil_id, SessionKey(row.date, row.session), row.before, row.after, row.recorded_at


TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
