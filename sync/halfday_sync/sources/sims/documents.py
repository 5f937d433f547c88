"""XML as SIMS writes it: one element after another, each with texts by name. Safe, and patient with encodings."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

_CODED = re.compile(r"_x([0-9a-f]{4})_?", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_ERROR = re.compile(r"<CommandReporterError[^>]*>(.*?)(</CommandReporterError|$)", re.DOTALL | re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\u2018[^\u2019]*\u2019|\u201c[^\u201d]*\u201d")


@dataclass(frozen=True)
class Document:
    """A document: the name of its root, and of each element in it the texts by name. Absent is not told."""

    root: str
    records: list[dict[str, str]] = field(default_factory=list)


def text_of(data: bytes) -> str:
    r"""The text of a document's bytes, whatever its declaration says.

    SIMS declares iso-8859-1 where it writes Windows-1252. Text that is UTF-8 throughout is UTF-8. A byte that means
    nothing becomes ?, which is counted as a lost letter where it stands in a name.

    >>> text_of(b'<?xml version="1.0" encoding="iso-8859-1"?><a>O\x92Hara</a>').endswith("O\u2019Hara</a>")
    True
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace").replace("\ufffd", "?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace").replace("\ufffd", "?")


def caption(name: str) -> str:
    """A caption out of an element's name.

    >>> caption("Legal_x0020_Surname"), caption("My_X0020Name"), caption("Adno"), caption("primary_id")
    ('Legal Surname', 'My Name', 'Adno', 'primary_id')
    """
    return _CODED.sub(lambda found: chr(int(found[1], 16)), name).strip()


def error_in(text: str) -> str | None:
    r"""What CommandReporter says went wrong, if it does: short, and without what stands in quotes (a name, a log-on).

    >>> error_in("<CommandReporterError>Login failed for user 'HILL\\cjones'</CommandReporterError>")
    'Login failed for user …'
    """
    found = _ERROR.search(text)
    if not found:
        return None
    words = _QUOTED.sub("…", " ".join(re.sub(r"<[^>]*>", " ", found[1]).split()))
    return words[:200] or "no reason given"


def read_document(text: str) -> Document:
    """The document of a text.

    Raises:
        ValueError: with why it cannot be used; no entity is ever resolved, and a document type is refused.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(_without_rubbish(text).encode(), True)
    except expat.ExpatError as fault:
        at = f"{expat.ErrorString(fault.code)}, line {fault.lineno}"
        raise ValueError(f"its XML is broken or cut off ({at})") from fault
    return Document(reader.root, reader.records)


def _without_rubbish(text: str) -> str:
    """Control characters that got into a comment: .NET writes them, and XML forbids them."""
    return _REFERENCE.sub(_allowed, _NO_TEXT.sub("", text))


def _allowed(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    good = number in {9, 10, 13} or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    return found[0] if good else ""


class _Reader:
    """Reads element by element, so that a year of marks is never held twice."""

    def __init__(self) -> None:
        self.root = ""
        self.records: list[dict[str, str]] = []
        self._depth = 0
        self._said: list[str] = []
        self._names: dict[str, str] = {}
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said.append

    def _doctype(self, *_told: object) -> None:
        raise ValueError("it has a document type, which no export of SIMS has; it was not read")

    def _begin(self, name: str, _attributes: object) -> None:
        self._depth += 1
        self._said.clear()
        if self._depth == 1:
            self.root = name
        elif self._depth == 2:
            self.records.append({})
        elif self._depth > 3:
            raise ValueError(f"<{name}> stands inside another value, which no export of SIMS has")

    def _end(self, name: str) -> None:
        if self._depth == 3:
            heading = self._names.setdefault(name, caption(name))
            text = "".join(self._said).strip()
            if self.records[-1].setdefault(heading, text) != text:
                raise ValueError(f"two columns have the caption '{heading}': give each its own in the report")
        self._depth -= 1
        self._said.clear()
