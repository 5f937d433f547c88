"""spreadsheets.batchUpdate: a list of requests, all of which happen or none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.google_emulator import masks
from tests.google_emulator.a1 import Box
from tests.google_emulator.book import Book, Content, Made, Sheet
from tests.google_emulator.protecting import Actor, guard
from tests.google_emulator.replies import GoogleError, Json, bad, not_emulated
from tests.google_emulator.spelling import check_mask

MOST_REQUESTS = 100_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a request is worked on: whose spreadsheet, who asks, and what Google makes up."""

    book: Book
    actor: Actor
    made: Made

    @property
    def content(self) -> Content:
        return self.book.content

    def sheet(self, held: Json, *, word: str = "grid") -> Sheet:
        """The tab that a range, or a request about tabs, speaks of (rootjs 554 for "sheet")."""
        sheet_id = held.get("sheetId") or 0
        found = self.content.by_id(sheet_id)
        if found is None:
            raise bad(f"No {word} with id: {sheet_id}")
        return found

    def box(self, given: Json, *, to_edit: bool = True) -> tuple[Sheet, Box]:
        """The cells of a GridRange, inside the grid and, where they are to be edited, not protected."""
        sheet = self.sheet(given)
        box = sheet.box(given)
        if box.bottom > sheet.rows or box.right > sheet.columns:
            raise sheet.beyond(box)
        if box.top >= box.bottom or box.left >= box.right:
            raise bad("The range is empty.")  # ours
        if to_edit:
            self.guard(sheet, box)
        return sheet, box

    def guard(self, sheet: Sheet, box: Box) -> None:
        """Refuses an edit of protected cells."""
        guard(self.book, sheet, box, self.actor)


Handler = Callable[[Desk, Json], "Json | None"]
HANDLERS: dict[str, Handler] = {}


def request(kind: str) -> Callable[[Handler], Handler]:
    """Marks the function that does one kind of request; what it returns is the reply, None for an empty one."""

    def keep(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return keep


def run(desk: Desk, body: Json) -> Json:
    """Does all the requests; the caller puts the old content back when this raises.

    Raises:
        GoogleError: naming the request that cannot be done.
    """
    requests = body.get("requests") or []
    if not requests:
        raise bad("Must specify at least one request.")  # google-api-nodejs-client 1001
    if len(requests) > MOST_REQUESTS:
        raise bad(f"Cannot exceed {MOST_REQUESTS} requests in a single batch.")  # airbyte 42904
    return {"spreadsheetId": desk.book.id, "replies": [_one(desk, at, asked) for at, asked in enumerate(requests)]}


def _one(desk: Desk, at: int, asked: dict[str, Any]) -> Json:
    kinds = [kind for kind, held in asked.items() if held is not None]
    if len(kinds) != 1:
        what = "No request set." if not kinds else "Only one request can be set."  # ours
        raise bad(f"Invalid requests[{at}]: {what}")
    kind = kinds[0]
    if kind not in HANDLERS:
        raise not_emulated(f"the request {kind}")
    try:
        if asked[kind].get("fields") and kind in _MASKED:
            check_mask(masks.parse(asked[kind]["fields"]), _MASKED[kind])
        reply = HANDLERS[kind](desk, asked[kind])
        if kind in _GROWING:
            desk.content.check_size()
    except GoogleError as error:
        if error.code == 400 and not error.details:
            raise bad(f"Invalid requests[{at}].{kind}: {error.message}") from error
        raise
    return reply or {}


_MASKED = {
    "repeatCell": "CellData",
    "updateBanding": "BandedRange",
    "updateCells": "CellData",
    "updateDeveloperMetadata": "DeveloperMetadata",
    "updateDimensionProperties": "DimensionProperties",
    "updateEmbeddedObjectPosition": "OverlayPosition",
    "updateFilterView": "FilterView",
    "updateNamedRange": "NamedRange",
    "updateProtectedRange": "ProtectedRange",
    "updateSheetProperties": "SheetProperties",
    "updateSpreadsheetProperties": "SpreadsheetProperties",
}
"""What the mask of a request speaks of."""
_GROWING = {"addSheet", "insertDimension", "appendDimension", "updateSheetProperties", "duplicateSheet"}
