"""A school of eight whose staff make plans: mornings go by, and people type on Plans and tick on Actions."""

import contextlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from tests.two_way_school import School

from halfday.policy.ladder import Decision
from halfday_sync import cli, config
from halfday_sync.entries import ACTIONS, PLANS, by_row
from halfday_sync.store import Store

BEGINS, ENDS, TARGET, SIGNED = "✎ Begins", "✎ Ends", "✎ Target in %", "✎ Signed"
REVIEWED, OUTCOME, WHO, PLAN, PUPIL = "✎ Reviewed on", "✎ What came of it", "✎ Who keeps it", "✎ Plan", "✎ Pupil ID"
DONE = "✎ Done"


@dataclass
class PlanSchool:
    """The school, under one of the published policies; its staff open the tracker between the runs."""

    folder: Path
    policy: str
    school: School = field(init=False)

    def __post_init__(self) -> None:
        self.school = School(self.folder)
        self.school.open_its_doors()
        settings = self.folder / "halfday.toml"
        text = settings.read_text(encoding="utf-8").replace("little/policy.toml", self.policy)
        settings.write_text(text, encoding="utf-8")

    @property
    def today(self) -> date:
        return self.school.today

    def morning(self, words: Iterable[str] = ("here",), days: int = 1) -> None:
        """Days pass, each with its run."""
        for _ in range(days):
            self.school.go_on(words)
            self.school.tell()
            code, said = self.school.run()
            assert code == 0, said

    def later(self, days: int, words: Iterable[str] = ("here",)) -> None:
        """So many days on, the run of a morning: those between had none."""
        self.school.go_on(words, days)
        self.school.tell()
        code, said = self.school.run()
        assert code == 0, said

    def days_go_by(self, until: date, words: Iterable[str] = ("here",)) -> None:
        """Days without a run, and then the run of a morning."""
        while self.today < until:
            self.school.go_on(words)
        self.school.tell()
        code, said = self.school.run()
        assert code == 0, said

    def type(self, table: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Somebody fills in cells of rows, by their keys; a key that is not there begins a row below."""
        book: Any = load_workbook(BytesIO(self.school.tracker.read_bytes()))
        sheet = next(one for one in book.worksheets if table in one.tables)
        head = [cell.value for cell in sheet[1]]
        for key, cells in rows.items():
            found = [row for row in range(2, sheet.max_row + 1) if key and self._key(sheet, row, head) == key]
            row = found[0] if found else self._begun(sheet, sheet.tables[table], head)
            for title, value in cells.items():
                sheet.cell(row, head.index(title) + 1).value = value
        out = BytesIO()
        book.save(out)
        self.school.tracker.write_bytes(out.getvalue())

    def delete(self, table: str, key: str) -> None:
        """Somebody deletes a row."""
        book: Any = load_workbook(BytesIO(self.school.tracker.read_bytes()))
        sheet = next(one for one in book.worksheets if table in one.tables)
        head = [cell.value for cell in sheet[1]]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=len(head))]
        kept = [row for row in rows if row[head.index("Entry")] != key]
        assert len(kept) == len(rows) - 1
        for at, row in enumerate([*kept, [None] * len(head)], 2):
            for column, value in enumerate(row, 1):
                sheet.cell(at, column).value = value
        out = BytesIO()
        book.save(out)
        self.school.tracker.write_bytes(out.getvalue())

    @staticmethod
    def _key(sheet: Any, row: int, head: list[Any]) -> Any:
        return sheet.cell(row, head.index("Entry") + 1).value

    @staticmethod
    def _begun(sheet: Any, table: Any, head: list[Any]) -> int:
        """The first row without anything in it; the table grows as it does in Excel."""
        row = next(
            row
            for row in range(2, sheet.max_row + 3)
            if all(sheet.cell(row, n + 1).value is None for n in range(len(head)))
        )
        first, _, last = table.ref.partition(":")
        if row > int("".join(filter(str.isdigit, last))):
            table.ref = f"{first}:{''.join(filter(str.isalpha, last))}{row}"
            if table.autoFilter:
                table.autoFilter.ref = table.ref
        return row

    def shown(self, table: str) -> dict[str, dict[str, Any]]:
        """What a table shows, by key and title."""
        book: Any = load_workbook(BytesIO(self.school.tracker.read_bytes()), data_only=True)
        sheet = next(one for one in book.worksheets if table in one.tables)
        head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        found = [dict(zip(head, row, strict=True)) for row in rows]
        return {str(row["Entry"]): row for row in found if row["Entry"]}

    def today_lines(self, heading: str) -> list[str]:
        """The rows of a section of Today, as texts."""
        book: Any = load_workbook(BytesIO(self.school.tracker.read_bytes()), data_only=True)
        rows = [[cell.value for cell in row][:9] for row in book["Today"].iter_rows()]
        at = next((n for n, row in enumerate(rows) if heading in str(row[1]) or heading in str(row[0])), None)
        lines: list[str] = []
        for row in rows[at + 1 :] if at is not None else []:
            said = [str(value) for value in row if value not in (None, "")]
            if not said:
                break
            lines.append(" | ".join(said))
        return lines

    @contextlib.contextmanager
    def store(self) -> Any:
        """The store."""
        with Store.open(config.load(self.folder).store) as opened:
            yield opened

    def plans(self) -> dict[str, dict[str, Any]]:
        """What stands on Plans, by key."""
        with self.store() as store:
            return by_row(store.entries(PLANS), PLANS)

    def decisions(self, pupil_id: str) -> list[Decision]:
        """What is decided about a pupil."""
        with self.store() as store:
            return [one for one in store.decisions() if one.pupil_id == pupil_id]

    def outcome(self, pupil_id: str) -> Any:
        """A pupil as of the morning."""
        from halfday_sync.pipeline import work_out
        from halfday_sync.templates import policy_path, usable_policy

        settings = config.load(self.folder)
        with self.store() as store:
            day = work_out(store, usable_policy(policy_path(settings.policy, settings.folder)), self.today)
        return next(one for one in day.outcomes if one.pupil.pupil_id == pupil_id)

    def tick(self, pupil_id: str, actions: Iterable[str]) -> None:
        """Somebody ticks off all open rows of these actions."""
        rows = [key for key in self.shown(ACTIONS) if key.startswith(f"{pupil_id}|") and key.split("|")[1] in actions]
        self.type(ACTIONS, {key: {DONE: "Yes"} for key in rows})

    def command(self, *words: str) -> tuple[int, str]:
        """`halfday` for this school on this morning."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.main([*words, "--school", str(self.folder), "--as-of", self.today.isoformat()])
        return code, out.getvalue()
