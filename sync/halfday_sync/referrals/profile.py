"""What a local authority, or another school, asks for: one profile a file, as data (`workbook_templates/referrals`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from halfday_sync.casework.referral_clock import ClockRule

REFERRAL, EXTRACT, SUMMARY = "referral", "extract", "summary"
"""A referral of a child to the local authority; an extract about a child for others; a summary that names nobody."""
NEEDED, ADVISED = "needed", "advised"
"""How much a check of the readiness gate weighs: without the first there is a draft only; the second is told."""
REASONS: Mapping[str, str] = {
    "unauthorised": "Unauthorised absence",
    "leave": "Leave in term time",
    "late": "Late after the register closed",
    "exclusion": "In public while excluded",
}
"""For what a child may be referred: the id that `--reason` takes, and the words of the field `reason`."""
FIELDS_OF_CHECK: Mapping[str, tuple[str, ...]] = {
    "reason": ("reason",),
    "early_help": ("early_help",),
    "not_lac": ("lac",),
    "voice": ("voice", "voice_by", "voice_on"),
    "barriers": ("barriers",),
    "parents_known": ("parent_name",),
    "parents_checked": ("parent_checked",),
    "parents_told": ("parents_told",),
    "head": ("head",),
    "address": ("address",),
}
"""The fields that a check of the readiness gate looks at, where there are any."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that the form asks for.

    Attributes:
        field: its id in `fields.toml`; `of` each parent or sibling where the field is theirs.
        label: the form's own words; empty: those of `fields.toml`.
        weight: `needed`, `advised`, or nothing where the form may do without it.
    """

    field: str
    label: str = ""
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the form: its title, and what it asks, in the form's order."""

    title: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What register is sent.

    Attributes:
        years: how many school years, this one included.
        sessions: the marks must reach back at least so many possible sessions; 0: no such rule.
        signed_by: who signs it.
    """

    years: int = 2
    sessions: int = 0
    signed_by: str = "Headteacher"


@dataclass(frozen=True)
class Profile:
    """A profile.

    Attributes:
        id: the name of its file, `rotherham`.
        title: what the pack is called.
        authority: to whom it goes.
        kind: one of the three above.
        form_read: whether the form in use now, or the rules in force about it, were read; else (also where only an
            earlier form was read) every pack says that it is to be checked against the current form.
        checked: when the rules were read, or looked for.
        source: where.
        notes: what staff should know of this authority, each a sentence; on the list of what is missing.
        reasons: for what reasons one may refer, by id: `unauthorised`, `leave`, `late`, `exclusion`.
        parts: the cover: the form's blocks, in its order.
        sheets: the ids of the sheets, in their order (`referrals.sheets`).
        checks: the readiness gate: id of a check (`referrals.readiness`) → `needed` or `advised`.
        attachments: what people add by hand, each with a box to tick.
        statements: what is declared.
        signed_by: who signs the declaration.
        siblings: whether the form asks for brothers and sisters. They are put in only where a person confirms it.
        clock: by when it has to be there.
    """

    id: str
    title: str
    authority: str
    kind: str = REFERRAL
    form_read: bool = False
    checked: date | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    sheets: tuple[str, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    siblings: bool = False
    certificate: Certificate = Certificate()
    clock: ClockRule | None = None

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every field that the form asks for."""
        return tuple(one for part in self.parts for one in part.asked)

    def weight(self, field_id: str) -> str:
        """How much a field weighs: `needed` or `advised`, by itself or through a check that looks at it; or nothing."""
        said = {one.weight for one in self.asked if one.field == field_id}
        said |= {self.checks.get(check, "") for check, fields in FIELDS_OF_CHECK.items() if field_id in fields}
        return next((one for one in (NEEDED, ADVISED) if one in said), "")
