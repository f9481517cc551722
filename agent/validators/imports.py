"""Imports inside the project that no longer fit: missing modules, missing names, new import cycles.

What lies outside the project is never judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from agent.validators.base import ValidationContext, new_failures
from agent.validators.facts import EMPTY, AttributeUse, ImportFact, facts_of
from agent.validators.modules import Module, Tree, stem_of
from engine import Diagnostic, Source

_FARTHEST = 500
"""Modules read in search of a cycle; beyond that nothing is claimed."""


class ImportsValidator:
    def check(self, context: ValidationContext) -> list[Diagnostic]:
        now = Tree(frozenset(context.paths), context.read)
        then = Tree(context.paths_before(), context.read_before)
        touched = Touched.by(context)
        stale = new_failures(
            context, partial(import_errors, tree=now, touched=touched), partial(import_errors, tree=then, touched=touched)
        )
        return stale + list(_new_cycles(context, now, then))


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change can have broken: imports that a file did not have before, and imports of what changed."""

    stems: frozenset[str]
    """Changed, renamed and removed files, before and after, without their endings."""
    known: Mapping[str, frozenset[ImportFact | AttributeUse]]
    """Facts of each changed file that it had before as well, by path before and after; lines left out."""

    @classmethod
    def by(cls, context: ValidationContext) -> Touched:
        stems: set[str] = set()
        known: dict[str, frozenset[ImportFact | AttributeUse]] = {}
        for path, data in context.after.items():
            origin = context.origin(path)
            if context.before.get(origin) != data or origin != path:
                stems |= {stem_of(path), stem_of(origin)}
            old = facts_of(context.before.get(origin, b"")) if path.endswith((".py", ".pyi")) else EMPTY
            facts: tuple[ImportFact | AttributeUse, ...] = (*old.imports, *old.uses)
            known[path] = known[origin] = frozenset(_anywhere(fact) for fact in facts)
        return cls(frozenset(stems), known)

    def concerns(self, path: str, fact: ImportFact | AttributeUse, module: Module | str | None) -> bool:
        """Whether the fact can have been broken."""
        if not isinstance(module, Module) or _anywhere(fact) not in self.known.get(path, frozenset()):
            return True
        return any(stem == module.stem or stem.startswith(module.stem + "/") for stem in self.stems)


def _anywhere(fact: ImportFact | AttributeUse) -> ImportFact | AttributeUse:
    return replace(fact, line=0)


def import_errors(path: str, data: bytes, *, tree: Tree, touched: Touched) -> Iterator[Diagnostic]:
    """Imports and uses of imported modules that point to nothing."""
    if not path.endswith((".py", ".pyi")):
        return
    facts = facts_of(data)
    for fact in facts.imports:
        if touched.concerns(path, fact, tree.resolve(path, fact)):
            yield from _stale_import(path, fact, tree)
    for use in facts.uses:
        roots = [tree.resolve(path, fact) for fact in facts.imports if fact.bound == use.base]
        if use.names[-1] not in facts.patched and any(touched.concerns(path, use, root) for root in roots):
            yield from _missing_attribute(path, use, facts.imports, tree)


def _stale_import(path: str, fact: ImportFact, tree: Tree) -> Iterator[Diagnostic]:
    found = tree.resolve(path, fact)
    if found is None:
        return
    if isinstance(found, str):
        yield Diagnostic(path, fact.line, "stale-import", f"no module named {found!r} in the project",
                         Source.IMPORTS, fact.module.rpartition(".")[2])
    elif fact.name not in (None, "*") and fact.name and not tree.holds(found, fact.name):
        yield Diagnostic(path, fact.line, "stale-import", f"{found.file} has no {fact.name!r}",
                         Source.IMPORTS, fact.name)


def _missing_attribute(
    path: str, use: AttributeUse, imports: tuple[ImportFact, ...], tree: Tree
) -> Iterator[Diagnostic]:
    module = _module_bound_to(use.base, path, imports, tree)
    for name in use.names:
        if module is None:
            return
        if not tree.holds(module, name):
            yield Diagnostic(path, use.line, "missing-attribute", f"{module.file} has no {name!r}",
                             Source.IMPORTS, name)
            return
        module = tree.submodule(module, name)


def _module_bound_to(
    name: str, path: str, imports: tuple[ImportFact, ...], tree: Tree
) -> Module | None:
    """The one module that `name` can stand for in this file."""
    found = {_bound_module(fact, path, tree) for fact in imports if fact.bound == name}
    return found.pop() if len(found) == 1 else None


def _bound_module(fact: ImportFact, path: str, tree: Tree) -> Module | None:
    if fact.name is not None:
        package = tree.resolve(path, fact)
        return tree.submodule(package, fact.name) if isinstance(package, Module) else None
    if fact.bound == fact.module.partition(".")[0]:
        fact = ImportFact(fact.line, 0, fact.bound, None, fact.bound, fact.eager)
    module = tree.resolve(path, fact)
    return module if isinstance(module, Module) else None


def _new_cycles(context: ValidationContext, now: Tree, then: Tree) -> Iterator[Diagnostic]:
    """Cycles closed by an import that a changed file did not have before."""
    for path, data in sorted(context.after.items()):
        origin = context.origin(path)
        if not path.endswith(".py") or context.before.get(origin) == data:
            continue
        old = {context.renamed.get(target, target) for target in _eager(origin, then)}
        for target, line in _eager(path, now).items():
            if target not in old and target != path and _reaches(target, path, now) and not _carved_out(context, path, target, (then, now)):
                yield Diagnostic(path, line, "import-cycle", f"{target} already imports {path}, directly or not",
                                 Source.CYCLES, target)


def _carved_out(context: ValidationContext, path: str, target: str, trees: tuple[Tree, Tree]) -> bool:
    """Whether the circle is one that a module had which the new file of the two is a part of.

    That is so where the new file loads nothing that the old one did not, and is loaded when at least as much is there.
    """
    then, now = trees
    fresh = [one for one in (path, target) if context.origin(one) not in then.paths]
    if len(fresh) != 1:
        return False
    package = target if fresh[0] == path else path
    before, after = _eager(context.origin(package), then), _eager(package, now)
    if fresh[0] not in after:
        return False
    ready = {other for other, line in after.items() if line < after[fresh[0]]}
    loads = _eager(fresh[0], now).keys()
    return any(
        _reaches(other, context.origin(package), then)
        and loads <= _eager(other, then).keys() | {other}
        and {first for first, at in before.items() if at < line} <= ready
        for other, line in before.items()
    )


def _eager(path: str, tree: Tree) -> dict[str, int]:
    """The project files that importing `path` runs, each with a line that asks for it."""
    data = tree.read(path) if path in tree.paths else None
    found: dict[str, int] = {}
    for fact in facts_of(data).imports if data is not None else ():
        module = tree.resolve(path, fact) if fact.eager else None
        if not isinstance(module, Module):
            continue
        inner = tree.submodule(module, fact.name) if fact.name else None
        file = (inner or module).file
        if file is not None:
            found.setdefault(file, fact.line)
    return found


def _reaches(start: str, goal: str, tree: Tree) -> bool:
    seen, waiting = {start}, [start]
    while waiting and len(seen) < _FARTHEST:
        following = _eager(waiting.pop(), tree).keys() - seen
        if goal in following:
            return True
        seen |= following
        waiting.extend(following)
    return False
