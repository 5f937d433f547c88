"""The paper of a pack says what the pack says, word for word, and screen readers can read it; nothing in it runs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from tests.referral_packs import LONG_TEXT, MADE_ON, ODD, little, pack, packs, shown

from halfday_sync.referrals.content import Fact, Facts, Grid, Pack, Sheet, Table, Words
from halfday_sync.referrals.drawing import look
from halfday_sync.referrals.drawing.paper import PRINTED, paper, printable
from halfday_sync.workbook.styles import contrast

A4 = (595, 842)
ONE_STANDARD = b"pdfuaid:part"


@pytest.fixture(scope="module", params=["whole", "draft"])
def one(request: pytest.FixtureRequest) -> Pack:
    return pack(is_draft=request.param == "draft")


@pytest.fixture(scope="module")
def data(one: Pack) -> bytes:
    return paper(one)


@pytest.fixture(scope="module")
def pages(data: bytes) -> list[str]:
    return texts(data)


def texts(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(data)).pages]


def squeezed(text: str) -> str:
    """A text without spaces and line ends, as it can be found wherever its lines are broken."""
    return re.sub(r"\s+", "", text)


def body(page: str, one: Pack) -> str:
    """What stands on a page between its head and its foot."""
    said = page.partition(one.about)[2]
    return said.rpartition("Made on")[0]


# --- what it says -----------------------------------------------------------------------------------------------------


def test_every_word_of_the_pack_is_on_it(one: Pack, pages: list[str]) -> None:
    said = squeezed("".join(body(page, one) for page in pages))
    right_to_left = "عمر"  # drawn from the right: readers of PDFs give its letters in either order
    assert not [text for text in shown(one) if squeezed(printable(text)) not in said and text != right_to_left]
    assert right_to_left in said or right_to_left[::-1] in said


def test_every_page_says_whose_it_is_which_day_and_which_page_of_how_many(one: Pack, pages: list[str]) -> None:
    for number, page in enumerate(pages, 1):
        assert one.school in page
        assert one.about in page
        assert look.made(one) in page
        assert f"Page {number} of {len(pages)}" in page
        assert (look.DRAFT in page) is one.is_draft


def test_short_sheets_share_a_page_and_the_family_has_its_own() -> None:
    short = [Sheet(name, name.capitalize(), (Words("", ("A word.",)),)) for name in ("plans", "voice", "family")]
    long = Sheet("support", "Support", (Words("", ("A line. " * 4,) * 90),))

    pages = texts(paper(little(sheets=(*short, long))))
    assert ["Plans" in page for page in pages[:3]] == [True, False, False]
    assert ["Voice" in page for page in pages[:3]] == [True, False, False]
    assert ["Family" in page for page in pages[:3]] == [False, True, False]
    assert "Support" not in pages[1]
    assert len(pages) > 3  # what does not fit below another sheet begins a page, and goes on


def test_a_sheet_that_may_share_no_page_begins_on_a_new_one(one: Pack, pages: list[str]) -> None:
    starts = [next(n for n, page in enumerate(pages) if f"\n{sheet.title}\n" in page) for sheet in one.sheets]
    assert starts == sorted(set(starts))
    assert starts[0] == 0


def test_signs_that_the_fonts_lack_are_told_by_their_names() -> None:
    assert printable("Zoë 😊") == "Zoë [smiling face with smiling eyes]"
    assert "Zoë" in texts(paper(little(title="Zo\ud83d\x00ë")))[0]
    assert printable("王\t\u200dx\x07\ud800") == "[cjk unified ideograph-738b] x"


def test_the_fonts_hold_every_sign_that_is_printed_as_it_is() -> None:
    kept = [chr(n) for n in range(0x20, 0x10000) if re.fullmatch(f"[{PRINTED}]", chr(n))]
    assert len(kept) > 2000
    lines = tuple(" ".join(kept[at : at + 40]) for at in range(0, len(kept), 40))
    assert paper(little(Words("", lines)))  # the standard asks that every sign is in a font


def test_nothing_that_was_typed_is_read_as_markup(pages: list[str]) -> None:
    said = squeezed("".join(pages))
    for text in ("#set page(fill: red)", "*bold* _slanted_ $x$ `raw` [link] <tag> \\ // /* */ @ref #sym.arrow"):
        assert squeezed(text) in said


# --- how it looks -----------------------------------------------------------------------------------------------------


def test_it_is_a4_and_a_wide_table_lies_on_its_side(data: bytes) -> None:
    sizes = [(round(page.mediabox.width), round(page.mediabox.height)) for page in pypdf.PdfReader(BytesIO(data)).pages]
    assert set(sizes) == {A4, A4[::-1]}
    assert sizes.count(A4[::-1]) == 1


def test_the_headings_of_a_table_are_repeated_on_every_page(pages: list[str]) -> None:
    with_rows = [page for page in pages if re.search(r"Line \d+\. No answer", page)]
    assert len(with_rows) > 5
    assert all(re.search(r"Day\s+What\s+In words\s+Attendance\s+Who", page) for page in with_rows)


def test_no_row_is_cut_at_the_end_of_a_page(one: Pack, pages: list[str]) -> None:
    said = [squeezed(body(page, one)) for page in pages]
    table = next(
        block for sheet in one.sheets for block in sheet.blocks if isinstance(block, Table) and len(block.rows) == 300
    )
    for row in table.rows:
        assert any(squeezed(str(row[2])) in page for page in said)


def test_a_text_longer_than_a_page_goes_on_and_nothing_of_it_is_lost() -> None:
    wanted = squeezed(LONG_TEXT * 2)
    for block in (Words("", (LONG_TEXT * 2,)), Table("", ("Day", "What"), (("1", LONG_TEXT * 2),), (10, 90)),
                  Facts("", (Fact("What", LONG_TEXT * 2),))):  # fmt: skip
        made = texts(paper(little(block)))
        assert len(made) > 1
        assert wanted in squeezed("".join(_between(page) for page in made))


def _between(page: str) -> str:
    """A page of `little` without its head and foot, and without headings that are repeated."""
    return re.sub(r"^\s*Day\s+What\b", "", page.partition("Ada Ash")[2].rpartition("Made on")[0])


def test_a_year_is_on_one_page(one: Pack, pages: list[str]) -> None:
    for grid in (block for sheet in one.sheets for block in sheet.blocks if isinstance(block, Grid) and block.weeks):
        page = next(page for page in pages if grid.weeks[0].label in page and grid.title in page)
        assert all(week.label in page for week in grid.weeks)
        assert "Total" in page


def test_codes_are_words_of_their_own(one: Pack, pages: list[str]) -> None:
    grid = next(block for sheet in one.sheets for block in sheet.blocks if isinstance(block, Grid))
    page = next(page for page in pages if grid.weeks[1].label in page and grid.title in page)
    told = page.split(grid.weeks[1].label)[1].split(grid.weeks[2].label)[0].split()
    assert told == [*filter(None, grid.weeks[1].codes), *map(str, grid.weeks[1].counts)]


def test_words_on_colours_can_be_read() -> None:
    for name, _words in look.SHADES.values():
        assert contrast(look.colour("ink"), look.colour(name)) >= 4.5
    assert contrast(look.colour("quiet"), look.colour("paper")) >= 4.5
    assert contrast(look.colour("warning"), look.colour("paper")) >= 4.5


def test_a_word_that_is_longer_than_its_column_stays_inside_it() -> None:
    block = Table("", ("Short", "Other"), (("x" * 300, "y"),), (10, 90))
    page = pypdf.PdfReader(BytesIO(paper(little(block)))).pages[0]
    places: list[float] = []

    def seen(text: str, _cm: object, tm: list[float], *_font: object) -> None:
        if "x" in text and set(text.strip()) == {"x"}:
            places.append(tm[4])

    page.extract_text(visitor_text=seen)
    assert places
    assert max(places) < 595 / 2


# --- the file ---------------------------------------------------------------------------------------------------------


def test_it_is_tagged_and_has_a_title_and_a_language(one: Pack, data: bytes) -> None:
    reader = pypdf.PdfReader(BytesIO(data))
    root = root_of(reader)
    assert reader.metadata is not None
    assert reader.metadata.title == one.title
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"] is not None
    assert {"Table", "TH", "TD", "H1", "H2"} <= set(_tags(root["/StructTreeRoot"]))
    assert ONE_STANDARD in _unpacked(reader)


def _tags(node: object) -> Iterator[str]:
    said = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(said, pypdf.generic.ArrayObject):
        for child in said:
            yield from _tags(child)
    elif isinstance(said, pypdf.generic.DictionaryObject):
        if "/S" in said:
            yield str(said["/S"]).removeprefix("/")
        if "/K" in said:
            yield from _tags(said["/K"])


def root_of(reader: pypdf.PdfReader) -> Any:
    """The catalogue of a PDF."""
    return reader.trailer["/Root"]


def _unpacked(reader: pypdf.PdfReader) -> bytes:
    return bytes(root_of(reader)["/Metadata"].get_object().get_data())


def test_it_says_nothing_of_the_computer_or_the_person_who_made_it(data: bytes) -> None:
    reader = pypdf.PdfReader(BytesIO(data))
    assert reader.metadata is not None
    assert set(reader.metadata) == {"/Title", "/Creator", "/CreationDate", "/ModDate"}
    assert str(reader.metadata["/Creator"]).startswith("Typst")
    assert str(reader.metadata["/CreationDate"]) == f"D:{MADE_ON:%Y%m%d}000000Z"


def test_there_is_nothing_in_it_to_click_to_open_or_to_run(data: bytes) -> None:
    reader = pypdf.PdfReader(BytesIO(data))
    assert not reader.attachments
    assert not reader.get_fields()
    assert not [page for page in reader.pages if "/Annots" in page]
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names", "/OCProperties"} & set(root_of(reader))
    assert data.count(b"%%EOF") == 1


def test_the_same_pack_gives_the_same_bytes_here_and_in_another_process(data: bytes, one: Pack, tmp_path: Path) -> None:
    assert paper(one) == data
    path = tmp_path / "pack.pdf"
    program = (
        "import sys; from pathlib import Path; from tests.referral_packs import pack;"
        "from halfday_sync.referrals.drawing.paper import paper;"
        f"Path(sys.argv[1]).write_bytes(paper(pack(is_draft={one.is_draft})))"
    )
    search = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": search, "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", program, path], env=environment, cwd=tmp_path, check=True)
    assert path.read_bytes() == data


@given(packs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_pack_can_be_printed_so_that_screen_readers_can_read_it(one: Pack) -> None:
    assert ONE_STANDARD in _unpacked(pypdf.PdfReader(BytesIO(paper(one))))


@pytest.mark.parametrize("text", ODD)
def test_odd_words_are_printed_as_they_are(text: str) -> None:
    said = squeezed("".join(texts(paper(little(Words("", (text,)))))))
    assert squeezed(printable(text)) in said or squeezed(text)[::-1] in said
