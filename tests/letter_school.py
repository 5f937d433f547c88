"""A school of six in a folder whose policy asks for letters; mornings go by, people type in its tracker in between."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from tests.letter_world import POLICY
from tests.two_way_school import BEGIN, FIRST, School, school_days

from halfday_sync import config
from halfday_sync.casework import Letter
from halfday_sync.commands.demo_desk import Desk
from halfday_sync.entries import CONTACTS, LETTERS, Typed
from halfday_sync.store import Store
from halfday_sync.workbook.update.seen import Value

KEY_AT, APPROVE_AT, BY_AT = 10, 8, 9
"""Columns of Today."""
WARNING = "P03|warning|2025-09-22"
AWAY: Mapping[str, tuple[date, ...]] = {
    "P03": (date(2025, 9, 4), date(2025, 9, 18), date(2025, 10, 1)),
    "P05": (date(2025, 9, 4), date(2025, 9, 18), date(2025, 10, 1), date(2025, 10, 2)),
}
"""Brother and sister: both below 92% on the first morning."""


def letter_policy() -> str:
    """A talk, then one letter for brothers and sisters; a policy with more is in `letter_world`."""
    head, *actions = POLICY.split("[[action]]")
    head = head.replace('["warning", "notice", "figure"]', '["talk", "warning"]').replace("below = 96", "below = 92")
    letter = POLICY.partition("[[letter]]")[2].partition("[[letter]]")[0]
    return "[[action]]".join([head, *actions[:2]]) + f"[[letter]]{letter}"


@dataclass
class LetterSchool(School):
    """The school; `folder/letters` is where its letters are made."""

    def open_its_doors(self, pupils: int = 6) -> None:
        super().open_its_doors(pupils)
        (self.folder / "little" / "policy.toml").write_text(letter_policy(), encoding="utf-8")
        for pupil_id in AWAY:
            self.pupils[pupil_id] = replace(self.pupils[pupil_id], family_id="F1")
        for pupil_id in self.pupils:
            for day in school_days(FIRST, BEGIN):
                self.marks[pupil_id, day] = "ill" if day in AWAY.get(pupil_id, ()) else "here"

    @property
    def letters(self) -> dict[str, Letter]:
        """The letters as the store has them."""
        with Store.open(config.load(self.folder).store) as store:
            return {one.key: one for one in store.letters()}

    @property
    def files(self) -> list[str]:
        """The files in the folder of letters, those in its folders too."""
        folder = self.folder / "letters"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def morning(self, words: str = "here") -> str:
        """A school day goes by, and a run in the morning; what it said."""
        self.go_on([words])
        return self.again()

    def talk(self, *pupil_ids: str) -> None:
        """Somebody spoke to the families, and wrote it down."""
        for pupil_id in pupil_ids:
            desk = self.desk()
            row: dict[str, Typed] = {"date": self.today, "pupil_id": pupil_id, "what": "Call"}
            desk.begin(CONTACTS, row | {"outcome": "Reason found", "who": "Jo"})
            self.save(desk)

    def again(self) -> str:
        """Another run of the same day."""
        self.tell()
        code, said = self.run()
        assert code == 0, said
        return said

    def type(self, key: str, **cells: Typed) -> None:
        """Somebody types in a row of Letters, and saves."""
        desk = self.desk()
        row = next(row for row, one in desk.rows(LETTERS) if one == key)
        desk.fill_in(LETTERS, row, cells)
        self.save(desk)

    def type_on_today(self, key: str, approve: Typed, by: Typed = None) -> None:
        """Somebody approves on Today."""
        desk = self.desk()
        row = next(row for row in range(1, 200) if desk.value("Today", row, KEY_AT) == key)
        desk.type("Today", row, APPROVE_AT, approve)
        if by is not None:
            desk.type("Today", row, BY_AT, by)
        self.save(desk)

    def desk(self) -> Desk:
        return Desk(self.tracker.read_bytes())

    def save(self, desk: Desk, who: str = "ann") -> None:
        day = self.today
        self.tracker.write_bytes(desk.saved(who, datetime(day.year, day.month, day.day, 9, tzinfo=UTC)))

    def row(self, key: str) -> dict[str, Value]:
        """A row of Letters as it stands in the tracker, by the keys of its columns."""
        desk = self.desk()
        at = next(row for row, one in desk.rows(LETTERS) if one == key)
        names = ("pupil_id", "pupil", "class", "letter", "due", "figures", "status", "approve", "by", "sent", "file")
        return {name: desk.cell(LETTERS, at, name) for name in names}

    def page(self) -> str:
        """Today's words, a line a row."""
        sheet = self.desk().seen.sheets["Today"]
        rows: dict[int, list[str]] = {}
        for (row, column), cell in sorted(sheet.cells.items()):
            if cell.value not in (None, "") and column < KEY_AT:
                rows.setdefault(row, []).append(str(cell.value))
        return "\n".join(" | ".join(said) for said in rows.values())


def opened(folder: Path) -> LetterSchool:
    """The school on its first morning, with a tracker."""
    found = LetterSchool(folder)
    found.open_its_doors()
    found.again()
    found.talk(*AWAY)
    found.again()
    return found
