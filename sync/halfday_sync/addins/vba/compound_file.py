"""A compound file ([MS-CFB]), version 3: streams in one storage below the root, in sectors of 512 bytes."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF  # 2.1, 2.6.1
_STORAGE, _STREAM, _ROOT = 1, 2, 5  # 2.6.1, Object Type
_BLACK = 1
_SECTOR, _MINI_SECTOR, _MINI_STREAM_BELOW = 512, 64, 4096
_PER_SECTOR = _SECTOR // 4
_FAT_SECTORS_IN_HEADER = 109  # 2.2, DIFAT
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")  # 2.6.1, Compound File Directory Entry
_HEADER = struct.Struct("<8s16sHHHHH6sIIIIIIIII")  # 2.2, Compound File Header
_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0

    def pack(self) -> bytes:
        name = self.name.encode("utf-16-le")
        colour = _BLACK if self.name else 0
        length = len(name) + 2 if self.name else 0
        links = (self.left, self.right, self.child)
        return _ENTRY.pack(name, length, self.kind, colour, *links, b"", 0, 0, 0, self.start, self.size)


@dataclass
class _Sectors:
    """The sectors of the file so far, and the chain that each belongs to (2.3, FAT)."""

    data: bytearray = field(default_factory=bytearray)
    fat: list[int] = field(default_factory=list)

    def put(self, data: bytes) -> int:
        """The first sector of data that is added as one chain."""
        if not data:
            return _END
        first, count = len(self.fat), -(-len(data) // _SECTOR)
        self.data += data.ljust(count * _SECTOR, b"\0")
        self.fat += [*range(first + 1, first + count), _END]
        return first


def compound_file(root: Mapping[str, bytes], storage: str, inside: Mapping[str, bytes]) -> bytes:
    """A compound file: the streams of the root, and one storage with the streams inside it.

    The same streams give the same bytes: there are no times, and the order is that of the mappings.
    """
    entries = [_Entry("Root Entry", _ROOT), _Entry(storage, _STORAGE)]
    entries += [_Entry(name, _STREAM, data) for name, data in root.items()]
    below_root = range(1, len(entries))
    entries += [_Entry(name, _STREAM, data) for name, data in inside.items()]
    entries[0].child = _tree(entries, below_root)
    entries[1].child = _tree(entries, range(below_root.stop, len(entries)))
    sectors = _Sectors()
    mini_fat = _place(entries, sectors)
    mini_start = sectors.put(mini_fat)
    blank = _Entry("", 0).pack()
    folder = b"".join(entry.pack() for entry in entries)
    folder_start = sectors.put(folder + blank * (-len(entries) % (_SECTOR // _ENTRY.size)))
    return _joined(sectors, folder_start, mini_start, len(mini_fat) // _SECTOR)


def _tree(entries: list[_Entry], among: range) -> int:
    """The root of the balanced search tree of some entries.

    Every node is black, which 2.6.4 names as the simplest way to keep the rules of a red-black tree. The order of names
    is by length and then by upper-case letters.
    """
    order = sorted(among, key=lambda at: (len(entries[at].name), entries[at].name.upper()))

    def build(part: list[int]) -> int:
        if not part:
            return _NONE
        middle = len(part) // 2
        top = part[middle]
        entries[top].left, entries[top].right = build(part[:middle]), build(part[middle + 1 :])
        return top

    return build(order)


def _place(entries: list[_Entry], sectors: _Sectors) -> bytes:
    """Puts every stream in its place: small ones into the mini stream of the root (2.4). Gives the mini FAT."""
    mini, chain = bytearray(), list[int]()
    for entry in entries:
        if entry.kind != _STREAM:
            continue
        entry.size = len(entry.data)
        if entry.size >= _MINI_STREAM_BELOW or not entry.size:
            entry.start = sectors.put(entry.data)
            continue
        first, count = len(chain), -(-entry.size // _MINI_SECTOR)
        entry.start = first
        chain += [*range(first + 1, first + count), _END]
        mini += entry.data.ljust(count * _MINI_SECTOR, b"\0")
    entries[0].size, entries[0].start = len(mini), sectors.put(bytes(mini))
    chain += [_FREE] * (-len(chain) % _PER_SECTOR)
    return struct.pack(f"<{len(chain)}I", *chain)


def _joined(sectors: _Sectors, folder_start: int, mini_start: int, mini_sectors: int) -> bytes:
    """Header, sectors and the FAT, which counts its own sectors too."""
    count = 1
    while count * _PER_SECTOR < len(sectors.fat) + count:
        count += 1
    if count > _FAT_SECTORS_IN_HEADER:
        raise ValueError("a compound file of more than 6.8 MB is not what this is for")
    at = list(range(len(sectors.fat), len(sectors.fat) + count))
    fat = sectors.fat + [_FAT] * count
    fat += [_FREE] * (count * _PER_SECTOR - len(fat))
    header = _HEADER.pack(
        *(_SIGNATURE, b"", 0x3E, 3, 0xFFFE, 9, 6, b""),  # minor and major version, byte order, sector shifts
        *(0, count, folder_start, 0, _MINI_STREAM_BELOW, mini_start, mini_sectors, _END, 0),
    )
    difat = struct.pack(f"<{_FAT_SECTORS_IN_HEADER}I", *at, *[_FREE] * (_FAT_SECTORS_IN_HEADER - count))
    return header + difat + bytes(sectors.data) + struct.pack(f"<{len(fat)}I", *fat)
