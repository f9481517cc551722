"""What iterating and indexing yield: from annotated containers, displays, and methods of the project's classes."""
from __future__ import annotations

import ast

from engine.evidence.evaluator import Evaluator, outer
from engine.evidence.expressions import is_variadic, root_name, terminal, union
from engine.evidence.outside import handed_back
from engine.evidence.scopes import Bind, Binding, Scope
from engine.evidence.values import BUILTIN, OUTSIDE, UNKNOWN, Value, ValueKind, Values, instance

_CONTAINERS = frozenset({
    "list", "List", "set", "Set", "frozenset", "FrozenSet", "tuple", "Tuple", "Sequence", "MutableSequence", "Iterable",
    "Iterator", "Collection", "Generator", "deque", "Deque", "AsyncIterator", "AsyncIterable", "AsyncGenerator",
})
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict"})
_SAME = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"})
_SPLITS = frozenset({"split", "rsplit", "splitlines", "partition", "rpartition", "readlines"})
_GROWS = ("append", "extend", "insert", "add", "update", "appendleft")
_DISPLAYS = (ast.List, ast.Tuple, ast.Set)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
# Longer displays are not looked through.
_LONGEST = 8


class Elements:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def of(self, node: ast.expr, scope: Scope, indexed: bool) -> Values:
        if isinstance(node, (*_DISPLAYS, *_COMPREHENSIONS)):
            return self._displayed(node, scope)
        if isinstance(node, ast.Call):
            found = self._called(node, scope)
            if found is not UNKNOWN:
                return found
        bindings = self._bindings(node, scope)
        annotated = [item for item in bindings if item.annotation is not None]
        if annotated:
            return union(*(self._of_binding(item, indexed) for item in annotated)) or UNKNOWN
        if bindings and isinstance(node, ast.Call):
            return union(*(self._evaluator.yielded(item) for item in bindings))
        if bindings and all(self._is_fixed(item) for item in bindings):
            return union(*(self._displayed(item.value, item.scope) for item in bindings if item.value is not None
                           and not isinstance(item.value, ast.Constant))) or UNKNOWN
        return union(*(self._of_value(value, indexed) for value in self._evaluator.infer(node, scope)))

    def _of_binding(self, binding: Binding, indexed: bool) -> Values:
        if binding.annotation is None:
            return UNKNOWN
        if is_variadic(binding):
            return self._evaluator.annotation(binding.annotation, outer(binding))
        return self._declared(binding.annotation, outer(binding), indexed)

    def mapped(self, node: ast.expr, scope: Scope) -> Values:
        """The values of a mapping whose annotation tells them."""
        annotated = [(item.annotation, outer(item)) for item in self._bindings(node, scope) if item.annotation]
        return union(*(self._declared(item, where, True, _MAPPINGS) for item, where in annotated)) or UNKNOWN

    def _called(self, node: ast.Call, scope: Scope) -> Values:
        name = terminal(node.func)
        if isinstance(node.func, ast.Name) and name in _SAME and node.args:
            return self.of(node.args[0], scope, False)
        if not isinstance(node.func, ast.Attribute):
            return UNKNOWN
        if name == "values":
            return self.mapped(node.func.value, scope)
        if name in _SPLITS:
            held = self._evaluator.infer(node.func.value, scope)
            return BUILTIN if all(value.kind is ValueKind.BUILTIN for value in held) else UNKNOWN
        return UNKNOWN

    def _declared(self, annotation: ast.expr, scope: Scope, indexed: bool,
                  allowed: frozenset[str] = _CONTAINERS | _MAPPINGS) -> Values:
        if not isinstance(annotation, ast.Subscript):
            values = self._evaluator.annotation(annotation, scope)
            return union(*(self._of_value(value, indexed) for value in values)) or UNKNOWN
        name = terminal(annotation.value)
        if name not in allowed:
            return UNKNOWN
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if name in _MAPPINGS and indexed:
            return self._evaluator.annotation(inner[1], scope) if len(inner) == 2 else UNKNOWN
        return self._evaluator.annotation(inner[0], scope) if inner else UNKNOWN

    def _displayed(self, node: ast.expr, scope: Scope) -> Values:
        if isinstance(node, _DISPLAYS):
            short = len(node.elts) <= _LONGEST and not any(isinstance(item, ast.Starred) for item in node.elts)
            return union(*(self._evaluator.infer(item, scope) for item in node.elts)) or UNKNOWN if short else UNKNOWN
        if isinstance(node, _COMPREHENSIONS) and isinstance(node.elt, ast.Call):
            own = {item.id for clause in node.generators for item in ast.walk(clause.target) if isinstance(item, ast.Name)}
            name = root_name(node.elt)
            # The element is seen from outside its scope, so its callee must not depend on the loop.
            return self._evaluator.infer(node.elt, scope) if name and name not in own | {"cast", "type"} else UNKNOWN
        return UNKNOWN

    def _is_fixed(self, binding: Binding) -> bool:
        """Bound to a display that nothing adds to, as far as its file shows."""
        value = binding.value
        if value is None or binding.kind is not Bind.ASSIGN:
            return False
        if not isinstance(value, (*_DISPLAYS, *_COMPREHENSIONS)):
            return isinstance(value, ast.Constant) and value.value is None
        module = self._evaluator.project.module(binding.scope.path)
        uses = {} if module is None or module.index is None else module.index.uses
        return not any(isinstance(use.node, ast.Attribute) and terminal(use.node.value) == binding.name
                       for name in _GROWS for use in uses.get(name, ()))

    def _of_value(self, value: Value, indexed: bool) -> Values:
        if value.kind in OUTSIDE:
            return (handed_back(value.path),)
        if value.scope is None:
            return UNKNOWN
        classes = self._evaluator.classes
        if value.kind is ValueKind.CLASS and any("Enum" in name for name in classes.ancestry(value.scope).foreign):
            return (instance(value.scope),)
        if value.kind is not ValueKind.INSTANCE:
            return UNKNOWN
        found = classes.find(value.scope, "__getitem__" if indexed else "__iter__")
        if found is None:
            return UNKNOWN
        binding = found[1][0]
        return self._evaluator.returned(binding, value) if indexed else self._evaluator.yielded(binding)

    def _bindings(self, node: ast.expr, scope: Scope) -> list[Binding]:
        """What declares the value of an expression."""
        if isinstance(node, ast.Name):
            return self._evaluator.names.lookup(scope, node.id)
        if isinstance(node, ast.Attribute):
            bindings: list[Binding] = []
            for value in self._evaluator.infer(node.value, scope):
                found = self._evaluator.classes.find(value.scope, node.attr) if value.scope is not None else None
                bindings.extend(found[1] if found else [])
            return bindings
        if isinstance(node, ast.Call):
            return [value.binding for value in self._evaluator.infer(node.func, scope)
                    if value.kind is ValueKind.FUNCTION and value.binding is not None]
        return []
