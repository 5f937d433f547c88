"""A school of six, one of whom may be referred: Isla has a brother here; everybody has a name, a family and notes.

Isla Fenwick (P03) and Rory Fenwick (P05) are sister and brother: one letter warned their parents about both of them.
Staff wrote a good deal about Isla, and named other children in it. `slip` is the school's own form: it asks for little,
so that a test can answer everything.
"""

import contextlib
import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl  # noqa: TID251 - the office's Excel
from pypdf import PdfReader
from tests.letter_school import WARNING, LetterSchool

from halfday.carer import Carer
from halfday_sync import cli, config
from halfday_sync.entries import CONTACTS, MINUTES, PLANS
from halfday_sync.referrals.questions.asked import ANSWER, KEY
from halfday_sync.store import Store

ISLA, RORY = "P03", "P05"
NAMES = {
    "P01": ("Amira", "Khan"),
    "P02": ("Oscar", "Lindqvist"),
    ISLA: ("Isla", "Fenwick"),
    "P04": ("Megan", "Thistlewood"),
    RORY: ("Rory", "Fenwick"),
    "P06": ("May", "Underhill"),
}
MOTHER = Carer(ISLA, 1, "Mrs R Fenwick", "Mother", ("01632 960111",))
CARERS = (
    MOTHER,
    Carer(ISLA, 2, "Mr T Dunmore", "Father", ("07700 900222",)),
    replace(MOTHER, pupil_id=RORY),
    Carer(RORY, 2, "Mr T Dunmore", "Father", ("07700 900222",)),
    *(
        Carer(one, 1, f"Ms Z {surname}", "Mother", (f"01632 96033{one[-1]}",))
        for one, (_name, surname) in NAMES.items()
        if one not in (ISLA, RORY)
    ),
)
SLIP = """\
title = "Slip for a test"
authority = "Exampleshire Council"
kind = "referral"
form_read = true
checked = 2025-10-01
source = "made up"
reasons = ["unauthorised", "leave"]
sheets = ["cover", "certificate", "chronology", "letters", "plans", "family", "declaration"]
siblings = true
statements = ["What stands here is true."]
signed_by = ["Headteacher"]
[certificate]
years = 1
[ready]
reason = "needed"
early_help = "needed"
[[part]]
title = "Who and why"
asked = [
  "surname", "forename", "dob", { field = "reason", weight = "needed" }, "early_help", "reason_words",
  "parent_name", "parent_phone", "sibling_name",
]
"""
FOR_ISLA = (ISLA, "--profile", "slip")
"""Words of the command: Isla's pack, on that form."""
FILES = ["manifest.toml", "pack.pdf", "pack.xlsx"]
"""What a pack's folder holds."""
ANSWERS = {"reason": "Unauthorised absence", "early_help": "Offered and declined"}


@dataclass
class ReferralSchool(LetterSchool):
    """The school; `folder/referrals` is where its packs are made."""

    def open_its_doors(self, pupils: int = 6) -> None:
        super().open_its_doors(pupils)
        for number, (pupil_id, (forename, surname)) in enumerate(NAMES.items(), 1):
            born = date(2016, 1, number) if pupil_id != RORY else date(2018, 5, 5)
            self.pupils[pupil_id] = replace(
                self.pupils[pupil_id], forename=forename, surname=surname, dob=born, sex="F"
            )
        with (self.folder / "halfday.toml").open("a", encoding="utf-8") as settings:
            settings.write(
                '[letters]\ncontact = "the school office, 01632 960001"\nsender = "Ms H Example, Headteacher"\n'
            )
            settings.write('address = ["1 Oak Lane", "Exampleton EX1 1AA"]\n')
        (self.folder / "referral_profiles").mkdir()
        (self.folder / "referral_profiles" / "slip.toml").write_text(SLIP, encoding="utf-8")

    def tell(self) -> None:
        super().tell()
        lines = ["pupil_id,order,name,relationship,phone,letters"]
        carers = [replace(one, pupil_id=self.moved.get(one.pupil_id, one.pupil_id)) for one in CARERS]
        lines += [
            f"{one.pupil_id},{one.order},{one.name},{one.relationship},{one.phones[0]},1"
            for one in carers
            if one.pupil_id in self.pupils
        ]
        (self.folder / "mis" / "contacts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def begin(self, table: str, row: Mapping[str, Any]) -> None:
        """Somebody begins a row of their own, and saves."""
        desk = self.desk()
        desk.begin(table, row)
        self.save(desk)

    def refer(self, *words: str, today: date | None = None) -> tuple[int, str]:
        """`halfday refer` on a day: its exit code and all it said."""
        out, err = io.StringIO(), io.StringIO()
        said = ["refer", *words, "--school", str(self.folder), "--as-of", (today or self.today).isoformat()]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main(said)
        return code, out.getvalue() + err.getvalue()

    def pack(self, *words: str) -> Path:
        """The folder of a pack that was made."""
        code, said = self.refer(*words)
        assert code == 0, said
        return Path(said.rpartition("It is in ")[2].strip())

    @property
    def packs(self) -> Path:
        return self.folder / "referrals"

    def answer(self, pupil_id: str = ISLA, **answers: Any) -> None:
        """Somebody fills in the list of questions, and saves."""
        path = self.packs / pupil_id / "questions.xlsx"
        book = openpyxl.load_workbook(path)
        sheet: Any = book.worksheets[0]
        head = next(row for row in sheet.iter_rows() if KEY in [cell.value for cell in row])
        columns = {str(cell.value).strip("✎ "): cell.column for cell in head if cell.value}
        for row in range(head[0].row + 1, sheet.max_row + 1):
            key = sheet.cell(row, columns[KEY]).value
            if isinstance(key, str) and key in answers:
                sheet.cell(row, columns[ANSWER]).value = answers[key]
        book.save(path)

    def ready(self) -> None:
        """Everything that `slip` needs is answered."""
        self.refer(ISLA, "--profile", "slip")
        self.answer(**ANSWERS)

    @property
    def log(self) -> list[tuple[str, str, str, bool]]:
        """What was made: key, pupil, profile, whether it is a draft."""
        with Store.open(config.load(self.folder).store) as store:
            return [(one.key, one.pupil_id, one.profile, one.is_draft) for one in store.referrals()]


def opened(folder: Path) -> ReferralSchool:
    """The school with a letter about brother and sister that went, and with all that staff wrote about Isla."""
    school = ReferralSchool(folder)
    school.open_its_doors()
    school.again()
    school.talk(ISLA, RORY)
    school.again()
    school.type(WARNING, approve="Yes", by="Jo Bell", line="Rory reads so well now.")
    school.again()
    school.type(WARNING, sent=school.today)
    on = school.today
    school.begin(
        CONTACTS,
        {"date": on, "pupil_id": ISLA, "what": "Visit", "outcome": "Spoke at the door", "who": "Jo Bell"}
        | {"note": "Mum says Isla will not come in because of Amira Khan. Oscar was there, in May he was not."},
    )
    school.begin(
        CONTACTS,
        {"date": on, "pupil_id": "P01", "what": "Call", "outcome": "Reason found", "who": "Jo Bell"}
        | {"note": "Dad moved out last week and nobody is to know where he lives now."},
    )
    school.begin(
        PLANS,
        {
            "pupil_id": ISLA,
            "plan": "Attendance plan",
            "begins": on,
            "barriers": "Fell out with Megan Thistlewood, pupil P04",
        }
        | {"support": "A place in breakfast club", "who": "Jo Bell"},
    )
    school.begin(
        MINUTES,
        {
            "date": on,
            "meeting": "Meeting with the family",
            "pupil_id": ISLA,
            "agreed": "Sit apart from Khan",
            "owner": "Jo",
        },
    )
    school.again()
    return school


def copy_of(first: Path, folder: Path) -> ReferralSchool:
    """The school again, in a folder of its own."""
    found = ReferralSchool(folder)
    found.open_its_doors()
    shutil.rmtree(folder)
    shutil.copytree(first, folder)
    return found


# --- What a pack says ---------------------------------------------------------------------------------------------


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.iterdir())


def bytes_of(path: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in path.iterdir()}


def words(path: Path) -> str:
    """Everything that stands in a pack's workbook."""
    book = openpyxl.load_workbook(path / "pack.xlsx")
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def paper(path: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(path / "pack.pdf").pages)


def holds_nobody_else(text: str, *, but: tuple[str, ...] = ()) -> bool:
    others = [one for one in NAMES if one not in (ISLA, RORY, "P06", *but)]
    return not any(name in text for one in others for name in NAMES[one])
