"""A pack is put in place and logged: noted as begun first, then its folder appears whole, then it is noted as placed.

A run that is stopped at any instant leaves a whole folder or none; the next one notes which it was.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from halfday_sync.referrals.content import Pack, as_json, from_json
from halfday_sync.referrals.others import Own
from halfday_sync.referring import folder
from halfday_sync.referring.making import Made
from halfday_sync.store import Referral, Store

DRAFT = "draft"
_PACK, _MANIFEST, _OWN, _SIBLINGS = "pack", "manifest", "own", "siblings"
"""What the log keeps of a pack: all that it says, the manifest beside it, and who was allowed to stand in it."""


def put_right(store: Store, beside: Path, *, at: datetime) -> None:
    """After a run that was stopped: what it left half-written goes, and a folder that it put in place is noted.

    Args:
        store: the school's store.
        beside: the folder of the tracker.
        at: when.
    """
    folder.clear(beside / folder.FOLDER)
    for one in store.referrals_begun():
        if folder.holds(beside / one.folder, one.files):
            store.referral_placed(one.key, at=at)


def placed(made: Made, beside: Path, pupil_id: str) -> folder.Placed:
    """Where a pack belongs: where the very same lies already, or a folder that is not there yet. Writes nothing."""
    pack = made.pack
    name = " ".join(filter(None, (pack.made_on.isoformat(), pack.profile, DRAFT if pack.is_draft else "")))
    same = [one for one in (folder.WORKBOOK, folder.PAPER, folder.TO_SEND) if one in made.files]
    where = folder.folder_of(beside / folder.FOLDER, pupil_id)
    return folder.where(where, name, {one: made.files[one] for one in same})


def keep(store: Store, made: Made, where: folder.Placed, log: Referral, *, at: datetime) -> str:
    """Puts a pack in place, where it is not there yet, and logs it; its key in the log.

    Args:
        store: the school's store.
        made: the pack.
        where: where it belongs (`placed`).
        log: what the log says of it.
        at: when.

    Raises:
        SafetyError: the folder cannot be written; nothing was put in place.
    """
    known = next((one for one in (*store.referrals(), *store.referrals_begun()) if _is_one(one, log)), None)
    key = known.key if known else store.begin_referral(log, content_of(made), at=at)
    if where.is_new:
        folder.put(where.path, made.files)
    store.referral_placed(key, at=at)
    return key


def log_of(made: Made, where: folder.Placed, beside: Path, pupil_id: str, reason: str) -> Referral:
    """What the log says of a pack."""
    return Referral(
        pupil_id=pupil_id,
        profile=made.pack.profile,
        made_on=made.pack.made_on,
        folder=where.path.relative_to(beside).as_posix(),
        files={name: folder.digest(data) for name, data in made.files.items()},
        reason=reason,
        is_draft=made.pack.is_draft,
        checker=str(made.proof.version),
    )


def content_of(made: Made) -> Mapping[str, Any]:
    """What the log keeps of a pack, so that it can be made again."""
    own = {key: said for key, said in asdict(made.privacy.own).items() if key != "notes"}
    return {
        _PACK: as_json(made.pack),
        _MANIFEST: made.files[folder.MANIFEST].decode(),
        _OWN: own,
        _SIBLINGS: sorted(made.privacy.siblings),
    }


def read_content(said: Mapping[str, Any]) -> tuple[Pack, bytes, Own, tuple[str, ...]]:
    """What the log kept of a pack: what it says, its manifest, who may stand in it, brothers and sisters too."""
    own: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in said[_OWN].items()}
    return from_json(said[_PACK]), str(said[_MANIFEST]).encode(), Own(**own), tuple(said[_SIBLINGS])


def _is_one(one: Referral, log: Referral) -> bool:
    """Whether the log speaks of this very folder already."""
    files = {name: said for name, said in log.files.items() if name in (folder.WORKBOOK, folder.PAPER)}
    return one.folder == log.folder and files.items() <= one.files.items()
