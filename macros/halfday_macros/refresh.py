"""Refresh now: the agent takes in today's marks and writes the tracker. Nothing is ever saved for the person."""

from halfday_macros.book import BookLike
from halfday_macros.desk import PATIENCE, Answer, Desk, shown
from halfday_macros.school import folder_of
from halfday_macros.words import refuse

_IN_USE = 5
WAITS = (
    "This workbook is open, so the page in front of you stays as it is and nothing you typed is touched.\n\n"
    "To see today's page: save, close the workbook on every computer, and open it again after Halfday's next run."
)


def refresh(book: BookLike, desk: Desk) -> str:
    """Asks the agent for a run; what came of it, in words."""
    folder = folder_of(book)
    answer = desk.agent.ask(["run", "--school", str(folder)], patience=PATIENCE)
    if answer.code == _IN_USE:
        return f"{WAITS}\n\n{shown(answer.trouble)}".rstrip()
    refuse(answer)
    return f"{_what_now(answer)}\n\n{shown(_told(answer))}".rstrip()


def _what_now(answer: Answer) -> str:
    aside = next((line.rpartition(": ")[2] for line in answer.lines if "is beside it" in line), "")
    if aside:
        return f"Done. This workbook stays as it is: a later morning is in it. The page is in a file beside it: {aside}"
    if any("was changed there" in line for line in answer.lines):
        return "Done. This workbook is up to date. Save it when you are ready."
    return "Done. Close this workbook and open it again to see today's page."


def _told(answer: Answer) -> list[str]:
    ours = ("Written:", "Brought up to date:", "It is open in Excel")
    return [line for line in answer.lines if "is beside it" not in line and not line.startswith(ours)]
