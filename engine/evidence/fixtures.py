"""pytest's injection: a parameter of a test is what the fixture of its name returns or yields."""
from __future__ import annotations

import ast

from engine.evidence.expressions import decorator_nodes, is_fixture, terminal
from engine.evidence.names import Names
from engine.evidence.scopes import Bind, Binding, FunctionNode, Scope, ScopeKind
from engine.evidence.source import module_scope
from engine.evidence.values import ValueKind

# What pytest itself injects, by the outside package whose objects they are.
BUILTIN_FIXTURES = {"tmp_path": "pathlib", "monkeypatch": "pytest", "capsys": "pytest", "capfd": "pytest",
                    "caplog": "pytest", "tmpdir": "py", "recwarn": "pytest"}


class Fixtures:
    def __init__(self, names: Names) -> None:
        self._names = names
        self._tables: dict[Scope, dict[str, Binding]] = {}

    def is_injected(self, parameter: Binding) -> bool:
        """Is this a parameter that pytest fills?"""
        function = parameter.scope
        node = function.node
        if parameter.kind is not Bind.PARAMETER or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
        if function.self_name == parameter.name or parameter.name in _parametrized(node):
            return False
        parent = function.parent
        if parent is not None and isinstance(parent.node, ast.ClassDef) and parameter.name in _parametrized(parent.node):
            return False
        fixture = any(terminal(item) == "fixture" for item in decorator_nodes(node))
        return fixture or function.name.startswith("test") and _is_test(function.path)

    def find(self, parameter: Binding) -> Binding | None:
        """The fixture nearest to the function."""
        if not self.is_injected(parameter):
            return None
        function, name = parameter.scope, parameter.name
        places = [function.parent] if function.parent is not None else []
        root = module_scope(function)
        if root not in places:
            places.append(root)
        folder = function.path.rpartition("/")[0]
        while True:
            module = self._names.project.module(f"{folder}/conftest.py" if folder else "conftest.py")
            if module is not None and module.root is not None and module.root not in places:
                places.append(module.root)
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        for place in places:
            found = self._table(place).get(name)
            # A fixture may refine one of its own name further up.
            if found is not None and found.inner is not function:
                return found
        return None

    def _table(self, scope: Scope) -> dict[str, Binding]:
        table = self._tables.get(scope)
        if table is None:
            table = self._tables[scope] = {}
            for name, bindings in scope.bindings.items():
                for binding in bindings:
                    fixture = self._fixture(binding, scope)
                    if fixture is not None:
                        table[_given_name(fixture.node) or name] = fixture
        return table

    def _fixture(self, binding: Binding, scope: Scope) -> Binding | None:
        if binding.kind is Bind.FUNCTION:
            return binding if is_fixture(binding) else None
        if binding.kind is not Bind.FROM or scope.kind is not ScopeKind.MODULE:
            return None
        for value in self._names.of_bindings([binding]):
            if value.kind is ValueKind.FUNCTION and value.binding is not None and is_fixture(value.binding):
                return value.binding
        return None


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test") or name.removesuffix(".py").endswith(("_test", "_tests")) or name == "conftest.py"


def _given_name(node: ast.AST) -> str:
    """The name that `@pytest.fixture(name=...)` gives."""
    for item in node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else ():
        for keyword in item.keywords if isinstance(item, ast.Call) and terminal(item.func) == "fixture" else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return ""


def _parametrized(node: FunctionNode | ast.ClassDef) -> set[str]:
    """Names that `parametrize` fills instead."""
    names: set[str] = set()
    for item in node.decorator_list:
        if isinstance(item, ast.Call) and terminal(item.func) == "parametrize" and item.args:
            for part in ast.walk(item.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    names.update(word.strip() for word in part.value.split(","))
    return names
