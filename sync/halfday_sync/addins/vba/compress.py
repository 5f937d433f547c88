"""The compression of VBA source texts: [MS-OVBA] 2.4.1, a container of chunks of at most 4,096 bytes.

A chunk is a row of tokens, eight to a flag byte: a literal byte, or a copy of at least three bytes that came before.
"""

import struct

_SIGNATURE = b"\x01"  # 2.4.1.1.1, CompressedContainer
_CHUNK = 4096  # 2.4.1.1.3, DecompressedChunk
_COMPRESSED, _RAW = 0xB000, 0x3000  # 2.4.1.1.5, header: signature 0b011 in bits 12 to 14, the flag in bit 15
_LEAST_COPY = 3
_NEAREST = 32
"""How many earlier places of the same three bytes are tried, nearest first. More gain next to nothing here."""


def compress(data: bytes) -> bytes:
    """A CompressedContainer of the data; nothing in, the signature alone out.

    >>> compress(b"abcdefghijklmnopqrstuv.").hex()  # 3.2.2, nothing to gain
    '0119b000616263646566676800696a6b6c6d6e6f70007172737475762e'
    >>> compress(b"a" * 73).hex()  # 3.2.4, the most to gain
    '0103b002614500'
    """
    chunks = (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
    return _SIGNATURE + b"".join(map(_chunk, chunks))


def _chunk(data: bytes) -> bytes:
    """One chunk with its header (2.4.1.3.7). One that grows is kept raw, which only a full one may be (2.4.1.3.10)."""
    body = _tokens(data)
    if len(body) >= _CHUNK and len(data) == _CHUNK:
        return struct.pack("<H", _RAW | (_CHUNK - 1)) + data
    return struct.pack("<H", _COMPRESSED | (len(body) - 1)) + body


def _tokens(data: bytes) -> bytes:
    """The token sequences of a chunk (2.4.1.3.8, 2.4.1.3.9)."""
    seen: dict[bytes, list[int]] = {}
    body = bytearray()
    at, flag_at, bit = 0, 0, 8
    while at < len(data):
        if bit == 8:
            flag_at, bit = len(body), 0
            body.append(0)
        length, offset = _longest(data, at, seen)
        if length >= _LEAST_COPY:
            body[flag_at] |= 1 << bit
            body += struct.pack("<H", _copy(at, length, offset))
        else:
            length = 1
            body.append(data[at])
        for place in range(at, at + length):
            seen.setdefault(data[place : place + _LEAST_COPY], []).append(place)
        at, bit = at + length, bit + 1
    return bytes(body)


def _bits(at: int) -> int:
    """How many bits of a copy token hold the offset, at this place in the chunk (2.4.1.3.19.1, CopyToken Help).

    >>> [_bits(at) for at in (1, 16, 17, 32, 33, 4095)]
    [4, 4, 5, 5, 6, 12]
    """
    return max(4, (at - 1).bit_length())


def _copy(at: int, length: int, offset: int) -> int:
    """A copy token (2.4.1.3.19.3): the offset in the high bits, the length in the low ones."""
    return (offset - 1) << (16 - _bits(at)) | (length - _LEAST_COPY)


def _longest(data: bytes, at: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """The longest run before this place that the data goes on with, and how far back it starts (2.4.1.3.19.4)."""
    most = min(len(data) - at, (0xFFFF >> _bits(at)) + _LEAST_COPY) if at else 0
    best, offset = 0, 0
    for start in reversed(seen.get(data[at : at + _LEAST_COPY], [])[-_NEAREST:]):
        length = _LEAST_COPY
        while length < most and data[start + length] == data[at + length]:
            length += 1
        if best < length <= most:
            best, offset = length, at - start
        if best >= most:
            break
    return best, offset
