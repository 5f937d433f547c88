"""The type library by which LibreOffice knows the functions: one interface in UNO's binary format, written here.

The tool for it, `unoidl-write`, comes with LibreOffice's development kit, which neither a school nor its IT has. The
format (the README of LibreOffice's module `unoidl`) is small: numbers with the lowest byte first, texts with their
length before them or, the second time, the place of the first; a map of names for each module, deepest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_MAGIC = b"UNOIDL\xff\0"
_MODULE, _INTERFACE = 0, 5
_BASE = "com.sun.star.uno.XInterface"
_SEEN = 0x8000_0000


@dataclass(frozen=True, slots=True)
class Method:
    """A function of the interface; every parameter and the result are of the type `any`.

    Attributes:
        parameters: their names: letters and digits only.
    """

    name: str
    parameters: tuple[str, ...]


def type_library(interface: str, methods: Sequence[Method], maker: str = "Halfday") -> bytes:
    """The bytes of a `.rdb` file with one interface, such as `org.halfday.XAttendance`, in its modules."""
    *modules, name = interface.split(".")
    file = _File(_MAGIC + _number(0) + _number(1) + f"\0** Created by {maker} **\0".encode("ascii"))
    payload = file.interface(methods)
    for module in reversed(modules):
        at = file.name(name)
        payload, name = file.add(bytes([_MODULE]) + _number(1) + _number(at) + _number(payload)), module
    at = file.name(name)
    root = file.add(_number(at) + _number(payload))
    return bytes(file.data[: len(_MAGIC)]) + _number(root) + bytes(file.data[len(_MAGIC) + 4 :])


def _number(value: int) -> bytes:
    return value.to_bytes(4, "little")


class _File:
    """What has been written so far, and where each text stands in it."""

    def __init__(self, start: bytes) -> None:
        self.data = bytearray(start)
        self._texts: dict[str, int] = {}

    def add(self, data: bytes) -> int:
        """Appends; where it stands."""
        at = len(self.data)
        self.data += data
        return at

    def name(self, text: str) -> int:
        return self.add(text.encode("ascii") + b"\0")

    def _text(self, text: str) -> None:
        if text in self._texts:
            self.add(_number(self._texts[text] | _SEEN))
        else:
            self._texts[text] = self.add(_number(len(text)) + text.encode("ascii"))

    def interface(self, methods: Sequence[Method]) -> int:
        at = self.add(bytes([_INTERFACE]) + _number(1))
        self._text(_BASE)
        self.add(_number(0) + _number(0))  # no optional bases, no attributes
        self.add(_number(len(methods)))
        for method in methods:
            self._text(method.name)
            self._text("any")
            self.add(_number(len(method.parameters)))
            for parameter in method.parameters:
                self.add(b"\0")  # goes in
                self._text(parameter)
                self._text("any")
            self.add(_number(0))  # raises nothing of its own
        return at
