"""The people of the made-up school, a fortnight at work: what they do in the tracker between two morning runs.

Staff are initials only, and invented. The same seed gives the same fortnight.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from halfday_sync.commands.demo_desk import Desk
from halfday_sync.commands.demo_lead import LEAD, Lead
from halfday_sync.entries import CONTACTS, DECISIONS, TRACKER, Typed
from halfday_sync.workbook.layout import choices, document, number, section_columns

_OFFICE, _HEAD = "JB", "MO"
_TODAY = "Today"
_CALLS = {
    "Reason found": ("Chest infection; back on Thursday", "Dentist, forgot to say", "Ill since last night"),
    "Ill: expected back": ("Tummy bug; back on Monday", "Temperature; back tomorrow"),
    "No answer": ("Try the second number", ""),
    "Left a message": ("", "Voicemail"),
    "Will call back": ("After 3 pm", ""),
    "Child seen and safe": ("At home with gran",),
    "Passed on": (f"{LEAD} knows the family",),
}
_VISITS = {
    "Child seen and safe": ("At home with gran", "In bed with a cold"),
    "Nobody in": ("Card left",),
    "Reason found": ("Chest infection; back on Thursday",),
}
_NOTES = (
    "Older brother is moving out; mum asks for a quiet start to the day.",
    "Comes by taxi since half term.",
    "Breakfast club seems to help.",
    "New glasses: hospital appointments until Christmas.",
)


_ADMIN = "AB"
"""Whose Excel it is: initials, as nobody here is real."""


class Staff:
    """Everybody who works in the tracker, through the whole fortnight."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - a story, no secret
        self._plan: tuple[Callable[[Desk, date], None], ...] = (
            self._write_notes,
            self._agree,
            self._sort,
            self._hold,
            self._write_over,
            self._ring_somebody,
            self._write_notes,
            self._agree,
        )
        self._mornings = 0
        self._lead = Lead(Random(f"{seed}:lead"))  # noqa: S311 - a story, no secret

    def work(self, data: bytes, today: date) -> bytes:
        """A day's work in the tracker: the file as they save it."""
        desk = Desk(data)
        self._ring(desk)
        self._tell(desk)
        self._tick(desk)
        if self._mornings < len(self._plan):
            self._plan[self._mornings](desk, today)
        self._mornings += 1
        self._lead.work(desk, today)
        return desk.saved(_ADMIN, datetime.combine(today, time(15), UTC))

    def _ring(self, desk: Desk) -> None:
        """Most of those who are away are rung; what came of it, and now and then a note."""
        for row, key in _asked(desk, {"call", "visit"}):
            if self._chance.random() < 0.8:
                known = _VISITS if key.split("|")[1] == "visit" else _CALLS
                outcome = self._chance.choice(sorted(known))
                note = self._chance.choice(known[outcome])
                desk.type(_TODAY, row, _column("calls", "outcome"), outcome)
                if note:
                    desk.type(_TODAY, row, _column("calls", "note"), note)

    def _tell(self, desk: Desk) -> None:
        """Who works with a child is told."""
        for row, _key in _asked(desk, {"told"}):
            desk.type(_TODAY, row, _column("tell", "outcome"), choices("told")[0])

    def _tick(self, desk: Desk) -> None:
        """Some of what is due is done."""
        done, partly, _dropped = choices("done")
        for row, _key in _asked(desk, None):
            if self._chance.random() < 0.5:
                desk.type(_TODAY, row, _column("due", "done"), done if self._chance.random() < 0.8 else partly)

    def _pupils(self, desk: Desk, *, staged: bool = False) -> list[int]:
        rows = [row for row, _key in desk.rows(TRACKER) if desk.cell(TRACKER, row, "status") == "On roll"]
        return [row for row in rows if not staged or desk.cell(TRACKER, row, "stage")] or rows

    def _write_notes(self, desk: Desk, today: date) -> None:
        del today
        for row in self._chance.sample(self._pupils(desk), 2):
            desk.fill_in(TRACKER, row, {"notes": self._chance.choice(_NOTES)})

    def _agree(self, desk: Desk, today: date) -> None:
        row = self._chance.choice(self._pupils(desk, staged=True))
        agreed = self._chance.choice(choices("agreed"))
        desk.fill_in(TRACKER, row, {"agreed": agreed, "who": LEAD, "by_when": today + timedelta(days=7)})

    def _sort(self, desk: Desk, today: date) -> None:
        del today
        desk.sort(TRACKER, "attendance")

    def _hold(self, desk: Desk, today: date) -> None:
        row = self._chance.choice(self._pupils(desk, staged=True))
        typed: dict[str, Typed] = {
            "pupil_id": str(desk.cell(TRACKER, row, "pupil_id")),
            "kind": choices("kind")[0],
            "reason": "Bereavement in the family; the plan starts in the new year",
            "who": _HEAD,
            "from": today,
            "until": today + timedelta(days=28),
        }
        desk.begin(DECISIONS, typed)

    def _write_over(self, desk: Desk, today: date) -> None:
        """A class that the MIS does not know yet, typed over Halfday's."""
        del today
        row = self._chance.choice(self._pupils(desk, staged=True))
        others = sorted({str(desk.cell(TRACKER, one, "class")) for one in self._pupils(desk)})
        mine = desk.cell(TRACKER, row, "class")
        other = self._chance.choice([one for one in others if one != mine] or ["New class"])
        desk.fill_in(TRACKER, row, {"class": f"{other} from January"})

    def _ring_somebody(self, desk: Desk, today: date) -> None:
        """A call that nobody asked for: a row of their own."""
        row = self._chance.choice(self._pupils(desk))
        typed: dict[str, Typed] = {
            "date": today,
            "pupil_id": str(desk.cell(TRACKER, row, "pupil_id")),
            "what": "Meeting",
            "outcome": "Agreed a plan",
            "note": "Dad came in; drop-off at 8.30 with the teaching assistant.",
            "who": _OFFICE,
        }
        desk.begin(CONTACTS, typed)


def _column(section: str, key: str) -> int:
    return next(column.at for column in section_columns("today", section) if column.key == key) + 1


def _asked(desk: Desk, kinds: Sequence[str] | set[str] | None) -> Iterator[tuple[int, str]]:
    """Rows of Today with a cell for people: those of some kinds of contact; without kinds, the actions due."""
    at = number(document("layout")["today"]["key"]) + 1
    for row in range(1, desk.seen.sheets[_TODAY].last_row + 1):
        key = desk.value(_TODAY, row, at)
        if not isinstance(key, str) or key.count("|") != 2:
            continue
        what = key.split("|")[1]
        if what in kinds if kinds else _is_action(desk, row):
            yield row, key


def _is_action(desk: Desk, row: int) -> bool:
    """Whether the section that a row stands in is about actions, by the header over its cell for people."""
    done = next(column for column in section_columns("today", "due") if column.key == "done")
    heads = (desk.value(_TODAY, one, done.at + 1) for one in range(row, 0, -1))
    return next((one == done.header for one in heads if isinstance(one, str) and one.startswith(_PENCIL)), False)


_PENCIL = str(document("layout")["pencil"])
