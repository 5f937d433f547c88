"""Record a contact: a dated line in the pupil's Notes on the Tracker. What stands there is kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from halfday import printing
from halfday_macros import layout
from halfday_macros.book import BookLike, RangeLike, Table, cell, plain, rows, seen, words_of
from halfday_macros.desk import Desk, Stop
from halfday_macros.pupils import named, row_of, selected, tracker_of

_LIMIT = 32_767
"""Characters in a cell, as Excel counts them (UTF-16)."""
_TOGETHER = 8
"""Brothers and sisters are one call; more pupils than this were surely selected by mistake."""
_ILL = "Ill"
"""How the outcome begins to which a day back belongs; Halfday reads that day out of the line."""
_WIDE = 40
_LOOK_UP = 200
CANCELLED = "Nothing was recorded."
NO_WORDS = (
    "What came of it? Choose an outcome in the pupil's row on Today (or type your own words there), select that row "
    "and press the button again. Nothing was recorded."
)


def record_contact(book: BookLike, desk: Desk) -> str:
    """Appends one line to the Notes of each selected pupil; what it did, in words."""
    pupils = selected(book)
    if len(pupils) > _TOGETHER:
        raise Stop(f"{len(pupils)} pupils are selected. Select the row of the pupil whose family you spoke to.")
    tracker = tracker_of(book)
    column = _notes(tracker)
    places = [cell(tracker.sheet, row_of(tracker, pupil), column) for pupil in pupils]
    suggestion = on_the_page(book)
    options = layout.choices("call")
    typed = desk.person.words(question(options), suggestion)
    said = outcome(typed, options)
    if not said:
        return CANCELLED if suggestion or typed else NO_WORDS
    line = line_of(said, desk.today, desk.person.name)
    writes = [_with(place, line, pupil) for place, pupil in zip(places, pupils, strict=True)]
    new = [write for write in writes if write is not None]
    if not new:
        return f"This is recorded already: {line}"
    if len(pupils) > 1 and not desk.person.agrees(_for_all(line, [named(tracker, pupil) for pupil in pupils])):
        return CANCELLED
    for write in new:
        write.place.value = as_text(write.text)
    who = f"pupil {pupils[0]}" if len(pupils) == 1 else f"{len(pupils)} pupils"
    return f"Recorded for {who}, in Notes on the Tracker:\n\n{line}\n\nIt is kept when you save the workbook."


def question(options: Sequence[str]) -> str:
    """What the box asks. Excel's box shows 255 characters at most."""
    listed = "   ".join(f"{number} {option}" for number, option in enumerate(options, 1))
    ill = next((number for number, option in enumerate(options, 1) if option.startswith(_ILL)), 0)
    back = f", or {ill}. back Thursday" if ill else ""
    return f"What came of it? A number, or your own words, or both: 2. rang mum{back}\n\n{listed}"


def _for_all(line: str, names: Sequence[str]) -> str:
    """The question names the pupils: it is on the workbook's own screen, and goes nowhere else."""
    return "\n".join([f"Record this for {len(names)} pupils?", "", line, "", *names])


def outcome(typed: str, options: Sequence[str]) -> str:
    """What was typed, as it is recorded: a number stands for an outcome of the list, what follows it is added.

    >>> outcome("2. rang mum, will try again", ["Reason found", "No answer"])
    'No answer. Rang mum, will try again'
    >>> outcome("2 messages left", ["Reason found", "No answer"])
    '2 messages left'
    """
    words = " ".join("".join(c if c.isprintable() else " " for c in typed).split())
    match = re.fullmatch(r"(\d)(?:\s*[.,:;]\s*(.*))?", words)
    if not match or not 1 <= int(match[1]) <= len(options):
        return words
    more = match[2] or ""
    return f"{options[int(match[1]) - 1]}. {more[:1].upper()}{more[1:]}" if more else options[int(match[1]) - 1]


def line_of(said: str, today: date, name: str) -> str:
    """The line that is recorded. It begins with the date, so no spreadsheet takes it for a formula.

    >>> line_of("No answer. Rang mum, will try again", date(2026, 11, 22), "Anna Bell")
    'Sun 22 Nov: No answer. Rang mum, will try again (AB)'
    """
    who = initials(name)
    return f"{printing.day(today)}: {said}{f' ({who})' if who else ''}"


def initials(name: str) -> str:
    """Initials of a name; a single word, as some computers know their people, is left as it is."""
    parts = name.split()
    return "".join(part[0] for part in parts).upper() if len(parts) > 1 else "".join(parts)


def on_the_page(book: BookLike) -> str:
    """What is typed under Outcome and Note in the first selected row of Today: the words to begin with."""
    choice = book.selection
    assert choice is not None, "pupils were selected"
    block = range(choice.row, choice.row + choice.shape[0])
    at = next((row for row in block if seen(choice.sheet, row)), choice.row)
    lines = rows(choice.sheet.range((max(1, at - _LOOK_UP), 1), (at, _WIDE)))
    pupil, wanted = plain("Pupil"), ("outcome", "note")
    header = next((line for line in reversed(lines[:-1]) if any(plain(value) == pupil for value in line)), [])
    found = {plain(title): words_of(value) for title, value in zip(header, lines[-1], strict=False) if value}
    said = [found[key] for key in wanted if found.get(key)]
    return ". ".join(part.rstrip(".") for part in said)


@dataclass(frozen=True)
class _Write:
    place: RangeLike
    text: str


def _notes(tracker: Table) -> int:
    title = layout.titles("tracker")["notes"]
    column = tracker.column(title)
    if column is None:
        raise Stop(
            f"The Tracker has no column called {title}, so nothing was written. "
            "If it was renamed, give it that name again."
        )
    return column


def _with(place: RangeLike, line: str, pupil: str) -> _Write | None:
    """The note with the line after it; none where the line is its last one already."""
    typed = str(place.formula or "")
    if typed.startswith("=") and typed != place.value:  # a text may begin with =, too
        raise Stop(f"The note of pupil {pupil} is a formula, so it was left alone. Nothing was written.")
    before = place.value if isinstance(place.value, str) else words_of(place.value)
    if before.rstrip().endswith(line):
        return None
    text = f"{before.rstrip()}\n{line}" if before.strip() else line
    if len(text.encode("utf-16-le")) // 2 > _LIMIT:
        raise Stop(
            f"The note of pupil {pupil} is full: a cell takes {_LIMIT:,} characters. Nothing was written. "
            "Move its older lines somewhere else, then press the button again."
        )
    return _Write(place, text)


def as_text(text: str) -> str:
    """A text as a cell takes it to the letter: one that looks like a formula gets the apostrophe that says text.

    >>> as_text("=1+1"), as_text("Fri 5 Dec: spoke to mum")
    ("'=1+1", 'Fri 5 Dec: spoke to mum')
    """
    return f"'{text}" if text[:1] in "=+-@'\t\r\n" else text
