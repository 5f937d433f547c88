"""What an MIS' words for a pupil mean: year group, SEN, enrolment, sex, yes and no. Read in one way for every source.

Each reader gives the value as registers write it, or None where nobody knows the word; then the connector leaves the
field blank and counts it (`Unread`). A system's own word goes before these, where that system is read.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from halfday.early_years import BEFORE_RECEPTION
from halfday.printing import counted
from halfday_sync.sources.wording import shown_value

Meant = TypeVar("Meant")
_RECEPTION = frozenset({"r", "rec", "reception"})
_NURSERY = frozenset({"n", "nur", "nursery"})
_NOT_FOLLOWED = "x"
_YEARS = range(1, 15)
_YEAR = re.compile(r"(?:(?:nc )?year|yr|y)?(?: group)? ?(\w+)", re.ASCII)
_SEN = {
    "N": {"n", "none", "no sen", "no special educational need", "no special educational needs"},
    "K": {"k", "support", "sen support", "send support"},
    "E": {"e", "ehcp", "ehc plan", "education health and care plan"},
}
"""N, K and E are the DfE's (A); "SEN Support" was seen in public tests (A), the other words are the DfE's own (C)."""
_SEN_LETTER = re.compile(r"([nke]) ?[-\u2013:] ?\w")
"""SIMS may write "K - SEN Support"."""
_ENROLMENTS = (
    ("G", {"g", "guest"}),
    ("S", {"s", "subsidiary"}),
    ("M", {"m", "main"}),
    ("", {"l", "left", "leaver", "former", "p", "applicant", "admission", "f", "fe"}),
    ("C", {"c", "single", "current", "registered"}),
)
"""How systems word the enrolment status, the more telling word first ("Current Main").

The letters are the DfE's code set CS049 (A), the words are concluded (B).
"""
_YES, _NO = frozenset({"true", "yes", "y", "t", "1"}), frozenset({"false", "no", "n", "f", "0"})
_SEXES = {"female": "F", "male": "M", "f": "F", "m": "M"}


def year_group(text: str) -> str | None:
    """A National Curriculum year: R for Reception, 1 to 14, X where it is not followed, `BEFORE_RECEPTION` for younger.

    >>> [year_group(text) for text in ("Y4", "Year  04", "Rec", "00", "YR", "E2", "Nursery", "Blue")]
    ['4', '4', 'R', 'R', 'R', 'E2', 'N', None]
    """
    told = _plain(text)
    found = _YEAR.fullmatch(told)
    for word in (told, found[1] if found else ""):
        if word in _RECEPTION or word in {"yr", "0", "00"}:
            return "R"
        if word in _NURSERY:
            return "N"
        if word == _NOT_FOLLOWED or word.upper() in BEFORE_RECEPTION:
            return word.upper()
        if word.isdecimal() and len(word) <= 2 and int(word) in _YEARS:
            return str(int(word))
    return None


def sen(text: str) -> str | None:
    """The SEN provision: N none, K support, E a plan.

    >>> sen("EHC Plan"), sen("K - SEN Support"), sen("No Special Educational Needs"), sen("Wave 2")
    ('E', 'K', 'N', None)
    """
    told = _plain(text)
    if letter := _SEN_LETTER.match(told):
        return letter[1].upper()
    words = " ".join(re.findall(r"\w+", told))
    return next((ours for ours, known in _SEN.items() if words in known), None)


def enrolment(text: str) -> str | None:
    """The DfE's letter for how a pupil is enrolled; blank for a state that is no enrolment here (left, applied).

    >>> [enrolment(text) for text in ("Single Registration", "Current Main (dual)", "M", "Leaver", "Honorary")]
    ['C', 'M', 'M', '', None]
    >>> enrolment("Guest (pupil not registered at this school)"), enrolment("Not registered")
    ('G', None)
    """
    words = set(re.findall(r"[a-z]+", text.casefold()))
    for letter, known in _ENROLMENTS:
        if words & known:
            return None if letter == "C" and "not" in words else letter
    return None


def sex(text: str) -> str | None:
    """M or F.

    >>> sex("Male"), sex(" f "), sex("unspecified")
    ('M', 'F', None)
    """
    return _SEXES.get(_plain(text))


def yes_no(text: str) -> bool | None:
    """A flag.

    >>> yes_no("T"), yes_no("No"), yes_no("perhaps")
    (True, False, None)
    """
    word = _plain(text)
    return True if word in _YES else False if word in _NO else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


@dataclass
class Unread:
    """Words that nobody knows, and of which pupils they were told."""

    _told: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def read(self, what: str, reader: Callable[[str], Meant | None], text: str, who: str) -> Meant | None:
        """What a text means; None for a blank, and for one that is not known, which is counted under `what`."""
        written = " ".join(text.split())
        if not written:
            return None
        value = reader(written)
        if value is None:
            self._told[what, written.upper()].add(who)
        return value

    def tell(self, shown: Callable[[str, int], str] = lambda text, _pupils: shown_value(text)) -> Iterator[str]:
        """A note for each word; `shown` says how one that was told of so many pupils may be repeated."""
        for (what, written), who in sorted(self._told.items()):
            yield (
                f"{what}: {shown(written, len(who))} is not known and was left blank for {counted(len(who), 'pupil')}"
            )
