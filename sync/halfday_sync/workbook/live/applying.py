"""A plan put into the open workbook in one go: looked at first, written in blocks, taken back if anything goes wrong.

The workbook is not saved, no other sheet comes to the front, and what is selected stays selected. Excel forgets what
can be undone (Ctrl+Z) up to then, as it does after every macro.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from halfday_sync.errors import HalfdayError, InUseError, SafetyError
from halfday_sync.workbook.live import pages, rows
from halfday_sync.workbook.live.batch import Batch
from halfday_sync.workbook.live.pages import Page
from halfday_sync.workbook.live.patience import Patience
from halfday_sync.workbook.live.quiet import still
from halfday_sync.workbook.live.words import Words, unknown
from halfday_sync.workbook.update.plan import Plan, TablePlan
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.seen import Seen

if TYPE_CHECKING:
    import xlwings.main as xw

    from halfday_sync.workbook.update.updating import Updated

_CLOSE = "Save and close the tracker. The next run brings it up to date."


def apply(book: "xw.Book", updated: "Updated", now: Seen, folder: Path, patience: Patience) -> None:
    """Brings the open workbook up to date. It is left unsaved: saving is for the person who works in it.

    Args:
        book: the open workbook.
        updated: its copy (`picture`) after the update, with the plan.
        now: what stood in that copy before.
        folder: where the updated copy lies for a moment, to copy pages from: on this computer, read by nobody else.
        patience: how to wait while somebody types.

    Raises:
        InUseError: Excel is busy, somebody has typed since, or this plan needs the workbook closed.
        SafetyError: Excel did something else than it was told; what was written was taken back.
    """
    _refuse_design(updated.plan)
    after = seen(opened(updated.data))
    laid = [
        Page(name, now, after, (1, 1, bottom, right)) for name, (right, bottom) in sorted(updated.claim.pages.items())
    ]
    batch = Batch(patience)
    with ExitStack() as held:
        held.enter_context(_in_words(batch))
        _refuse_copied(book, patience)
        inside = held.enter_context(TemporaryDirectory(dir=folder, prefix="halfday-open-"))
        held.enter_context(still(book.app, patience))
        copy = Path(inside) / f"update of {book.name}"
        copy.write_bytes(updated.data)
        source = held.enter_context(_opened(book, copy, patience))
        tables = [table for table in updated.plan.tables if not table.is_empty]
        words = _words([(book, now), (source, after)], tables, laid, patience)
        for page in laid:
            pages.refuse_what_cannot_move(book, page, patience)
        _refuse_changed(book, tables, laid, now, patience)
        for name in sorted({*(page.name for page in laid), *(table.sheet for table in tables)}):
            held.enter_context(pages.unlocked(book.sheets[name], patience))
        with _all_or_nothing(batch):
            for table in tables:
                rows.put(batch, book, table, now, words)
            for page in laid:
                pages.lay_out(batch, book, source, page, words)
            _names(batch, book, now, after)


def _refuse_copied(book: "xw.Book", patience: Patience) -> None:
    if patience(lambda: book.app.cut_copy_mode):
        raise InUseError(
            "The tracker is open in Excel here, and somebody has just copied cells there.",
            now="Paste them, or press Esc. The next run goes on from here.",
        )


def _refuse_design(plan: Plan) -> None:
    added = [title for title, name in plan.pages.items() if not name]
    problems = [f"a new page, {title}" for title in added]
    problems += [f"new columns in {table}: {', '.join(titles)}" for table, titles in plan.columns.items()]
    if problems:
        raise InUseError(
            "The tracker is open in Excel here, and gets a new design, for which it must be closed.",
            problems=problems,
            now=_CLOSE,
        )


@contextmanager
def _opened(book: "xw.Book", path: Path, patience: Patience) -> Iterator["xw.Book"]:
    """The copy, open in the same Excel but not to be seen; then the same workbook is in front as before."""
    app = book.app
    front = patience(lambda: app.books.active.name)
    source = patience(lambda: app.books.open(path, update_links=False, read_only=True, notify=False, add_to_mru=False))
    try:
        patience(setattr, source.api.Windows(1), "Visible", False)
        yield source
    finally:
        patience(source.close)
        if patience(lambda: app.books.active.name) != front:
            patience(app.books[front].api.Activate)


def _words(
    books: Sequence[tuple["xw.Book", Seen]], tables: Sequence[TablePlan], laid: Sequence[Page], patience: Patience
) -> Words:
    """How Excel words the formulas that are to be written."""
    now = books[0][1]
    missing = {formula for table in tables for formula in rows.wanted_formulas(table, now) if formula}
    missing |= {formula for page in laid for formula in page.formulas.values()}
    words = Words(patience)
    for book, stands in books:
        missing = words.learn(missing, stands, book)
    if missing:
        raise unknown(len(missing))
    return words


def _refuse_changed(
    book: "xw.Book", tables: Sequence[TablePlan], laid: Sequence[Page], now: Seen, patience: Patience
) -> None:
    changed = sum(patience(rows.differences, book, table, now) for table in tables)
    changed += sum(patience(pages.differences, book, page) for page in laid)
    if changed:
        raise InUseError(
            f"The tracker is open in Excel here, and somebody is working in it: {changed} cells have just changed.",
            now="The next run reads them and goes on from there.",
        )


@contextmanager
def _in_words(batch: Batch) -> Iterator[None]:
    """A fault of Excel as a sentence: before anything was written, or after everything was."""
    try:
        yield
    except HalfdayError:
        raise
    except Exception as fault:
        done = (
            "All of the update is in the open workbook, which is not saved."
            if batch.is_done
            else "Nothing was changed."
        )
        what = f"Excel did not do what it was asked ({type(fault).__name__})."
        raise SafetyError(what, done=done, now=_CLOSE) from fault


@contextmanager
def _all_or_nothing(batch: Batch) -> Iterator[None]:
    try:
        yield
        batch.is_done = True
    except Exception as fault:
        stayed = batch.back()
        done = "What was written before that was taken back; the workbook in Excel is not saved."
        if stayed:
            done = f"{stayed} changes could not be taken back; the next run puts them right. Nothing was saved."
        if isinstance(fault, HalfdayError):
            raise type(fault)(fault.what, problems=fault.problems, done=done, now=fault.now or _CLOSE) from fault
        raise SafetyError(
            f"Excel did not take the update of the open tracker ({type(fault).__name__}).", done=done, now=_CLOSE
        ) from fault


def _names(batch: Batch, book: "xw.Book", now: Seen, after: Seen) -> None:
    """Defined names, the stamp among them: last, so that it is only there when everything else is."""
    for name, text in after.names.items():
        before = now.names.get(name)
        if before is None:
            batch.do(partial(book.names.add, name, f"={text}"), partial(_drop, book, name))
        elif before != text:
            batch.do(partial(_refer, book, name, f"={text}"), partial(_refer, book, name, f"={before}"))


def _refer(book: "xw.Book", name: str, text: str) -> None:
    book.names[name].refers_to = text


def _drop(book: "xw.Book", name: str) -> None:
    if name in book.names:
        book.names[name].delete()
