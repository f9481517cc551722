"""Tests that say less than before: vanished or weakened assertions, new skips, vanished test functions.

Compares the syntax of all changed test files before and after, together, so that a test may move from one file to
another. Names do not count, as a change may rename anything; the form of an assertion, the exceptions and the numbers
in it do. An assertion behind something that keeps it from failing is another form. What is passed to a function whose signature
the same change alters does not count either, nor does a test that the request itself names as one to delete.
"""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from agent.validators.base import ValidationContext
from agent.validators.signatures import changed_signatures
from engine import Diagnostic, Source

_MEANING = frozenset({"all", "any", "len", "isinstance", "issubclass", "bool", "set", "sorted", "sum", "min", "max"}) | {
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
}
"""Builtin names that say how strong an assertion is; others are names like any."""
_RAISING = frozenset({"raises", "warns", "deprecated_call", "fail"})
_KNOWN_ASSERTION = re.compile(
    "assert(?:(?:Not)?(?:Equal|AlmostEqual|In|IsInstance|Regex)|True|False|Is|IsNot|IsNone|IsNotNone|Raises|RaisesRegex|Warns|WarnsRegex|Logs|NoLogs"
    "|Greater|GreaterEqual|Less|LessEqual|(?:Count|Dict|List|MultiLine|Sequence|Set|Tuple)Equal"
    "|_(?:(?:any|has|not)_)?(?:called?s?|await(?:ed|s)?)\\w*)"
)
_SKIPPING = frozenset({"skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure", "importorskip", "skipTest", "SkipTest"})
_SKIPPERS = frozenset({"pytest", "pytest.mark", "mark", "unittest", "unittest.case", "self", "cls"})
_UNCOLLECTED = frozenset({"__test__", "collect_ignore", "collect_ignore_glob"})
_BROAD = frozenset({"Exception", "BaseException", "AssertionError"})
_CONFIGURATION = frozenset({"pyproject.toml", "pytest.ini", ".pytest.ini", "pytest.toml", "tox.ini", "setup.cfg", "noxfile.py"})
_LEAVING_OUT = re.compile(rb"--ignore(?:-glob)?\b|--deselect\b|\bnorecursedirs\b|\bxfail_strict\s*=\s*false|(?<![\w-])-k\b|(?<![\w-])-m\s")
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Oracle:
    """One thing in a test file that can make a test fail, or keep it from running."""

    kind: str
    """assertion, case, skip, test"""
    form: str
    line: int


class OraclesValidator:
    def check(self, context: ValidationContext) -> list[Diagnostic]:
        free = _resigned(context)
        before = {path: _of_file(path, data, free, _named_in(path, context.deleted)) for path, data in context.before.items()
                  if context.after.get(context.renamed.get(path, path)) != data or path in context.renamed}
        after = {path: _of_file(path, data, free) for path, data in context.after.items()
                 if context.origin(path) in before or path not in context.before}
        then, now = _counted(before), _counted(after)
        gained = {key: count for key, count in (now - then).items() if key[0] == "skip"}
        # A file that does not parse says nothing of what it held or lost.
        lost = {} if None in (*before.values(), *after.values()) else {key: n for key, n in (then - now).items() if key[0] != "skip"}
        return [*_lost(context, before, after, Counter(lost)), *_gained(after, Counter(gained))]


def _resigned(context: ValidationContext) -> frozenset[str]:
    """Functions and classes of the code under test that the change gives another signature."""
    names: set[str] = set()
    for path, data in context.before.items():
        after = context.after.get(context.renamed.get(path, path))
        if path.endswith((".py", ".pyi")) and after is not None and after != data and not _is_test(path):
            names |= changed_signatures(data, after, context.names)
    plain = {name.removesuffix(".__init__").rpartition(".")[2] for name in names}
    return frozenset(name for name in plain if name not in _RAISING | _MEANING and not name.startswith("assert"))


class _Passing(ast.NodeTransformer):
    """Arguments out of the calls of what has another signature: they have to follow it."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(ast.Call(node.func, [], []), node) if _called(node) in self.names else node


def _is_test(path: str) -> bool:
    """Whether a file is one of tests, by its name or its folder."""
    *folders, name = PurePosixPath(path).parts
    return any(part in ("tests", "test", "testing") for part in folders) or _is_named_test(name)


def _is_named_test(name: str) -> bool:
    return name.startswith("test_") or name.endswith(("_test.py", "_tests.py")) or name in ("tests.py", "test.py", "conftest.py")


def _named_in(path: str, deleted: frozenset[str]) -> frozenset[str]:
    """The definitions of a file among those that are deleted."""
    return frozenset(name.removeprefix(f"{path}::") for name in deleted if name.startswith(f"{path}::"))


def _without(body: list[ast.stmt], names: frozenset[str], owner: str = "") -> list[ast.stmt]:
    """Statements but those that define the names, in classes too."""
    kept: list[ast.stmt] = []
    for node in body:
        name = owner + str(getattr(node, "name", ""))
        if isinstance(node, (*_Function, ast.ClassDef)) and name in names:
            continue
        if isinstance(node, ast.ClassDef):
            node.body = _without(node.body, names, f"{name}.")
        kept.append(node)
    return kept


def _of_file(path: str, data: bytes, free: frozenset[str], gone: frozenset[str] = frozenset()) -> tuple[Oracle, ...] | None:
    """What a file holds, nothing where it is neither a test nor configures tests; None when it does not parse."""
    name = PurePosixPath(path).parts[-1]
    if name in _CONFIGURATION:
        lines = enumerate(data.splitlines(), 1)
        return tuple(Oracle("skip", found.decode().strip(), number) for number, line in lines for found in _LEAVING_OUT.findall(line))
    if not path.endswith(".py") or not _is_test(path):
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return None
    body = _without(_Passing(free).visit(tree).body if free else tree.body, gone)
    return tuple(_in_block(body, "" if _is_named_test(name) else "uncollected "))


def _counted(files: Mapping[str, tuple[Oracle, ...] | None]) -> Counter[tuple[str, str]]:
    return Counter((oracle.kind, oracle.form) for found in files.values() for oracle in found or ())


def _lost(
    context: ValidationContext, before: Mapping[str, tuple[Oracle, ...] | None], after: Mapping[str, tuple[Oracle, ...] | None],
    lost: Counter[tuple[str, str]],
) -> Iterator[Diagnostic]:  # fmt: skip
    """Each at the place where the file has fewer of the form than it had."""
    for path, found in sorted(before.items()):
        here = context.renamed.get(path, path)
        left = _counted({here: after.get(here) or ()})
        for oracle in found or ():
            key = oracle.kind, oracle.form
            if left[key] > 0:
                left[key] -= 1
            elif lost[key] > 0:
                lost[key] -= 1
                place = here if here in context.after else ""
                yield Diagnostic(place, 0, "weakened-tests", f"{_LOSS[oracle.kind]}: {_short(oracle.form)} (line {oracle.line} of {path} before)",
                                 Source.ORACLES)  # fmt: skip


_LOSS = {"test": "a test function is gone or no longer run", "case": "a test case is gone", "assertion": "an assertion is gone or says less"}


def _gained(after: Mapping[str, tuple[Oracle, ...] | None], gained: Counter[tuple[str, str]]) -> Iterator[Diagnostic]:
    for path, found in sorted(after.items()):
        for oracle in found or ():
            if gained[oracle.kind, oracle.form] > 0:
                gained[oracle.kind, oracle.form] -= 1
                yield Diagnostic(path, oracle.line, "skipped-tests", f"tests are newly left out by {oracle.form}", Source.ORACLES)


def _short(form: str) -> str:
    return form if len(form) <= 80 else form[:77] + "..."


def _in_block(body: list[ast.stmt], guard: str) -> Iterator[Oracle]:
    """The oracles of statements that run one after the other; `guard` says what keeps them from failing a test."""
    for node in body:
        yield from _in_statement(node, guard)
        if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
            guard = guard or "unreachable "


def _in_statement(node: ast.stmt, guard: str) -> Iterator[Oracle]:
    if isinstance(node, (*_Function, ast.ClassDef)):
        for decorator in node.decorator_list:
            yield from _in_expression(decorator, guard)
            if isinstance(decorator, ast.Name):
                yield from _skip(decorator)
        if isinstance(node, ast.ClassDef) and not _is_collected(node):
            guard = guard or "uncollected "
        if isinstance(node, _Function) and node.name.startswith("test"):
            yield Oracle("test", f"{guard}test", node.lineno)
        yield from _in_block(node.body, guard)
        return
    if isinstance(node, ast.Assert):
        yield Oracle("assertion", f"{guard}assert {_vacuous(node.test)}{_form(node.test)}", node.lineno)
    if isinstance(node, ast.Assign):
        yield from (Oracle("skip", target.id, node.lineno) for target in node.targets if isinstance(target, ast.Name) and target.id in _UNCOLLECTED)
    for expression in (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)):
        yield from _in_expression(expression, guard)
    yield from _in_blocks(node, guard)


def _is_collected(node: ast.ClassDef) -> bool:
    return node.name.startswith("Test") or any(_called(base).endswith("Case") for base in node.bases)


def _in_blocks(node: ast.stmt, guard: str) -> Iterator[Oracle]:
    """The blocks of a compound statement."""
    inner = guard
    match node:
        case ast.Try(handlers=handlers) if any(map(_swallows, handlers)):
            inner = "swallowed "
        case ast.If(test=ast.Constant(value=value)) | ast.While(test=ast.Constant(value=value)) if not value:
            inner = "unreachable "
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                yield from _in_expression(item.context_expr, guard)
                inner = "swallowed " if _called(item.context_expr) == "suppress" else inner
        case _:
            pass
    yield from _in_block(getattr(node, "body", []), inner)
    for name in ("orelse", "finalbody"):
        yield from _in_block(getattr(node, name, []), guard)
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from _in_block(part.body, guard)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether a failed assertion ends here without another one."""
    caught = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
    broad = any(kind is None or getattr(kind, "id", getattr(kind, "attr", "")) in _BROAD for kind in caught)
    goes_on = any(isinstance(node, ast.Raise | ast.Assert) or isinstance(node, ast.Call) and _called(node) == "fail"
                  for part in handler.body for node in ast.walk(part))  # fmt: skip
    return broad and not goes_on


def _in_expression(node: ast.expr, guard: str) -> Iterator[Oracle]:
    """Calls that assert or skip, marks, and the cases of a parametrised test."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            yield from _skip(part)
        if not isinstance(part, ast.Call):
            continue
        name = _called(part)
        if isinstance(part.func, ast.Name):
            yield from _skip(part.func)
        if name in _RAISING or name.startswith("assert"):
            # What a project's own helper is called may change.
            known = name if name in _RAISING or _KNOWN_ASSERTION.fullmatch(name) else "assert..."
            yield Oracle("assertion", f"{guard}{known}({', '.join(map(_form, _arguments(part)))})", part.lineno)
        elif name == "parametrize" and len(part.args) > 1 and isinstance(part.args[1], ast.List | ast.Tuple):
            yield from (Oracle("case", f"{guard}{_form(case)}", case.lineno) for case in part.args[1].elts)


def _skip(node: ast.expr) -> Iterator[Oracle]:
    """A mark or function that leaves a test out; not just any name that is spelled like one."""
    match node:
        case ast.Attribute(value=owner, attr=name) if name in _SKIPPING and ast.unparse(owner) in _SKIPPERS:
            yield Oracle("skip", name, node.lineno)
        case ast.Name(id=name) if name in _SKIPPING:
            yield Oracle("skip", name, node.lineno)
        case _:
            return


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _called(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _vacuous(test: ast.expr) -> str:
    """A mark for what is always true: a constant, a full tuple, `x or True`."""
    match test:
        case ast.Constant(value=value) if value:
            return "nothing but "
        case ast.Tuple(elts=[_, *_]):
            return "nothing but "
        case ast.BoolOp(op=ast.Or(), values=values) if any(map(_vacuous, values)):
            return "nothing but "
        case _:
            return ""


class _Anonymous(ast.NodeTransformer):
    """Names out, except those of the language; texts to whether there is one."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return node if node.id in _MEANING else ast.Name("_", node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        # However deep a name is qualified: imports may change that.
        value = self.visit(node.value)
        return value if isinstance(value, ast.Name) and value.id == "_" else ast.Attribute(value, "_", node.ctx)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        return ast.keyword("_" if node.arg else None, self.visit(node.value))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg("_")

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("text" if node.value else "") if isinstance(node.value, str | bytes) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant("text")


def _form(node: ast.expr) -> str:
    if isinstance(node, ast.Starred):
        return f"*{_form(node.value)}"
    # Parsed again, since the transformer writes into the tree.
    return ast.unparse(_Anonymous().visit(ast.parse(ast.unparse(node), mode="eval")).body)
