"""A pack as files, in memory: drawn from its content, proven, and only then given out."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from halfday_sync.errors import SafetyError
from halfday_sync.referrals.content import Pack
from halfday_sync.referrals.drawing.book import book
from halfday_sync.referrals.drawing.paper import paper
from halfday_sync.referrals.manifest import manifest as written
from halfday_sync.referrals.others import Others, Own
from halfday_sync.referrals.proof import Proof, prove
from halfday_sync.referrals.sealed import sealed
from halfday_sync.referring.folder import MANIFEST, PAPER, TO_SEND, WORKBOOK, digest


@dataclass(frozen=True)
class Privacy:
    """Of whom a pack may tell, and of whom not.

    Attributes:
        others: whom it must not tell of.
        own: the child that it is about, and the grown-ups who may stand in it.
        vocabulary: fixed words: a name among them is no leak.
        siblings: ids of brothers and sisters whom the form asks for and a person confirmed.
    """

    others: Others
    own: Own
    vocabulary: Collection[str] = ()
    siblings: Collection[str] = ()


@dataclass(frozen=True)
class Made:
    """A pack whose files were proven.

    Attributes:
        pack: what it says.
        files: by name; the order is the one in which people open them.
        proof: that nobody else is in them.
        privacy: of whom it was allowed to tell.
    """

    pack: Pack
    files: Mapping[str, bytes]
    proof: Proof
    privacy: Privacy

    @property
    def to_read(self) -> int:
        """How many places a person should read: an everyday word that is a child's name as well."""
        return len(self.proof.to_read)


def made(pack: Pack, privacy: Privacy, *, reason: str = "", password: str = "", manifest: bytes = b"") -> Made:
    """Draws a pack, and proves each of its files.

    Args:
        pack: what it says.
        privacy: of whom it may tell.
        reason: why the child is referred.
        password: with one, there is an encrypted workbook to send as well.
        manifest: that of an earlier time, where the same pack is made again: it stays, where the files are the same.

    Raises:
        SafetyError: somebody else is in it, or something that no pack holds. Nothing is given out.
    """
    files = {WORKBOOK: book(pack), PAPER: paper(pack)}
    proof = _proven(files, privacy)
    if not all(digest(data).encode() in manifest for data in files.values()):
        manifest = written(pack, proof, reason=reason, encrypted=bool(password))
    _proven({MANIFEST: _said(manifest)}, privacy)
    files[MANIFEST] = manifest
    if password:
        files[TO_SEND] = sealed(files[WORKBOOK], password)
    return Made(pack, files, proof, privacy)


def _said(manifest: bytes) -> bytes:
    """What a manifest says but for sizes, counts and digests: they are nobody's id, and no name of Ada's."""
    return re.sub(rb'(?m)^(.+) = (?:\d+|"[0-9a-f]{64}")$', rb"\1", manifest)


def _proven(files: Mapping[str, bytes], privacy: Privacy) -> Proof:
    proof = prove(files, privacy.others, privacy.own, privacy.vocabulary, privacy.siblings)
    if not proof.is_clean:
        raise SafetyError(
            "The pack would tell of somebody else, or hold what no pack holds, so it was not made.",
            problems=[*map(str, proof.leaks), *proof.faults],
            done="Nothing was put in place.",
            now="Look at these places in the tracker and in the list of questions: write there about this child only, "
            "save, and run this again. If nothing stands there, tell us: this should not happen.",
        )
    return proof
