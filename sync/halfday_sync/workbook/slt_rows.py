"""What SLT answered in the Google copy: a row of Actions for each pupil, and until it is done a line of Today.

The words are people's: they may be put right in the row as well as in the copy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from halfday import printing
from halfday_sync.decided import NOT_ASKED, OPEN, is_done, read_slt_key, status_words, text_of
from halfday_sync.entries import ACTIONS, Typed
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Value
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.typed import rows_of
from halfday_sync.workbook.view import View, name_of

_WORDS = "Agreed by SLT"
_SAID = ("slt_agreed", "slt_comment")
"""What makes an answer: who decided, and when, only goes with it."""


@dataclass(frozen=True, slots=True)
class SltRow:
    """A row of Actions with an answer: its key, its pupil, and what people typed in it."""

    key: str
    pupil_id: str
    typed: Mapping[str, Typed]

    @property
    def words(self) -> str:
        """What was agreed, and the comment."""
        return ". ".join(filter(None, (text_of(self.typed.get(column)).rstrip(".") for column in _SAID)))

    @property
    def by(self) -> str:
        """Who decided."""
        return text_of(self.typed.get("slt_by"))

    @property
    def on(self) -> date | None:
        """When it was decided, where that is a day."""
        day = self.typed.get("slt_on")
        return day if isinstance(day, date) else None

    @property
    def status(self) -> str:
        """Open until somebody ticks it; an answer that was taken back asks for nothing any more."""
        done = self.typed.get("done")
        if is_done(done):
            return status_words(done, date.max, date.min, asked=True)
        return OPEN if self.words else NOT_ASKED

    def values(self, view: View) -> dict[str, Value]:
        """Halfday's cells of the row."""
        pupil = view.pupil.get(self.pupil_id)
        return {
            "pupil_id": self.pupil_id,
            "pupil": name_of(pupil) if pupil else "",
            "class": pupil.class_name if pupil else "",
            "action": _WORDS,
            "due": None,
            "owner": self.by,
            "status": self.status,
        }


def slt_rows(view: View) -> list[SltRow]:
    """A row for each pupil about whom SLT ever said something, or who has the row already; by class and name."""
    typed = rows_of(view, ACTIONS)
    keys = {key: pupil_id for key in [*typed, *view.listed] if (pupil_id := read_slt_key(key))}
    found = [SltRow(key, pupil_id, typed.get(key, {})) for key, pupil_id in keys.items()]
    return sorted(found, key=lambda row: _place(view, row))


def _place(view: View, row: SltRow) -> tuple[str, str, str, str]:
    pupil = view.pupil.get(row.pupil_id)
    return (pupil.class_name, pupil.surname, pupil.forename, row.key) if pupil else ("", "", "", row.key)


def slt_agreed(view: View) -> Iterator[Section]:
    """What SLT agreed and nobody has ticked, the newest first; none where there is nothing."""
    here = [row for row in slt_rows(view) if row.status == OPEN and _is_here(view, row)]
    if not here:
        return
    here.sort(key=lambda row: row.on or date.max, reverse=True)  # those without a day came last, as likely as not
    notes = ["From the Google Sheet; what is ticked here is ticked on Actions."]
    yield listed(
        "slt", Words("Agreed by SLT, not done yet", notes, "on Actions."), here, lambda _n, row: _line(view, row)
    )


def _is_here(view: View, row: SltRow) -> bool:
    pupil = view.pupil.get(row.pupil_id)
    return pupil is not None and not view.has_left(pupil)


def _line(view: View, row: SltRow) -> Line:
    pupil, outcome = view.pupil[row.pupil_id], view.outcome.get(row.pupil_id)
    return row_of(
        view,
        ACTIONS,
        row.key,
        columns_of("slt"),
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "decided": printing.day(row.on) if row.on else text_of(row.typed.get("slt_on")),
            "stage": stage_text(outcome.stage) if outcome else "",
            "owner": row.by,
            "slt": row.words,
        },
    )
