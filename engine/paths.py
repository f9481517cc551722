"""Paths of a repository as names: which file or folder a definition is, and which look like its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.evidence import Entity, Kind
from engine.naming import subwords

MAX_PATHS = 24


def module_stem(target: Entity) -> str:
    """The bare name of the module that a definition stands in; of a package, its own."""
    parts = target.path.split("/")
    last = parts[-1].split(".", 1)[0]
    return parts[-2] if last == "__init__" and len(parts) > 1 else last


def target_path(target: Entity) -> str:
    """The path that a module or package is: its file, or its folder with '/'."""
    return target.path.rpartition("/")[0] + "/" if target.kind is Kind.PACKAGE else target.path


def _may_hold(path: str, words: Sequence[str]) -> bool:
    """Whether it is worth cutting a path into words: most of 100,000 hold none of these."""
    lowered = path.lower()
    return not path.isascii() or all(word in lowered for word in words)


def like_paths(paths: Iterable[str], name: str) -> list[str]:
    """Files and folders (with '/') whose last part contains a name, at most MAX_PATHS."""
    words = subwords(name)
    found: dict[str, None] = {}
    for path in sorted(paths):
        if not _may_hold(path, words):
            continue
        parts = path.split("/")
        for i, part in enumerate(parts):
            own = subwords(part.split(".", 1)[0])
            if words and any(own[j : j + len(words)] == words for j in range(len(own) - len(words) + 1)):
                found["/".join(parts[: i + 1]) + ("/" if i + 1 < len(parts) else "")] = None
    return list(found)[:MAX_PATHS]
