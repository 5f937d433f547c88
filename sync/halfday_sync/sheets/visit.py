"""A visit to the school's Google Sheet: look at who has access and at what stands there; write what was planned.

Positions are those of the look, and Google knows no condition ("only if nobody sorted the rows meanwhile"). So a look
is good for a moment only (`Looked.is_old`): who works for longer in between looks again and plans again. What slips
through in the seconds that are left is put right by the next sync, for every cell is compared with what it should say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from halfday_sync.errors import HalfdayError, SafetyError, UnreachableError
from halfday_sync.sheets.cells import same
from halfday_sync.sheets.model import Cells
from halfday_sync.sheets.orders import Json
from halfday_sync.sheets.plan import MOST_AT_ONCE, VALUES, Batch, Plan
from halfday_sync.sheets.seen import FIELDS, Seen
from halfday_sync.sheets.seen_reading import seen
from halfday_sync.sheets.sharing import Drive, Gate, Shared
from halfday_sync.sheets.telling import UnknownOutcomeError

GOOD_FOR = 20.0
"""Seconds that a look at the cells is good for."""

_SENT_WITHIN = 30.0
"""Seconds after a look until which a call may be sent that rests on it: tries with pauses in between come later."""

_STAMP_FIELDS = (
    "spreadsheetId,sheets(properties(sheetId,title,index,gridProperties(rowCount,columnCount)),"
    "data(rowData(values(userEnteredValue))))"
)
"""The mask of the question whether a call without an answer was made: values only, for the stamp among them."""

_SENDINGS = 3
"""So often at most is one call sent whose answers were lost."""

_MOVING = frozenset({"insertDimension", "deleteDimension", "addConditionalFormatRule", "deleteConditionalFormatRule"})
"""Changes that are not the same when made twice. (Of tabs, charts, views and protections Google refuses a second one
with the same number, and with it the whole call.)"""


class OldLookError(UnreachableError):
    """Nothing was sent: people may have moved rows since the look, and what is one pupil's would go beside another."""


class Asking(Drive, Protocol):
    """Whom a visit asks (`asking.Line`)."""

    def read(self, sheet_id: str, fields: str) -> Mapping[str, object]: ...  # noqa: D102

    def change(  # noqa: D102
        self, sheet_id: str, changes: Sequence[Mapping[str, object]], may: Callable[[], object]
    ) -> None: ...

    def fill(  # noqa: D102
        self, sheet_id: str, data: Sequence[Mapping[str, object]], may: Callable[[], object]
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found.

    Attributes:
        shared: who has access, which is in order.
        seen: what stands there.
        at: when the cells were read, in `ticks` of the line.
    """

    shared: Shared
    seen: Seen
    at: float

    def is_old(self, ticks: float) -> bool:
        """Whether people may have moved rows since, so that it is time to look again before planning."""
        return not 0 <= ticks - self.at <= GOOD_FOR


def look(asking: Asking, gate: Gate, numbers: Mapping[str, int]) -> Looked:
    """Looks at who has access, then at what stands in the sheet: two calls.

    Args:
        asking: the line to Google.
        gate: for the file that is looked at.
        numbers: the number of each page's tab, by page: of all pages that there are.

    Raises:
        SafetyError: somebody has access who should not, or Google's answer has not the form that is known.
        HalfdayError: Google does not answer, or refuses.
    """
    shared = gate.look()
    at = asking.ticks()
    return Looked(shared, seen(asking.read(gate.sheet_id, FIELDS), numbers), at)


def unchanged(to_sheet: Mapping[str, Cells], before: Seen, now: Seen) -> dict[str, Cells]:
    """SLT's cells that may be written after a second look: not those that people wrote in between the two."""
    found: dict[str, Cells] = {}
    for page_id, cells in to_sheet.items():
        first, second = before.page(page_id), now.page(page_id)
        found[page_id] = {
            place: value
            for place, value in cells.items()
            if first is None
            or second is None
            or (one := first.find(*place)) is None
            or (other := second.find(*place)) is None
            or (one.is_formula == other.is_formula and same(one.value, other.value))
        }
    return found


def write(asking: Asking, gate: Gate, looked: Looked, plan: Plan, at_once: int = MOST_AT_ONCE) -> int:
    """Makes the changes of a plan; returns once Google has them all. Who has access is looked at again where need be.

    A call without an answer: where the stamp says that it was made, that is that. Where it says that it was not, the
    call is sent again, unless it may still be on its way and would be made twice.

    Args:
        asking: the line to Google.
        gate: for the file that is written to.
        looked: the look that the plan was made from.
        plan: what to change; an empty one sends nothing.
        at_once: the most characters of values in one call.

    Returns:
        how many calls were sent.

    Raises:
        UnknownOutcomeError: whether the last call was made is not known; the next sync sees it by the stamp.
        OldLookError: Google asked for pauses so long that it is time to look again.
        SafetyError: nothing may be written; or somebody else wrote meanwhile.
        HalfdayError: Google refuses, or does not answer.
    """
    batches = plan.batches(at_once)
    return sum(_sent(asking, gate, looked, plan, batch, is_last=batch is batches[-1]) for batch in batches)


def _sent(asking: Asking, gate: Gate, looked: Looked, plan: Plan, batch: Batch, *, is_last: bool) -> int:
    may, lost = partial(_may, asking, gate, looked), None
    for sending in range(1, _SENDINGS + 1):
        try:
            if batch.path == VALUES:
                asking.fill(gate.sheet_id, _list(batch.body, "data"), may)
            else:
                asking.change(gate.sheet_id, _list(batch.body, "requests"), may)
        except HalfdayError as stop:
            is_unknown = isinstance(stop, UnknownOutcomeError)
            if is_last and (is_unknown or sending > 1) and _has_arrived(asking, gate, looked, plan):
                return sending
            if lost and isinstance(stop, OldLookError):
                raise lost from None  # the one before may still be on its way
            lost = stop
            if not is_unknown or sending == _SENDINGS or not _may_be_sent_again(batch, is_last=is_last):
                raise
        else:
            return sending
    raise AssertionError("a call is sent once at least")


def _may(asking: Asking, gate: Gate, looked: Looked) -> None:
    """Whether a call may be sent now. Where no tab of Halfday's was there yet, nobody can have moved a row."""
    gate.fresh()
    if not looked.seen.is_new and not 0 <= asking.ticks() - looked.at <= _SENT_WITHIN:
        raise OldLookError(
            "Google asked for pauses until what stands in the Google Sheet might have changed.",
            done="Nothing more was sent to it. It is left for the next run.",
            now="Nothing has to be done: the next run looks again.",
        )


def _may_be_sent_again(batch: Batch, *, is_last: bool) -> bool:
    """Whether a call does no harm where the one before arrives after all: values where they stand, nothing moved."""
    if batch.path == VALUES:
        return True
    kinds = frozenset(kind for change in _list(batch.body, "requests") for kind in change)
    return is_last and ("addSheet" in kinds or not kinds & _MOVING)


def _list(body: Json, name: str) -> Sequence[Json]:
    found = body[name]
    assert isinstance(found, list)
    return found


def _has_arrived(asking: Asking, gate: Gate, looked: Looked, plan: Plan) -> bool:
    """Whether the stamp of a plan stands in the sheet; False where the one before still does.

    Raises:
        SafetyError: it is another one.
    """
    stamp = seen(asking.read(gate.sheet_id, _STAMP_FIELDS), looked.seen.numbers).stamp
    if stamp in (plan.stamp, looked.seen.stamp):
        return stamp == plan.stamp
    raise SafetyError(
        "Somebody else wrote to the Google Sheet at the same moment: its last sync was not made from here.",
        done="Whether this sync was made is not known; nothing was sent again.",
        now="Let one computer alone write to the sheet. The next run says what stands there.",
    )
