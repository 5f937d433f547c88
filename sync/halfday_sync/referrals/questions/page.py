"""How a child's list of questions looks: one page that people fill in, calm, with yellow cells for their answers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from halfday_sync.referrals.drawing.look import styles
from halfday_sync.referrals.fields import DATE, LONG
from halfday_sync.referrals.profile import ADVISED, NEEDED, Profile
from halfday_sync.referrals.questions.asked import ANSWER, HEADINGS, KEPT, SHEET, Child, Group, Question, groups, kept

_WIDTHS = (12, 12, 34, 46, 42, 13)
_FIRST_COLUMN, _LAST_COLUMN = 2, len(HEADINGS) - 1
_LINE, _PADDING, _LEAST, _LONG_LINES = 14.5, 7.5, 24.0, 4
_HINT = 200
"""Letters of what Halfday knows that stand beside a question."""
_DAY = "d mmmm yyyy"
_HOW = """\
Answer in the yellow column, then save the file. Where Halfday has an answer, it stands beside the question: write \
only what should be said instead. Leave blank what nobody knows."""
_STAYS = """\
This list stays at school. What you write goes into the pack when it is made, and nowhere else. Please write about \
this child only, and do not name other children."""
_WEIGHTS = {NEEDED: "Needed", ADVISED: "Better to have", "": "If you know it", KEPT: "Another form"}


def questions(profile: Profile, child: Child, known: Mapping[str, str], answers: Mapping[str, str]) -> bytes:
    """The list of questions as the bytes of an `.xlsx`, the same questions the same bytes; nothing in it is locked.

    Args:
        profile: whose form asks.
        child: whom it is about; no other child stands in it.
        known: what Halfday knows, by key: it stands as a hint, and needs no answer.
        answers: what people have answered before, by key; empty where another form asked and nobody answered yet.
    """
    import xlsxwriter  # noqa: PLC0415, TID251  (a door of its own: the tracker has no part in this file)

    asked = groups(profile, child)
    before = kept(answers, asked, child.carers)
    out = BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **texts})
    created = datetime(child.made_on.year, child.made_on.month, child.made_on.day)  # noqa: DTZ001  (a file's date)
    book.set_properties({"title": "Questions for a referral", "author": "Halfday", "created": created})
    _List(book, profile, child).write((*asked, before) if before.questions else asked, known, answers)
    book.close()
    return out.getvalue()


class _List:
    """The one sheet of the file, written from the top."""

    def __init__(self, book: Any, profile: Profile, child: Child) -> None:
        self._book, self._profile, self._child = book, profile, child
        self._sheet = book.add_worksheet(SHEET)
        self._row = 0
        self._formats: dict[str, Any] = {}

    def write(self, asked: Sequence[Group], known: Mapping[str, str], answers: Mapping[str, str]) -> None:
        self._page()
        self._top(asked)
        for group in asked:
            self._sheet.write_string(self._row, _FIRST_COLUMN, group.title, self._look("group"))
            for column in range(_FIRST_COLUMN + 1, _LAST_COLUMN + 1):
                self._sheet.write_blank(self._row, column, None, self._look("group"))
            self._sheet.set_row(self._row, _LEAST + _PADDING)
            self._row += 1
            for question in group.questions:
                self._question(question, known.get(question.key, ""), answers.get(question.key, ""))
        self._sheet.ignore_errors({"number_stored_as_text": f"D1:D{self._row}"})
        self._sheet.print_area(0, _FIRST_COLUMN, self._row - 1, _LAST_COLUMN)

    def _page(self) -> None:
        sheet = self._sheet
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width, None, {"hidden": column < _FIRST_COLUMN})
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8Questions about pupil {self._child.pupil_id}&R&8Page &P of &N")

    def _top(self, asked: Sequence[Group]) -> None:
        """What this is, whom it is about, and the headings. The hidden cell remembers what was asked."""
        child = self._child
        for_whom = f" ({self._profile.authority})" if self._profile.authority else ""
        whom = f"{child.name}, pupil {child.pupil_id}" if child.name else f"Pupil {child.pupil_id}"
        lines = (
            f"Questions for: {self._profile.title}{for_whom}",
            _HOW,
            _STAYS,
        )
        self._sheet.write_string(0, _FIRST_COLUMN, whom, self._look("title"))
        self._sheet.set_row(0, 26)
        for at, line in enumerate(lines, 1):
            style = self._look("quiet" if at > 1 else "strong")
            self._sheet.merge_range(at, _FIRST_COLUMN, at, _LAST_COLUMN, line, style)
            self._sheet.set_row(at, _height((line, sum(_WIDTHS[_FIRST_COLUMN:]))))
        tokens = "\n".join(question.token for group in asked for question in group.questions)
        self._sheet.write_string(0, 0, tokens)
        self._row = len(lines) + 2
        for column, heading in enumerate(HEADINGS):
            shown = f"✎ {heading}" if heading == ANSWER else heading
            self._sheet.write_string(self._row, column, shown, self._look("staff" if heading == ANSWER else "agent"))
        self._sheet.set_row(self._row, _LEAST + 2)
        self._sheet.repeat_rows(self._row)
        self._row += 1
        self._sheet.freeze_panes(self._row, _FIRST_COLUMN + 1)

    def _question(self, question: Question, known: str, answer: str) -> None:
        hint = f"Halfday has: {known if len(known) <= _HINT else known[: _HINT - 2] + ' …'}" if known else ""
        told = "\n".join(filter(None, (hint, question.field.help)))
        weight = "Halfday has it" if known else _WEIGHTS[question.weight]
        row = self._row
        self._sheet.write_string(row, 0, question.key)
        self._sheet.write_string(row, 1, question.about)
        self._sheet.write_string(row, 2, question.label, self._look("ask"))
        self._answer(row, question, answer)
        self._sheet.write_string(row, 4, told, self._look("cell"))
        self._sheet.write_string(row, 5, weight, self._look("needed" if weight == _WEIGHTS[NEEDED] else "cell"))
        room = "\n" * (_LONG_LINES - 1) if question.field.kind == LONG and not known else ""
        texts = ((question.label, _WIDTHS[2]), (answer, _WIDTHS[3]), (told, _WIDTHS[4]), (room, _WIDTHS[3]))
        self._sheet.set_row(row, _height(*texts))
        self._row += 1

    def _answer(self, row: int, question: Question, answer: str) -> None:
        """A yellow cell: it takes what is typed as it is, but for days."""
        look = self._look("day" if question.field.kind == DATE else "answer")
        day = _day(answer) if question.field.kind == DATE else None
        if day:
            self._sheet.write_datetime(row, 3, datetime(day.year, day.month, day.day), look)  # noqa: DTZ001
        elif answer:
            self._sheet.write_string(row, 3, answer, look)
        else:
            self._sheet.write_blank(row, 3, None, look)
        if question.choices:
            self._sheet.data_validation(row, 3, row, 3, _offer(question.choices))

    def _look(self, name: str) -> Any:
        if name not in self._formats:
            self._formats[name] = self._book.add_format(_style(name))
        return self._formats[name]


def _offer(choices: Sequence[str]) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(choices),
        "error_title": "Please choose one",
        "error_message": "Choose from the list, or leave it blank.",
    }


def _style(name: str) -> dict[str, Any]:
    colours, font = styles()["colour"], styles()["font"]
    text = {"font_name": font["name"], "font_size": font["text"], "font_color": colours["ink"], "valign": "top"}
    cell = {**text, "text_wrap": True, "align": "left", "indent": 1, "bottom": 1, "bottom_color": colours["line"]}
    cell["valign"] = "vcenter"
    heading = {**cell, "bold": True}
    looks: Mapping[str, dict[str, Any]] = {
        "title": {**text, "font_size": font["title"], "bold": True},
        "strong": {**text, "bold": True, "text_wrap": True},
        "quiet": {**text, "font_color": colours["quiet"], "text_wrap": True},
        "agent": {**heading, "bg_color": colours["agent"]},
        "staff": {**heading, "bg_color": colours["staff"]},
        "group": {
            **text,
            "bold": True,
            "align": "left",
            "indent": 1,
            "valign": "bottom",
            "bottom": 2,
            "bottom_color": colours["ink"],
        },
        "ask": cell,
        "cell": {**cell, "font_color": colours["quiet"]},
        "needed": {**cell, "bold": True},
        "answer": {**cell, "bg_color": colours["staff-cell"], "num_format": "@"},
        "day": {**cell, "bg_color": colours["staff-cell"], "num_format": _DAY},
    }
    return looks[name]


def _height(*texts: tuple[str, float]) -> float:
    """Points for the tallest of the texts in a row, each in a column of so many characters."""
    lines = max(sum(-(-len(part) // int(width * 0.95)) or 1 for part in text.split("\n")) for text, width in texts)
    return min(max(lines * _LINE + _PADDING, _LEAST), 409)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
