"""The inbox before the contract: pupils and marks in two files that complete each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contracts.tabular import IDS, Exports
from tests.source_contract import Prepared, contacts_csv


@contextmanager
def prepare(tmp: Path) -> Iterator[Prepared]:
    """Two exports in the inbox."""
    exports = Exports(tmp / "inbox")
    yield Prepared(
        folder=tmp,
        settings={"kind": "folder", "inbox": "inbox"},
        ids=IDS,
        spoil=exports.spoil,
        contacts=lambda shared: contacts_csv(tmp / "inbox" / "contacts.csv", IDS, shared=shared),
    )
