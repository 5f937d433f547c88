"""Which xlwings the macros inside a workbook ask for, whether Excel saved that workbook or we wrote it.

`xl/vbaProject.bin` is a compound file ([MS-CFB], version 3 or 4) whose streams below `VBA` hold source text, compressed
([MS-OVBA] 2.4.1). The stream `dir` lists the modules and where in its stream each text begins (2.3.4.2).
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

_PROJECT = "xl/vbaProject.bin"
_LAST_SECTOR = 0xFFFFFFFA  # above it are marks such as "end of chain"
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_NAME, _OFFSET, _VERSION_RECORD = 0x1A, 0x31, 0x09
_DLL = re.compile(r'"xlwings(?:32|64)-([\w.]+)\.dll"')


def xlwings_version(workbook: Path) -> str:
    """The version in the name of the DLL that the macros declare; empty where there are none, or none of xlwings.

    Raises:
        OSError: the workbook cannot be read.
        ValueError: what is inside is not a VBA project.
    """
    try:
        with zipfile.ZipFile(workbook) as package:
            if _PROJECT not in package.namelist():
                return ""
            project = package.read(_PROJECT)
    except zipfile.BadZipFile as fault:
        raise ValueError("not a whole workbook") from fault
    try:
        found = {match[1] for text in sources(project) for match in _DLL.finditer(text)}
    except (struct.error, IndexError, KeyError) as fault:
        raise ValueError("not a VBA project") from fault
    return " and ".join(sorted(found))


def sources(project: bytes) -> Iterator[str]:
    """The source text of every module of a VBA project."""
    streams = compound_streams(project)
    for name, offset in _modules(decompressed(streams["dir"])):
        yield decompressed(streams[name][offset:]).decode("cp1252", "replace")


def _modules(directory: bytes) -> Iterator[tuple[str, int]]:
    """The stream of each module, and the place in it where its text begins."""
    at, name = 0, ""
    while at + 6 <= len(directory):
        kind, size = struct.unpack_from("<HI", directory, at)
        size = 6 if kind == _VERSION_RECORD else size  # 2.3.4.2.1.11: its size says 4, and 6 bytes follow
        data = directory[at + 6 : at + 6 + size]
        if kind == _NAME:
            name = data.decode("cp1252", "replace")
        elif kind == _OFFSET:
            yield name, int.from_bytes(data, "little")
        at += 6 + size


def decompressed(data: bytes) -> bytes:
    """The bytes of a CompressedContainer ([MS-OVBA] 2.4.1.3.1).

    >>> decompressed(bytes.fromhex("0119b000616263646566676800696a6b6c6d6e6f70007172737475762e"))
    b'abcdefghijklmnopqrstuv.'
    """
    if data[:1] != b"\x01":
        raise ValueError("not a compressed text")
    out, at = bytearray(), 1
    while at + 2 <= len(data):
        header = int.from_bytes(data[at : at + 2], "little")
        end = min(at + (header & 0x0FFF) + 3, len(data))
        chunk = data[at + 2 : end]
        out += _unpacked(chunk) if header & 0x8000 else chunk
        at = end
    return bytes(out)


def _unpacked(chunk: bytes) -> bytes:
    """One compressed chunk: flag bytes, each before eight tokens that are a letter or a copy of what came before."""
    out, at = bytearray(), 0
    while at < len(chunk):
        flags = chunk[at]
        at += 1
        for bit in range(8):
            if at >= len(chunk):
                break
            if not flags >> bit & 1:
                out.append(chunk[at])
                at += 1
                continue
            token = int.from_bytes(chunk[at : at + 2], "little")
            at += 2
            shift = 16 - max(4, (len(out) - 1).bit_length())
            back, length = (token >> shift) + 1, (token & (1 << shift) - 1) + 3
            if back > len(out):
                raise ValueError("not a compressed text")
            for _ in range(length):
                out.append(out[-back])
    return bytes(out)


def compound_streams(data: bytes) -> dict[str, bytes]:
    """The streams of a compound file by name. A name that occurs twice does not occur in a VBA project."""
    if data[:8] != bytes.fromhex("d0cf11e0a1b11ae1"):
        raise ValueError("not a compound file")
    sector = 1 << int.from_bytes(data[30:32], "little")
    folder, mini_fat_at = _long(data, 48), _long(data, 60)
    fat = _longs(
        b"".join(_sector(data, at, sector) for at in struct.unpack_from("<109I", data, 76) if at <= _LAST_SECTOR)
    )

    def chain(start: int) -> bytes:
        return b"".join(_sector(data, at, sector) for at in _linked(fat, start))

    entries = chain(folder)
    rows = [entries[at : at + _ENTRY] for at in range(0, len(entries), _ENTRY)]
    root = next(row for row in rows if row[66] == _ROOT)
    mini, mini_fat = chain(_long(root, 116)), _longs(chain(mini_fat_at))

    def stream(row: bytes) -> bytes:
        start, size = _long(row, 116), _long(row, 120)
        if size >= _long(data, 56):
            return chain(start)[:size]
        return b"".join(mini[at * 64 : at * 64 + 64] for at in _linked(mini_fat, start))[:size]

    return {row[: row[64] - 2].decode("utf-16-le"): stream(row) for row in rows if row[66] == _STREAM}


def _long(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _longs(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _sector(data: bytes, at: int, size: int) -> bytes:
    return data[(at + 1) * size : (at + 2) * size]


def _linked(table: tuple[int, ...], start: int) -> Iterator[int]:
    """The sectors of a chain, in order. A chain that bites its own tail is a damaged file."""
    seen = 0
    while start <= _LAST_SECTOR:
        if seen > len(table):
            raise ValueError("not a whole compound file")
        yield start
        start, seen = table[start], seen + 1
