"""Files of a pack with one thing planted in them, one place at a time: what a careless writer could leave behind."""

import base64
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from io import BytesIO

from halfday_sync.referrals.content import Fact, Facts, Pack, Sheet, Table, Words
from halfday_sync.referrals.drawing.book import book
from halfday_sync.referrals.drawing.paper import paper
from halfday_sync.referrals.others import Others, Own, Person

OTHER = Person(
    "SR0417",
    ids=("old/88-417",),
    upn="A999200100417",
    forename="Łucja",
    surname="O'Brien-Şahin",
    carers=("Mrs Tamsin Quarmby", "Mr Idris Şahin"),
    phones=("+44 (0)7700 900417",),
    addresses=("17 Larkspur Gardens, Farthingby, ZZ99 7QT",),
    notes=("Rang gran because the boiler burst and nobody slept until four in the morning",),
)
OTHERS = Others(
    (
        OTHER,
        Person("SR0500", forename="May", surname="Mark", upn="A999200100500"),
        Person("SR0501", forename="Ruby", surname="Fenwick", upn="A999200100501", phones=("07700 900111",)),
        Person("SR0502", forename="Jo", surname="Bell", upn="A999200100502"),
        Person("SR0503", forename="Amira", surname="Threlkeld", upn="A999200100503"),
        Person("SR0504", forename="Grace", surname="Hall", upn="A999200100504"),
        Person("380", forename="Tom", surname="Kettleby", upn="A999200100505"),
        Person("1204", forename="Nell", surname="Skelton", upn="A999200100506"),
        Person("SR0507", forename="Tariq", surname="Fenwick", upn="A999200100507", phones=("07700 900111",)),
    )
)
OWN = Own(
    "SR0001",
    ids=("77",),
    upn="A999200100001",
    forename="Isla",
    surname="Fenwick",
    carers=("Mrs Dana Fenwick", "Mr Ola Skelton"),
    phones=("07700 900111",),
    addresses=("3 Hazel Lane, Farthingby, ZZ99 8QT",),
    staff=("Jo Bell", "Mrs Hall", "Amira", "Miss P Kettleby"),
    notes=("Rang mum about the bus pass and she will collect it tomorrow",),
)
VOCABULARY = ("Chronology", "Marks until", "Ruby house", "Attendance this school year", "Georgia", "Arial")
NAME = "Łucja O'Brien-Şahin"

Plant = Callable[[bytes, str], bytes]


def pack(*more: str, family: tuple[str, ...] = ()) -> Pack:
    """A little pack about nobody else, with more texts in its chronology where a test says so."""
    rows = [("1 Dec 2025", "Call", "Rang mum about the bus pass and she will collect it tomorrow.", "Jo Bell")]
    rows += [("2 Dec 2025", "Note", text, "J Bell") for text in more]
    table = Table("What happened", ("Day", "What", "Words", "Who"), tuple(rows), (3, 2, 9, 3))
    facts = (Fact("Surname", "Fenwick"), Fact("Forename", "Isla"), Fact("Telephone", "07700 900111"))
    return Pack(
        "generic",
        "Referral",
        "Hazel Lane Primary School",
        "Isla Fenwick, A999200100001",
        date(2025, 12, 5),
        date(2025, 12, 4),
        (
            Sheet("cover", "Cover", (Facts("The child", facts),)),
            Sheet("chronology", "Chronology", (table,)),
            Sheet("family", "Family", (Words("Brothers and sisters", ("As the form asks.", *family)),)),
            Sheet("declaration", "Declaration", (Words("Declared", ("It is right.",)),)),
        ),
    )


def files(*more: str, family: tuple[str, ...] = ()) -> Mapping[str, bytes]:
    """The files of such a pack, as they are written."""
    made = pack(*more, family=family)
    return {"pack.xlsx": book(made), "pack.pdf": paper(made)}


@cache
def clean() -> Mapping[str, bytes]:
    """The files with nothing planted."""
    return files()


# --- into a workbook --------------------------------------------------------------------------------------------------


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def in_part(name: str, before: str, planted: str) -> Plant:
    """Something put into a part, before the first of some words of it; `{}` is what is planted."""

    def plant(data: bytes, secret: str) -> bytes:
        parts = parts_of(data)
        text = parts[name].decode("utf-8")
        assert before in text, before
        safe = secret.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        parts[name] = text.replace(before, planted.replace("{}", safe) + before, 1).encode("utf-8")
        return zipped(parts)

    return plant


def new_part(name: str, made: Callable[[str], bytes]) -> Plant:
    """A part that was not there."""
    return lambda data, secret: zipped(parts_of(data) | {name.replace("{}", secret): made(secret)})


def xml(root: str) -> Callable[[str], bytes]:
    return lambda secret: f"<?xml version='1.0'?><r xmlns:v='urn:v'>{root}</r>".replace("{}", secret).encode("utf-8")


def _zip_comment(data: bytes, secret: str) -> bytes:
    said = secret.encode("utf-8")
    return data[:-2] + struct.pack("<H", len(said)) + said


def _before(data: bytes, secret: str) -> bytes:
    """Bytes at the beginning, with the directory put right, as a self-extracting file has them."""
    said = secret.encode("utf-8")
    out = BytesIO(said + data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b""
        archive._didModify = True  # type: ignore[attr-defined]
    return out.getvalue()


def _extra(data: bytes, secret: str) -> bytes:
    said, out = secret.encode("utf-16-le"), BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts_of(data).items():
            info = zipfile.ZipInfo(name)
            info.extra = struct.pack("<HH", 0x9999, len(said)) + said
            archive.writestr(info, part)
    return out.getvalue()


def _member_comment(data: bytes, secret: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts_of(data).items():
            info = zipfile.ZipInfo(name)
            info.comment = secret.encode("utf-8")
            archive.writestr(info, part)
    return out.getvalue()


def _twice(data: bytes, secret: str) -> bytes:
    """A second part of the same name: programs read one of the two."""
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("DOCPROPS/core.xml")
        archive.writestr(info, xml("<dc>{}</dc>")(secret))
    return out.getvalue()


def _png(secret: str) -> bytes:
    def chunk(kind: bytes, said: bytes) -> bytes:
        return struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))

    text = chunk(b"tEXt", b"Comment\0" + secret.encode("utf-8"))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + text + chunk(b"IEND", b"")
    )


_SHEET, _BOOK, _STRINGS = "xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
_RUNS = "<si><r><t>{}</t></r></si>"
WORKBOOK_PLACES: Mapping[str, Plant] = {
    "a text that a cell could show": in_part(_STRINGS, "</sst>", "<si><t>{}</t></si>"),
    "a text cut into runs": lambda data, secret: in_part(
        _STRINGS, "</sst>", f"<si><r><t>{secret[:3]}</t></r><r><t>{secret[3:]}</t></r></si>"
    )(data, ""),
    "a text in its cell": in_part(
        _SHEET, "</sheetData>", '<row r="900"><c r="A900" t="inlineStr"><is><t>{}</t></is></c></row>'
    ),
    "a formula's last result": in_part(
        _SHEET, "</sheetData>", '<row r="901"><c r="A901" t="str"><f>A1</f><v>{}</v></c></row>'
    ),
    "a formula": in_part(_SHEET, "</sheetData>", '<row r="902"><c r="A902"><f>"{}"</f><v>1</v></c></row>'),
    "a hidden row": in_part(
        _SHEET, "</sheetData>", '<row r="903" hidden="1"><c r="A903" t="inlineStr"><is><t>{}</t></is></c></row>'
    ),
    "a reading of a word": in_part(_STRINGS, "</sst>", '<si><t>x</t><rPh sb="0" eb="1"><t>{}</t></rPh></si>'),
    "a header": in_part(_SHEET, "</oddHeader>", "&amp;R&amp;9{}"),
    "the footer of the first page": in_part(_SHEET, "</headerFooter>", "<firstFooter>&amp;L{}</firstFooter>"),
    "what may be typed into a cell": in_part(
        _SHEET,
        "<pageMargins",
        '<dataValidations count="1"><dataValidation type="list" sqref="A1"><formula1>"{}"</formula1></dataValidation>'
        "</dataValidations>",
    ),
    "a colour's rule": in_part(
        _SHEET,
        "<pageMargins",
        '<conditionalFormatting sqref="A1"><cfRule><formula>"{}"</formula></cfRule></conditionalFormatting>',
    ),
    "the tip of a link": in_part(_SHEET, "<pageMargins", '<hyperlinks><hyperlink ref="A1" tooltip="{}"/></hyperlinks>'),
    "an attribute that no program knows": in_part(_SHEET, "<pageMargins", '<x who="{}"/>'),
    "a comment in the markup": in_part(_SHEET, "<pageMargins", "<!-- {} -->"),
    "an instruction in the markup": in_part(_SHEET, "<pageMargins", "<?note {}?>"),
    "a name for cells": in_part(
        _BOOK, "</definedNames>", '<definedName name="x" comment="{}">Cover!$A$1</definedName>'
    ),
    "a hidden sheet's title": in_part(
        _BOOK, "</sheets>", '<sheet name="{}" sheetId="90" state="hidden" r:id="rId90"/>'
    ),
    "who wrote the file": in_part("docProps/core.xml", "</cp:coreProperties>", "<dc:contributor>{}</dc:contributor>"),
    "the company": in_part("docProps/app.xml", "</Properties>", "<Manager>{}</Manager>"),
    "a style": in_part("xl/styles.xml", "</styleSheet>", '<cellStyles><cellStyle name="{}" xfId="0"/></cellStyles>'),
    "the theme": in_part("xl/theme/theme1.xml", "</a:theme>", '<a:custom name="{}"/>'),
    "where a relationship leads": in_part(
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        '<Relationship Id="rId91" Type="x" Target="file:///C:/{}.xlsx" TargetMode="External"/>',
    ),
    "the content types": in_part("[Content_Types].xml", "</Types>", '<Default Extension="{}" ContentType="x"/>'),
    "own properties": new_part("docProps/custom.xml", xml("<property><lpwstr>{}</lpwstr></property>")),
    "custom XML": new_part("customXml/item1.xml", xml("<child>{}</child>")),
    "a comment on a cell": new_part("xl/comments1.xml", xml("<comment><text><r><t>{}</t></r></text></comment>")),
    "the drawing of a comment": new_part("xl/drawings/vmlDrawing1.vml", xml('<shape alt="{}"><div>{}</div></shape>')),
    "what a picture is said to show": new_part("xl/drawings/drawing1.xml", xml('<cNvPr id="2" descr="{}"/>')),
    "a chart's memory": new_part("xl/charts/chart1.xml", xml("<strCache><pt><v>{}</v></pt></strCache>")),
    "a pivot table's memory": new_part("xl/pivotCache/pivotCacheDefinition1.xml", xml('<s v="{}"/>')),
    "another file's memory": new_part("xl/externalLinks/externalLink1.xml", xml("<cell><v>{}</v></cell>")),
    "a query": new_part("xl/connections.xml", xml('<connection name="{}"/>')),
    "a person": new_part("xl/persons/person.xml", xml('<person displayName="{}"/>')),
    "the small picture of the file": new_part("docProps/thumbnail.png", _png),
    "a printer's settings": new_part("xl/printerSettings/printerSettings1.bin", lambda text: text.encode("utf-16-le")),
    "an object of another program": new_part("xl/embeddings/oleObject1.bin", lambda text: b"\xd0\xcf" + text.encode()),
    "a file in the file": new_part("xl/embeddings/book.xlsx", lambda text: zipped({"a.xml": xml("<t>{}</t>")(text)})),
    "the name of a part": new_part("xl/{}.xml", lambda _: b"<x/>"),
    "a part that no program reads": new_part("notes.txt", lambda text: text.encode("utf-8")),
    "base64": new_part("data.bin", lambda text: base64.b64encode(f"Child: {text}".encode())),
    "the comment of the archive": _zip_comment,
    "before the beginning": _before,
    "after the end": lambda data, secret: data + secret.encode("utf-8"),
    "an extra field of the archive": _extra,
    "the comment of a part": _member_comment,
    "a second part of the same name": _twice,
}

# --- into a PDF -------------------------------------------------------------------------------------------------------


def _written(change: Callable[[object], None]) -> Callable[[bytes], bytes]:
    from pypdf import PdfReader, PdfWriter

    def made(data: bytes) -> bytes:
        writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
        change(writer)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    return made


def _by(change: Callable[[object, str], None]) -> Plant:
    return lambda data, secret: _written(lambda writer: change(writer, secret))(data)


def _drawn(writer: object, secret: str, *, invisible: bool = True, reached: bool = True) -> None:
    """Words drawn with letters in no colour, in a font of every program's own."""
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    said = secret.encode("cp1252", "replace").replace(b"(", b"").replace(b")", b"")
    stream = DecodedStreamObject()
    stream.set_data(b"BT /Fz 9 Tf " + (b"3 Tr " if invisible else b"") + b"20 20 Td (" + said + b") Tj ET")
    added = writer._add_object(stream)  # type: ignore[attr-defined]
    if reached:
        page = writer.pages[0]  # type: ignore[attr-defined]
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        page["/Resources"]["/Font"][NameObject("/Fz")] = font
        page[NameObject("/Contents")] = added


def _link(writer: object, secret: str) -> None:
    from pypdf.annotations import Link

    writer.add_annotation(0, Link(rect=(1, 1, 9, 9), url=f"https://example.org/{secret}"))  # type: ignore[attr-defined]


def _note(writer: object, secret: str) -> None:
    from pypdf.annotations import Text

    writer.add_annotation(0, Text(rect=(1, 1, 9, 9), text=secret))  # type: ignore[attr-defined]


def _root(key: str, value: str) -> Plant:
    def change(writer: object, secret: str) -> None:
        from pypdf.generic import DictionaryObject, NameObject, TextStringObject

        held = DictionaryObject({NameObject(value): TextStringObject(secret)})
        writer._root_object[NameObject(key)] = held  # type: ignore[attr-defined]

    return _by(change)


def _xmp(data: bytes, secret: str) -> bytes:
    def change(writer: object) -> None:
        from pypdf.generic import DecodedStreamObject, NameObject

        stream = DecodedStreamObject()
        stream.set_data(xml("<creator>{}</creator>")(secret))
        writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)  # type: ignore[attr-defined]

    return _written(change)(data)


PAPER_PLACES: Mapping[str, Plant] = {
    "words that nobody sees": _by(_drawn),
    "words on a page": _by(lambda writer, secret: _drawn(writer, secret, invisible=False)),
    "a page that nothing leads to": _by(lambda writer, secret: _drawn(writer, secret, reached=False)),
    "a link": _by(_link),
    "a note on a page": _by(_note),
    "a file inside": _by(lambda writer, secret: writer.add_attachment("x.txt", secret.encode())),  # type: ignore[attr-defined]
    "the name of a file inside": _by(lambda writer, secret: writer.add_attachment(f"{secret}.txt", b"")),  # type: ignore[attr-defined]
    "a bookmark": _by(lambda writer, secret: writer.add_outline_item(title=secret, page_number=0)),  # type: ignore[attr-defined]
    "a property": _by(lambda writer, secret: writer.add_metadata({"/Author": secret})),  # type: ignore[attr-defined]
    "a property of its own": _by(lambda writer, secret: writer.add_metadata({"/Child": secret})),  # type: ignore[attr-defined]
    "the properties in XML": _xmp,
    "a page's label": _by(lambda writer, secret: writer.set_page_label(0, 0, prefix=secret)),  # type: ignore[attr-defined]
    "a form": _root("/AcroForm", "/TU"),
    "a layer": _root("/OCProperties", "/Name"),
    "another program's own data": _root("/PieceInfo", "/Private"),
    "an earlier version": lambda data, secret: data + f"\n9999 0 obj ({secret}) endobj\nstartxref\n1\n%%EOF".encode(),
    "a comment": lambda data, secret: data.replace(b"\n1 0 obj", f"\n% {secret}\n1 0 obj".encode(), 1),
    "after the end": lambda data, secret: data + secret.encode("utf-8"),
    "before the beginning": lambda data, secret: secret.encode("utf-8") + data,
}
