"""Classes without a constructor of their own: a parameter of theirs is a field, or makes the first `__init__`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from engine.actions.base import Sheet
from engine.actions.functions import ClassMeant, last_word
from engine.actions.import_text import Spec
from engine.actions.layout import indent_at, line_end, line_start, newline_of, unit_of
from engine.actions.module_names import ModuleName
from engine.actions.needed import Needed, is_visible
from engine.evidence import Scope
from engine.plan import Intent

_MUTABLE = {"[]": "list", "{}": "dict", "list()": "list", "dict()": "dict", "set()": "set"}


@dataclass(frozen=True, slots=True)
class Field:
    """One annotated (or `attr.ib`) attribute in the body of a class."""

    node: ast.Assign | ast.AnnAssign
    name: str
    has_default: bool
    maker: str
    """`field`, `attr.ib` or the like, as it is written; empty where the value stands bare."""


def fields_of(node: ast.ClassDef) -> list[Field]:
    """What the constructor takes, in order."""
    found = []
    for item in node.body:
        if (
            isinstance(item, ast.AnnAssign)
            and isinstance(item.target, ast.Name)
            and last_word(item.annotation) not in ("ClassVar", "KW_ONLY")
        ):
            maker = _maker(item.value)
            found.append(Field(item, item.target.id, item.value is not None and (not maker or _gives(item.value)), maker))
        elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name) and _maker(item.value) and not fields_annotated(node):
            found.append(Field(item, item.targets[0].id, _gives(item.value), _maker(item.value)))
    return found


def fields_annotated(node: ast.ClassDef) -> bool:
    """Whether the fields of a class are annotated, which is all but old attrs."""
    return any(isinstance(item, ast.AnnAssign) for item in node.body)


def _maker(value: ast.expr | None) -> str:
    if isinstance(value, ast.Call) and last_word(value.func) in ("field", "ib", "attrib"):
        return ast.unparse(value.func)
    return ""


def _gives(value: ast.expr | None) -> bool:
    words = {item.arg for item in value.keywords} if isinstance(value, ast.Call) else set()
    return bool(words & {"default", "default_factory", "factory"})


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the new one went: its number among the parameters, the instance included, or -1 for by keyword alone."""

    position: int = -1
    shifts: bool = False


def add_field(sheet: Sheet, needed: Needed, item: ClassMeant, intent: Intent) -> Placed | str:
    """Add a field to a dataclass, an attrs class or a NamedTuple; a sentence where it can't be."""
    known = fields_of(item.node)
    names = [field.name for field in known]
    if intent.new in names:
        return f"{item.node.name} already has a field {intent.new}: choose another name."
    old_style = bool(known) and not fields_annotated(item.node)
    tuple_like = any(last_word(base) == "NamedTuple" for base in item.node.bases)
    inherits = bool(item.node.bases) and not tuple_like
    first = next((i for i, field in enumerate(known) if field.has_default), len(known))
    keyword = intent.keyword or (inherits and not intent.default)
    if keyword and tuple_like:
        return f"{item.node.name} is a tuple, whose fields can all be passed by position: leave out that it is to be keyword-only."
    value = _value(needed, item, intent, keyword, known)
    kind = intent.type or _kind(intent.default)
    if not kind and not old_style:
        kind = "Any"
        _import(needed, item, "typing", "Any")
    line = f"{intent.new} = {value}" if old_style else f"{intent.new}: {kind}" + (f" = {value}" if value else "")
    at = len(known) if intent.default or keyword else first
    _insert_line(sheet, item, known, at, line)
    if keyword or inherits:
        return Placed()
    return Placed(at + 1, at < len(known))


def _value(needed: Needed, item: ClassMeant, intent: Intent, keyword: bool, known: Sequence[Field]) -> str:
    """What stands behind the `=`; empty for nothing."""
    maker = next((field.maker for field in known if field.maker), "")
    of_attrs = any(last_word(word) in ("define", "frozen", "mutable", "attrs", "s") for word in item.node.decorator_list)
    factory = _MUTABLE.get(intent.default.replace(" ", ""))
    old_style = bool(known) and not fields_annotated(item.node)
    if not keyword and not factory and not old_style:
        return intent.default
    if not maker:
        maker = "field"
        _import(needed, item, "attrs" if of_attrs else "dataclasses", "field")
    parts = (
        [f"{'factory' if of_attrs else 'default_factory'}={factory}"]
        if factory
        else [f"default={intent.default}"]
        if intent.default
        else []
    )
    return f"{maker}({', '.join([*parts, *(['kw_only=True'] if keyword else [])])})"


def _kind(default: str) -> str:
    try:
        value = ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return ""
    return "" if value is None else type(value).__name__


def _import(needed: Needed, item: ClassMeant, module: str, name: str) -> None:
    if not is_visible(item.scope, name):
        needed.want(item.module.path, Spec(ModuleName(module), name))


def _insert_line(sheet: Sheet, item: ClassMeant, known: Sequence[Field], at: int, line: str) -> None:
    text, positions = item.module.text, item.module.positions
    newline = newline_of(text)
    if not known:
        _insert_first(sheet, item, line)
    elif at < len(known):
        start = line_start(text, positions.span(known[at].node)[0])
        sheet.insert(start, f"{indent_at(text, start)}{line}{newline}")
    else:
        node = known[-1].node
        body = item.node.body
        after = body[body.index(node) + 1] if body.index(node) + 1 < len(body) else None
        # A string below a field documents it.
        end = (
            after if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str) else node
        )
        place = line_end(text, positions.span(end)[1])
        sheet.insert(place, f"{newline}{indent_at(text, positions.span(node)[0])}{line}")


def _insert_first(sheet: Sheet, item: ClassMeant, lines: str, gap: bool = False) -> None:
    """Put statements at the head of a class, behind its docstring; a lone `pass` or `...` makes room."""
    text, positions, body = item.module.text, item.module.positions, item.node.body
    newline = newline_of(text)
    first = body[0]
    indent = indent_at(text, positions.span(item.node)[0]) + unit_of(text)
    content = lines.replace("\n", newline + indent)
    if len(body) == 1 and (
        isinstance(first, ast.Pass) or (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value is ...)
    ):
        same_line = line_start(text, positions.span(first)[0]) <= positions.span(item.node)[0]
        sheet.replace(*positions.span(first), f"{newline}{indent}{content}" if same_line else content)
        return
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    attributes = [node for node in body if isinstance(node, (ast.Assign, ast.AnnAssign))] if gap else []
    behind = attributes[-1] if attributes else first if documented else None
    if behind is not None:
        place = line_end(text, positions.span(behind)[1])
        sheet.insert(place, f"{newline}{newline if gap or documented else ''}{indent}{content}")
        return
    decorated = getattr(first, "decorator_list", [])
    start = line_start(text, positions.span(decorated[0] if decorated else first)[0])
    sheet.insert(start, f"{indent}{content}{newline}{newline if gap else ''}")


def add_constructor(sheet: Sheet, item: ClassMeant, intent: Intent) -> Placed | str:
    """The first `__init__` of a class, which keeps what it is given."""
    if any(last_word(base) not in ("object", "ABC") for base in item.node.bases):
        return f"{item.node.name} has no constructor of its own: name the class whose constructor is to take {intent.new}."
    typed = any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is not None for node in item.node.body)
    star = "*, " if intent.keyword else ""
    equals = " = " if intent.type else "="
    parameter = intent.new + (f": {intent.type}" if intent.type else "") + (equals + intent.default if intent.default else "")
    head = f"def __init__(self, {star}{parameter}){' -> None' if typed or intent.type else ''}:"
    _insert_first(sheet, item, f"{head}\n{unit_of(item.module.text)}self.{intent.new} = {intent.new}", gap=True)
    return Placed(-1 if intent.keyword else 1)


def scope_inside(item: ClassMeant) -> Scope:
    """The scope in which a field's default is looked up."""
    found = [scope for scope in item.module.scopes(f"{item.scope.qualname}.{item.node.name}".lstrip(".")) if scope.node is item.node]
    return found[0] if found else item.scope
