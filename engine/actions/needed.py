"""Where the names come from that a piece of new code uses: the file itself, what others import under that name, the project, the standard library."""

from __future__ import annotations

import ast
import builtins
import collections
import collections.abc
import sys
import typing
from collections import Counter
from collections.abc import Collection, Iterator

from engine.actions.import_text import Spec
from engine.actions.imports import Context, imports_of, leads_to
from engine.actions.module_names import ModuleName, Naming
from engine.evidence import Entity, Kind, Module, Project, Scope, ScopeKind, entities
from engine.evidence.source import is_python

_BUILTINS = frozenset(dir(builtins))
_STANDARD = {
    "Path": "pathlib", "PurePath": "pathlib", "datetime": "datetime", "timedelta": "datetime", "date": "datetime", "timezone": "datetime", "Decimal": "decimal",
    "Fraction": "fractions", "Enum": "enum", "UUID": "uuid", "dataclass": "dataclasses", "field": "dataclasses", "Lock": "threading", "Event": "threading",
    "Thread": "threading", "partial": "functools", "StringIO": "io", "BytesIO": "io", "Logger": "logging", "suppress": "contextlib",
    "ThreadPoolExecutor": "concurrent.futures", "Executor": "concurrent.futures", "SSLContext": "ssl", "ModuleType": "types", "SimpleNamespace": "types",
}  # fmt: skip
_ABSTRACT = frozenset(collections.abc.__all__)


def names_in(code: str) -> list[str]:
    """Names that an expression takes from around it, those in quoted annotations too."""
    found: dict[str, None] = {}
    for node in _nodes(code):
        if isinstance(node, ast.Name):
            found[node.id] = None
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value[:1].isupper() and node.value.isidentifier():
            # A quoted annotation; an ordinary string leads nowhere.
            found.setdefault(f"'{node.value}", None)
    tree = list(_nodes(code))
    bound = {arg.arg for node in tree if isinstance(node, ast.Lambda) for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    bound |= {node.id for node in tree if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    return [name for name in found if name not in bound]


def _nodes(code: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(code.strip() or "0", mode="eval"))
    except (SyntaxError, ValueError):
        return


def is_visible(scope: Scope, name: str) -> bool:
    """Whether a name means something where a scope looks it up."""
    here: Scope | None = scope
    while here is not None:
        if name in here.bindings and (here is scope or here.kind is not ScopeKind.CLASS):
            return True
        here = here.parent
    return name in _BUILTINS


class Needed:
    """The imports that new code needs, file by file."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.naming = Naming(project)
        self.wanted: dict[str, list[tuple[Spec, Context]]] = {}
        self._sources: dict[str, tuple[str, str] | None] = {}

    def use(
        self, module: Module, scope: Scope, code: str, *, typing_only: bool = False, late: bool = False, own: Collection[str] = ()
    ) -> list[str]:
        """Have a file import what some code in this scope uses; the names whose home is not known.

        typing_only: it is an annotation; late: which is not to make modules load each other; own: names that the code brings along.
        """
        unknown = []
        for name in names_in(code):
            quoted = name.startswith("'")
            bare = name.lstrip("'")
            if bare in own or is_visible(scope, bare) or (module.index is not None and module.index.stars):
                continue
            spec = self.spec(module, bare)
            if spec is not None:
                self.want(
                    module.path,
                    spec,
                    Context.TYPING if typing_only and (has_typing_block(module) or self._is_late(spec, module, late)) else Context.TOP,
                )
            elif not quoted:
                unknown.append(bare)
        return unknown

    def _is_late(self, spec: Spec, module: Module, late: bool) -> bool:
        return late and isinstance(self.project.resolve_import(spec.module.module, spec.module.level, module.path), str)

    def want(self, path: str, spec: Spec, context: Context = Context.TOP) -> None:
        """Have a file import something."""
        wanted = self.wanted.setdefault(path, [])
        if (spec, context) not in wanted:
            wanted.append((spec, context))

    def from_module(self, path: str, name: str, importer: str) -> None:
        """Have a file import a definition of the project."""
        self.want(importer, Spec(self.naming.of(path, importer), name))

    def spec(self, module: Module, name: str) -> Spec | None:
        """How a file imports what a name stands for; None where that is not known."""
        if name not in self._sources:
            self._sources[name] = self._defined(name) or self._imported(name)
        source = self._sources[name]
        if source is not None:
            place, member = source
            if place in self.project.paths:
                if place == module.path:
                    return None
                return (
                    Spec(self.naming.of(place, module.path), member, name if name != member else "")
                    if member
                    else _whole(self.naming.of(place, module.path))
                )
            return (
                Spec(ModuleName(place), member, name if member and name != member else "")
                if member
                else Spec(ModuleName(place), "", "" if place == name else name)
            )
        return self._standard(module, name)

    def _defined(self, name: str) -> tuple[str, str] | None:
        """The one module of the project that defines a name at its top; tests count only where nothing else does."""
        found: list[Entity] = []
        for path in sorted(self.project.paths):
            text = self.project.text(path) if path.endswith(".py") else None
            if text is not None and name in text:
                kinds = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT)
                found += [item for item in entities(self.project, path, {name}) if not item.owner and item.kind in kinds]
        found = [item for item in found if not item.path.rpartition("/")[2].startswith("test_")] or found
        return (found[0].path, name) if len(found) == 1 else None

    def _imported(self, name: str) -> tuple[str, str] | None:
        """What most files import under a name."""
        votes: Counter[tuple[str, str]] = Counter()
        for path in sorted(self.project.paths):
            text = self.project.text(path) if is_python(path) else None
            module = self.project.module(path) if text is not None and name in text and "import" in text else None
            for item in imports_of(module) if module is not None else ():
                if item.bound == name and item.context in (Context.TOP, Context.TYPING):
                    votes[leads_to(self.project, path, item)] += 1
        found = votes.most_common(1)
        return None if not found or found[0][0][0].startswith(".") else found[0][0]

    def _standard(self, module: Module, name: str) -> Spec | None:
        if name in _ABSTRACT:
            # One file may take `Sequence` from typing, as its other names.
            from_typing = any(item.node.module == "typing" for item in imports_of(module) if isinstance(item.node, ast.ImportFrom))
            from_abc = any(item.node.module == "collections.abc" for item in imports_of(module) if isinstance(item.node, ast.ImportFrom))
            home = "typing" if from_typing and not from_abc and hasattr(typing, name) else "collections.abc"
            return Spec(ModuleName(home), name)
        if name in typing.__all__:
            return Spec(ModuleName("typing"), name)
        if name in _STANDARD:
            return Spec(ModuleName(_STANDARD[name]), name)
        if name in collections.__all__:
            return Spec(ModuleName("collections"), name)
        return Spec(ModuleName(name)) if name in sys.stdlib_module_names else None


def _whole(name: ModuleName) -> Spec:
    """A module by its own name."""
    package, _, last = name.module.rpartition(".")
    return Spec(ModuleName(package, name.level), last) if package or name.level else Spec(name)


def has_typing_block(module: Module) -> bool:
    """Whether a file has imports for typing alone, and does not evaluate annotations."""
    late = any(
        isinstance(item.node, ast.ImportFrom) and item.node.module == "__future__" and item.alias.name == "annotations"
        for item in imports_of(module)
    )
    return late and any(item.context is Context.TYPING for item in imports_of(module))
