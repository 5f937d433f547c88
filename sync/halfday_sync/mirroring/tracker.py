"""The pupils as SLT sees them: the cells of the Tracker that are on the tab, but for what sentences must not say."""

from collections.abc import Mapping

from halfday.policy.outcome import Outcome
from halfday_sync.mirroring.content import Content, Of, row
from halfday_sync.sheets.model import AGENT, Row, Value
from halfday_sync.workbook.pupil_words import percent_format
from halfday_sync.workbook.slt_rows import slt_rows
from halfday_sync.workbook.tracker import values

_STATUS = "status"


def tracker(of: Of) -> Content:
    """A row for each pupil. One who left keeps a row that is there, and it says nothing else: SLT wrote beside it."""
    status = {row.pupil_id: row.status for row in slt_rows(of.view) if row.words}
    rows = [_row(of, outcome, status) for outcome in of.view.ordered if _is_shown(of, outcome)]
    return Content(tuple(rows))


def _is_shown(of: Of, outcome: Outcome) -> bool:
    return not of.view.has_left(outcome.pupil) or outcome.pupil.pupil_id in of.there


def _row(of: Of, outcome: Outcome, status: Mapping[str, str]) -> Row:
    sent = values(of.view, outcome)
    if of.view.has_left(outcome.pupil):
        return row(outcome.pupil.pupil_id, {_STATUS: sent[_STATUS]})
    said = sent | {
        "why": of.discretion.why(outcome),
        "next_action": of.discretion.text(str(sent["next_action"] or "")),
        "carried_out": status.get(outcome.pupil.pupil_id),
    }
    shown: dict[str, Value] = {
        one.column.key: said[one.column.key] for one in of.tab.columns if one.column.owner == AGENT
    }
    return row(outcome.pupil.pupil_id, shown, {"attendance": percent_format(outcome)})
