"""One walk over one syntax tree: scopes, bindings, identifier uses and string literals.

Iterative, so that deep nesting is harmless, and dispatched by node type, because this is where the time goes.
Resolves nothing.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from engine.evidence.scopes import (
    Bind, Binding, FunctionNode, Index, Literal, Role, Scope, ScopeKind, StarImport, Use,
    mark_first_parameter, owner_of_self, parameters, rehome, strings_of,
)

Item = tuple[ast.AST, Scope, Role]

_LEAVES = frozenset({"ctx", "op", "ops", "kind", "conversion", "type_comment", "is_async", "simple", "level"})
# Wherever the call stands, its callee and arguments keep these roles.
_STICKY = frozenset({Role.BASE, Role.ANNOTATION, Role.FSTRING})
_BY_NAME = frozenset({"getattr", "setattr", "hasattr", "delattr", "object"})
_EXTENDS = frozenset({"append", "extend"})


def index_tree(tree: ast.Module, path: str) -> Index:
    return _Walker(tree, path).run()


class _Walker:
    def __init__(self, tree: ast.Module, path: str) -> None:
        self.tree = tree
        self.path = path
        self.root = Scope(ScopeKind.MODULE, "", "", path, None, tree)
        self.uses: dict[str, list[Use]] = {}
        self.literals: list[Literal] = []
        self.scopes: dict[str, list[Scope]] = {"": [self.root]}
        self.stars: list[StarImport] = []
        self.exports: set[str] | None = None
        self.docstrings: set[ast.AST] = set()
        self.receivers: dict[ast.AST, ast.expr] = {}
        self.exported: set[ast.AST] = set()
        self.declared: list[Scope] = []
        self.joined: ast.JoinedStr | None = None
        self.stack: list[Item] = []
        self.children: dict[type[ast.AST], tuple[str, ...]] = {}

    def run(self) -> Index:
        self._body(self.tree.body, self.root)
        self._drain(0)
        for scope in self.declared:
            rehome(scope, self.root)
        exports = None if self.exports is None else frozenset(self.exports)
        return Index(self.root, self.uses, self.literals, self.scopes, self.stars, exports)

    def _drain(self, floor: int) -> None:
        stack, handlers, generic = self.stack, _HANDLERS, self._generic
        while len(stack) > floor:
            node, scope, role = stack.pop()
            handler = handlers.get(type(node))
            if handler is None:
                generic(node, scope, role)
            else:
                handler(self, node, scope, role)

    def _generic(self, node: ast.AST, scope: Scope, role: Role) -> None:
        kind = type(node)
        fields = self.children.get(kind)
        if fields is None:
            fields = self.children[kind] = tuple(name for name in kind._fields if name not in _LEAVES)
        push = self.stack.append
        for name in fields:
            value = getattr(node, name, None)
            if type(value) is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        push((item, scope, role))
            elif isinstance(value, ast.AST):
                push((value, scope, role))

    def _push(self, nodes: Iterable[ast.AST | None], scope: Scope, role: Role = Role.NAME) -> None:
        self.stack.extend([(node, scope, role) for node in nodes if node is not None])

    def _body(self, body: list[ast.stmt], scope: Scope) -> None:
        if body and type(body[0]) is ast.Expr and type(body[0].value) is ast.Constant:
            self.docstrings.add(body[0].value)
        self._push(body, scope)

    def _use(self, name: str, use: Use) -> None:
        if self.joined is not None:
            use = use._replace(joined=self.joined)
        found = self.uses.get(name)
        if found is None:
            self.uses[name] = [use]
        else:
            found.append(use)

    def _bind(self, binding: Binding) -> None:
        binding.scope.bindings.setdefault(binding.name, []).append(binding)

    def _open(self, kind: ScopeKind, name: str, parent: Scope, node: ast.AST) -> Scope:
        if not name:
            return Scope(kind, name, parent.qualname, self.path, parent, node)
        qualname = f"{parent.qualname}.{name}" if parent.qualname else name
        scope = Scope(kind, name, qualname, self.path, parent, node)
        self.scopes.setdefault(qualname, []).append(scope)
        return scope

    def _name(self, node: ast.Name, scope: Scope, role: Role) -> None:
        if role is Role.NAME and type(node.ctx) is not ast.Load:
            role = Role.STORE
        self._use(node.id, Use(role, node, scope))

    def _attribute(self, node: ast.Attribute, scope: Scope, role: Role) -> None:
        outer = role
        if role is Role.NAME:
            role = Role.ATTRIBUTE if type(node.ctx) is ast.Load else Role.ATTRIBUTE_STORE
        elif role is Role.CALL:
            role, outer = Role.ATTRIBUTE_CALL, Role.NAME
        self._use(node.attr, Use(role, node, scope))
        self.stack.append((node.value, scope, outer))

    def _call(self, node: ast.Call, scope: Scope, role: Role) -> None:
        callee = role if role in _STICKY or role is Role.DECORATOR else Role.CALL
        inner = role if role in _STICKY else Role.NAME
        func = node.func
        called = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
        self.stack.append((func, scope, callee if called else inner))
        for number, argument in enumerate(node.args):
            self.stack.append((argument, scope, Role.ANNOTATION if called == "cast" and not number else inner))
        for keyword in node.keywords:
            if keyword.arg is not None:
                self._use(keyword.arg, Use(Role.KEYWORD, keyword, scope, 0, node))
            self.stack.append((keyword.value, scope, inner))
        if called in _BY_NAME and len(node.args) > 1:
            self.receivers[node.args[1]] = node.args[0]
        elif called in _EXTENDS and node.args and isinstance(func, ast.Attribute):
            if isinstance(func.value, ast.Name) and func.value.id == "__all__":
                self._export(node.args[0])

    def _constant(self, node: ast.Constant, scope: Scope, role: Role) -> None:
        if self.joined is not None or type(node.value) is not str and type(node.value) is not bytes:
            return
        self.literals.append(Literal(node, scope, node in self.docstrings, role is Role.ANNOTATION,
                                     node in self.exported, self.receivers.get(node)))

    def _joined(self, node: ast.JoinedStr, scope: Scope, role: Role) -> None:
        if self.joined is not None:
            self._generic(node, scope, Role.FSTRING)
            return
        self.literals.append(Literal(node, scope))
        self.joined = node
        floor = len(self.stack)
        self._generic(node, scope, Role.FSTRING)
        self._drain(floor)
        self.joined = None

    # Scopes ----------------------------------------------------------------------------------------------------

    def _function(self, node: FunctionNode, scope: Scope, role: Role) -> None:
        self._use(node.name, Use(Role.DEFINITION, node, scope))
        inner = self._open(ScopeKind.FUNCTION, node.name, scope, node)
        self._bind(Binding(Bind.FUNCTION, node.name, scope, node, annotation=node.returns, inner=inner))
        if scope.kind is ScopeKind.CLASS:
            mark_first_parameter(node, inner)
        self._push(node.decorator_list, scope, Role.DECORATOR)
        self._push((node.returns,), scope, Role.ANNOTATION)
        self._push(getattr(node, "type_params", ()), inner)
        self._arguments(node.args, scope, inner)
        self._body(node.body, inner)

    def _lambda(self, node: ast.Lambda, scope: Scope, role: Role) -> None:
        inner = self._open(ScopeKind.LAMBDA, "", scope, node)
        self._arguments(node.args, scope, inner)
        self.stack.append((node.body, inner, role if role in _STICKY else Role.NAME))

    def _arguments(self, args: ast.arguments, outer: Scope, inner: Scope) -> None:
        for argument in parameters(args):
            self._use(argument.arg, Use(Role.PARAMETER, argument, inner))
            self._bind(Binding(Bind.PARAMETER, argument.arg, inner, argument, annotation=argument.annotation))
            if argument.annotation is not None:
                self.stack.append((argument.annotation, outer, Role.ANNOTATION))
        self._push(args.defaults, outer)
        self._push(args.kw_defaults, outer)

    def _class(self, node: ast.ClassDef, scope: Scope, role: Role) -> None:
        self._use(node.name, Use(Role.DEFINITION, node, scope))
        inner = self._open(ScopeKind.CLASS, node.name, scope, node)
        self._bind(Binding(Bind.CLASS, node.name, scope, node, inner=inner))
        self._push(node.decorator_list, scope, Role.DECORATOR)
        self._push(node.bases, scope, Role.BASE)
        self._push(getattr(node, "type_params", ()), inner)
        for keyword in node.keywords:
            if keyword.arg is not None:
                self._use(keyword.arg, Use(Role.KEYWORD, keyword, scope, 0, node))
            self.stack.append((keyword.value, scope, Role.BASE))
        self._body(node.body, inner)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
                       scope: Scope, role: Role) -> None:
        inner = self._open(ScopeKind.COMPREHENSION, "", scope, node)
        role = role if role in _STICKY else Role.NAME
        for number, clause in enumerate(node.generators):
            # Only the first iterable is evaluated outside.
            self.stack.append((clause.iter, inner if number else scope, role))
            self._target(clause.target, inner, clause.iter, Bind.ELEMENT)
            self.stack.append((clause.target, inner, role))
            self._push(clause.ifs, inner, role)
        if isinstance(node, ast.DictComp):
            self._push((node.key, node.value), inner, role)
        else:
            self.stack.append((node.elt, inner, role))

    # Bindings --------------------------------------------------------------------------------------------------

    def _target(self, target: ast.AST, scope: Scope, value: ast.expr | None, kind: Bind,
                annotation: ast.expr | None = None) -> None:
        if isinstance(target, ast.Name):
            self._bind(Binding(kind, target.id, scope, target, value, annotation))
        elif isinstance(target, ast.Attribute):
            if isinstance(target.value, ast.Name):
                owner = owner_of_self(scope, target.value.id)
                if owner is not None:
                    binding = Binding(kind, target.attr, scope, target, value, annotation)
                    owner.attributes.setdefault(target.attr, []).append(binding)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self._target(item, scope, None, Bind.OPAQUE)
        elif isinstance(target, ast.Starred):
            self._target(target.value, scope, None, Bind.OPAQUE)

    def _assign(self, node: ast.Assign, scope: Scope, role: Role) -> None:
        for target in node.targets:
            self._target(target, scope, node.value, Bind.ASSIGN)
            if isinstance(target, ast.Name) and target.id == "__all__":
                self._export(node.value)
            self.stack.append((target, scope, Role.NAME))
        self.stack.append((node.value, scope, Role.NAME))

    def _annotated(self, node: ast.AnnAssign, scope: Scope, role: Role) -> None:
        self._target(node.target, scope, node.value, Bind.ASSIGN, node.annotation)
        if isinstance(node.target, ast.Name) and node.target.id == "__all__" and node.value is not None:
            self._export(node.value)
        self._push((node.target, node.value), scope)
        self.stack.append((node.annotation, scope, Role.ANNOTATION))

    def _augmented(self, node: ast.AugAssign, scope: Scope, role: Role) -> None:
        if isinstance(node.target, ast.Name):
            if node.target.id == "__all__":
                self._export(node.value)
            self._target(node.target, scope, None, Bind.OPAQUE)
        self._push((node.target, node.value), scope)

    def _export(self, value: ast.expr) -> None:
        strings = strings_of(value)
        self.exports = (self.exports or set()).union(str(item.value) for item in strings)
        self.exported.update(strings)

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope, role: Role) -> None:
        self._target(node.target, scope, node.iter, Bind.ELEMENT)
        self._generic(node, scope, Role.NAME)

    def _withitem(self, node: ast.withitem, scope: Scope, role: Role) -> None:
        if node.optional_vars is not None:
            self._target(node.optional_vars, scope, node.context_expr, Bind.WITH)
        self._push((node.context_expr, node.optional_vars), scope)

    def _walrus(self, node: ast.NamedExpr, scope: Scope, role: Role) -> None:
        home = scope
        while home.kind is ScopeKind.COMPREHENSION and home.parent is not None:
            home = home.parent
        self._target(node.target, home, node.value, Bind.ASSIGN)
        self._push((node.target, node.value), scope, role if role in _STICKY else Role.NAME)

    def _named(self, node: ast.AST, scope: Scope, role: Role) -> None:
        """Nodes that hold the bound name as a plain string: handlers, captures, type parameters."""
        name = getattr(node, "rest", None) if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
        if isinstance(name, str):
            part = Role.EXCEPT if isinstance(node, ast.ExceptHandler) else Role.STORE
            self._use(name, Use(part, node, scope))
            self._bind(Binding(Bind.OPAQUE, name, scope, node))
        self._generic(node, scope, Role.NAME)

    def _match_class(self, node: ast.MatchClass, scope: Scope, role: Role) -> None:
        for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
            self._use(name, Use(Role.KEYWORD, pattern, scope, 0, node))
        self._generic(node, scope, Role.NAME)

    def _declaration(self, node: ast.Global | ast.Nonlocal, scope: Scope, role: Role) -> None:
        (scope.globals if isinstance(node, ast.Global) else scope.nonlocals).update(node.names)
        self.declared.append(scope)
        for number, name in enumerate(node.names):
            self._use(name, Use(Role.GLOBAL, node, scope, number + 1))

    def _import(self, node: ast.Import, scope: Scope, role: Role) -> None:
        for alias in node.names:
            parts = alias.name.split(".")
            for number, part in enumerate(parts):
                self._use(part, Use(Role.IMPORT_MODULE, alias, scope, number, node))
            # `import a.b` binds `a`, `import a.b as c` binds the whole path.
            bound, module = (alias.asname, alias.name) if alias.asname else (parts[0], parts[0])
            if alias.asname:
                self._use(bound, Use(Role.IMPORT_ALIAS, alias, scope, len(parts) + 1, node))
            self._bind(Binding(Bind.IMPORT, bound, scope, alias, module=module))

    def _import_from(self, node: ast.ImportFrom, scope: Scope, role: Role) -> None:
        module = node.module or ""
        for number, part in enumerate(module.split(".") if module else ()):
            self._use(part, Use(Role.IMPORT_MODULE, node, scope, number, node))
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(StarImport(module, node.level))
                continue
            self._use(alias.name, Use(Role.IMPORT_NAME, alias, scope, 0, node))
            if alias.asname:
                self._use(alias.asname, Use(Role.IMPORT_ALIAS, alias, scope, 2, node))
            self._bind(Binding(Bind.FROM, alias.asname or alias.name, scope, alias, module=module,
                               level=node.level, member=alias.name))


# Handlers take the node type they are registered for, which a dictionary cannot express.
_HANDLERS: dict[type[ast.AST], Callable[[_Walker, Any, Scope, Role], None]] = {
    ast.Name: _Walker._name,
    ast.Attribute: _Walker._attribute,
    ast.Call: _Walker._call,
    ast.Constant: _Walker._constant,
    ast.JoinedStr: _Walker._joined,
    ast.FunctionDef: _Walker._function,
    ast.AsyncFunctionDef: _Walker._function,
    ast.ClassDef: _Walker._class,
    ast.Lambda: _Walker._lambda,
    ast.Assign: _Walker._assign,
    ast.AnnAssign: _Walker._annotated,
    ast.AugAssign: _Walker._augmented,
    ast.For: _Walker._for,
    ast.AsyncFor: _Walker._for,
    ast.withitem: _Walker._withitem,
    ast.NamedExpr: _Walker._walrus,
    ast.MatchClass: _Walker._match_class,
    ast.Global: _Walker._declaration,
    ast.Nonlocal: _Walker._declaration,
    ast.Import: _Walker._import,
    ast.ImportFrom: _Walker._import_from,
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping), _Walker._named),
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _Walker._comprehension),
}
# Python 3.12 and later.
for _name in ("TypeVar", "ParamSpec", "TypeVarTuple"):
    if hasattr(ast, _name):
        _HANDLERS[getattr(ast, _name)] = _Walker._named
