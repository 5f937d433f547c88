"""Lists of Wonde, page after page to the end, in every form of paging that was seen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from halfday_sync.errors import SourceError
from halfday_sync.sources.base import Progress, unseen
from halfday_sync.sources.web import Web
from halfday_sync.sources.wonde.values import Record, number

MOST_PAGES = 20_000
"""A school of 2,000 pupils has about 15,000 pages of 50 marks a year; more is no school."""


@dataclass
class Pages:
    """What a list's pages said of the whole, once they are read.

    Attributes:
        rows: every row, in the order in which they came.
        total: how many rows there should be, where the service says so.
    """

    rows: list[Record] = field(default_factory=list)
    total: int | None = None


def single(web: Web, path: str, *, asked: str) -> Any:
    """The `data` of an answer that is not a list."""
    body = web.json(path, asked=asked)
    return body.get("data") if isinstance(body, Mapping) else None


def read(web: Web, path: str, params: Mapping[str, str | int], *, asked: str, progress: Progress = unseen) -> Pages:
    """The whole list. `next` is followed until it is null, over empty pages as well.

    Args:
        web: the service.
        path: below the base.
        params: with `per_page`.
        asked: what the rows are (`marks`), for messages and the progress.
        progress: is told how many rows came so far.

    Raises:
        SourceError: as `Web.json` does; or the pages lead nowhere, or come in a shape that is not known.
    """
    found = Pages()
    for rows, total in _each(web, path, params, asked):
        found.rows += rows
        found.total = total if total is not None else found.total
        progress(asked, len(found.rows), found.total)
    return found


def _each(
    web: Web, path: str, params: Mapping[str, str | int], asked: str
) -> Iterator[tuple[list[Record], int | None]]:
    body = web.json(path, params, asked=asked)
    seen: set[str] = set()
    page, first = 1, None
    while True:
        rows = _rows(web, body, asked)
        paging = _paging(body)
        if page > MOST_PAGES:
            raise _lost(web, asked, "has no end")
        if paging is None and len(rows) >= int(params["per_page"]) and rows != first:
            # A full page that does not say whether it is the last: ask for the one after it.
            yield rows, None
            first, page = rows, page + 1
            body = web.json(path, {**params, "page": page}, asked=asked)
            continue
        if paging is None:
            if rows != first:
                yield rows, None
            return
        yield rows, number(paging.get("total"))
        onward = paging.get("next")
        if not onward:
            if paging.get("more") is True:
                raise _lost(web, asked, "says that there is more, and not where")
            return
        if not isinstance(onward, str) or onward in seen or len(seen) >= MOST_PAGES:
            raise _lost(web, asked, "leads in a circle")
        seen.add(onward)
        body = web.json(onward, asked=asked)


def _rows(web: Web, body: object, asked: str) -> list[Record]:
    rows = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise SourceError(
            f"{web.name} answered about {asked} in a way that we do not know.", now="Tell us: the service has changed."
        )
    return rows


def _paging(body: Mapping[str, Any]) -> Record | None:
    meta = body.get("meta")
    paging = meta.get("pagination") if isinstance(meta, Mapping) else None
    return paging if isinstance(paging, Mapping) else None


def _lost(web: Web, asked: str, why: str) -> SourceError:
    return SourceError(
        f"{web.name}'s list of {asked} {why}, so it cannot be read whole.",
        now="Try again later. If it stays so, tell us and Wonde.",
    )
