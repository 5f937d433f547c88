"""The attendance lead of the made-up school: what RK types into Contacts, Plans, Letters and Review in a fortnight."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from halfday_sync.commands.demo_desk import Desk
from halfday_sync.entries import CONTACTS, LETTERS, PLANS, TRACKER, Typed
from halfday_sync.workbook.layout import choices, document, number, section_columns

LEAD = "RK"
_REVIEW = "Review"
_FRIDAY = 4
_OF_A_MEETING, _OF_A_DAY = 5, 3
"""Rows of the weekly agenda about which something is agreed, and letters that are decided on in a day."""
_WITHIN = range(70, 93)
"""Attendance in %, of children whom a talk and a plan can still help soon."""
_TALKS = (
    ("Call", "Will call back", "Mum was at work; she rings after 3."),
    ("Call", "Reason found", "Mum: since the move the mornings are hard, tears at the gate. Would come in."),
    ("Meeting", "Agreed a plan", "Mum, gran and Ms Ash: breakfast club from Monday, met at the gate, chart in class."),
    ("Call", "Reason found", "Going better: up before the alarm twice this week."),
)
"""What one child's chronology is about, a row each second morning."""
_PLAN: Mapping[str, Typed] = {
    "barriers": "Mornings since the move; worried about leaving mum",
    "support": "Breakfast club; met at the gate; a chart in class",
    "target": 95.0,
    "who": LEAD,
}


class Lead:
    """One person's fortnight. The same chance gives the same one."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._mornings = 0
        self._children: list[str] = []
        self._made: dict[str, int] = {}

    def work(self, desk: Desk, today: date) -> None:
        """What the lead does on a day."""
        if not self._mornings:
            self._children = self._chosen(desk)
        if self._children:
            self._talk(desk, today)
            self._plan(desk, today)
        self._letters(desk, today)
        if today.weekday() == _FRIDAY:
            self._meet(desk, today)
        self._mornings += 1

    def _chosen(self, desk: Desk) -> list[str]:
        """Two children at a stage: one whose story begins now, one whose plan has been running for some weeks."""
        found = []
        for row, pupil_id in desk.rows(TRACKER):
            figure, stage = desk.cell(TRACKER, row, "attendance"), desk.cell(TRACKER, row, "stage")
            is_here = desk.cell(TRACKER, row, "status") == "On roll"
            if stage and is_here and isinstance(figure, float) and int(100 * figure) in _WITHIN:
                found.append(pupil_id)
        return self._chance.sample(found, 2) if len(found) > 1 else []

    def _talk(self, desk: Desk, today: date) -> None:
        """Talks with the family of the first child, every other day."""
        turn, is_pause = divmod(self._mornings, 2)
        if is_pause or turn >= len(_TALKS):
            return
        what, outcome, note = _TALKS[turn]
        told: dict[str, Typed] = {"date": today, "pupil_id": self._children[0], "what": what, "outcome": outcome}
        desk.begin(CONTACTS, {**told, "note": note, "who": LEAD})

    def _plan(self, desk: Desk, today: date) -> None:
        """The second child's plan is taken over from paper on the first day; the first one's begins at the meeting."""
        signed = f"Parent {today.day}/{today.month}, {LEAD} {today.day}/{today.month}"
        if self._mornings == 0:
            began = today - timedelta(days=14)
            self._begin_plan(desk, self._children[1], {**_PLAN, "begins": began, "signed": "On paper, in the file"})
        if self._mornings == 2 * _MEETING:
            self._begin_plan(desk, self._children[0], {**_PLAN, "begins": today, "signed": signed})

    def _begin_plan(self, desk: Desk, pupil_id: str, typed: Mapping[str, Typed]) -> None:
        """In the row that Halfday proposes for the child, or in one of the lead's own."""
        for row, key in desk.rows(PLANS):
            if key.startswith(f"{pupil_id}|"):
                desk.fill_in(PLANS, row, typed)
                return
        desk.begin(PLANS, {"pupil_id": pupil_id, "plan": choices("plan")[0], **typed})

    def _letters(self, desk: Desk, today: date) -> None:
        """Some letters are approved each day, one waits, and the post takes those that were made two days before."""
        yes, not_yet, _not_needed = choices("approve")
        decided = 0
        for row, key in desk.rows(LETTERS):
            approve, sent, file = (desk.cell(LETTERS, row, name) for name in ("approve", "sent", "file"))
            status = str(desk.cell(LETTERS, row, "status") or "")
            if file and not sent and "ithdrawn" not in status:
                if self._made.setdefault(key, self._mornings) + 2 <= self._mornings:
                    desk.fill_in(LETTERS, row, {"sent": today})
            elif not approve and "To approve" in status and decided < _OF_A_DAY:
                decided += 1
                desk.fill_in(LETTERS, row, {"approve": not_yet if decided == _OF_A_DAY else yes, "by": LEAD})

    def _meet(self, desk: Desk, today: date) -> None:
        """The weekly meeting: the first rows of its agenda."""
        at = {column.key: column.at + 1 for column in section_columns("review", "pupils")}
        agreed = choices("meeting_agreed")
        for row in list(_agenda(desk))[:_OF_A_MEETING]:
            desk.type(_REVIEW, row, at["agreed"], self._chance.choice(agreed[:6]))
            desk.type(_REVIEW, row, at["owner"], LEAD)
            desk.type(_REVIEW, row, at["next_due"], today + timedelta(days=7))


_MEETING = next(at for at, (what, _outcome, _note) in enumerate(_TALKS) if what == "Meeting")


def _agenda(desk: Desk) -> Iterator[int]:
    """The rows of the weekly meeting on Review."""
    if _REVIEW not in desk.seen.sheets:
        return
    at = number(document("layout")["review"]["key"]) + 1
    for row in range(1, desk.seen.sheets[_REVIEW].last_row + 1):
        key = desk.value(_REVIEW, row, at)
        if isinstance(key, str) and key.count("|") == 2 and key.split("|")[1] == "weekly":
            yield row
