"""A folder into which somebody puts exports: files are claimed by what is in them, read together, and archived.

The honest way in which most offices work. `pull` changes nothing. `archive`, called once the marks are acknowledged,
moves what was read into `taken in`, a folder for each time. A kill at any moment loses nothing and takes nothing twice
(see `archive`).

- Pupils and marks may come in one file or in several that complete each other; all are read together, or none.
- A file that is still being written, and one that is open elsewhere, waits for the next run.
- A file that holds neither pupils nor marks stays where it is, and is named with the reason.
- Exports may have the admission number one day and the UPN alone the next: where snapshots are received, a pupil whom
  one of the two names already stays that pupil (`receiving.joined`).
- Two files that contradict each other about a mark have it set aside; the others are taken.
- The same content again is recognised and archived, but not read in again: an old export that is put in by mistake must
  not turn later corrections back.

The archive holds pupils' data. Halfday does not delete it: a school keeps or deletes it by its own rules.
"""

from collections.abc import Mapping
from typing import Any

from halfday_sync.sources.base import Site
from halfday_sync.sources.folder.source import Folder

__all__ = ["Folder", "open_source"]


def open_source(settings: Mapping[str, Any], site: Site) -> Folder:
    """The folder that the settings name."""
    return Folder(settings, site)
