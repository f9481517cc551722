"""From a name to its definitions: lexical lookup, imports, re-exports, star imports.

Answers with all definitions that may be meant (try/except and TYPE_CHECKING imports give several). Knows nothing of
types; `infer.py` builds on this.
"""
from __future__ import annotations

import builtins

from engine.evidence.scopes import Bind, Binding, Scope, ScopeKind
from engine.evidence.source import Absent, Project, module_scope
from engine.evidence.values import ABSENT, BUILTIN, UNKNOWN, Value, ValueKind, Values, of_binding

MAX_CHAIN = 6
_BUILTINS = frozenset(dir(builtins))


class Names:
    def __init__(self, project: Project) -> None:
        self.project = project
        self._members: dict[tuple[str, str], Values] = {}

    def lookup(self, scope: Scope, name: str) -> list[Binding]:
        """The bindings of `name` in the nearest scope that has any."""
        here: Scope | None = scope
        through = False
        while here is not None:
            if name in here.globals:
                return module_scope(here).bindings.get(name, [])
            # A class body is visible from itself only, not from its methods.
            if here.kind is not ScopeKind.CLASS or not through:
                found = here.bindings.get(name)
                if found:
                    return found
            through = True
            here = here.parent
        return []

    def definitions(self, scope: Scope, name: str) -> Values:
        """What `name` may refer to at this scope."""
        found = self.lookup(scope, name)
        if found:
            return self.of_bindings(found)
        starred = self._through_stars(module_scope(scope).path, name, MAX_CHAIN)
        if starred is not ABSENT:
            return starred
        return BUILTIN if name in _BUILTINS else ABSENT

    def of_bindings(self, bindings: list[Binding], depth: int = MAX_CHAIN) -> Values:
        if len(bindings) == 1:
            return self._of_binding(bindings[0], depth)
        return tuple(value for binding in bindings for value in self._of_binding(binding, depth))

    def member(self, path: str, name: str, depth: int = MAX_CHAIN) -> Values:
        """What `name` is in the namespace of a module or namespace folder."""
        key = (path, name)
        found = self._members.get(key)
        if found is None:
            found = self._member(path, name, depth)
            if depth == MAX_CHAIN:
                self._members[key] = found
        return found

    def module(self, module: str, level: int, importer: str) -> Value:
        found = self.project.resolve_import(module, level, importer)
        if found is Absent.EXTERNAL:
            return Value(ValueKind.EXTERNAL, path=module.partition(".")[0])
        if found is Absent.UNKNOWN:
            return UNKNOWN[0]
        return Value(ValueKind.MODULE, path=found)

    def _of_binding(self, binding: Binding, depth: int) -> Values:
        if binding.kind is Bind.IMPORT:
            return (self.module(binding.module, 0, binding.scope.path),)
        if binding.kind is not Bind.FROM:
            return (of_binding(binding),)
        if depth <= 0:
            return UNKNOWN
        home = self.module(binding.module, binding.level, binding.scope.path)
        if home.kind is not ValueKind.MODULE:
            return (home,)
        found = self.member(home.path, binding.member, depth - 1)
        # `from pkg import missing` is an error unless something we cannot see defines it.
        return UNKNOWN if found is ABSENT else found

    def _member(self, path: str, name: str, depth: int) -> Values:
        module = self.project.module(path)
        root = None if module is None else module.root
        if root is not None:
            bound = root.bindings.get(name)
            if bound and depth > 0:
                # `from . import name` inside the package itself means the submodule.
                own = [item for item in bound if not self._imports_itself(item, path)]
                if own:
                    return self.of_bindings(own, depth)
        inside = self.project.submodule(path, name)
        if inside is not None:
            return (Value(ValueKind.MODULE, path=inside),)
        if root is None or depth <= 0:
            return UNKNOWN
        starred = self._through_stars(path, name, depth)
        if starred is ABSENT and "__getattr__" in root.bindings:
            return UNKNOWN
        return starred

    def _imports_itself(self, binding: Binding, path: str) -> bool:
        if binding.kind is not Bind.FROM or binding.member != binding.name:
            return False
        return self.project.resolve_import(binding.module, binding.level, binding.scope.path) == path

    def _through_stars(self, path: str, name: str, depth: int) -> Values:
        module = self.project.module(path)
        if module is None or module.index is None:
            return UNKNOWN
        unknown = False
        for star in module.index.stars:
            home = self.module(star.module, star.level, path)
            if home.kind is ValueKind.UNKNOWN or depth <= 0:
                unknown = True
            elif home.kind is ValueKind.EXTERNAL:
                unknown = unknown or name not in _BUILTINS
            elif home.path != path and self._exports(home.path, name):
                found = self.member(home.path, name, depth - 1)
                if found is not ABSENT and found[0].kind is not ValueKind.UNKNOWN:
                    return found
                unknown = unknown or found is not ABSENT
        return UNKNOWN if unknown else ABSENT

    def _exports(self, path: str, name: str) -> bool:
        module = self.project.module(path)
        if module is None or module.index is None:
            return True
        exports = module.index.exports
        # A star import never carries private names unless `__all__` lists them.
        return name in exports or module.path.endswith("__init__.py") if exports else not name.startswith("_")
