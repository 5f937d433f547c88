"""A school at Wonde after a good morning, for tests of `halfday run` over whatever may go wrong since."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.pull_office import Marks, Office, office
from tests.source_contract import CONTRADICTED, names
from tests.wonde_pull import by_admission, ids
from tests.wonde_school import SCHOOL_ID, little_school
from tests.wonde_service import TOKEN, Service

from halfday_sync.sources.wonde.source import TOKEN as TOKEN_NAME


@dataclass
class AtWonde:
    """A school at Wonde after a good morning; since then the office has put a mark right."""

    office: Office
    wonde: Service

    def truth(self) -> Marks:
        """The register as it stands now."""
        ours = ids(self.wonde)
        return {
            (ours[who], day, half): code
            for (who, day, half), code in self.wonde.school.true_marks().items()
            if code != "-"
        }

    def puts_right(self) -> None:
        """The office changes a mark; the next pull has to bring it."""
        mark = self.wonde.school.mark(by_admission(self.wonde, "001805"), *CONTRADICTED[1:])
        self.wonde.school.amend(mark.id, "I" if mark.code != "I" else "B", self.office.on.now())

    def repaired(self, *words: str) -> str:
        """The next good pull brings what was missed."""
        assert self.office.marks() != self.truth()
        code, said = self.office.run(*words)
        assert (code, self.office.marks()) == (0, self.truth()), said
        return said


@contextmanager
def at_wonde(tmp: Path) -> Iterator[AtWonde]:
    """The invented school, read in pages of fifty."""
    with Service(little_school()) as wonde:
        settings = {"kind": "wonde", "school_id": SCHOOL_ID, "address": wonde.address, "per_page": 50}
        with office(tmp, settings, {TOKEN_NAME: TOKEN}, names()) as made:
            found = AtWonde(made, wonde)
            code, said = made.run()
            assert (code, made.marks()) == (0, found.truth()), said
            made.on.wait(3600)
            found.puts_right()
            wonde.asked.clear()
            yield found
