"""Names written out: each use of an imported name becomes the dotted name that it stands for.

So `text.wrap(x)` after `from . import text` and `wrap(x)` after `from .text import wrap` read alike.
Direct imports leave the tree; they are kept as a set.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from benchmarks.refactor.imports import Import, Module, absolute, bound_names, direct, is_typing_block

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Resolver(ast.NodeTransformer):
    """Rewrites one module in place; afterwards `imports` and `used` say what it imported and needed."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.imports: set[Import] = set()
        self.used: set[Import] = set()
        # Innermost last: whether it is a class, and what each name of it stands for.
        self._scopes: list[tuple[bool, dict[str, Import | None]]] = []
        self._path: list[str] = []
        self._in_annotation = False
        self._lazy = False

    def visit_Module(self, node: ast.Module) -> ast.Module:
        self._lazy = any(entry.module == "__future__" for entry in direct(node.body, self.module, ""))
        node.body = self._body(node.body, is_class=False, arguments=())
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self._function(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        self._function(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.decorator_list = [self.visit(entry) for entry in node.decorator_list]
        node.bases = [self.visit(base) for base in node.bases]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        self._path.append(node.name)
        node.body = self._body(node.body, is_class=True, arguments=())
        self._path.pop()
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        self.visit(node.args)
        self._scopes.append((False, dict.fromkeys(_argument_names(node.args))))
        node.body = self.visit(node.body)
        self._scopes.pop()
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        """Keyword-only parameters may stand in any order."""
        self.generic_visit(node)
        pairs = sorted(zip(node.kwonlyargs, node.kw_defaults, strict=True), key=lambda pair: pair[0].arg)
        node.kwonlyargs, node.kw_defaults = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Arguments that are given by name may stand in any order."""
        self.generic_visit(node)
        if all(keyword.arg for keyword in node.keywords):
            node.keywords.sort(key=lambda keyword: keyword.arg or "")
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = self._annotation(node.annotation)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        annotation = self._annotation(node.annotation)
        assert annotation is not None
        node.annotation = annotation
        node.target = self.visit(node.target)
        node.value = self.visit(node.value) if node.value is not None else None
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        """The list of exported names is a set."""
        self.generic_visit(node)
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name) and target.id == "__all__" and isinstance(value, (ast.List, ast.Tuple)):
            elements = sorted(value.elts, key=ast.unparse)
            node.value = ast.List(elts=elements, ctx=ast.Load())
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        entry = self._look_up(node.id)
        if entry is None:
            return node
        self.used |= {other for other in self.imports if (other.scope, other.bound) == (entry.scope, entry.bound)}
        return ast.Name(id=entry.meaning, ctx=node.ctx)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        """An import below a condition stays in the tree, without its dots."""
        names = sorted(node.names, key=lambda alias: alias.name)
        return ast.ImportFrom(module=absolute(self.module, node), names=names, level=0)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """An annotation in quotes is the annotation."""
        if self._in_annotation and isinstance(node.value, str):
            try:
                parsed = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                return node
            resolved: ast.expr = self.visit(parsed)
            return resolved
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """`Optional` and `Union` are bars where annotations aren't evaluated."""
        self.generic_visit(node)
        if not (self._in_annotation and self._lazy):
            return node
        name = ast.unparse(node.value)
        if name == "typing.Optional":
            return ast.BinOp(left=node.slice, op=ast.BitOr(), right=ast.Constant(value=None))
        if name == "typing.Union" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
            joined, *others = node.slice.elts
            for other in others:
                joined = ast.BinOp(left=joined, op=ast.BitOr(), right=other)
            return joined
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.ListComp:
        self._comprehension(node)
        return node

    def visit_SetComp(self, node: ast.SetComp) -> ast.SetComp:
        self._comprehension(node)
        return node

    def visit_DictComp(self, node: ast.DictComp) -> ast.DictComp:
        self._comprehension(node)
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.GeneratorExp:
        self._comprehension(node)
        return node

    def _comprehension(self, node: _Comprehension) -> None:
        names = {n.id for part in node.generators for n in ast.walk(part.target) if isinstance(n, ast.Name)}
        self._scopes.append((False, dict.fromkeys(names)))
        self.generic_visit(node)
        self._scopes.pop()

    def _function(self, node: _Function) -> None:
        node.decorator_list = [self.visit(entry) for entry in node.decorator_list]
        self.visit(node.args)
        node.returns = self._annotation(node.returns)
        self._path.append(node.name)
        node.body = self._body(node.body, is_class=False, arguments=_argument_names(node.args))
        self._path.pop()

    def _annotation(self, node: ast.expr | None) -> ast.expr | None:
        if node is None:
            return None
        self._in_annotation = True
        resolved: ast.expr = self.visit(node)
        self._in_annotation = False
        return resolved

    def _body(self, body: list[ast.stmt], is_class: bool, arguments: Sequence[str]) -> list[ast.stmt]:
        found = direct(body, self.module, ".".join(self._path))
        self.imports.update(found)
        rest, taken = _without_imports(body)
        outer = {n for node in ast.walk(ast.Module(body, [])) if isinstance(node, ast.Global) for n in node.names}
        others = (bound_names(body, taken) | set(arguments)) - outer
        names: dict[str, Import | None] = {entry.bound: entry for entry in found if entry.name != "*"}
        names.update(dict.fromkeys(others))
        names = {name: entry for name, entry in names.items() if entry is None or entry.module != "__future__"}
        self._scopes.append((is_class, names))
        for node in body:
            if isinstance(node, ast.If) and is_typing_block(node):
                # The condition needs an import also where its block goes.
                self.visit(ast.parse(ast.unparse(node.test), mode="eval"))
        rest = [self.visit(node) for node in rest]
        self._scopes.pop()
        return rest or [ast.Pass()]

    def _look_up(self, name: str) -> Import | None:
        for depth, (is_class, names) in enumerate(reversed(self._scopes)):
            if name in names and not (is_class and depth):
                return names[name]
        return None


def _argument_names(node: ast.arguments) -> list[str]:
    arguments = [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg]
    return [argument.arg for argument in arguments if argument is not None]


def _without_imports(body: Sequence[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """A body without its direct imports, and those."""
    rest: list[ast.stmt] = []
    taken: list[ast.stmt] = []
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            taken.append(node)
        elif isinstance(node, ast.If) and is_typing_block(node):
            taken += [inner for inner in node.body if isinstance(inner, (ast.Import, ast.ImportFrom))]
            kept = [inner for inner in node.body if not isinstance(inner, (ast.Import, ast.ImportFrom))]
            if kept or node.orelse:
                rest.append(ast.If(test=node.test, body=kept or [ast.Pass()], orelse=node.orelse))
        else:
            rest.append(node)
    return rest, taken
