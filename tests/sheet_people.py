"""People at a sheet: they write, colour, sort, insert, move and delete, and what they made is looked for afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.google_emulator import NotAllowedError, Person
from tests.google_emulator.book import Sheet
from tests.google_school import OWNER
from tests.sheet_desk import Desk

HEADER = "halfday:headers"
OWN = "own "
"""What the headers of people's own columns begin with."""


@dataclass
class Memory:
    """What people made, by a word of its own: the key of its row (None: nobody can say) and its column."""

    notes: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    words: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    colours: dict[str, tuple[str | None, str]] = field(default_factory=dict)

    @property
    def all(self) -> Iterator[dict[str, tuple[str | None, str]]]:
        yield from (self.notes, self.words, self.colours)


@dataclass
class People:
    """The owner of the file, whom no protection stops, at one tab."""

    desk: Desk
    number: int
    chance: Random
    memory: Memory = field(default_factory=Memory)
    made: int = 0

    @property
    def sheet(self) -> Sheet:
        """The tab as Google has it."""
        return next(
            one for one in self.desk.copy.google.books[self.desk.copy.book].content.sheets if one.id == self.number
        )

    def value(self, row: int, column: int) -> object:
        return self.sheet.at(row, column).value

    @property
    def corner(self) -> tuple[int, int]:
        """Where the marker is."""
        cells = self.sheet.cells
        return min(at for at in cells if str(self.value(*at)).startswith("halfday:") and self._is_marker(at))

    def _is_marker(self, at: tuple[int, int]) -> bool:
        return self.value(*at) not in (HEADER, "halfday:title")

    def row_keys(self) -> dict[int, str]:
        """Rows with a key, those of title and headers left out."""
        top, left = self.corner
        found = {row: self.value(row, left) for row in range(top + 1, self.sheet.rows)}
        return {row: key for row, key in found.items() if isinstance(key, str) and not key.startswith("halfday")}

    def columns(self) -> dict[int, str]:
        """Columns by key; people's own ones by their header."""
        top, left = self.corner
        header = next(row for row in range(self.sheet.rows) if self.value(row, left) == HEADER)
        found = {column: self.value(top, column) or self.value(header, column) for column in range(self.sheet.columns)}
        return {at: name for at, name in found.items() if isinstance(name, str) and at != left}

    # ---- what they do

    def act(self) -> str:
        """Something or other; what it was."""
        acts = (
            self.note, self.note, self.colour, self.answer, self.answer, self.own_words, self.own_words,
            self.own_column, self.sort, self.insert_row, self.delete_row, self.move_row, self.move_column,
            self.delete_column, self.overwrite, self.lose_a_key, self.rename, self.hide, self.unprotect,
        )  # fmt: skip
        act = self.chance.choice(acts)
        act()
        return act.__name__

    @property
    def _person(self) -> Person:
        return self.desk.copy.google.person(self.desk.copy.book, OWNER)

    @property
    def _tab(self) -> str:
        return self.sheet.title

    def _word(self) -> str:
        self.made += 1
        return f"word-{self.made:04}"

    def _place(self, columns: list[int]) -> tuple[int, int, str, str] | None:
        keys, names = self.row_keys(), self.columns()
        if not keys or not columns:
            return None
        row, column = self.chance.choice(sorted(keys)), self.chance.choice(columns)
        return row, column, keys[row], names[column]

    def _named(self, *names: str) -> list[int]:
        return [at for at, name in self.columns().items() if name in names or (not names and name.startswith(OWN))]

    def note(self) -> None:
        if place := self._place(sorted(self.columns())):
            row, column, key, name = place
            self._gone(self.memory.notes, row, column)
            word = self._word()
            self._person.note(self._tab, row, column, word)
            self.memory.notes[word] = key, name

    def colour(self) -> None:
        if place := self._place(sorted(self.columns())):
            row, column, key, name = place
            self.made += 1
            word = f"{0x100000 + self.made:06x}"
            self._gone(self.memory.colours, row, column)
            self._person.colour(self._tab, row, column, word)
            self.memory.colours[word] = key, name

    def answer(self) -> None:
        self._write(self._named("agreed"))

    def own_words(self) -> None:
        self._write(self._named())

    def _write(self, columns: list[int]) -> None:
        if place := self._place(columns):
            row, column, key, name = place
            self._gone(self.memory.words, row, column)
            word = self._word()
            self._person.type(self._tab, row, column, word)
            self.memory.words[word] = key, name

    def own_column(self) -> None:
        at = self.chance.randrange(self.sheet.columns)
        self._person.insert_columns(self._tab, at)
        left = self.corner[1]
        header = next(row for row in range(self.sheet.rows) if self.value(row, left) == HEADER)
        self.made += 1
        self._person.type(self._tab, header, at, f"{OWN}{self.made}")

    def sort(self) -> None:
        top = max(self._first(), self.sheet.grid.get("frozenRowCount", 0))
        self._person.sort(
            self._tab, self.chance.choice(sorted(self.columns())), descending=self.chance.random() < 0.5, top=top
        )

    def _first(self) -> int:
        left = self.corner[1]
        return next(row for row in range(self.sheet.rows) if self.value(row, left) == HEADER) + 1

    def insert_row(self) -> None:
        self._person.insert_rows(self._tab, self.chance.randrange(self._first(), self.sheet.rows))

    def delete_row(self) -> None:
        keys = self.row_keys()
        if len(keys) > 1 and self.sheet.rows > self.sheet.grid.get("frozenRowCount", 0) + 1:
            row = self.chance.choice(sorted(keys))
            for kind in self.memory.all:
                for column in range(self.sheet.columns):
                    self._gone(kind, row, column)
            self._person.delete_rows(self._tab, row)

    def move_row(self) -> None:
        if keys := self.row_keys():
            row, to = self.chance.choice(sorted(keys)), self.chance.randrange(self._first(), self.sheet.rows)
            if not row <= to <= row + 1:
                self._person.move_rows(self._tab, row, to)

    def move_column(self) -> None:
        column, to = self.chance.choice(sorted(self.columns())), self.chance.randrange(self.sheet.columns)
        if not column <= to <= column + 1:
            self._person.move_column(self._tab, column, to)

    def delete_column(self) -> None:
        columns = self.columns()
        if len(columns) > 3 and self.chance.random() < 0.4:
            column = self.chance.choice(sorted(columns))
            for kind in self.memory.all:
                for row in range(self.sheet.rows):
                    self._gone(kind, row, column)
            try:
                self._person.delete_columns(self._tab, column)
            except NotAllowedError:  # the only one that is not frozen
                return

    def overwrite(self) -> None:
        if place := self._place(self._named("name", "stage", "share", "what", "due", "since")):
            self._person.type(self._tab, place[0], place[1], self.chance.choice(["=1+1", "x", "12", "", "TRUE"]))

    def lose_a_key(self) -> None:
        if keys := self.row_keys():
            row = self.chance.choice(sorted(keys))
            for kind in self.memory.all:
                for word, (key, name) in kind.items():
                    if key == keys[row]:
                        kind[word] = None, name
            self._person.clear(self._tab, row, self.corner[1])

    def rename(self) -> None:
        self.made += 1
        self._person.rename(self._tab, f"It's ours {self.number} {self.made}")

    def hide(self) -> None:
        self._person.hide_column(self._tab, self.chance.choice(sorted(self.columns())))

    def unprotect(self) -> None:
        if self.sheet.protections:
            self._person.unprotect(self._tab)

    # ---- what they find

    def _gone(self, kind: dict[str, tuple[str | None, str]], row: int, column: int) -> None:
        """What stood in a cell is written over, or deleted."""
        stood = self._stands(row, column)
        for word in [word for word in kind if word in stood]:
            del kind[word]

    def _stands(self, row: int, column: int) -> set[str]:
        google, book = self.desk.copy.google, self.desk.copy.book
        colour = google.colour_at(book, self._tab, row, column)
        parts = [round(255 * (colour or {}).get(part, 0)) for part in ("red", "green", "blue")]
        return {
            str(self.value(row, column)),
            google.note_at(book, self._tab, row, column),
            "".join(f"{part:02x}" for part in parts),
        }

    def found(self) -> dict[str, tuple[str | None, str]]:
        """Where every word of theirs stands now."""
        keys, names = self.row_keys(), self.columns()
        places = {}
        for row, column in self.sheet.cells:
            for word in self._stands(row, column):
                places[word] = keys.get(row), names.get(column, "")
        return places

    def forget_rows(self, keys: set[str]) -> None:
        """Rows that are done with may go, where nobody wrote a word into them; a colour alone does not hold them."""
        for kind in (self.memory.colours,):
            for word in [word for word, (key, _name) in kind.items() if key in keys]:
                del kind[word]

    def losses(self) -> list[str]:
        """What people made and is not where they made it."""
        there, lost = self.found(), []
        for kind in self.memory.all:
            for word, (key, name) in kind.items():
                where = there.get(word)
                if where is None and key is None and kind is self.memory.colours:
                    continue  # the row got its key again, and went since
                if where is None or where[1] != name or (key is not None and where[0] != key):
                    lost.append(f"{word} of {key}, {name}: {where}")
        return lost
