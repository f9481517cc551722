"""Whether a method became a function as it should: told from the texts before and after, with the standard library alone.

What is expected is made from the syntax before: the method is taken out of its class, every place becomes a call of the function with the receiver in front, the first parameter
gets the name that it has afterwards. All changed files have to be that, imports and docstrings apart; inside the function, docstrings, strings and comments have to be as they were.
"""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import io
import re
import symtable
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
_WITH_PARAMETERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LAYOUT = (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
_PRIVATE = re.compile(r"__\w*[^_\W]_?\Z")


@dataclass(frozen=True, slots=True)
class Moved:
    """What was asked for."""

    path: str
    owner: str
    name: str
    new: str
    places: frozenset[tuple[str, int]]
    """Path of every attribute that is the method, and the offset in characters behind it."""


def flaws_of(before: Mapping[str, str], after: Mapping[str, str], moved: Moved) -> list[str]:
    """All that is not as it should be; empty: it is right."""
    files = sorted({path for path in before.keys() | after.keys() if path.endswith(".py") and before.get(path) != after.get(path)} | {path for path, _ in moved.places})
    flaws = []
    for path in files:
        try:
            ast.parse(after.get(path, ""))
        except SyntaxError as error:
            flaws.append(f"{path} does not parse: {error}")
    if flaws:
        return flaws
    method = _member(ast.parse(before[moved.path]), moved)
    made = [node for node in ast.parse(after.get(moved.path, "")).body if isinstance(node, _FUNCTIONS) and node.name == moved.new]
    if method is None or len(made) != 1:
        return [f"{len(made)} functions {moved.new} in {moved.path}"]
    if _member(ast.parse(after[moved.path]), moved) is not None:
        flaws.append(f"{moved.owner} still has {moved.name}")
    work = _Expected(before, moved, method)
    for path in files:
        flaws += work.compare(path, after.get(path, ""))
    flaws += work.compare_body(made[0], after[moved.path])
    return [*flaws, *_comments(before, after, files, moved)]


def _member(tree: ast.Module, moved: Moved) -> Function | None:
    """The method in its class."""
    for owner in tree.body:
        for node in owner.body if isinstance(owner, ast.ClassDef) and owner.name == moved.owner else ():
            if isinstance(node, _FUNCTIONS) and node.name == moved.name:
                return node
    return None


def _first(node: Function) -> str:
    return next((arg.arg for arg in (*node.args.posonlyargs, *node.args.args)), "")


class _Expected:
    """The syntax that the files should have."""

    def __init__(self, before: Mapping[str, str], moved: Moved, method: Function) -> None:
        self.before = before
        self.moved = moved
        self.old_text = before[moved.path]
        self.method = method
        own = {id(node.value) for node in _attributes(method, moved.name) if (moved.path, _end(self.old_text, node)) in moved.places}
        self.uses_itself = bool(own)
        names = [node for node in ast.walk(method) if isinstance(node, ast.Name) and node.id == _first(method)]
        self.passes = any(id(node) not in own for node in names)
        """Whether the function needs what the method was called on; if not it may not take it."""
        self.function: Function | None = None

    def compare(self, path: str, text: str) -> Iterator[str]:
        """What one file has that it should not."""
        old = self.before.get(path, "")
        ends = {end for where, end in self.moved.places if where == path}
        wanted, actual = ast.parse(old), ast.parse(text)
        caller = _Caller(self.moved, self.passes, {node for node in _attributes(wanted, self.moved.name) if _end(old, node) in ends})
        if len(caller.places) != len(ends):
            yield f"{path}: {len(ends) - len(caller.places)} places are no attributes"
        caller.visit(wanted)
        yield from (f"{path}: {flaw}" for flaw in caller.flaws)
        if path == self.moved.path:
            self.function = _member(wanted, self.moved)
            _take_out(wanted, self.function)
            _take_out(actual, next(node for node in actual.body if isinstance(node, _FUNCTIONS) and node.name == self.moved.new))
        elif ends and not any(_leads_to(node, self.moved, path) for node in ast.walk(actual)):
            yield f"{path} does not import {self.moved.new}"
        if ends or path == self.moved.path:
            yield from (f"{path}: {self.moved.new} was something else in {scope}" for scope in _captured(symtable.symtable(old, path, "exec"), self.moved.new))
        yield from (f"{path}: {difference}" for difference in _differences(_bare(wanted), _bare(actual)))

    def compare_body(self, made: Function, text: str) -> Iterator[str]:
        """What the function has that the method had not, and the other way round."""
        wanted = copy.deepcopy(self.function)
        assert wanted is not None
        private = sorted({name for name in _names(self.method) if _PRIVATE.match(name)})
        if private:
            yield f"{private[0]} means something else outside {self.moved.owner}"
        wanted.name = self.moved.new
        old = _first(self.method)
        new = _first(made) if self.passes else old
        if new != old and new in _variables(self.method):
            yield f"{new} already means something in the body"
        if self.passes:
            _Renamed(old, new).visit(wanted)
            first, given = (*wanted.args.posonlyargs, *wanted.args.args)[0], (*made.args.posonlyargs, *made.args.args)[0]
            first.arg = new
            if first.annotation is None and isinstance(given.annotation, ast.Name) and given.annotation.id == self.moved.owner:
                first.annotation = given.annotation
        else:
            del (wanted.args.posonlyargs or wanted.args.args)[0]
        yield from (f"body: {difference}" for difference in _differences(_bare(wanted), _bare(copy.deepcopy(made))))
        yield from self._compare_tokens(made, text, old, new)

    def _compare_tokens(self, made: Function, text: str, old: str, new: str) -> Iterator[str]:
        before = [_said(token, old, new, _documenting(self.method)) for token in _tokens(self.old_text, self.method)]
        after = [_said(token, new, new, _documenting(made)) for token in _tokens(text, made)]
        if self.uses_itself:
            # Where it calls itself, names are in another order: only what is written in strings and comments is as it was.
            kinds = (tokenize.STRING, tokenize.COMMENT)
            before, after = ([token for token in tokens if token[0] in kinds] for tokens in (before, after))
        for one, other in zip(before, after, strict=False):
            if one != other:
                yield f"body: {one[1]!r} has become {other[1]!r}"
                return
        if len(before) != len(after):
            yield "body: it has more, or fewer, tokens than before"


class _Caller(ast.NodeTransformer):
    """Places become calls of the function."""

    def __init__(self, moved: Moved, passes: bool, places: set[ast.Attribute]) -> None:
        self.moved = moved
        self.passes = passes
        self.places = places
        self.flaws: list[str] = []
        self._made: set[int] = set()
        self._within: list[ast.AST] = []

    def visit(self, node: ast.AST) -> ast.AST:
        """Anything; functions and classes are known to what is in them."""
        if not isinstance(node, _DEFINITIONS):
            return super().visit(node)
        self._within.append(node)
        known = set(self._made)
        super().generic_visit(node)
        self._within.pop()
        if isinstance(node, _FUNCTIONS) and self._made != known:
            self._give_way(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A call of it."""
        if node.func not in self.places or not isinstance(node.func, ast.Attribute):
            return self.generic_visit(node)
        unbound = self._is_unbound(node.func)
        receiver = self._receiver(node.func.value)
        arguments = [self._visited(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self._visited(keyword.value)
        if not unbound and self.passes:
            arguments.insert(0, receiver)
        elif unbound and not self.passes:
            del arguments[0]
        if not self.passes and any(isinstance(inner, ast.Call) for inner in ast.walk(receiver)):
            self.flaws.append(f"line {node.lineno} no longer evaluates {ast.unparse(receiver)}")
        return ast.Call(self._function(node), arguments, node.keywords)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """It is passed on, not called."""
        self.generic_visit(node)
        if node not in self.places:
            return node
        if self._is_unbound(node) or not self.passes:
            return self._function(node)
        return ast.Call(ast.Name("partial", ast.Load()), [self._function(node), node.value], [])

    def _receiver(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
            outer = next((item for item in reversed(self._within) if isinstance(item, _FUNCTIONS)), None)
            return ast.Name(_first(outer) if outer is not None else "", ast.Load())
        return self._visited(node)

    def _visited(self, node: ast.expr) -> ast.expr:
        made = self.visit(node)
        assert isinstance(made, ast.expr)
        return made

    def _is_unbound(self, node: ast.Attribute) -> bool:
        named = node.value.id if isinstance(node.value, ast.Name) else node.value.attr if isinstance(node.value, ast.Attribute) else ""
        return named == self.moved.owner

    def _function(self, node: ast.expr) -> ast.Name:
        name = ast.Name(self.moved.new, ast.Load())
        if _PRIVATE.match(self.moved.new) and any(isinstance(outer, ast.ClassDef) for outer in self._within):
            self.flaws.append(f"line {node.lineno}: {self.moved.new} means something else in a class")
        self._made.add(id(name))
        return name

    def _give_way(self, node: Function) -> None:
        """A variable that hides the function where it is called has to be called something else, which is the name with an underscore."""
        new = self.moved.new
        if any(isinstance(inner, ast.arg) and inner.arg == new for inner in ast.walk(node.args)):
            self.flaws.append(f"line {node.lineno}: {new} is a parameter there")
        stored = [inner for inner in ast.walk(node) if isinstance(inner, ast.Name) and inner.id == new and isinstance(inner.ctx, ast.Store)]
        if stored and f"{new}_" in _names(node):
            self.flaws.append(f"line {node.lineno}: {new} is a variable there")
        for inner in ast.walk(node) if stored else ():
            if isinstance(inner, ast.Name) and inner.id == new and id(inner) not in self._made:
                inner.id = f"{new}_"


class _Renamed(ast.NodeTransformer):
    """One variable gets another name, but for inner functions with a parameter of that name."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._inside = False

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A use."""
        if node.id == self.old:
            node.id = self.new
        return node

    def visit(self, node: ast.AST) -> ast.AST:
        """Anything."""
        hides = isinstance(node, _WITH_PARAMETERS) and any(isinstance(inner, ast.arg) and inner.arg == self.old for inner in ast.walk(node.args))
        if hides and self._inside:
            return node
        self._inside = True
        return super().visit(node)


def _attributes(tree: ast.AST, name: str) -> list[ast.Attribute]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == name]


def _end(text: str, node: ast.expr) -> int:
    """Offset in characters behind a node; the parser counts bytes."""
    lines = text.split("\n")
    row = (node.end_lineno or 1) - 1
    return sum(len(line) + 1 for line in lines[:row]) + len(lines[row].encode()[: node.end_col_offset].decode())


def _names(tree: ast.AST) -> set[str]:
    """Every identifier in a piece of syntax."""
    found: set[str] = set()
    for node in ast.walk(tree):
        for field in ("id", "arg", "attr", "name", "asname"):
            word = getattr(node, field, None)
            if isinstance(word, str):
                found.add(word)
    return found


def _variables(tree: ast.AST) -> set[str]:
    """Every variable that a piece of syntax sets or uses; attributes and keywords are none."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.arg)):
            found.add(node.id if isinstance(node, ast.Name) else node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)):
            found.add(node.name or "")
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
    return found


def _take_out(tree: ast.Module, node: Function | None) -> None:
    holders: list[ast.Module | ast.ClassDef] = [tree, *(item for item in tree.body if isinstance(item, ast.ClassDef))]
    for holder in holders:
        if node is not None and node in holder.body:
            holder.body.remove(node)
            if not holder.body:
                holder.body.append(ast.Pass())


def _leads_to(node: ast.AST, moved: Moved, importer: str) -> bool:
    """Whether a statement imports the function from its module."""
    if not isinstance(node, ast.ImportFrom) or not any(alias.name == moved.new and not alias.asname for alias in node.names):
        return False
    parts = (node.module or "").split(".") if node.module else []
    home = moved.path.removesuffix(".py").removesuffix("/__init__").split("/")
    if node.level:
        return home == [*importer.split("/")[: -node.level], *parts]
    return bool(parts) and home[-len(parts) :] == parts


def _captured(table: symtable.SymbolTable, name: str) -> Iterator[str]:
    """Scopes that use a name of the module, or of the language, that is about to be defined."""
    if name in table.get_identifiers():
        symbol = table.lookup(name)
        outside = table.get_type() == "module" or symbol.is_global()
        if outside and symbol.is_referenced() and (hasattr(builtins, name) or not symbol.is_assigned()):
            yield table.get_name()
    for inner in table.get_children():
        yield from _captured(inner, name)


class _Bare(ast.NodeTransformer):
    """Syntax without imports and docstrings, `partial` as a plain name."""

    def visit(self, node: ast.AST) -> ast.AST | None:
        """Anything; None: it goes."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return None
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body[0] = ast.Pass()
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "functools.partial":
            return ast.Name("partial", node.ctx)
        self.generic_visit(node)
        if isinstance(node, (ast.If, ast.Try, ast.FunctionDef, ast.AsyncFunctionDef)) and not node.body:
            node.body.append(ast.Pass())
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") and not any(not isinstance(item, ast.Pass) for item in node.body):
            return None
        return node


def _bare(tree: ast.AST) -> ast.AST:
    made = _Bare().visit(tree)
    assert made is not None
    return made


def _differences(wanted: ast.AST, actual: ast.AST) -> Iterator[str]:
    """The first statement that is another one, as far inside as it can be told."""
    if ast.dump(wanted) == ast.dump(actual):
        return
    ours, theirs = getattr(wanted, "body", None), getattr(actual, "body", None)
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if ast.dump(one) != ast.dump(other)]
        if pairs:
            yield from _differences(*pairs[0])
            return
    yield f"line {getattr(actual, 'lineno', 1)} should be `{ast.unparse(wanted)[:300]}` and is `{ast.unparse(actual)[:300]}`"


def _tokens(text: str, node: Function) -> list[tokenize.TokenInfo]:
    """The body, from its first statement to the end of its last line, comments between included."""
    first, last = node.body[0].lineno, node.end_lineno or node.lineno
    return [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if first <= token.start[0] <= last and token.type not in _LAYOUT]


def _documenting(node: Function) -> set[int]:
    """Lines on which a docstring begins."""
    inside = [inner for inner in ast.walk(node) if isinstance(inner, _DEFINITIONS)]
    return {inner.body[0].lineno for inner in inside if ast.get_docstring(inner, clean=False) is not None}


def _said(token: tokenize.TokenInfo, old: str, new: str, documenting: set[int]) -> tuple[int, str]:
    """A token as it has to be afterwards: the instance has its new name, a docstring is indented by itself."""
    text = token.string
    if token.type == tokenize.NAME and text == old:
        text = new
    elif token.type == tokenize.STRING and token.start[0] in documenting:
        text = inspect.cleandoc(text)
    elif token.type == tokenize.STRING and text[: text.find(text[-1])].lower().strip("r") == "f":
        # What stands in the brackets of an f-string is code; its syntax is compared too.
        text = re.sub(rf"\b{re.escape(old)}\b", new, text)
    return token.type, text


def _comments(before: Mapping[str, str], after: Mapping[str, str], files: list[str], moved: Moved) -> Iterator[str]:
    """Comments that were lost or made; those that speak of the method may be others."""
    old, new = (Counter(comment for path in files for comment in _comments_of(texts.get(path, ""))) for texts in (before, after))
    yield from (f"comment {comment!r} is lost" for comment in old - new if moved.name not in comment)
    yield from (f"comment {comment!r} is new" for comment in new - old if moved.name not in comment)


def _comments_of(text: str) -> tuple[str, ...]:
    return tuple(token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT)
