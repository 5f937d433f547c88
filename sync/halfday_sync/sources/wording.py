"""How a problem is told: file, row and pupil id, and never a word that may be somebody's name.

A file in the wrong order has names where ids, dates or codes should be. So a value is repeated in a message only when
it cannot well be a name; otherwise the row number has to do.
"""

import calendar
import re
from collections.abc import Iterable, Sequence

from halfday.printing import counted
from halfday_sync.errors import SourceError

_WORD = re.compile(r"[^\W\d_]+")
_ID = re.compile(r"[\w./:#-]{1,32}", re.ASCII)
_MONTHS = frozenset(name.casefold() for name in (*calendar.month_name, *calendar.month_abbr))


def shown_value(text: str) -> str:
    """A cell's text in quotes when it cannot well be a name, else only how long it is.

    >>> shown_value("31/09/2025"), shown_value("04-Sep"), shown_value("Q9"), shown_value("Jack"), shown_value("")
    ("'31/09/2025'", "'04-Sep'", "'Q9'", 'text of 4 characters', 'a blank')
    """
    if not text:
        return "a blank"
    words = _WORD.findall(text)
    plain = all(len(word) <= 2 or word.casefold() in _MONTHS for word in words)
    if plain and len(text) <= 24 and (len(text) <= 2 or any(letter.isdigit() for letter in text)):
        return repr(text)
    return f"text of {len(text)} characters"


def shown_pupil(pupil_id: str) -> str:
    """A pupil by id; an id without a digit in it may be a name and is not repeated.

    >>> shown_pupil("002101"), shown_pupil("Jack Smith")
    ('pupil 002101', 'a pupil (id not shown, as it may be a name)')
    """
    if _ID.fullmatch(pupil_id) and (len(pupil_id) <= 2 or any(letter.isdigit() for letter in pupil_id)):
        return f"pupil {pupil_id}"
    return "a pupil (id not shown, as it may be a name)"


def listed(items: Iterable[object], joint: str = "and") -> str:
    """A list in words.

    >>> listed([3]), listed([3, 5, 9])
    ('3', '3, 5 and 9')
    """
    words = [str(item) for item in items]
    return f" {joint} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def refusal(problems: Sequence[str], now: str) -> SourceError:
    """The one error for every problem of every file. Nothing of the files is used."""
    return SourceError(
        f"The files cannot be used: {counted(len(problems), 'problem')}.",
        problems=problems,
        done="Nothing was read in, and nothing was changed.",
        now=now,
    )
