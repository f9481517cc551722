"""How an old edit is taken back from the files as they are now, with what was done to them since carried over.

Pure: the inverse of the old edit, its images and the present bytes in; a change set out, or the paths that are in the way.
What an edit created is removed only while it is as the edit left it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.writes import Images
from editops import ChangeSet, Conflicted, digest, rebase


@dataclass(frozen=True, slots=True)
class UndoConflict:
    """These files were changed since in the very places; nothing was written."""

    paths: tuple[str, ...]


def taking_back(inverse: ChangeSet, images: Images, present: Mapping[str, bytes]) -> ChangeSet | UndoConflict:
    """`inverse` over the files as they are; it was made against those that the edit left, which `images` holds."""
    left = {image.path: image.after for image in images.files if image.after is not None}
    # A file that the edit named and left as it was has no image: it must still be the same.
    same = inverse.base.keys() - left.keys()
    changed = tuple(sorted(path for path in same if path not in present or digest(present[path]) != inverse.base[path]))
    if changed:
        return UndoConflict(changed)
    carried = rebase(inverse, left | {path: present[path] for path in same}, present)
    return UndoConflict(carried.paths) if isinstance(carried, Conflicted) else carried.change
