"""Help: what this page is for, which columns are live, whether the agent answers, and the version."""

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from halfday.functions import __all__ as functions
from halfday_macros import layout
from halfday_macros.book import BookLike, SheetLike, cell, plain, table, tables_on
from halfday_macros.desk import Desk, Stop

_PATIENCE = 30.0
WHERE = "More help: the About page of this workbook, and the people who installed Halfday for your school."


@cache
def pages() -> dict[str, dict[str, str]]:
    """What each page is for, by its name: `pages.toml`."""
    return tomllib.loads(files("halfday_macros").joinpath("pages.toml").read_text(encoding="utf-8"))


def guide(book: BookLike, desk: Desk) -> str:
    """The help for where one is."""
    choice = book.selection
    parts = [page(choice.sheet) if choice is not None else "", live(book), agent(desk), WHERE]
    return "\n\n".join(part for part in parts if part)


def page(sheet: SheetLike) -> str:
    """What a page is for. One that was renamed is known by its tables."""
    names = {one.name for one in tables_on(sheet)}
    known = pages()
    found = next((text for text in known.values() if text.get("table") in names), None)
    found = found or next((text for name, text in known.items() if plain(name) == plain(sheet.name)), None)
    if found is None:
        return "This page is your own: Halfday never changes it."
    return f"{found['title']}: {found['for']}"


def live(book: BookLike) -> str:
    """Which columns of the Tracker have a function in them."""
    tracker = table(book, layout.table_name("tracker"))
    if tracker is None or not tracker.count:
        return ""
    known = layout.titles("tracker").values()
    columns = [(title, tracker.column(title)) for title in known]
    found = [
        title
        for title, column in columns
        if column is not None and "ATT_" in str(cell(tracker.sheet, tracker.first, column).formula)
    ]
    if not found:
        return "No column of the Tracker has a function: every figure is as Halfday sent it."
    return (
        f"Live columns of the Tracker: {', '.join(found)}. Where the {len(functions)} functions are installed they "
        "follow the Policy page at once; elsewhere they show what Halfday sent. To see which: type =ATT_PA(315,350) in "
        "an empty cell. It answers Yes where they are."
    )


def agent(desk: Desk) -> str:
    """Whether the agent answers, and which version it is."""
    try:
        ours = f"halfday {version('halfday')}"
    except PackageNotFoundError:
        ours = ""
    try:
        answer = desk.agent.ask(["--version"], patience=_PATIENCE)
    except Stop as missing:
        return f"{missing}{f' These buttons are of {ours}.' if ours else ''}"
    theirs = answer.said.strip()
    if answer.code or not theirs:
        return "The Halfday program is on this computer, but it does not say which version it is."
    if ours and theirs != ours:
        return f"The Halfday program answers: {theirs}. These buttons are of {ours}: ask for one and the same version."
    return f"The Halfday program on this computer answers: {theirs}."
