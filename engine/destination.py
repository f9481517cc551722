"""Where something is to go: the path of a module, existing or new, from the words that name it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection

_SUFFIXES = (".py", ".pyi")
_FILLER = frozenset(["a", "an", "the", "new", "own", "existing", "separate", "file", "module", "called", "named", "package", "folder", "directory"])


def destination(words: str, source: str, paths: Collection[str]) -> str:
    """The path of the repository that the words mean for something that comes from the file `source`; a folder ends in '/'; empty if none.

    An existing module is found by its path, the end of it, its dotted name or its bare name, the nearest to the source first. What
    does not exist is placed where its first parts exist, or beside the source.
    """
    bare = words.strip(" `'\"").removeprefix("./").rstrip(".:,;")
    parts = [part for part in bare.split() if part.lower() not in _FILLER] if " " in bare else [bare]
    if len(parts) != 1 or not re.fullmatch(r"[\w./-]*\w/?", parts[0]):
        return ""
    said = parts[0]
    folder = said.endswith("/")
    if said.endswith(_SUFFIXES):
        return _found((said,), source, paths) or _placed(said, source, paths)
    steps = said.strip("/").split("/") if "/" in said else said.split(".")
    base = "/".join(step for step in steps if step)
    if not all(re.fullmatch(r"[^\W\d]\w*", step.replace("-", "_")) for step in base.split("/")):
        return ""
    if folder:
        known = _folder(base, source, paths)
        return f"{known or base}/"
    found = _found((f"{base}.py", f"{base}/__init__.py", f"{base}.pyi"), source, paths)
    return found or _placed(f"{base}.py", source, paths)


def unimportable(path: str, paths: Collection[str]) -> str:
    """The first part of the path of a new module that no import can name; empty where there is none. Folders that exist are as they are."""
    if path in paths:
        return ""
    *folders, name = path.split("/")
    is_new = [all(not other.startswith("/".join(folders[: i + 1]) + "/") for other in paths) for i in range(len(folders))]
    parts = [folder for folder, new in zip(folders, is_new, strict=True) if new] + [name.rpartition(".")[0] or name]
    return next((part for part in parts if not part.isidentifier() or keyword.iskeyword(part)), "")


def _nearness(path: str, source: str) -> tuple[int, int, str]:
    one, two = path.split("/")[:-1], source.split("/")[:-1]
    shared = 0
    while shared < min(len(one), len(two)) and one[shared] == two[shared]:
        shared += 1
    return (-shared, len(one), path)


def _found(ends: Collection[str], source: str, paths: Collection[str]) -> str:
    for end in ends:
        if end in paths:
            return end
        like = [path for path in paths if path.endswith("/" + end)]
        if like:
            return min(like, key=lambda path: _nearness(path, source))
    return ""


def _folder(base: str, source: str, paths: Collection[str]) -> str:
    """The existing folder that a path, or the end of one, names."""
    folders = {path.rsplit("/", i)[0] for path in paths for i in range(1, path.count("/") + 1)}
    if base in folders:
        return base
    like = [folder for folder in folders if folder.endswith("/" + base)]
    return min(like, key=lambda folder: _nearness(f"{folder}/", source)) if like else ""


def _placed(path: str, source: str, paths: Collection[str]) -> str:
    """A path for a new file: below the longest part of its folder that exists, else beside the source."""
    folder, _, name = path.rpartition("/")
    if not folder:
        beside = source.rpartition("/")[0]
        return f"{beside}/{name}" if beside else name
    steps = folder.split("/")
    for count in range(len(steps), 0, -1):
        known = _folder("/".join(steps[:count]), source, paths)
        if known:
            return "/".join((known, *steps[count:], name))
    return path
