"""One sync of the Google copy, around a run of the tracker: looked at before it, brought up to date after it.

SLT's answers must be known before the tracker is written, and the copy shows what the tracker shows. So the two calls
that only look come first, then the run, then the one call that writes. A copy that cannot be reached, or that is not
safe to write to, never stops a run: it is told, and remembered (`Store.mirror_tries`).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self
from uuid import uuid4

from halfday.printing import counted
from halfday_sync.entries import Problem
from halfday_sync.errors import Exit, HalfdayError, UnreachableError
from halfday_sync.mirroring import sent_text
from halfday_sync.mirroring.answers import Answers, Merged
from halfday_sync.mirroring.content import Told
from halfday_sync.mirroring.design import design
from halfday_sync.mirroring.opening import allowed, opened
from halfday_sync.mirroring.outcomes import LEFT, SAME, WRITTEN, fault_of, outcome_of, try_of, words_of
from halfday_sync.mirroring.pages import pages_of
from halfday_sync.mirroring.settings import MirrorSettings, read_settings
from halfday_sync.sheets import answering, planning, stamps, visit
from halfday_sync.sheets.asking import LONGEST_WAITING, SHORT_WAITING
from halfday_sync.sheets.model import Cells, Sent
from halfday_sync.sheets.plan import Plan
from halfday_sync.sheets.seen import Seen
from halfday_sync.sheets.sharing import OWNING, Gate
from halfday_sync.store import Store

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.sheets.asking import Line
    from halfday_sync.workbook.view import View

TAB = "tracker"
"""The tab on which SLT answers."""


@dataclass(frozen=True, slots=True)
class How:
    """How a sync is made.

    Attributes:
        now: the time.
        wait: waits so many seconds.
        take_over: go on though somebody else wrote to the copy last, or an earlier version was brought back.
        again: make tabs again that people deleted.
        checked: when the marks were checked last, where that was not now.
    """

    now: datetime
    wait: Callable[[float], None]
    take_over: bool = False
    again: bool = False
    checked: datetime | None = None


class Run(Protocol):
    """What a run of the tracker came to (`morning_run.Morning`)."""

    @property
    def view(self) -> "View | None": ...  # noqa: D102

    @property
    def merged(self) -> Merged | None: ...  # noqa: D102


@dataclass(slots=True)
class Copy:
    """The copy of one school during one run.

    Attributes:
        store: the school's store.
        settings: what the school says of it.
        how: how the sync is made.
        looked: what stood there before the run; nothing where it could not be looked at.
        stop: why it is not written to.
        outcome: how it came out.
    """

    school: str
    store: Store
    settings: MirrorSettings
    how: How
    looked: visit.Looked | None = None
    stop: HalfdayError | None = None
    outcome: str = LEFT
    _asked: visit.Looked | None = None
    _line: "Line | None" = None
    _gate: Gate | None = None

    # --- Before the run -----------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Looks at who has access and at what stands there: two calls. What goes wrong is in `stop`."""
        try:
            self._line = opened(self.school, wait=self.how.wait, now=self.how.now)
            self._line.patience = SHORT_WAITING  # the tracker is not written yet, and the admin waits for it
            access = allowed(self.settings, self._line.address)
            self._gate = Gate(self._line, self.settings.sheet, access, self.how.now)
            looked = self._look()
            tabs = [tab for tab in design().tabs if tab.id in self.settings.tabs]
            planning.refuse_lost_tabs(tabs, looked.seen, self._sent(), again=self.how.again)
            self.looked = self._asked = looked
        except HalfdayError as stop:
            self.stop = stop
        except Exception as fault:  # noqa: BLE001 - a fault here must not keep the tracker from being written
            self.stop = fault_of(fault)

    def _look(self) -> visit.Looked:
        line, gate = self._at_work()
        looked = visit.look(line, gate, design().numbers)
        seen = looked.seen
        is_gone = self.how.again and not seen.stamp  # with its tab; where one stands there it says who wrote last
        verdict = stamps.check(
            seen.stamp, self._known(), has_pages=not seen.is_new, take_over=self.how.take_over or is_gone
        )
        if verdict == stamps.LATE:
            self.store.acknowledge_mirror(seen.stamp, at=self.how.now)
        elif verdict != stamps.OURS:  # nobody knows what both sides said last: what differs is listed, nothing is taken
            self.store.keep_mirror_base(dict.fromkeys(self.store.mirror_base()), at=self.how.now)
        return looked

    def _known(self) -> stamps.Known:
        several = self.store.mirror_stamps()
        last = self.store.last_mirror_sent()
        if last is None:
            return stamps.Known("", several)
        at = several.index(last.stamp)
        return stamps.Known(last.stamp, several[at + 1 :], several[: at + 1])

    @property
    def answers(self) -> Answers | None:
        """What SLT's cells say; nothing where the copy was not looked at."""
        return answers_of(self.looked.seen, self._sent()) if self.looked else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands on Today of it: whoever has access and should not, and what else only people can put right."""
        if self.stop is None or isinstance(self.stop, UnreachableError):
            return ()
        several = self.stop.problems or (self.stop.what,)
        return tuple(Problem(f"The Google copy was not brought up to date. {words}") for words in several)

    # --- After it -----------------------------------------------------------------------------------------------------

    def after(self, run: Run) -> list[str]:
        """Brings the copy to what the tracker shows; what came of it, in lines without names.

        After a look back at a day of the past there is nothing to show.
        """
        if run.view is None:
            return []
        try:
            if self.stop is None:
                self.outcome, lines = self._written(self._as_checked(run.view), run.merged or Merged())
                return lines
        except HalfdayError as stop:
            self.stop = stop
        except Exception as fault:  # noqa: BLE001 - the tracker is written: that has gone well
            self.stop = fault_of(fault)
        assert self.stop is not None
        return [words_of(self.stop)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Hangs up, and notes how it went."""
        if self.stop is not None:
            self.outcome = outcome_of(self.stop)
        words, spent = self.stop.what if self.stop else "", self._line.spent if self._line else None
        self.store.note_mirror_try(try_of(self.how.now, self.outcome, words, spent))
        if self._line is not None:
            self._line.close()

    @property
    def code(self) -> Exit:
        """The exit code of a command that is about the copy alone."""
        return self.stop.code if self.stop else Exit.DONE

    def _as_checked(self, view: "View") -> "View":
        """A view whose time of the last check is that of the marks: a sync without a pull checks none."""
        at = self.how.checked
        return view if at is None else replace(view, last_checked=at.replace(microsecond=0))

    def _written(self, view: "View", merged: Merged, *, is_last: bool = False) -> tuple[str, list[str]]:
        line, gate = self._at_work()
        line.patience = LONGEST_WAITING
        to_sheet: Mapping[str, Cells] = {TAB: merged.writes}
        if self.looked is None or self.looked.is_old(line.ticks()):
            self.looked = self._look()
            to_sheet = visit.unchanged(to_sheet, self._asked.seen, self.looked.seen) if self._asked else to_sheet
        plan = self.plan(view, merged, to_sheet)
        if plan.is_empty:
            return SAME, [f"The Google copy is as it should be ({self._cost}).", *plan.sentences]
        there = [cell for cell in to_sheet[TAB] if _is_there(cell, plan, self.looked.seen)]
        answers = {cell: merged.to_sheet[cell] for cell in there if cell in merged.to_sheet}
        self.store.keep_mirror_sent(plan.stamp, sent_text.dump(plan.sent_now), answers, at=self.how.now)
        try:
            visit.write(line, gate, self.looked, plan)
        except visit.OldLookError:
            if is_last:
                raise
            return self._written(view, merged, is_last=True)
        self.store.acknowledge_mirror(plan.stamp, at=self.how.now)
        cells = counted(sum(plan.changed.values()), "cell")
        return WRITTEN, [f"The Google copy was brought up to date: {cells} ({self._cost}).", *plan.sentences]

    def plan(self, view: "View", merged: Merged, to_sheet: Mapping[str, Cells] | None = None) -> Plan:
        """What would change in the copy that was looked at."""
        assert self.looked is not None
        line, _gate = self._at_work()
        seen = self.looked.seen
        tab = seen.page(TAB)
        there = frozenset(tab.row_of) if tab else frozenset()
        stamp = f"halfday {view.version} · {self.how.now:%Y-%m-%dT%H:%M:%SZ} · {uuid4().hex[:8]}"
        told = Told(merged.conflicts if TAB in self.settings.tabs else ())  # else nobody is to read those words there
        planned = self._planned(view, told, there, stamp, to_sheet or {TAB: merged.writes}, line.address)
        if planned.sentences:  # they stand on the page Data health, too
            told = replace(told, put_back=planned.sentences)
            planned = self._planned(view, told, there, stamp, to_sheet or {TAB: merged.writes}, line.address)
        return planned

    def _planned(
        self,
        view: "View",
        told: Told,
        there: Collection[str],
        stamp: str,
        to_sheet: Mapping[str, Cells],
        account: str,
    ) -> Plan:
        assert self.looked is not None
        people = self.settings.people
        return planning.plan(
            pages_of(view, self.settings, told, there),
            self.looked.seen,
            self._sent(),
            stamp,
            to_sheet,
            self.store.moved(),
            account=account,
            owners=[address for address, role in people.items() if role in OWNING],
            again=self.how.again,
        )

    def _sent(self) -> Sent:
        """What arrived last; nothing where that cannot be read any more."""
        last = self.store.last_mirror_sent()
        try:
            return (sent_text.load(last.data) if last else None) or Sent()
        except ValueError:
            return Sent()

    # --- What it costs ------------------------------------------------------------------------------------------------

    def _at_work(self) -> "tuple[Line, Gate]":
        assert self._line is not None
        assert self._gate is not None
        return self._line, self._gate

    @property
    def _cost(self) -> str:
        return counted(self._line.spent.calls if self._line else 0, "call")


def copy_of(config: "Config", store: Store, how: How) -> Copy | None:
    """The copy of a school, nothing asked yet; none where the settings name no sheet.

    Raises:
        SettingsError: what they say of it has faults; every one is named.
    """
    settings = read_settings(config.mirror)
    return Copy(config.school, store, settings, how) if settings.sheet else None


def answers_of(seen: Seen, sent: Sent) -> Answers:
    """SLT's cells, by pupil and column; only those whose row and column are there.

    Args:
        seen: what stands in the copy.
        sent: what was sent last: with it, a row that lost its key is known again.
    """
    tab = seen.page(TAB)
    if tab is None:
        return Answers()
    columns = [one.column for one in next(one for one in design().tabs if one.id == TAB).columns]
    return Answers(answering.answers(tab, columns, sent.cells.get(TAB, {})))


def _is_there(cell: tuple[str, str], plan: Plan, seen: Seen) -> bool:
    """Whether a cell of SLT's is there to be written, or comes now: not on a tab that is left out, nor a formula."""
    tab, cells = seen.page(TAB), plan.sent_now.cells.get(TAB)
    if cells is None:
        return False
    held = tab.find(*cell) if tab else None
    if held is not None and held.is_formula:
        return False
    return any(key == cell[0] for key, _column in cells) or (tab is not None and cell[0] in tab.row_of)
