"""The manifest beside a pack: what it is, its files, and the proof, readable by people. It names nobody."""

import json
from collections.abc import Iterable, Iterator, Mapping

from halfday_sync.referrals.content import Pack
from halfday_sync.referrals.proof import Place, Proof

PROVES = (
    "Every part of these files was opened and searched for every other child whom the school has or had on its roll: "
    "names, ids, UPNs, and the telephone numbers, addresses, carers and notes that Halfday knows."
)
PROVES_NOT = (
    "It does not find a child who is described without being named, a nickname, a name that is misspelt, or words that "
    "somebody adds by hand afterwards: a person should read the pack before it goes."
)


def manifest(pack: Pack, proof: Proof, *, reason: str, encrypted: bool) -> bytes:
    """The manifest as TOML: the same pack and proof give the same bytes.

    Args:
        pack: what was made.
        proof: of its files. Only a clean one is ever put in place; this function says what it is told.
        reason: for what reason the child is referred, an id of the profile's.
        encrypted: whether there is a file with a password beside it. Its bytes differ each time, so it is not listed.
    """
    said = [
        "# What this folder holds, and what was checked before it was put here. It names nobody.",
        "",
        *_rows(
            {
                "title": pack.title,
                "profile": pack.profile,
                "reason": reason,
                "made_on": pack.made_on,
                "marks_until": pack.marks_until,
                "draft": pack.is_draft,
                "encrypted_copy": encrypted,
            }
        ),
    ]
    for one in proof.files:
        files = {"name": one.name, "bytes": one.size, "sha256": one.sha256, "parts": one.parts, "texts": one.texts}
        said += ["", "[[file]]", *_rows(files)]
    said += ["", "[proof]", *_rows(_proof(proof))]
    for title, counts in (("searched_for", proof.searched), ("explained", proof.explained)):
        said += ["", f"[proof.{title}]", *_rows(counts)]
    return ("\n".join([*said, *_to_read(proof.to_read)]) + "\n").encode("utf-8")


def _proof(proof: Proof) -> Mapping[str, object]:
    return {
        "checker": proof.version,
        "leaks": len(proof.leaks),
        "faults": len(proof.faults),
        "to_read": len(proof.to_read),
        "proves": PROVES,
        "does_not_prove": PROVES_NOT,
    }


def _to_read(places: Iterable[Place]) -> Iterator[str]:
    """Where an everyday word stands that is a child's name too: the place and how often, neither the word nor whose."""
    counts: dict[tuple[str, str, str], int] = {}
    for one in places:
        counts[one.file, one.part, one.where] = counts.get((one.file, one.part, one.where), 0) + 1
    for (file, part, where), times in counts.items():
        yield ""
        yield "[[to_read]]"
        yield from _rows({"file": file, "part": part, "where": where, "times": times})


def _rows(rows: Mapping[str, object]) -> Iterator[str]:
    """Keys and values. TOML writes texts, numbers and truths as JSON does, and days by themselves."""
    for key, value in rows.items():
        name = key if key.replace("_", "").isalnum() and key.isascii() else json.dumps(key)
        is_plain = isinstance(value, str | int)
        yield f"{name} = {json.dumps(value, ensure_ascii=False) if is_plain else value}"
