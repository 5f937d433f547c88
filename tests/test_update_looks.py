"""Formats of the fresh workbook are found or added in the workbook that people work in; what is there stays."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests import excel_files, libreoffice
from tests.laid_pages import FRIDAY, STYLES, built, saved_by_libreoffice

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.package import MAIN, Package
from halfday_sync.workbook.update.looks import Looks, looks_of

bare_office = libreoffice.bare_office
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BARE = (
    HEAD + '><fonts><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill '
    'patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
).encode()


def fresh_styles() -> bytes:
    return Package.of(built(FRIDAY)).parts[STYLES]


def all_found(now: bytes) -> bytes:
    """The styles with every format of the fresh workbook, each checked."""
    fresh = fresh_styles()
    wanted = looks_of(fresh)
    before = looks_of(now)
    formats = Looks(now, fresh)
    places = [formats.xf(at) for at in range(len(wanted))]
    laid = [formats.dxf(at) for at in range(len(ET.fromstring(fresh).findall(f"{MAIN}dxfs/*")))]
    data = formats.data()
    after = looks_of(data)
    assert [after[at] for at in places] == list(wanted)
    assert list(after[: len(before)]) == list(before)
    assert max(laid) < len(ET.fromstring(data).findall(f"{MAIN}dxfs/*"))
    assert Looks(data, fresh).data() == data
    counts_are_right(data)
    return data


def counts_are_right(data: bytes) -> None:
    for section in ET.fromstring(data):
        if "count" in section.attrib and section.tag != f"{MAIN}tableStyles":
            assert int(section.get("count", "")) == len(section), section.tag


def added_only(before: bytes, after: bytes) -> bool:
    """Whether every byte of one is there in the other, in order, but for counts."""
    counts = re.compile(rb' count="\d+"')
    rest = iter(counts.sub(b"", after))
    return all(byte in rest for byte in counts.sub(b"", before))


def test_a_workbook_of_our_own_needs_nothing_new() -> None:
    styles = fresh_styles()
    assert all_found(styles) == styles


def test_a_workbook_without_our_formats_gets_them_at_the_end_of_each_list() -> None:
    data = all_found(BARE)
    sections = [row.tag.removeprefix(MAIN) for row in ET.fromstring(data)]
    assert sections == ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs"]
    assert added_only(BARE, data)
    assert b"<scheme" not in data


@pytest.mark.libreoffice
def test_after_libreoffice_saved_the_tracker_nearly_all_formats_are_found_again(
    bare_office: libreoffice.Office, tmp_path: Path
) -> None:
    now = Package.of(saved_by_libreoffice(bare_office, built(FRIDAY), tmp_path)).parts[STYLES]
    all_found(now)
    fresh = fresh_styles()
    formats = Looks(now, fresh)
    for at in range(len(looks_of(fresh))):
        formats.xf(at)
    assert len(looks_of(formats.data())) - len(looks_of(now)) <= 2


@pytest.mark.excel_files
@pytest.mark.parametrize("path", excel_files.workbooks(), ids=lambda path: path.stem)
def test_styles_that_excel_saved_are_added_to_and_keep_every_byte(path: Path) -> None:
    now = Package.of(path.read_bytes()).parts[STYLES]
    assert added_only(now, all_found(now))


def test_a_number_format_whose_number_is_taken_gets_another_one() -> None:
    now = BARE.replace(
        b"><fonts>", b'><numFmts count="1"><numFmt numFmtId="164" formatCode="0.000 &quot;kg&quot;"/></numFmts><fonts>'
    )
    data = all_found(now)
    codes = {row.get("numFmtId"): row.get("formatCode") for row in ET.fromstring(data).iter(f"{MAIN}numFmt")}
    assert codes["164"] == '0.000 "kg"'
    assert len(codes) == len(set(codes.values()))


def test_a_format_that_does_more_than_it_shows_is_not_taken_for_one_of_ours() -> None:
    check_box = (
        b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"><extLst>'
        b'<ext uri="{C7286773-470A-42A8-94C5-96B5CB345126}" '
        b'xmlns:xfpb="http://schemas.microsoft.com/office/spreadsheetml/2022/featurepropertybag">'
        b'<xfpb:xfComplement i="0"/>'
        b"</ext></extLst></xf>"
    )
    plain = BARE
    now = BARE.replace(b'<cellXfs count="1">', b'<cellXfs count="2">' + check_box)
    assert Looks(now, plain).xf(0) == 1
    quoted = BARE.replace(b'borderId="0" xfId="0"/>', b'borderId="0" xfId="0" quotePrefix="1"/>')
    assert Looks(quoted, plain).xf(0) == 1


def test_the_same_look_with_another_number_format() -> None:
    styles = fresh_styles()
    formats = Looks(styles, styles)
    at = next(n for n, look in enumerate(looks_of(styles)) if look.number == "0.0%")
    other = formats.with_number(at, "0.0000%")
    assert formats.number_code(at) == "0.0%"
    assert formats.number_code(other) == "0.0000%"
    assert formats.with_number(at, "0.0000%") == other
    assert formats.with_number(at, "0.0%") == at
    assert formats.look(other) == formats.look(at)._replace(number="0.0000%")
    assert formats.look(at) == looks_of(styles)[at]
    data = formats.data()
    assert looks_of(data)[other] == formats.look(other)
    counts_are_right(data)


def test_a_cell_can_be_opened_for_typing_and_locked_again() -> None:
    styles = fresh_styles()
    formats = Looks(styles, styles)
    for at, look in enumerate(looks_of(styles)):
        opened = formats.opened(at, is_open=True)
        assert looks_of(formats.data())[opened] == look._replace(is_open=True)
        assert formats.opened(opened, is_open=look.is_open) in {at, formats.xf(at)}
    bare = Looks(BARE, styles)
    opened = bare.opened(0, is_open=True)
    assert looks_of(bare.data())[opened].is_open


@pytest.mark.parametrize(
    "strange",
    [
        BARE.replace(b"<styleSheet xmlns=", b"<x:styleSheet xmlns:x=").replace(b"</styleSheet", b"</x:styleSheet"),
        BARE.replace(b"spreadsheetml/2006/main", b"spreadsheetml/2099/main"),
        BARE[:-9],
        BARE.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        BARE.replace(b"\n", b"\n<!DOCTYPE styleSheet>\n"),
    ],
    ids=["prefixes", "strict", "cut off", "utf-16", "doctype"],
)
def test_styles_that_cannot_be_added_to_with_certainty_are_refused(strange: bytes) -> None:
    with pytest.raises(SafetyError, match="written in a way that Halfday does not change") as told:
        Looks(strange, fresh_styles())
    assert "save it once" in told.value.now
