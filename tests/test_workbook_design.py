"""Every column says whose it is, every colour can be read, and every row has room for its words."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # noqa: TID251  (looks at formats; nothing is kept)

from halfday_sync.fit import height, lines, packed
from halfday_sync.workbook import layout
from halfday_sync.workbook.layout import AGENT, STAFF, Column
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.styles import Styles, colour, contrast, font, row_sizes

STYLES = layout.document("styles")
LAYOUT = layout.document("layout")
LEAST_CONTRAST = 4.5
TABLES = ("tracker", "actions", "contacts", "decisions", "register")


def _sections() -> list[tuple[str, str]]:
    pages = [("today", section["id"]) for section in LAYOUT["today"]["section"]]
    pages += [("policy", name) for name in ("bands", "stages", "triggers", "actions", "list")]
    return [*pages, ("statutory", "duty"), ("about", "columns")]


def _columns() -> list[Column]:
    found = [
        *(column for name in TABLES for column in layout.table_columns(name)),
        *layout.table_columns("register", "key"),
    ]
    for sheet, section in _sections():
        found += layout.section_columns(sheet, section)
    return found


@pytest.mark.parametrize("name", sorted(STYLES["pair"]))
def test_every_pair_of_colours_can_be_read(name: str) -> None:
    pair = STYLES["pair"][name]
    found = contrast(colour(pair["ink"]), colour(pair["fill"]))
    assert found >= LEAST_CONTRAST
    assert round(found, 1) == pair["contrast"]


def test_every_colour_behind_words_is_in_a_pair() -> None:
    behind = {
        *STYLES["words"]["stages"],
        *STYLES["words"]["bands"],
        *(row["colour"] for row in LAYOUT["calendar"]["kind"]),
    }
    assert behind <= {pair["fill"] for pair in STYLES["pair"].values() if pair["ink"] == "ink"}


def test_one_typeface_and_two_sizes() -> None:
    assert set(STYLES["font"]) == {"name", "text", "title"}


def test_every_column_has_an_owner_and_a_known_format() -> None:
    assert {column.owner for column in _columns()} == {AGENT, STAFF}
    assert {column.format for column in _columns()} <= STYLES["column"].keys()


def test_every_column_for_people_has_the_pencil_and_pale_yellow(tmp_path: Path) -> None:
    workbook = xlsxwriter.Workbook(tmp_path / "x.xlsx", {"default_format_properties": font()})
    sheet = Sheet(workbook, Styles(workbook), "Sheet")
    for column in _columns():
        header, cell = sheet.header_style(column), sheet.style_of(column)
        if column.owner == STAFF:
            assert column.header.startswith("✎ ")
            assert _colour(header.bg_color) == colour("staff")
            assert _colour(cell.bg_color) == colour("staff-cell")
            assert not cell.locked
        else:
            assert "✎" not in column.header
            assert _colour(header.bg_color) == colour("agent")
    workbook.close()


def _colour(found: Any) -> str:
    return "#" + str(getattr(found, "_rgb_hex_value", lambda: found)()).lstrip("#")


def test_headers_of_a_table_differ_and_can_stand_in_a_formula() -> None:
    for name in TABLES:
        headers = [column.header.lower() for column in layout.table_columns(name)]
        assert len(set(headers)) == len(headers)
        assert not any(set(header) & set("[]#'@") for header in headers)


def test_drop_downs_are_known_and_short_enough() -> None:
    for column in _columns():
        if column.list and not column.list.startswith("="):
            assert len(",".join(layout.choices(column.list))) <= 255
            assert not any("," in word for word in layout.choices(column.list))
        assert len(column.help) <= 255


@pytest.mark.parametrize(("sheet", "section"), _sections())
def test_columns_of_a_section_do_not_overlap(sheet: str, section: str) -> None:
    taken = [n for column in layout.section_columns(sheet, section) for n in range(column.at, column.to + 1)]
    assert len(set(taken)) == len(taken)


def test_the_first_screen_of_today_needs_no_scrolling_sideways() -> None:
    pixels = sum(8 * width + 5 for width in layout.grid("today").values())  # Arial 11: a digit is 8 pixels wide
    assert pixels <= 1366 - 50  # less row headers and the scroll bar


def test_every_function_column_has_its_value_as_sent() -> None:
    keys = {column.key: column for column in layout.table_columns("tracker")}
    for key in LAYOUT["tracker"]["formula"]:
        assert keys[f"{key}_sent"].hidden
        assert keys[f"{key}_sent"].title == f"{keys[key].title} as sent"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("", 10, 1), ("one two three four", 40, 1), ("one two three four", 9, 2), ("a\nb\nc", 40, 3), ("x" * 100, 10, 10)],
)
def test_lines_are_counted_as_they_wrap(text: str, width: float, expected: int) -> None:
    assert lines(text, width) == expected


def test_rows_are_never_lower_than_their_text() -> None:
    size = row_sizes()
    assert height([], size) == size["least"]
    assert height([("word " * 60, 20)], size) >= size["line"] * 15
    assert packed("/ \\ " * 35, 46) >= 2
