"""Import cycles that an edit would close: modules that load each other before either is ready.

Packages are not counted as loaded by the modules inside them; only what a statement names is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.actions.imports import Context, imports_of, source_of
from engine.evidence import Module, Project


class After(Project):
    """The project with some texts changed; files that are as they were are not parsed again."""

    def __init__(self, base: Project, texts: Mapping[str, str | None]) -> None:
        gone = {path for path, text in texts.items() if text is None}
        super().__init__((base.paths | texts.keys()) - gone, lambda path: texts[path] if path in texts else base.text(path))
        self._base, self._changed = base, texts

    def module(self, path: str) -> Module | None:
        """The parsed file."""
        if path in self._changed or path not in self._base.paths:
            return super().module(path)
        return self._base.module(path)


class Graph:
    """Which modules a module loads when it is loaded."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._edges: dict[str, frozenset[str]] = {}

    def edges(self, path: str) -> frozenset[str]:
        """Modules of the project that are imported at load time."""
        found = self._edges.get(path)
        if found is None:
            module = self.project.module(path)
            found = self._edges[path] = frozenset() if module is None else frozenset(_loaded(self.project, module)) - {path}
        return found

    def path(self, start: str, goal: str, packages: bool = True) -> list[str]:
        """A chain of imports from one module to another; empty: none. packages: also through an `__init__.py`."""
        before: dict[str, str] = {start: ""}
        waiting = [start]
        for here in waiting:
            if here == goal:
                chain = [here]
                while before[chain[-1]]:
                    chain.append(before[chain[-1]])
                return chain[::-1]
            for there in sorted(self.edges(here)):
                if there not in before and (packages or there == goal or not there.endswith("__init__.py")):
                    before[there] = here
                    waiting.append(there)
        return []


def _loaded(project: Project, module: Module) -> Iterator[str]:
    for item in imports_of(module):
        if item.context in (Context.TYPING, Context.LOCAL):
            continue
        source = source_of(project, module.path, item)
        if not isinstance(source, str):
            continue
        inner = project.submodule(source, item.alias.name) if item.alias.name != "*" and hasattr(item.node, "level") else None
        yield inner if inner is not None else source


def new_cycles(base: Project, texts: Mapping[str, str | None], changed: Collection[str]) -> list[list[str]]:
    """Chains of imports that lead from a changed file back to itself and did not before."""
    old, new = Graph(base), Graph(After(base, texts))
    found: list[list[str]] = []
    for path in changed:
        if texts.get(path) is None:
            continue
        for there in sorted(new.edges(path) - old.edges(path)):
            # Modules of a package often load each other through it, which does no harm; a nearer circle beside that may.
            for packages in (False, True):
                chain = new.path(there, path, packages)
                if chain:
                    known = path in base.paths and there in base.paths
                    if not (known and old.path(path, there, packages) and old.path(there, path, packages)):
                        found.append([path, *chain])
                    break
    return found
