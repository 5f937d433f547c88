"""Adopt policy: what is tried on the Policy page becomes the school's policy. The engine checks, the agent writes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from halfday.functions import ATT_POLICY, ATT_POLICY_CHECK
from halfday_macros import layout
from halfday_macros.book import BookLike, Table, plain, rows, table
from halfday_macros.desk import PATIENCE, Answer, Desk, Stop, shown
from halfday_macros.school import folder_of
from halfday_macros.words import refuse

_RULES = ("stages start at", "a stage steps down")
"""How the two general choices of the Policy page begin."""
_DEEP, _WIDE = 600, 12
FAULTS = "The policy cannot be adopted as it stands. Nothing was changed. Please put this right on the page first:"
SAME = "What the Policy page shows is the school's policy already, so there is nothing to adopt."
CANCELLED = "Not adopted. The school's policy is as it was."
NO_NAME = "It has to be known who adopts a policy. Give your name when you are asked. Nothing was changed."


def adopt(book: BookLike, desk: Desk) -> str:
    """Checks, shows what would change, asks, and has the agent adopt; what came of it, in words."""
    tables = policy_tables(book)
    check = str(ATT_POLICY_CHECK(*tables))
    text = str(ATT_POLICY(*tables))
    for answer in (check, text):
        if answer.startswith("#"):
            raise Stop(f"{FAULTS}\n\n{shown(_faults(answer))}")
    folder = folder_of(book)
    with tempfile.TemporaryDirectory(prefix="halfday-") as place:
        tried = Path(place) / "tried-policy.toml"
        tried.write_text(text, encoding="utf-8")
        command = ["policy", "adopt", "--school", str(folder), "--from", str(tried)]
        looked = desk.agent.ask([*command, "--who", desk.person.name or "-", "--dry-run"], patience=PATIENCE)
        refuse(looked)
        changes = _changes(looked)
        if not changes:
            return SAME
        who = desk.person.words("Who adopts this policy? Your name is kept with it.", desk.person.name).strip()
        if not who:
            return NO_NAME
        if not desk.person.agrees(_asked(changes, moved(book), who)):
            return CANCELLED
        done = desk.agent.ask([*command, "--who", who, "--yes"], patience=PATIENCE)
    refuse(done)
    told = [line for line in done.lines if line.startswith("Adopted") or "worked examples" in line]
    return "\n".join([*told, "The Tracker follows from Halfday's next run."])


def policy_tables(book: BookLike) -> tuple[Any, ...]:
    """The tables of the Policy page as ATT_POLICY takes them: bands, stages, triggers, general choices, actions.

    Raises:
        Stop: a table or a column of it is not there.
    """
    found = {key: _matrix(book, key) for key in layout.POLICY_COLUMNS}
    return found["bands"], found["stages"], found["triggers"], _rules(book), found["actions"]


def _matrix(book: BookLike, key: str) -> list[list[Any]]:
    known = layout.titles("policy", key)
    wanted = [known[column] for column in layout.POLICY_COLUMNS[key]]
    here = table(book, layout.table_name("policy", key))
    if here is None:
        raise Stop(f"The table of {key} is not on the Policy page, so there is nothing to adopt. Nothing was changed.")
    found = here.matrix(wanted)
    if found is None:
        gone = " and ".join(title for title in wanted if here.column(title) is None)
        raise Stop(
            f"The table of {key} on the Policy page has no column called {gone}. If it was renamed, give it that name "
            "again. Nothing was changed."
        )
    return found


def _rules(book: BookLike) -> list[list[Any]]:
    """The two general choices: each is the next cell with anything in it, right of its words."""
    page = table(book, layout.table_name("policy", "bands"))
    assert page is not None, "the bands were read before"
    lines = rows(page.sheet.range((1, 1), (_DEEP, _WIDE)))
    found = [[_beside(lines, words)] for words in _RULES]
    if None in (row[0] for row in found):
        raise Stop("The general choices are not on the Policy page any more, so nothing can be adopted from it.")
    return found


def _beside(lines: Sequence[Sequence[Any]], words: str) -> Any:
    for line in lines:
        at = next((at for at, value in enumerate(line) if plain(value).startswith(words)), None)
        if at is not None:
            return next((value for value in line[at + 1 :] if value not in (None, "")), None)
    return None


def _faults(answer: str) -> list[str]:
    """The sentences of the engine, a line each."""
    lines = answer.removeprefix("#").removeprefix("Policy:").strip().splitlines()
    return [f"- {line.strip()}" for line in lines if line.strip()]


def _changes(answer: Answer) -> tuple[str, ...]:
    if any(line.startswith("Nothing differs") for line in answer.lines):
        return ()
    return tuple(line for line in answer.lines if not line.startswith("Dry run"))


def _asked(changes: Sequence[str], here: str, who: str) -> str:
    kept = f"{who} adopts it. The policy until now is kept, and past stages stay as they were decided. Adopt it?"
    return "\n\n".join(part for part in (shown(changes), here, kept) if part)


def moved(book: BookLike) -> str:
    """How many pupils show another stage in this workbook than was sent, where its functions are live.

    It may be another number than the agent's: adopted, the new figures count from the first day of the new policy on.
    """
    known = layout.titles("tracker")
    tracker: Table | None = table(book, layout.table_name("tracker"))
    live = tracker.values(known["stage"]) if tracker else None
    sent = tracker.values(known["stage_sent"]) if tracker else None
    if live is None or sent is None:
        return ""
    count = sum((now or "") != (was or "") for now, was in zip(live, sent, strict=True))
    if not count:
        return ""
    who = "1 pupil shows" if count == 1 else f"{count} pupils show"
    return (
        f"In this workbook {who} another stage than was sent: its cells apply what is tried to the whole school year."
    )
