"""Whatever people drop and whenever the machine dies: no file is lost, no mark is lost, none is taken in twice."""

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from halfday_sync.errors import SourceError
from halfday_sync.sources.base import Site
from halfday_sync.sources.folder import Folder, open_source
from halfday_sync.sources.folder.inbox import QUIET_SECONDS

FIRST = date(2025, 9, 1)
JUNK = b"Room,Key\nHall,12\n"


class Office(RuleBasedStateMachine):
    """An office, a computer that dies, and a store that remembers what it acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.home = TemporaryDirectory()
        self.inbox = Path(self.home.name) / "inbox"
        self.inbox.mkdir()
        self.now = datetime(2026, 3, 2, 7, 15, tzinfo=UTC)
        self.dropped: list[bytes] = []
        self.held: Counter[date] = Counter()
        self.listed: set[date] = set()
        self.number = 0

    def teardown(self) -> None:
        try:
            self.now += timedelta(seconds=QUIET_SECONDS)
            if self.dropped:
                self.run(died_after=None)
                assert self.held.keys() >= set(map(day_of, self.dropped)), "a mark is lost"
                assert not [path for path in self.inbox.glob("*.csv") if path.read_bytes() != JUNK]
                archived = {path.read_bytes() for path in self.inbox.glob("taken in/*/*.csv")}
                assert set(self.dropped) <= archived, "a file is lost"
        finally:
            self.home.cleanup()

    @rule(name=st.sampled_from(["marks.csv", "export.csv", "Export (1).csv"]), growing=st.booleans())
    def drop(self, name: str, growing: bool) -> None:  # noqa: FBT001
        """Marks of a day of their own, so that it can be counted how often they were taken."""
        self.number += 1
        day = FIRST + timedelta(days=7 * (self.number // 5) + self.number % 5)
        self.put(name, f"Adno,Date,Session,Code\n101,{day},AM,/\n102,{day},AM,I\n".encode(), growing=growing)

    @rule(which=st.integers(0, 50), name=st.sampled_from(["again.csv", "marks.csv"]))
    def drop_the_same(self, which: int, name: str) -> None:
        if self.dropped:
            self.put(name, self.dropped[which % len(self.dropped)], growing=False)

    @rule(name=st.sampled_from(["keys.csv", "marks.csv"]))
    def drop_something_else(self, name: str) -> None:
        if not (self.inbox / name).exists():
            (self.inbox / name).write_bytes(JUNK)

    @rule()
    def wait(self) -> None:
        self.now += timedelta(minutes=5)

    @rule(died_after=st.none() | st.integers(0, 4))
    def run(self, died_after: int | None) -> None:
        """A run that acknowledges what it pulled, and dies after so many steps of settling."""
        source = self.source()
        if not self.pull(source):
            return
        steps = list(islice(source.archiving(), died_after)) if died_after is not None else list(source.archiving())
        if steps:
            self.listed = set(self.held)

    @rule()
    def run_that_dies_before_it_acknowledges(self) -> None:
        try:
            self.source().pull(None)
        except SourceError:
            assert not self.held

    @rule()
    def run_while_somebody_saves_anew(self) -> None:
        """A file that was read is replaced before it could be archived: the new one is not archived unread."""
        source = self.source()
        if not self.pull(source):
            return
        changed = sorted(self.inbox.glob("*.csv"))[:1]
        for path in changed:
            self.overwritten(path)
            self.drop(path.name, growing=False)
        if list(source.archiving()):
            self.listed = self.held.keys() - {day_of(self.dropped[-1])}

    @invariant()
    def every_file_is_somewhere(self) -> None:
        on_disk = {path.read_bytes() for path in self.inbox.rglob("*.csv")}
        unread = {data for data in self.dropped if day_of(data) not in self.held}
        assert unread <= on_disk, "a file is gone that was never read"

    def pull(self, source: Folder) -> bool:
        """Pulls and acknowledges; whether there was anything that could be."""
        try:
            snapshot = source.pull(None)
        except SourceError:
            assert not self.held, "once something was taken in, an inbox without news is no fault"
            return False
        taken = {mark.date for mark in snapshot.register.marks()}
        assert not taken & self.listed, "a mark is taken in twice"
        self.held.update(taken)
        return True

    def overwritten(self, path: Path) -> None:
        """A person replaces a file of their own: what it held is theirs to lose."""
        data = path.read_bytes()
        path.unlink()
        if data not in {other.read_bytes() for other in self.inbox.rglob("*.csv")}:
            self.dropped = [kept for kept in self.dropped if kept != data]

    def put(self, name: str, data: bytes, *, growing: bool) -> None:
        path = self.inbox / name
        if path.exists():
            return
        path.write_bytes(data)
        written = self.now.timestamp() - (1 if growing else 60) - len(self.dropped) / 1000
        os.utime(path, (written, written))
        self.dropped.append(data)

    def source(self) -> Folder:
        site = Site(Path(self.home.name), self.now.date(), self.now, list[float]().append, dict[str, str]().__getitem__)
        return open_source({"kind": "folder", "inbox": "inbox"}, site)


def day_of(data: bytes) -> date:
    """The day of an export's marks."""
    return date.fromisoformat(data.decode().split(",")[4])


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
