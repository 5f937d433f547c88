"""SLT's answers: what the Google copy says, what the tracker says, and what both said last, cell by cell. Pure.

Where one side changed a cell, the other one follows. Where both did, both are kept as they are, and it is said, until
people make them equal or one of them goes back. Nothing is ever picked for them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from halfday_sync.decided import read_slt_key, slt_key
from halfday_sync.entries import ACTIONS, Entry, Problem, Typed
from halfday_sync.mirroring.answer_values import COLUMNS, DECIDED_ON, as_text, is_too_long, tidy
from halfday_sync.sheets.model import Value

Cell = tuple[str, str]
"""A cell of SLT's: the pupil's id, and one of `COLUMNS`."""

SAID_BY = "Google Sheet"
"""Who said it, in the history of the store."""

_TITLES = {"agreed": "SLT agreed", "comment": "SLT comment", "decided_by": "SLT decided by", "decided_on": "SLT date"}
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Answers:
    """SLT's cells as the copy holds them, by the key of the row (a pupil's id, also one of before) and the column.

    An empty cell is there with `None`. A cell whose row or column is not in the copy is not there at all: nobody
    emptied it.
    """

    cells: Mapping[Cell, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roll:
    """Whom answers may be about: the ids that are known, and the id that a pupil has now by those they had."""

    today: date
    pupils: Collection[str]
    moved: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that both sides changed since they last said the same. Both keep what they say."""

    pupil_id: str
    column: str
    sheet: Typed
    tracker: Typed


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge comes to.

    Attributes:
        to_store: what the tracker is to say; both sides say it once the workbook is written.
        to_sheet: what the copy is to say; both say it once Google has acknowledged. Only what was written may be
            acknowledged: a row that is not in the copy, and is not made, is left out.
        emptied: cells in rows of ids that pupils had before, where the row of the id of now is there too and says it.
        settled: what both sides say already, and did not when they were looked at last.
        conflicts: what both changed.
        problems: what else somebody should put right.
        noted: cells of the tracker (table, key, column) into which a run wrote (`taking.take`).
    """

    to_store: Mapping[Cell, Typed] = field(default_factory=dict)
    to_sheet: Mapping[Cell, Typed] = field(default_factory=dict)
    emptied: frozenset[Cell] = frozenset()
    settled: Mapping[Cell, Typed] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()
    noted: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def writes(self) -> Mapping[Cell, Typed]:
        """All that is to be written into SLT's cells, by the key of the row and the column."""
        return {**self.to_sheet, **dict.fromkeys(self.emptied)}


def merge(base: Mapping[Cell, Typed], sheet: Answers, tracker: Mapping[Cell, Typed], roll: Roll) -> Merged:
    """Merges each cell of SLT's.

    Args:
        base: what both sides said last (`Store.mirror_base`); what is not there was empty, or never seen.
        sheet: what the copy says.
        tracker: what the tracker says once people's words in it were read back (`of_entries`).
        roll: whom it may be about.
    """
    merging = _Merging(base, tracker, roll)
    own: dict[Cell, Value] = {}
    former: dict[Cell, list[tuple[str, Value]]] = {}
    strangers: dict[str, None] = {}
    for (key, column), value in sheet.cells.items():
        pupil_id = roll.moved.get(key, key)
        if column not in COLUMNS:
            continue
        if pupil_id not in roll.pupils:
            if tidy(column, value, roll.today) is not None:
                strangers[key] = None
        elif key == pupil_id:
            own[key, column] = value
        else:
            former.setdefault((pupil_id, column), []).append((key, value))
    for cell in sorted({*own, *former, *base, *tracker}):
        merging.settle(cell, _Side.of(cell, own, former))
    return merging.merged(strangers)


@dataclass(frozen=True, slots=True)
class _Side:
    """A cell of the copy: whether it is there, what it says, and what stands in rows of ids that the pupil had."""

    is_there: bool
    value: Value
    former: tuple[tuple[str, Value], ...]

    @classmethod
    def of(cls, cell: Cell, own: Mapping[Cell, Value], former: Mapping[Cell, list[tuple[str, Value]]]) -> "_Side":
        return cls(cell in own, own.get(cell), tuple(former.get(cell, ())))


class _Merging:
    def __init__(self, base: Mapping[Cell, Typed], tracker: Mapping[Cell, Typed], roll: Roll) -> None:
        self._base, self._tracker, self._roll = base, tracker, roll
        self._to_store: dict[Cell, Typed] = {}
        self._to_sheet: dict[Cell, Typed] = {}
        self._emptied: set[Cell] = set()
        self._settled: dict[Cell, Typed] = {}
        self._conflicts: list[Conflict] = []
        self._problems: list[Problem] = []

    def merged(self, strangers: Collection[str]) -> Merged:
        problems = [*self._problems, *_of_strangers(strangers)]
        return Merged(
            self._to_store,
            self._to_sheet,
            frozenset(self._emptied),
            self._settled,
            tuple(self._conflicts),
            tuple(problems),
        )

    def settle(self, cell: Cell, side: _Side) -> None:
        """Says what becomes of a cell."""
        base = tidy(cell[1], self._base.get(cell), self._roll.today)
        tracker = self._tidy(cell, self._tracker.get(cell), base)
        here = self._tidy(cell, side.value, base)
        old = {key: said for key, value in side.former if (said := self._tidy(cell, value, base)) is not None}
        says = here if here is not None else next(iter(old.values()), None)
        if not side.is_there and not old:
            says = base  # nobody emptied a cell that is not there
        strange: list[Typed] = [said for said in old.values() if said not in {says, base, tracker}]
        if is_too_long(says) and says not in {base, tracker}:
            self._problems.append(_problem(cell, "the text is too long for the tracker. Shorten it there."))
        elif strange or (base not in {says, tracker} and says != tracker):
            self._conflicts += [Conflict(*cell, said, tracker) for said in strange or [says]]
        else:
            is_called_otherwise = bool(old) and not side.is_there  # the row of before may become that of now
            if says not in {tracker, base}:
                self._follow(cell, says)
            elif here == tracker and tracker != base and not is_called_otherwise:
                self._settled[cell] = tracker
            value = self._to_store.get(cell, tracker)
            if here != value or is_called_otherwise:
                self._to_sheet[cell] = value
            self._emptied |= {(key, cell[1]) for key in old if side.is_there}

    def _tidy(self, cell: Cell, value: Typed, base: Typed) -> Typed:
        return tidy(cell[1], value, self._roll.today, base)

    def _follow(self, cell: Cell, says: Typed) -> None:
        """The tracker follows the copy."""
        self._to_store[cell] = says
        if cell[1] == DECIDED_ON and isinstance(says, str):
            words = "this is not a date that Halfday can read. Type a day like 12/12/2026."
            self._problems.append(_problem(cell, words))


def _problem(cell: Cell, words: str) -> Problem:
    pupil_id, column = cell
    return Problem(f"The Google Sheet, {_TITLES[column]}: {words}", pupil_id)


def _of_strangers(keys: Collection[str]) -> Iterator[Problem]:
    for key in list(keys)[:_LISTED]:
        words = _words(key)  # anything may have been typed there
        yield Problem(f"The Google Sheet: there is an answer in a row with the key {words}, and no pupil has that ID.")
    if len(keys) > _LISTED:
        yield Problem(f"The Google Sheet: {len(keys) - _LISTED} more rows are like that.")


def told(conflicts: Collection[Conflict]) -> Iterator[Problem]:
    """What people have to settle between them, a sentence a cell: it holds their words, and goes to Today only."""
    for one in conflicts:
        says = f"the Google Sheet says {_words(one.sheet)}, Actions says {_words(one.tracker)}"
        now = "Both are kept. Type the right one in both places."
        yield Problem(f"{_TITLES[one.column]}: {says}. {now}", one.pupil_id)


def _words(value: Typed) -> str:
    r"""A value in a sentence.

    >>> _words("Meet the\nfamily"), _words(None), _words(date(2025, 12, 1)), _words("x" * 90)[-6:]
    ('“Meet the family”', 'nothing', '“1/12/2025”', 'xxxx…”')
    """
    if value is None:
        return "nothing"
    text = " ".join(as_text(value).split())
    return f"“{text if len(text) <= 80 else text[:79] + '…'}”"


# --- The tracker's side -----------------------------------------------------------------------------------------------


def of_entries(entries: Mapping[tuple[str, str, str], Typed]) -> dict[Cell, Typed]:
    """SLT's cells as the tracker has them, from what people typed on Actions."""
    names = {there: here for here, there in COLUMNS.items()}
    return {
        (pupil_id, names[column]): value
        for (place, key, column), value in entries.items()
        if place == ACTIONS and column in names and (pupil_id := read_slt_key(key))
    }


def as_entries(cells: Mapping[Cell, Typed]) -> Iterator[Entry]:
    """SLT's cells as entries of the tracker's Actions."""
    for (pupil_id, column), value in cells.items():
        yield Entry(ACTIONS, slt_key(pupil_id), COLUMNS[column], pupil_id, value)
