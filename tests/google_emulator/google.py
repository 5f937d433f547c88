"""One made-up Google: its files, its accounts, what is asked of it and what is to go wrong."""

from collections.abc import Callable
from threading import RLock
from typing import Any

from tests.google_emulator.book import Book, Content, Made, Sheet, new_content
from tests.google_emulator.calls import Call
from tests.google_emulator.cells import Cell, Value, shown
from tests.google_emulator.faults import Fault, Planned
from tests.google_emulator.people import Person
from tests.google_emulator.protecting import Actor
from tests.google_emulator.replies import Json
from tests.google_emulator.tokens import Accounts
from tests.google_emulator.values import table


class Google:
    """The state, and the tests' way to it.

    Attributes:
        books: the spreadsheets, by id.
        drives: the shared drives' ids.
        calls: what was asked over HTTP, oldest first; a batch is one call.
        quota: how many reads, and how many writes, of Sheets one caller may do in a minute; None for any number.
        checked: whether all that is asked and answered is held against Google's own description of it.
        unlike: what was found then, and where the emulator itself failed; `serve` tells it at its end.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self.made = Made(clock)
        self.books: dict[str, Book] = {}
        self.drives: set[str] = set()
        self.accounts = Accounts(self.made)
        self.calls: list[Call] = []
        self.quota: int | None = None
        self.checked = True
        self.unlike: list[str] = []
        self.lock = RLock()
        self._faults: list[Planned] = []

    # ---- what people do

    def make(self, title: str, owner: str = "it@larkfield.example", drive: str = "", *, locale: str = "en_US") -> str:
        """A person makes a spreadsheet, in their own drive or in a shared one, in their own locale; its id."""
        if drive:
            self.drives.add(drive)
        book = self.new_book(title, owner, drive=drive)
        book.content.properties["locale"] = locale
        return book.id

    def new_book(self, title: str, owner: str, *, drive: str = "", file_id: str = "") -> Book:
        """A new file; in a shared drive nobody owns it, and who is in the drive has inherited access."""
        now = self.made.time()
        book = Book(file_id or self.made.file_id(), title, new_content(title), [], now, now, drive=drive)
        self.books[book.id] = book
        more: Json = {}
        if drive:
            details = {"permissionType": "member", "role": "organizer", "inheritedFrom": drive, "inherited": True}
            more = {"permissionDetails": [details]}
        self.permit(book, owner, "organizer" if drive else "owner", **more)
        return book

    def share(
        self,
        book: str,
        address: str,
        role: str,
        type: str = "user",  # noqa: A002 - Google's name
        **more: Any,
    ) -> str:
        """Lets a user or group in by address, a domain by its name, or anyone with the link; the permission's id."""
        return str(self.permit(self.books[book], address, role, kind=type, **more)["id"])

    def permit(self, book: Book, address: str, role: str, *, kind: str = "user", **more: Any) -> Json:
        """A new permission; a user or group that has one already gets the new role."""
        held: Json = {"kind": "drive#permission", "type": kind, "role": role}
        if kind in {"user", "group"}:
            held |= {"emailAddress": address, "displayName": address, "deleted": False}
            held |= {"pendingOwner": False} if kind == "user" else {}
        elif kind == "domain":
            held |= {"domain": address or more.get("domain", ""), "allowFileDiscovery": False}
        else:
            held |= {"allowFileDiscovery": False}
        held |= more
        same = [old for old in book.permissions if _who(old) == _who(held)]
        for old in same:
            book.permissions.remove(old)
        usual = "anyoneWithLink" if kind == "anyone" else self.made.permission_id()
        held = {"kind": held.pop("kind"), "id": same[0]["id"] if same else usual, **held}
        book.permissions.append(held)
        self.touch(book)
        return held

    def unshare(self, book: str, address: str) -> None:
        """Takes away what somebody has: an address, a domain's name, or `anyone`."""
        held = self.books[book].permissions
        named = [item for item in held if address in (item.get("emailAddress"), item.get("domain"), item["type"])]
        if not named:
            raise KeyError(address)
        for item in named:
            held.remove(item)
        self.touch(self.books[book])

    def publish(self, book: str) -> None:
        """File > Share > Publish to web."""
        self.books[book].published = True

    def unpublish(self, book: str) -> None:
        self.books[book].published = False

    def trash(self, book: str) -> None:
        """Sheets goes on answering for a file in the trash (never seen live); only Drive says it is there."""
        self.books[book].trashed = True
        self.touch(self.books[book])

    def untrash(self, book: str) -> None:
        self.books[book].trashed = False
        self.touch(self.books[book])

    def delete(self, book: str) -> None:
        """For ever."""
        del self.books[book]

    def group(self, address: str, *members: str) -> None:
        """Who is in a group; Drive does not tell."""
        self.accounts.groups[address] = frozenset(members)

    def account(self, email: str, token_uri: str = "") -> Json:
        """A service account; its key, as the file that a person downloads. From now on tokens are asked for."""
        return self.accounts.add(email, token_uri) if token_uri else self.accounts.add(email)

    def revoke(self, email: str) -> None:
        """Its key is deleted: no new tokens, and those given out no longer count."""
        self.accounts.revoked.add(email)
        self.expire_tokens()

    def expire_tokens(self) -> None:
        """Every token that was given out has run out."""
        self.accounts.tokens.clear()

    def person(self, book: str, email: str) -> Person:
        """Somebody with the spreadsheet open in a browser."""
        return Person(self, self.books[book], Actor(email, groups=self.accounts.member_of(email)))

    def version(self, book: str) -> int:
        """Names the state the content is in now, so that a person can restore it."""
        held = self.books[book]
        held.kept[held.version] = held.content.copy()
        return held.version

    # ---- what tests look at

    def sheet(self, book: str, title: str) -> Sheet:
        """A tab, by its title."""
        found = self.books[book].content.by_title(title)
        if found is None:
            raise KeyError(title)
        return found

    def tabs(self, book: str) -> list[str]:
        """The titles, in order."""
        return [sheet.title for sheet in self.books[book].content.sheets]

    def at(self, book: str, tab: str, row: int, column: int) -> Cell:
        """A whole cell."""
        return self.sheet(book, tab).at(row, column)

    def cell(self, book: str, tab: str, row: int, column: int) -> Value | None:
        """What a cell comes to; None where it is empty."""
        return self.at(book, tab, row, column).value

    def shown(self, book: str, tab: str, row: int, column: int) -> str:
        """What a person sees in a cell."""
        return shown(self.at(book, tab, row, column))

    def note_at(self, book: str, tab: str, row: int, column: int) -> str:
        return self.at(book, tab, row, column).note

    def colour_at(self, book: str, tab: str, row: int, column: int) -> Json | None:
        """The background, as Google writes colours."""
        found: Json | None = (self.at(book, tab, row, column).format or {}).get("backgroundColor")
        return found

    def text(self, book: str, tab: str) -> list[list[Value]]:
        """What a person sees, row by row, blanks at the ends left out."""
        sheet = self.sheet(book, tab)
        return table(sheet, sheet.whole, "FORMATTED_VALUE", "SERIAL_NUMBER")

    # ---- what goes wrong

    def fail(self, match: Callable[[Call], bool] | str, how: Fault, times: int = 1) -> None:
        """Plans a fault for the next calls that match; a text matches where it is part of `METHOD url`."""
        self._faults.append(Planned(match, how, times))

    def due(self, call: Call) -> Fault:
        """The fault whose turn it is at this call; one that does nothing, where there is none."""
        for planned in self._faults:
            if planned.fits(call):
                planned.times -= 1
                if planned.times == 0:
                    self._faults.remove(planned)
                return planned.fault
        return Fault()

    def touch(self, book: Book) -> None:
        """A change: Drive's version and time go on."""
        book.version += 1
        book.modified = self.made.time()

    def restore(self, book: Book, version: int) -> None:
        """The content of an earlier version; permissions and comments are not part of it."""
        book.content = book.kept[version].copy()
        book.name = book.content.properties["title"]
        self.touch(book)

    def as_was(self, book: Book) -> Content:
        """A copy, to go back to."""
        return book.content.copy()


def _who(held: Json) -> tuple[str, ...]:
    who = (held.get("emailAddress") or held.get("domain") or "").lower()
    return held["type"], who, held.get("view", "")
