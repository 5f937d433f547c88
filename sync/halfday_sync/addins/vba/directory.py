"""The dir stream of a VBA project: [MS-OVBA] 2.3.4.2, records of a number, a size and the data."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

CODE_PAGE = "cp1252"


class Kind(Enum):
    """What a module is, by the word of the PROJECT stream (2.3.1.2)."""

    DOCUMENT = "Document"
    PROCEDURAL = "Module"
    CLASS = "Class"


@dataclass(frozen=True)
class Module:
    """A module of a project: its name, what it is and its source text."""

    name: str
    kind: Kind
    text: str
    about: str = ""


_STDOLE = "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\\Windows\\System32\\stdole2.tlb#OLE Automation"
_OFFICE = (
    "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.8#0#"
    "C:\\Program Files\\Common Files\\Microsoft Shared\\OFFICE16\\MSO.DLL#Microsoft Office 16.0 Object Library"
)
_REFERENCES = {"stdole": _STDOLE, "Office": _OFFICE}
"""What Excel itself puts into a new project. It finds a library by its number; the path is only a hint."""
_WINDOWS_64 = 3
_ENGLISH_US = 0x409  # 2.3.4.2.1.3, which every project has
_NO_COOKIE = b"\xff\xff"


def directory(project: str, modules: Sequence[Module]) -> bytes:
    """The dir stream, not yet compressed."""
    return b"".join([*_information(project), *_references(), *_modules(modules), struct.pack("<HI", 0x10, 0)])


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _both(number: int, wide_number: int, text: str) -> bytes:
    """A text in the project's code page, and again in UTF-16."""
    return _record(number, text.encode(CODE_PAGE)) + _record(wide_number, text.encode("utf-16-le"))


def _information(project: str) -> Iterable[bytes]:
    """2.3.4.2.1, PROJECTINFORMATION."""
    yield _record(0x01, struct.pack("<I", _WINDOWS_64))
    yield _record(0x02, struct.pack("<I", _ENGLISH_US))
    yield _record(0x14, struct.pack("<I", _ENGLISH_US))
    yield _record(0x03, struct.pack("<H", int(CODE_PAGE.removeprefix("cp"))))
    yield _record(0x04, project.encode(CODE_PAGE))
    yield _both(0x05, 0x40, "")  # description
    yield _record(0x06) + _record(0x3D)  # help file
    yield _record(0x07, struct.pack("<I", 0))  # help context
    yield _record(0x08, struct.pack("<I", 0))  # flags
    yield struct.pack("<HIIH", 0x09, 4, 1, 1)  # version: the size is 4 although six bytes follow (2.3.4.2.1.11)
    yield _both(0x0C, 0x3C, "")  # constants


def _references() -> Iterable[bytes]:
    """2.3.4.2.2, PROJECTREFERENCES: a name and a registered library each."""
    for name, library in _REFERENCES.items():
        libid = library.encode(CODE_PAGE)
        yield _both(0x16, 0x3E, name)
        yield _record(0x0D, struct.pack("<I", len(libid)) + libid + struct.pack("<IH", 0, 0))


def _modules(modules: Sequence[Module]) -> Iterable[bytes]:
    """2.3.4.2.3, PROJECTMODULES. The text of each stands at the start of its stream: no compiled part before it."""
    yield _record(0x0F, struct.pack("<H", len(modules)))
    yield _record(0x13, _NO_COOKIE)
    for module in modules:
        yield _both(0x19, 0x47, module.name)
        yield _both(0x1A, 0x32, module.name)  # the name of the stream
        yield _both(0x1C, 0x48, module.about)
        yield _record(0x31, struct.pack("<I", 0))  # where the text starts
        yield _record(0x1E, struct.pack("<I", 0))  # help context
        yield _record(0x2C, _NO_COOKIE)
        yield _record(0x21 if module.kind is Kind.PROCEDURAL else 0x22)
        yield _record(0x2B)
