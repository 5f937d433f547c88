"""A pupil's name as a link to the pupil's row on the Tracker, wherever that row stands when somebody clicks."""

import re

from halfday_sync.workbook.layout import document

_LONGEST = 200
"""A text in a formula has at most 255 characters."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
_WILD = re.compile(r"[~*?]")


def shown_words(words: str) -> str:
    r"""A name as the link shows it: on one line, and no longer than a formula's text may be.

    >>> shown_words("Ada\nAsh"), len(shown_words("x" * 999))
    ('Ada Ash', 200)
    """
    text = _CONTROL.sub(" ", words).strip()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def link_formula(pupil_id: str, words: str) -> str:
    """The formula behind a name. It looks the row up at each click, so that the Tracker may be sorted and filtered.

    Where the pupil is not on the Tracker the name is shown all the same, and leads to the top of the page.
    """
    said = document("layout")["tracker"]
    key = f"{said['table']}[{said['column'][0]['title']}]"
    # MATCH takes ~, * and ? for wildcards; ~ before them makes them what they are.
    wanted = _quoted(_WILD.sub(r"~\g<0>", shown_words(pupil_id)))
    row = f"IFERROR(ROW(INDEX({key},MATCH({wanted},{key},0))),1)"
    return f'=HYPERLINK("#{said["title"]}!A"&{row},{_quoted(shown_words(words))})'


def place_formula(cell: str, words: str) -> str:
    """The formula of words that lead to another cell of the same page."""
    return f'=HYPERLINK("#{cell}",{_quoted(shown_words(words))})'


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
