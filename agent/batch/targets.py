"""The repositories that a recipe names, each once, under a name of its own."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from agent.batch.recipe import Place, Recipe, RecipeError
from agent.errors import UserError
from agent.worktree import Repository


@dataclass(frozen=True, slots=True)
class Target:
    """One repository of a batch."""

    name: str
    root: Path
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tests: str | None = None


def targets(recipe: Recipe) -> list[Target]:
    """In the order of the recipe, those of one glob by name; RecipeError where a place holds no repository."""
    found: dict[Path, Target] = {}
    faults: list[tuple[int, str]] = []
    for place in recipe.places:
        folders = list(_folders(recipe.folder, place))
        for target in folders:
            found.setdefault(target.root, target)
        if not folders:
            faults.append((place.line, f"{place.pattern} leads to no git repository: correct it, or run `git init` there"))
        if place.name and len(folders) > 1:
            faults.append((place.line, f"{place.pattern} leads to {len(folders)} repositories, which cannot all be called {place.name}"))
    if faults:
        raise RecipeError(recipe.file, faults)
    return _distinct(list(found.values()))


def _folders(base: Path, place: Place) -> Iterator[Target]:
    pattern = os.path.join(base, os.path.expanduser(place.pattern))
    is_glob = glob.has_magic(place.pattern)
    for name in sorted(glob.glob(pattern)) if is_glob else [pattern]:
        folder = Path(name)
        try:
            # A glob also meets folders inside of some repository around them: they are not meant.
            if not folder.is_dir() or is_glob and not (folder / ".git").exists():
                continue
            root = _root(folder)
        except UserError:
            continue
        yield Target(place.name or root.name, root, place.only, place.exclude, place.tests)


def _root(folder: Path) -> Path:
    """Of the repository around a folder, whatever git is doing there at the moment."""
    for place in (folder.resolve(), *folder.resolve().parents):
        if (place / ".git").exists():
            return place
    return Repository.open(folder).root.resolve()


def _distinct(found: list[Target]) -> list[Target]:
    """Folders of one name are told apart by the folders above, and at last by number."""
    out = found
    for depth in (2, 3):
        counts = Counter(target.name for target in out)
        out = [replace(target, name="-".join(target.root.parts[-depth:])) if counts[target.name] > 1 else target for target in out]
    seen: Counter[str] = Counter()
    for i, target in enumerate(out):
        seen[target.name] += 1
        if seen[target.name] > 1:
            out[i] = replace(target, name=f"{target.name}-{seen[target.name]}")
    return out
