"""What stands in the way of a letter, in words: what comes first, what people typed that cannot be."""

from halfday_sync.casework import letter_words as words
from halfday_sync.casework.letters import Situation, answer, is_understood
from halfday_sync.casework.model import Letter
from halfday_sync.decided import read_day, text_of


def refusal(now: Situation, letter: Letter) -> str:
    """Why a letter cannot be approved now; nothing where it can."""
    if not any(now.is_asked(letter, child) for child in letter.children):
        return "It is not asked for now."
    if waits := until(now, letter):
        return waits
    if letter.letter not in now.said:
        return "The policy does not have this letter any more."
    if now.nobody(letter.pupil_ids):
        return words.NOBODY
    route = now.route(letter.letter, letter.pupil_ids)
    return words.in_own_words(route) if route and not now.said[letter.letter].adapted else ""


def trouble(now: Situation, letter: Letter) -> str:
    """What stands in the way of an open letter, in words."""
    row = now.row(letter)
    day = read_day(row.get("sent"))
    if day is not None and day > now.today:
        return words.at_later(day)
    if letter.sent and letter.approval and letter.sent < letter.proposed:
        return words.sent_earlier(letter.sent)
    if not letter.is_open or answer(row) == words.NO or now.is_ticked(letter):
        return ""
    if letter.approval is not None:
        return until(now, letter)
    return refusal(now, letter) or ("" if is_understood(row) else words.no_word(text_of(row.get("approve"))))


def until(now: Situation, letter: Letter) -> str:
    """What comes before a letter; of which child, where it is about several."""
    for child in letter.children:
        if (one := now.is_asked(letter, child)) and one.until:
            return f"{one.until.rstrip('.')} (pupil {child.pupil_id})." if len(letter.pupil_ids) > 1 else one.until
    return ""
