"""Saved reports that CommandReporter runs each time: the pupils, and the marks of the days asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.sims.gathering import Gathered
from halfday_sync.sources.sims.looking import columns_found, marks_found
from halfday_sync.sources.sims.parameters import with_days
from halfday_sync.sources.sims.program import CommandReporter, not_there, private_folder
from halfday_sync.sources.tabular.columns import Mapping


@dataclass(frozen=True)
class SavedReports:
    """The school's own reports in SIMS."""

    program: CommandReporter
    marks: str
    pupils: str
    mapping: Mapping
    site: Site
    whole_roll: bool = False

    @property
    def carries(self) -> Carries:
        """Whatever the columns of the reports are."""
        return Carries(by_columns=True)

    def pull(self, since: datetime | None) -> Snapshot:
        """The reports, run now. Raises `SourceError`, telling all problems at once.

        One that has no parameter for days gives what its author chose, so nobody knows whether that is everything.
        """
        gathered, asked = self._gathered(self.site.window(since))
        snapshot = self._settled(gathered, since if asked else None)
        whole = asked and since is None
        return replace(snapshot, as_of=self.site.now, since=since, whole=whole)

    def _settled(self, gathered: Gathered, since: datetime | None) -> Snapshot:
        return gathered.settled(self.site.today, self.site.window(since), whole_roll=self.whole_roll)

    def _gathered(self, first: date) -> tuple[Gathered, bool]:
        """What the reports give from a day on, and whether the marks could be asked for by day."""
        gathered, asked = Gathered(self.mapping), False
        names = [name for name in (self.pupils, self.marks) if name]
        with private_folder(self.site.now) as folder:
            for number, name in enumerate(names, 1):
                asked = self._run(name, first, Path(folder), gathered)
                self.site.progress("reports of SIMS", number, len(names))
        gathered.require(marks_in=_where(self.marks))
        return gathered, asked

    def _run(self, name: str, first: date, folder: Path, gathered: Gathered) -> bool:
        """Run a report; whether it has a parameter for days."""
        try:
            parameters = with_days(self.program.definition(name, folder), first, self.site.today)
        except ValueError as fault:
            raise SourceError(
                f"The SIMS report '{name}' could not be asked for its days.",
                problems=[f"{_where(name)}: {fault}"],
                now="Open the report in SIMS, save it again, and run halfday source test.",
            ) from fault
        gathered.add_xml(_where(name), self.program.run(name, folder, parameters))
        return parameters is not None

    def look(self) -> Iterator[Look]:
        """The program, the reports and their columns, the marks of the last weeks."""
        program = self.program.program
        if not self.program.there():
            stop = not_there(program, "there is no such file")
            yield Look.failed("CommandReporter", stop)
            return
        yield Look("CommandReporter", well=True, words=str(program))
        try:
            gathered, asked = self._gathered(self.site.window(self.site.now))
            yield from columns_found(gathered)
            words = "the report is asked for the days that are needed"
            if not asked:
                words = "the report has no parameter for days, so it always gives all it has"
            yield Look("days", well=True, words=words)
            yield marks_found(self._settled(gathered, self.site.now if asked else None))
        except HalfdayError as stop:
            yield Look.failed("reports", stop)

    def archive(self) -> None:
        """Nothing is left to do: what the reports wrote is gone already."""


def _where(report: str) -> str:
    return f"report '{report}'"
