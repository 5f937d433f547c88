"""A ZIP file, byte by byte: its members, and whatever stands before, between, behind or beside them."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_SIZE, _CENTRAL_SIZE, _END_SIZE = 30, 46, 22
_ENCRYPTED, _DESCRIBED_LATER = 0x1, 0x8


@dataclass
class Archive:
    """What is in a ZIP file.

    Attributes:
        members: name and unpacked bytes, in the file's order; a name may be there twice.
        beside: bytes that belong to no member: comments, extra fields, what lies in between.
        faults: what no file of ours has.
    """

    members: list[tuple[str, bytes]] = field(default_factory=list)
    beside: list[bytes] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def opened(data: bytes) -> Archive:
    """A ZIP file, opened. One that cannot be is told as a fault, and all its bytes as beside the members."""
    found = Archive()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
            found.members = [(one.orig_filename, archive.read(one)) for one in infos if not one.flag_bits & _ENCRYPTED]
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        NotImplementedError,
        EOFError,
        ValueError,
        LookupError,
        OSError,
    ):
        return Archive([], [data], ["cannot be opened"])
    if len(found.members) < len(infos):
        found.faults.append("a part is encrypted")
    if len({one.orig_filename.casefold() for one in infos}) < len(infos):
        found.faults.append("two parts have the same name")
    found.beside = [one for one in _beside(data, infos) if one]
    if found.beside:
        found.faults.append(
            "something stands beside its parts: a comment, an extra field, or bytes that belong to none"
        )
    return found


def _beside(data: bytes, infos: list[zipfile.ZipInfo]) -> Iterator[bytes]:
    """Every byte that is neither a header as it has to be nor a member's data."""
    at = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        yield data[at : info.header_offset]
        yield info.extra
        yield info.comment
        start = info.header_offset + _LOCAL_SIZE
        name, extra = struct.unpack("<HH", data[info.header_offset + 26 : start])
        if data[start : start + name] != _name(info):
            yield data[start : start + name]
        yield data[start + name : start + name + extra]
        at = start + name + extra + info.compress_size
        if info.flag_bits & _DESCRIBED_LATER:  # sizes and a checksum of twelve bytes, with or without a signature
            at += 16 if data[at : at + 4] == b"PK\x07\x08" else 12
    end = data.rfind(_END)
    directory = int.from_bytes(data[end + 16 : end + 20], "little")
    listed = sum(_CENTRAL_SIZE + len(_name(one)) + len(one.extra) + len(one.comment) for one in infos)
    yield data[at:directory]
    yield data[directory + listed : end]
    yield data[end + _END_SIZE :]


def _name(info: zipfile.ZipInfo) -> bytes:
    """The name as the directory has it."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
