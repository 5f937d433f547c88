"""A made-up Google on this computer: Sheets v4 and Drive v3 as far as the mirror needs them and recordings show them.

`Google` is the state, `serve` answers for it over real HTTP. What proves it: tests/README.md, "The Google emulator".
"""

from tests.google_emulator.calls import Call
from tests.google_emulator.described import UnlikeGoogleError
from tests.google_emulator.faults import Fault, answer, before, drop_after, drop_before, status
from tests.google_emulator.google import Google
from tests.google_emulator.people import NotAllowedError, Person
from tests.google_emulator.server import serve

__all__ = [
    "Call",
    "Fault",
    "Google",
    "NotAllowedError",
    "Person",
    "UnlikeGoogleError",
    "answer",
    "before",
    "drop_after",
    "drop_before",
    "serve",
    "status",
]
