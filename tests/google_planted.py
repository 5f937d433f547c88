"""Bugs planted into the emulator: each must be caught, or the tests would trust an emulator that is wrong.

A plant is one small change of one function's text. It is made in the running function, so whoever imported it sees it,
and one that no longer finds its place fails. `caught` says which check finds it: a conversation of the recordings
(tier A), Google's description of its services (tier B), or a fact that somebody told (tier C).
"""

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from importlib import import_module
from types import CodeType, FunctionType

from tests import google_recordings, google_replay
from tests.google_emulator import Google, UnlikeGoogleError, serve
from tests.google_facts import facts, trials
from tests.google_facts.desk import desk

A, B, C = TIERS = ("A", "B", "C")


@dataclass(frozen=True)
class Plant:
    """A bug.

    Attributes:
        what: the emulator that has it.
        where: module and function.
        old: a part of the function's text, there once, and `new` in its place.
        tier: which check must find it, and `by`: the conversation, or the fact, with which it does.
    """

    what: str
    where: str
    old: str
    new: str
    tier: str
    by: str


class NoPlaceError(LookupError):
    """The function is not as it was when the bug was thought out."""


@contextmanager
def planted(plant: Plant) -> Iterator[None]:
    """The emulator with the bug.

    Raises:
        NoPlaceError: the text to change is not there, or not once.
    """
    function = _function(plant.where)
    before = function.__code__
    function.__code__ = _changed(plant, function)
    try:
        yield
    finally:
        function.__code__ = before


def _function(where: str) -> FunctionType:
    module, _, path = where.partition(":")
    found: object = import_module(f"tests.google_emulator.{module}")
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
    if not isinstance(found, FunctionType):
        raise NoPlaceError(f"{where} is no function")
    return found


def _changed(plant: Plant, function: FunctionType) -> CodeType:
    text = textwrap.dedent(inspect.getsource(function))
    if text.count(plant.old) != 1:
        raise NoPlaceError(f"{plant.where}: {text.count(plant.old)} times {plant.old!r}")
    whole = compile(text.replace(plant.old, plant.new), function.__code__.co_filename, "exec")
    (code,) = (one for one in _inside(whole) if one.co_name == function.__name__)
    if code.co_freevars != function.__code__.co_freevars:
        raise NoPlaceError(f"{plant.where} holds on to other names")
    return code


def _inside(code: CodeType) -> Iterator[CodeType]:
    """The functions defined on the first level."""
    return (one for one in code.co_consts if isinstance(one, CodeType))


@cache
def conversations() -> dict[str, google_replay.Conversation]:
    return {one.case: one for one in google_replay.conversations(google_recordings.recorded())}


def finds(tier: str, by: str) -> str:
    """What a check finds wrong with the emulator as it is now; empty: nothing."""
    try:
        return _replayed(by) if tier == A else _tried(by, to_its_end=tier == C)
    except UnlikeGoogleError as fault:
        return f"{B}: {fault}"
    except (AssertionError, LookupError, TypeError, ValueError, HTTPException, OSError) as fault:
        return f"{C}: {fault!r}"


def _replayed(case: str) -> str:
    conversation = conversations()[case]
    with serve(Google()) as base, google_replay.asking(base) as ask:
        differences = google_replay.replay(conversation, ask)
    return f"{A}: {differences[0]}" if differences else ""


def _tried(fact_id: str, *, to_its_end: bool = True) -> str:
    """Tries a fact. Google's description has its say only at the end, so for its sake the trial's own word is left."""
    (fact,) = (one for one in facts() if one.id == fact_id)
    with desk() as at, nullcontext() if to_its_end else suppress(AssertionError, LookupError, TypeError):
        trials()[fact.test](at)
    return ""


PLANTS = (
    # ---- those of the first trials, 35
    Plant(
        "counts empty places of a row as written",
        "values:Values._write",
        "if value is None:",
        "if value is Ellipsis:",
        A,
        "WorksheetTest.test_update_cell_objects",
    ),
    Plant(
        "does not count an emptied cell as written",
        "values:Values._write",
        "if value is None:",
        'if value is None or value == "":',
        A,
        "WorksheetTest.test_update_works_with_swapped_values_and_range",
    ),
    Plant(
        "gives blanks after the last value of a row",
        "values:table",
        "range(left, max(lines[line]) + 1)",
        "range(left, box.right if by_rows else box.bottom)",
        C,
        "update-start",
    ),
    Plant("parses what is written RAW", "values:Values._write", 'option == "RAW"', 'option == "NEVER"', C, "raw-as-is"),
    Plant(
        "parses nothing that a person enters",
        "values:Values._write",
        'option == "RAW"',
        "option",
        A,
        "WorksheetTest.test_get_all_records_numericise_unformatted",
    ),
    Plant(
        "never quotes a title",
        "a1:quoted",
        "title if plain else",
        "title if True else",
        A,
        "SpreadsheetTest.test_values_get",
    ),
    Plant(
        "quotes every title",
        "a1:quoted",
        "title if plain else",
        "title if False else",
        A,
        "WorksheetTest.test_cell_return_first",
    ),
    Plant(
        "leaves a new tab without its place",
        "tabs:add_sheet",
        "desk.content.reindex()",
        "pass",
        A,
        "SpreadsheetTest.test_worksheets",
    ),
    Plant(
        "echoes the number 0 of the first tab",
        "masks:clean",
        'and not (key == "sheetId" and item == 0)',
        "",
        A,
        "WorksheetTest.test_add_protected_range_normal",
    ),
    Plant(
        "appends from the first column on",
        "values:Values._append",
        "found.left, found.right",
        "0, found.right",
        A,
        "WorksheetTest.test_append_row_with_empty_value",
    ),
    Plant(
        "appends as if there were no table",
        "values:Values._append",
        "if found := _last_table(sheet, box):",
        "if found := None:",
        A,
        "WorksheetTest.test_append_row_with_empty_value",
    ),
    Plant(
        "puts new rows in and moves nothing",
        "moving:Insert.index",
        "return at + self.count if at >= self.at else at",
        "return at",
        A,
        "WorksheetTest.test_insert_cols",
    ),
    Plant(
        "deletes one row too many",
        "moving:Delete.index",
        "self.at <= at < self.at + self.count",
        "self.at <= at <= self.at + self.count",
        A,
        "WorksheetTest.test_delete_cols",
    ),
    Plant(
        "sorts upwards whatever is asked",
        "contents:sort_range",
        'reverse=spec.get("sortOrder") == "DESCENDING"',
        "reverse=False",
        A,
        "WorksheetTest.test_sort",
    ),
    Plant(
        "hides the last tab that is shown",
        "tabs:_set",
        'if name == "hidden" and value and shown == [sheet]:',
        "if shown == []:",
        A,
        "WorksheetTest.test_hide_show_worksheet",
    ),
    Plant(
        "says nothing of what was wrong",
        "replies:GoogleError.body",
        "if self.details:",
        "if False:",
        A,
        "WorksheetTest.test_add_validation",
    ),
    Plant(
        "does not say which request of a batch is wrong",
        "batch:_one",
        'f"Invalid requests[{at}].{kind}: {error.message}"',
        "error.message",
        A,
        "WorksheetTest.test_hide_show_worksheet",
    ),
    Plant(
        "does not turn a range round",
        "a1:box_of",
        "left, right = (right - 1, left + 1) if found[3] and right <= left else (left, right)",
        "pass",
        A,
        "WorksheetTest.test_update_works_with_swapped_values_and_range",
    ),
    Plant(
        "ends a range without an end after its first row",
        "a1:box_of",
        "bottom = int(found[4]) if found[4] else rows",
        "bottom = int(found[4]) if found[4] else top + 1",
        A,
        "WorksheetTest.test_range_unbounded",
    ),
    Plant(
        "shows dates as numbers",
        "cells:_number",
        'if kind == "DATE":',
        'if kind == "NEVER":',
        A,
        "WorksheetTest.test_get_all_records_value_render_options",
    ),
    Plant(
        "loses notes of empty cells",
        "cells:data",
        "if cell.note:",
        "if cell.note and cell.value is not None:",
        A,
        "WorksheetTest.test_get_notes",
    ),
    Plant(
        "keeps what a merge hides",
        "contents:merge_cells",
        "at != (part.top, part.left)",
        "at == ()",
        C,
        "merge-hides-nothing",
    ),
    Plant(
        "forbids what is not there",
        "replies:no_such_spreadsheet",
        "404",
        "403",
        A,
        "ClientTest.test_access_non_existing_spreadsheet",
    ),
    Plant(
        "echoes the range that was asked for",
        "values:Values._write",
        '"updatedRange": a1.written(sheet.title, target)',
        '"updatedRange": a1.written(sheet.title, box)',
        A,
        "SpreadsheetTest.test_export_spreadsheet",
    ),
    Plant(
        "counts rows in which nothing was written",
        "values:Values._write",
        "len({down for down, _ in written})",
        "height",
        C,
        "rows-written",
    ),
    Plant(
        "clears notes and formats with the values",
        "values:Values._clear",
        'replace(cell, value=None, formula="")',
        "cells.EMPTY",
        C,
        "clear-values-only",
    ),
    Plant(
        "leaves half of a refused batch done",
        "answering:Answering._sheets",
        "book.content = before",
        "pass",
        C,
        "batch-all-or-nothing",
    ),
    Plant(
        "keeps cells outside a smaller tab",
        "tabs:_set_grid",
        "moving.move(desk.content, sheet, dimension, moving.Delete(wanted, size - wanted))",
        "pass",
        C,
        "resize-cuts",
    ),
    Plant(
        "counts a column once for every range",
        "values:Values.batch_update",
        '"totalUpdatedColumns": sum(map(len, columns.values()))',
        '"totalUpdatedColumns": sum(reply.get("updatedColumns", 0) for reply in replies)',
        A,
        "WorksheetTest.test_batch_update",
    ),
    Plant(
        "writes outside the grid",
        "values:Values._write",
        "if target.bottom > sheet.rows or target.right > sheet.columns:",
        "if False:",
        C,
        "grid-limit-values",
    ),
    Plant(
        "gives values where there are none",
        "values:Values._get",
        "if values else found",
        "if True else found",
        A,
        "WorksheetTest.test_cell_return_first",
    ),
    Plant(
        "answers the deletion of a tab with a name that there is not",
        "tabs:delete_sheet",
        "desk.content.sheets.remove(sheet)",
        'desk.content.sheets.remove(sheet); return {"deleteSheet": {}}',
        B,
        "no-such-tab",
    ),
    Plant(
        "tells no permissions",
        "drive:Drive._listed",
        '"permissions": page',
        '"permissions": []',
        C,
        "permission-fields",
    ),
    Plant(
        "puts every rule for colours last",
        "objects:add_conditional_format_rule",
        'sheet.conditional.insert(body.get("index", 0),',
        "sheet.conditional.insert(99,",
        C,
        "conditional-order",
    ),
    Plant(
        "forgets developer metadata",
        "names:create_developer_metadata",
        "desk.content.metadata.append(held)",
        "pass",
        C,
        "metadata-kept",
    ),
    # ---- of writing
    Plant(
        "takes a text that looks like a formula for one",
        "cells:_with_value",
        "return raw(cell,",
        "return entered(cell,",
        C,
        "typed-string",
    ),
    Plant(
        "changes values whatever the mask says",
        "cells:updated",
        'if everything or "userEnteredValue" in tree:',
        "if True:",
        C,
        "repeat-cell",
    ),
    Plant(
        "takes notes away with the value",
        "cells:updated",
        'if everything or "note" in tree:',
        "if True:",
        C,
        "update-only-mask",
    ),
    Plant(
        "leaves cells without data as they are",
        "contents:update_cells",
        "given[at] if at < len(given) else {}",
        'given[at] if at < len(given) else {"userEnteredValue": {"stringValue": "left"}}',
        C,
        "update-uncovered",
    ),
    Plant("accepts an empty batch", "batch:run", "if not requests:", "if False:", C, "batch-empty"),
    Plant("takes texts of any length", "cells:raw", "len(value) > LONGEST", "False", C, "longest-text"),
    Plant(
        "leaves half of a refused batch of values done",
        "answering:Answering._sheets",
        'if method != "GET" else None',
        'if "batchUpdate" in verb else None',
        C,
        "values-batch-all-or-nothing",
    ),
    # ---- of the grid
    Plant(
        "looks at the number of cells only when all is done",
        "tabs:_set_grid",
        "desk.content.check_size()",
        "pass",
        C,
        "cell-limit",
    ),
    Plant(
        "has no limit of cells",
        "book:Content.check_size",
        "> MOST_CELLS",
        "> MOST_CELLS * MOST_CELLS",
        C,
        "cell-limit",
    ),
    Plant(
        "deletes the last tab", "tabs:delete_sheet", "if desk.content.sheets == [sheet]:", "if False:", C, "last-tab"
    ),
    Plant(
        "takes a title twice",
        "tabs:_check_title",
        "not in (None, but)",
        "is Ellipsis",
        C,
        "same-title",
    ),
    Plant(
        "speaks of grids, not of sheets", "batch:Desk.sheet", "No {word} with id", "No grid with id", C, "no-such-tab"
    ),
    # ---- of what hangs on a tab
    Plant(
        "chooses the number of a new tab itself",
        "tabs:add_sheet",
        'desk.made.number() if given.get("sheetId") is None else given["sheetId"]',
        "desk.made.number()",
        C,
        "chosen-sheet-id",
    ),
    Plant(
        "gives a number twice",
        "objects:_chosen",
        "if _find(desk, attribute, key, chosen):",
        "if False:",
        C,
        "chosen-chart-id",
    ),
    Plant("protects nothing", "protecting:guard", "if shut:", "if False:", C, "protected-words"),
    Plant(
        "protects what was left open",
        "protecting:guard",
        'for hole in protection.get("unprotectedRanges", []):',
        "for hole in []:",
        C,
        "unprotected-ranges",
    ),
    Plant(
        "refuses where it should warn",
        "protecting:is_editor",
        'protection.get("warningOnly")',
        "False",
        C,
        "warning-only-open",
    ),
    Plant(
        "lets a warning have editors",
        "objects:_check_protection",
        'if given.get("warningOnly") and given.get("editors"):',
        "if False:",
        C,
        "warning-only-editors",
    ),
    Plant(
        "loses where a chart stands when its drawing changes",
        "objects:update_chart_spec",
        '{**held, "spec": spec}',
        '{"chartId": held["chartId"], "spec": spec}',
        C,
        "chart-spec",
    ),
    # ---- of reading
    Plant("gives more than the mask asks for", "masks:applied", "if not tree:", "if True:", B, "get-mask-only"),
    Plant(
        "writes numbers as texts",
        "cells:typed",
        '{"numberValue": value}',
        '{"numberValue": str(value)}',
        B,
        "raw-types",
    ),
    Plant(
        "gives cells nobody asked for",
        "reading:_data_mask",
        '== "true" else None',
        '== "true" else {}',
        C,
        "get-without-cells",
    ),
    Plant(
        "has a word of its own in an answer",
        "objects:add_chart",
        '{"addChart": {"chart": kept}}',
        '{"addChart": {"chart": {**kept, "name": "mine"}}}',
        B,
        "chosen-chart-id",
    ),
    Plant("never runs out", "answering:Answering._count", "self.google.quota is not None", "False", C, "quota-words"),
    Plant(
        "counts reads as writes",
        "answering:Answering._count",
        'kind = "Read" if method == "GET" else "Write"',
        'kind = "Write"',
        C,
        "quota-refills",
    ),
    Plant(
        "never refills a quota",
        "answering:Answering._count",
        "now - times[0] >= _MINUTE",
        "now - times[0] >= 60 * _MINUTE",
        C,
        "quota-refills",
    ),
    # ---- of sharing
    Plant(
        "tells addresses to those who did not ask",
        "drive:Drive._listed",
        "fields or usual",
        'fields or masks.parse("*")',
        C,
        "permission-fields",
    ),
    Plant(
        "ends a list of people after the first page",
        "drive:_page",
        "if start + count < len(every) else {}",
        "if False else {}",
        C,
        "permission-pages",
    ),
    Plant(
        "shows a published view to nobody",
        "drive:Drive._listed",
        "in (None, view)",
        "in (None,)",
        C,
        "permission-view",
    ),
    Plant(
        "says that nothing is published",
        "drive:Drive._revisions",
        '"published": book.published and number == book.revisions',
        '"published": False',
        C,
        "revisions-published",
    ),
    Plant(
        "says that a file is not in the bin",
        "drive:Drive._whole",
        '"trashed": book.trashed,\n        "explicitlyTrashed"',
        '"trashed": False,\n        "explicitlyTrashed"',
        C,
        "file-trashed",
    ),
    Plant("stays at one version", "google:Google.touch", "book.version += 1", "book.version += 0", C, "file-version"),
    Plant(
        "says that everybody may edit",
        "drive:Drive._capabilities",
        '"canEdit": writes and not book.trashed',
        '"canEdit": True',
        C,
        "file-can-edit",
    ),
    Plant(
        "gives service accounts room for files",
        "drive:Drive._create",
        "if not parents and self.actor.email in self.google.accounts:",
        "if False:",
        C,
        "no-storage",
    ),
    Plant(
        "lets commenters write",
        "answering:Answering._open",
        'at_least(book, actor, "writer")',
        'at_least(book, actor, "commenter")',
        C,
        "writer-needed",
    ),
    # ---- of batches and of who asks
    Plant(
        "answers parts without their names",
        "multipart:_part",
        "response-{name}",
        "answer-{name}",
        C,
        "drive-batch",
    ),
    Plant(
        "gives a token for a key that was taken back",
        "tokens:Accounts.grant",
        'or claims["iss"] in self.revoked',
        "",
        C,
        "token-revoked",
    ),
    Plant(
        "takes any token for any service", "tokens:check_scope", "if not actor.scopes &", "if () and", C, "token-scope"
    ),
    Plant(
        "takes a token for ever",
        "tokens:Accounts.actor",
        "or self.made.seconds() > until",
        "",
        C,
        "token",
    ),
    Plant(
        "writes an error of another kind than its status",
        "replies:GoogleError.body",
        '"code": self.code',
        '"code": 500',
        B,
        "no-such-tab",
    ),
    # ---- of what people do in the page
    Plant(
        "moves rows and makes no room for them",
        "moving:Move.index",
        "else Insert(self._lands, self._count).index(left)",
        "else left",
        C,
        "move-lines",
    ),
    Plant(
        "leaves rules for colours where they were when rows come in",
        "moving:move",
        'other.conditional = follow.those(other.conditional, "ranges")',
        "pass",
        C,
        "ranges-follow",
    ),
    Plant(
        "changes a filter view without looking at the mask",
        "objects:update_filter_view",
        'masks.assigned(held, given, masks.required(body.get("fields")))',
        "{**held, **given, 'filterSpecs': []}",
        C,
        "filter-view-mask",
    ),
    Plant(
        "lets anybody take a protection away",
        "objects:delete_protected_range",
        "if not is_editor(held, desk.book, desk.actor):",
        "if False:",
        C,
        "protection-changes",
    ),
    Plant(
        "shows a shared drive's files to those who do not know such",
        "drive:Drive._book",
        'and not _true(query, "supportsAllDrives")',
        "and False",
        C,
        "shared-drive-asked",
    ),
    Plant(
        "lets writers share whatever the file says",
        "drive:Drive._capabilities",
        'bool(book.settings.get("writersCanShare"))',
        "True",
        C,
        "writers-share",
    ),
    Plant("knows no groups", "protecting:role", "address in actor.groups", "False", C, "group-one"),
)
