"""Views to make the Google copy's pages from: a demonstration on its own day, and the little school at work."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from halfday_sync import config
from halfday_sync.mirroring.pages import pages_of
from halfday_sync.mirroring.settings import MirrorSettings
from halfday_sync.pipeline import view_of, work_out
from halfday_sync.sheets.model import Page, Row
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy
from halfday_sync.workbook.view import View


def of_folder(folder: Path) -> View:
    """What the tracker of a school shows on the morning that it shows."""
    said = config.load(folder)
    with Store.open(said.store) as store:
        today = store.morning_shown()
        assert today is not None
        day = work_out(store, usable_policy(policy_path(said.policy, said.folder)), today)
        at = datetime(today.year, today.month, today.day, 8, 2, tzinfo=UTC)
        return replace(view_of(said, store, day, now=at, live=False), version="0.0.0")


def page_of(view: View, name: str, settings: MirrorSettings | None = None) -> Page:
    """One page, by the id of its tab."""
    return next(page for page in pages_of(view, settings or MirrorSettings()) if page.id == name)


def rows_of(page: Page) -> dict[str, Row]:
    """The rows by key."""
    return {row.key: row for row in page.rows}


def dump(pages: tuple[Page, ...]) -> str:
    """The pages as text, a line each row."""
    lines: list[str] = []
    for page in pages:
        lines += [
            "",
            f"=== {page.id} {page.sheet_id}: {page.said}",
            " | ".join(column.title for column in page.columns),
        ]
        for row in page.rows:
            said = [f"{column.key}={row.values[column.key]}" for column in page.columns if column.key in row.values]
            formats = "".join(f" <{key} {name}>" for key, name in row.formats.items() if row.look == "row")
            lines.append(f"{row.look} {row.key}: {' | '.join(said)}{formats}")
        lines += [f"colour {rule.column} {rule.text}: {rule.colour}" for rule in page.rules]
        lines += [f"view {one.id} {one.title}: {dict(one.shows)}" for one in page.views]
        lines += [
            f"chart {one.id} {one.kind} {one.title}: {one.labels} {','.join(one.series)} from {one.first} to {one.last}"
            for one in page.charts
        ]
    return "\n".join(lines).lstrip("\n") + "\n"
