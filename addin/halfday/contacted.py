"""Contacts with a family, as the engine knows them: who was reached, when, and what came of it."""

from dataclasses import dataclass
from datetime import date

CALL, VISIT, MESSAGE, MEETING, LETTER, TOLD, REASON = "Call", "Visit", "Message", "Meeting", "Letter", "Told", "Reason"
"""What a contact can be. A Letter, somebody Told (a social worker, the DSL) and a Reason found are no talk at home."""

_TALKS = frozenset({CALL.casefold(), VISIT.casefold(), MESSAGE.casefold(), MEETING.casefold()})
NOT_REACHED = ("No answer", "Left a message", "Nobody in", "Visit refused", "Not needed after all")
"""Outcomes after which nobody has been spoken to."""
PASSED_ON = "Passed on"
"""To a colleague, who will talk to the family: so nobody has yet."""
_OWN_WORDS = ("No reply", "No response", "No contact", "Not reached", "Left message", "Left voicemail", "Voicemail")
_NO_TALK = tuple(words.casefold() for words in (*NOT_REACHED, PASSED_ON, *_OWN_WORDS))


@dataclass(frozen=True, slots=True)
class Contacted:
    """One contact, or one try.

    Attributes:
        pupil_id: whom it was about.
        day: when.
        what: one of the words above, or people's own.
        outcome: what came of it, in the words of the drop-down or people's own; empty where nobody said.
        note: anything else.
        who: who called, visited or wrote.
        back_on: the day on which the family expects the child back, where they said.
        key: the row of Contacts.
    """

    pupil_id: str
    day: date
    what: str = CALL
    outcome: str = ""
    note: str = ""
    who: str = ""
    back_on: date | None = None
    key: str = ""

    @property
    def reached(self) -> bool:
        """Whether somebody of the family was spoken to. A try without an outcome, or without an answer, is none.

        What begins with such an outcome is as that: a letter may follow a talk, and this was none.

        >>> Contacted("7", date(2026, 1, 5), outcome="Reason found").reached
        True
        >>> [Contacted("7", date(2026, 1, 5), outcome=said).reached for said in ("No answer", "left a message", "")]
        [False, False, False]
        >>> [Contacted("7", date(2026, 1, 5), outcome=said).reached for said in ("No answer, voicemail", "Passed on")]
        [False, False]
        """
        return self.is_talk and any(map(str.isalnum, self.outcome)) and not self._is_no_talk

    @property
    def is_talk(self) -> bool:
        """Whether it is a way of talking to the family, whatever came of it."""
        return self.what.strip().casefold() in _TALKS

    @property
    def _is_no_talk(self) -> bool:
        return any(begins_with(self.outcome, words) for words in _NO_TALK)


def begins_with(outcome: str, words: str) -> bool:
    """Whether an outcome is one of the drop-down's, in small letters, or goes on after it in people's own words.

    >>> begins_with("No  Answer (twice)", "no answer"), begins_with("No answers today", "no answer")
    (True, False)
    """
    said = " ".join(outcome.split()).casefold()
    return said.startswith(words) and not said[len(words) :][:1].isalnum()
