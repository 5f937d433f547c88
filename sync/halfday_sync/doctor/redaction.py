"""Takes out of a text what is nobody else's business: names, ids, UPNs, addresses, and where files are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from halfday.register import Pupil
from halfday_sync.doctor.finding import Site

_ADDRESS = re.compile(r"[\w+.-]+://\S+|\S+@\S+")
_UPN = re.compile(r"\b[A-Z]\d{11}[\dA-Z]\b")
_PATH = re.compile(r"""(?<![\w.~)\\/])(?:[A-Za-z]:[\\/]|\\\\|/)(?=[^\s\\/])(?:[^\\/\n"<>|:]*[\\/])*[^\s"'<>|]*""")
"""A whole path: its folders may be called after a school or a person. Their names may have spaces, a file's has none
here; rather a word too many goes out than one too few."""


@dataclass(frozen=True)
class Redaction:
    """Words to take out, each with what stands for it; the longest go first."""

    words: Sequence[tuple[str, str]]
    pupils: re.Pattern[str] | None = None

    def of(self, text: str) -> str:
        """The text without them."""
        for word, instead in self.words:
            text = re.sub(re.escape(word), instead, text, flags=re.IGNORECASE)
        text = _PATH.sub("(path)", _UPN.sub("(UPN)", _ADDRESS.sub("(address)", text)))
        return self.pupils.sub("(pupil)", text) if self.pupils else text


def redaction(site: Site) -> Redaction:
    """What must not leave this computer: where things are, what the school is called, who its pupils are."""
    config = site.config
    words = [(str(site.machine.home), "~")]
    if site.folder:
        words += [(str(form), "(the school's folder)") for form in (site.folder, site.folder.absolute())]
    if config:
        for path in (config.workbook, config.store, config.folder):
            words += [(str(form), "(a file of the school)") for form in (path, path.absolute())]
        words.append((config.school, "(the school)"))
    for name in ("USERNAME", "USER", "LOGNAME", "COMPUTERNAME", "HOSTNAME", "USERDOMAIN"):
        told = site.machine.environment.get(name, "")
        if len(told) > 3 and told not in {"root", "runner"}:
            words.append((told, f"({name.lower()})"))
    words = sorted({word for word in words if _tells(word[0])}, key=lambda word: -len(word[0]))
    return Redaction(tuple(words), _pupils(_known(site)))


def _tells(word: str) -> bool:
    """Whether a word tells more than one that every school has, such as `tracker.xlsx` in this folder.

    >>> _tells("tracker.xlsx"), _tells("."), _tells("/srv/larkfield")
    (False, False, True)
    """
    return len(Path(word).parts) > 1 or not re.search(r"^\W*$|\.(xlsx|xlsm|db)$", word)


def _known(site: Site) -> tuple[Pupil, ...]:
    with site.store() as store:
        return store.pupils() if store else ()


def _pupils(pupils: Iterable[Pupil]) -> re.Pattern[str] | None:
    """Every name of a pupil as a whole word in the same case, and every id that is not as short as a count."""
    found: set[str] = set()
    for one in pupils:
        names = [one.surname, one.forename, *re.split(r"[\s-]+", f"{one.surname} {one.forename}")]
        found |= {name for name in names if len(name) > 1}
        found |= {id_ for id_ in (one.pupil_id, one.upn, one.family_id) if len(id_) > 2}
    if not found:
        return None
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(found, key=lambda word: (-len(word), word))))})(?!\w)"
    )
