"""Attachments: what people add by hand, and the letters whose copies go with the pack, each with a box to tick."""

from collections.abc import Iterator

from halfday import printing
from halfday_sync.referrals import written
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Sheet, Table
from halfday_sync.referrals.profile import Profile

BOX = "☐"


def sheet(case: Case, profile: Profile) -> Sheet:
    """What is to be added before the pack goes."""
    added = Table(
        "To add by hand",
        ("Added", "What"),
        tuple((BOX, one) for one in profile.attachments),
        (1, 9),
        "The form asks for nothing besides the pack and the letters.",
    )
    letters = Table(
        "Copies of letters",
        ("Added", "Letter", "Sent on", "To"),
        tuple(_letters(case)),
        (1, 5, 3, 5),
        "No letter has gone.",
    )
    return Sheet("attachments", "Attachments", (added, letters))


def _letters(case: Case) -> Iterator[tuple[str, str, str, str]]:
    """A row for each letter, and for each parent it was addressed to."""
    for letter in written.formal(case):
        sent = printing.day_and_year(letter.sent) if letter.sent else ""
        for name in written.addressed_to(letter) or (written.told(case, letter),):
            yield BOX, written.title_of(case, letter), sent, name
    for row in written.noted(case):
        yield BOX, "Letter that staff noted in Contacts", printing.day_and_year(row.day), ""
