"""What the project says of its protection: none. [MS-OVBA] 2.4.3 has it written in a light cipher all the same."""

from collections.abc import Iterator

_VERSION = 2
NOT_LOCKED, NO_PASSWORD, VISIBLE = bytes(4), b"\0", b"\xff"
"""2.3.1.15 ProjectProtectionState, 2.3.1.16 ProjectPassword, 2.3.1.17 ProjectVisibilityState."""


def encrypted(data: bytes, project_id: str, seed: int = 0) -> str:
    """Data as the PROJECT stream holds it (2.4.3.2, Encryption).

    The seed may be any byte: a fixed one makes the same project the same bytes.

    >>> encrypted(NO_PASSWORD, "{5CF9CDAB-B77B-4FE4-BD7E-D29900070E1B}", 0x8D)
    '8D8FA6BDAAC5ABC5ABC5'
    """
    key = sum(project_id.encode("ascii")) & 0xFF
    said = bytearray([seed, seed ^ _VERSION, seed ^ key])
    # Each byte is mixed with the plain byte before it and with the cipher byte two places back.
    plain, one_back, two_back = key, said[2], said[1]
    for byte in _payload(data, seed):
        cipher = byte ^ (two_back + plain & 0xFF)
        said.append(cipher)
        plain, one_back, two_back = byte, cipher, one_back
    return said.hex().upper()


def _payload(data: bytes, seed: int) -> Iterator[int]:
    """Some bytes that mean nothing, the length, and the data."""
    yield from b"\x07" * ((seed & 6) // 2)
    yield from len(data).to_bytes(4, "little")
    yield from data
