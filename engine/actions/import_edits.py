"""Changes of the imports of one file, collected and then written in its own style."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.actions.base import Sheet
from engine.actions.import_places import Group, Spot, group_of, module_of, spot_for
from engine.actions.import_text import Spec, edit_members, remark_behind, width_of, written
from engine.actions.imports import Context, Imported, Statement, imports_of, is_typing
from engine.actions.module_names import ModuleName
from engine.actions.layout import line_after, line_start, newline_of
from engine.actions.statements import cut, span_of
from engine.evidence import Module, Project

_TYPING = Spec(ModuleName("typing"), "TYPE_CHECKING")


@dataclass(slots=True)
class _Change:
    """What becomes of one statement."""

    node: Statement
    block: Sequence[ast.stmt]
    holders: tuple[ast.AST, ...]
    gone: list[ast.alias] = field(default_factory=list)
    new: list[Spec] = field(default_factory=list)
    moved: list[Spec] = field(default_factory=list)
    """What stands in the place of names that are gone."""


class ImportEdits:
    """One file's imports."""

    def __init__(self, project: Project, module: Module) -> None:
        self.project, self.module = project, module
        self.items = imports_of(module)
        self._changes: dict[int, _Change] = {}
        self._top: list[Spec] = []
        self._typing: list[Spec] = []
        self._inside: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, Spec]] = []
        self._width = width_of(module.text)

    def at(self, offset: int) -> Imported | None:
        """The import whose statement part holds a place."""
        for item in self.items:
            start, end = self.module.positions.span(item.alias)
            if start <= offset < end:
                return item
        return None

    def drop(self, item: Imported) -> None:
        """Take one name out."""
        change = self._change(item)
        if item.alias not in change.gone:
            change.gone.append(item.alias)

    def replace(self, item: Imported, spec: Spec) -> None:
        """Import one name from elsewhere, where it is imported now."""
        self.drop(item)
        self._change(item).moved.append(spec)

    def beside(self, item: Imported, spec: Spec) -> None:
        """Import something more where a name is imported now."""
        change = self._change(item)
        if spec not in change.moved:
            change.moved.append(spec)

    def add(self, spec: Spec, context: Context = Context.TOP) -> None:
        """Import a name at the head of the file, or for typing alone."""
        wanted = self._typing if context is Context.TYPING else self._top
        if spec not in wanted:
            wanted.append(spec)

    def add_inside(self, function: ast.FunctionDef | ast.AsyncFunctionDef, spec: Spec) -> None:
        """Import a name when a function runs."""
        if (function, spec) not in self._inside:
            self._inside.append((function, spec))

    def write(self, sheet: Sheet) -> None:
        """Put everything into a sheet of the file's text."""
        if self._typing and self._typing_block() is None and not any(item.bound == "TYPE_CHECKING" for item in self.items):
            self.add(_TYPING)
        fresh: list[tuple[Sequence[ast.stmt], Spec, str]] = []
        renamed: dict[int, Spec] = {}
        for change in list(self._changes.values()):
            self._settle(change, fresh, renamed)
        self._settle_top(fresh)
        removed = {key for key, change in self._changes.items() if self._goes(change) and key not in renamed}
        for key, change in self._changes.items():
            if key in removed:
                self._remove(sheet, change, removed)
            else:
                self._rewrite(sheet, change, renamed.get(key))
        self._write_fresh(sheet, fresh, removed)
        self._write_typing(sheet)
        self._write_inside(sheet)

    def _change(self, item: Imported) -> _Change:
        return self._changes.setdefault(id(item.node), _Change(item.node, item.block, item.holders))

    @staticmethod
    def _goes(change: _Change) -> bool:
        return len(change.gone) == len(change.node.names) and not change.new

    def _settle(self, change: _Change, fresh: list[tuple[Sequence[ast.stmt], Spec, str]], renamed: dict[int, Spec]) -> None:
        """Find for what was moved a statement to join, turn its own one round, or make a new one."""
        remark = remark_behind(self.module, change.node)
        for spec in change.moved:
            joined = self._joinable(change.block, spec, change.node.lineno)
            own = renamed.get(id(change.node))
            whole = len(change.gone) == len(change.node.names) and not change.new
            if joined is not None:
                joined.new.append(spec)
            elif own is not None and own.module == spec.module and spec.name or self._is_there(change.block, spec):
                pass
            elif whole and own is None and bool(spec.name) == isinstance(change.node, ast.ImportFrom):
                renamed[id(change.node)] = spec
            else:
                fresh.append((change.block, spec, remark))

    def _joinable(self, block: Sequence[ast.stmt], spec: Spec, line: int = 0) -> _Change | None:
        """A from-import of the same module in the same block; a remark on one name (`# noqa: F401`) is not meant for another one."""
        if not spec.name or not self._groups():
            return None
        last: _Change | None = None
        for item in self.items:
            if item.block is block and isinstance(item.node, ast.ImportFrom) and module_of(item.node) == spec.module:
                change = self._change(item)
                bound = {alias.name for alias in item.node.names}
                if "*" not in bound and (line or item.context is not Context.TOP or self._is_at_head(item.node)):
                    if len(change.gone) < len(item.node.names) or change.new:
                        if not remark_behind(self.module, item.node):
                            return change
                        last = last or (change if len(item.node.names) > 1 else None)
        return last

    def _is_there(self, block: Sequence[ast.stmt], spec: Spec) -> bool:
        """Whether a block has an `import module` already."""
        plain = [item for item in self.items if item.block is block and isinstance(item.node, ast.Import)]
        return not spec.name and any((item.alias.name, item.alias.asname or "") == (str(spec.module), spec.alias) for item in plain)

    def _is_at_head(self, node: ast.stmt) -> bool:
        body = self.module.tree.body if self.module.tree is not None else []
        return not any(isinstance(other, (ast.FunctionDef, ast.ClassDef)) and other.lineno < node.lineno for other in body)

    def _groups(self) -> bool:
        """Whether the file takes several names from a module in one statement, or shows no other habit."""
        seen: set[tuple[int, str, int]] = set()
        for item in self.items:
            if isinstance(item.node, ast.ImportFrom):
                if len(item.node.names) > 1:
                    return True
                key = (id(item.block), item.node.module or "", item.node.level)
                if key in seen:
                    return False
                seen.add(key)
        return True

    def _settle_top(self, fresh: list[tuple[Sequence[ast.stmt], Spec, str]]) -> None:
        body = self.module.tree.body if self.module.tree is not None else []
        for spec in self._top:
            joined = self._joinable(body, spec)
            if joined is not None:
                if not any(alias.name == spec.name and (alias.asname or "") == spec.alias for alias in joined.node.names if alias not in joined.gone):
                    joined.new.append(spec)
            else:
                fresh.append((body, spec, ""))

    def _remove(self, sheet: Sheet, change: _Change, removed: set[int]) -> None:
        """Take a statement out, and the block with it where nothing else stands there."""
        text, node = self.module.text, change.node
        rest = [other for other in change.block if id(other) not in removed and not _is_docstring(other)]
        moved_here = any(spec.name or spec.module for spec in change.moved)
        holder = change.holders[-1] if change.holders else None
        start, end = line_start(text, self.module.positions.span(node)[0]), line_after(text, self.module.positions.span(node)[1] - 1)
        if not rest and holder is not None and not moved_here:
            if is_typing(holder) and isinstance(holder, ast.If) and not holder.orelse:
                if node is next(other for other in change.block if id(other) in removed):
                    sheet.replace(*cut(text, *span_of(self.module, holder)), "")
                return
            if node is next(other for other in change.block if id(other) in removed):
                first, last = self.module.positions.span(node)
                sheet.replace(first, last, "pass")
                return
        if text[start : self.module.positions.span(node)[0]].strip() or ";" in text[self.module.positions.span(node)[1] : end]:
            sheet.replace(*self.module.positions.span(node), "pass")
            return
        if not change.holders and node in self._last_of_run(removed):
            start, end = cut(text, start, end)
        sheet.replace(start, end, "")

    def _last_of_run(self, removed: set[int]) -> list[ast.stmt]:
        """Statements that stand alone between blank lines."""
        body = self.module.tree.body if self.module.tree is not None else []
        alone: list[ast.stmt] = []
        for i, node in enumerate(body):
            above = i == 0 or node.lineno - (body[i - 1].end_lineno or 0) > 1
            below = i + 1 == len(body) or body[i + 1].lineno - (node.end_lineno or 0) > 1
            if above and below:
                alone.append(node)
        return alone

    def _rewrite(self, sheet: Sheet, change: _Change, turned: Spec | None) -> None:
        node, text = change.node, self.module.text
        if isinstance(node, ast.Import):
            if turned is not None:
                sheet.replace(*self.module.positions.span(node), turned.line)
            else:
                self._rewrite_plain(sheet, change)
            return
        new = [spec.member for spec in change.new]
        gone = change.gone
        if turned is not None:
            start = self.module.positions.span(node)[0]
            at = text.index("import", start + len("from") + len(node.module or ""))
            sheet.replace(start, at, f"from {turned.module} ")
            own = [spec for spec in change.moved if spec.module == turned.module]
            stays = {alias for alias in node.names for spec in own if (alias.name, alias.asname or "") == (spec.name, spec.alias)}
            gone = [alias for alias in change.gone if alias not in stays]
            shown = {(alias.name, alias.asname or "") for alias in stays}
            new += [spec.member for spec in own if (spec.name, spec.alias) not in shown]
        if gone or new:
            edit_members(self.module, sheet, node, gone, list(dict.fromkeys(new)), self._width)

    def _rewrite_plain(self, sheet: Sheet, change: _Change) -> None:
        """`import a, b` without some of them."""
        kept = [alias for alias in change.node.names if alias not in change.gone]
        spans = [self.module.positions.span(alias) for alias in change.node.names]
        names = [self.module.text[slice(*self.module.positions.span(alias))] for alias in kept]
        sheet.replace(spans[0][0], spans[-1][1], ", ".join(names))

    def _write_fresh(self, sheet: Sheet, fresh: Iterable[tuple[Sequence[ast.stmt], Spec, str]], removed: set[int]) -> None:
        """New statements, those of one module together, in order."""
        newline, groups = newline_of(self.module.text), self._groups()
        joined: dict[tuple[int, str, str], tuple[Sequence[ast.stmt], list[Spec], str]] = {}
        for block, spec, remark in fresh:
            key = (id(block), str(spec.module) if spec.name and groups else spec.line, remark)
            joined.setdefault(key, (block, [], remark))[1].append(spec)
        spots: dict[int, list[tuple[Spot, str, Group]]] = {}
        ordered = sorted(joined.values(), key=lambda item: (group_of(self.project, self.module.path, item[1][0].module), bool(item[1][0].name), str(item[1][0].module)))
        for block, specs, remark in ordered:
            spot = spot_for(self.project, self.module, block, specs[0], removed)
            indent = self._indent(block[0]) if block and block[0].col_offset else ""
            members = list(dict.fromkeys(spec.member for spec in specs if spec.name))
            line = written(specs[0].module, sorted(members, key=str.lower), indent, newline, self._width) if members else indent + specs[0].line + newline
            if remark:
                line = line[: -len(newline)] + remark + newline
            group = group_of(self.project, self.module.path, specs[0].module)
            lines = spots.setdefault(spot.at, [])
            apart = newline if lines and lines[-1][2] is not group and (spot.before or spot.after) else "" if lines else spot.before
            lines.append((spot, apart + line, group))
        for at, lines in spots.items():
            missing = newline if at and not self.module.text[:at].endswith("\n") else ""
            sheet.insert(at, missing + "".join(line for _, line, _ in lines) + lines[-1][0].after)

    def _write_typing(self, sheet: Sheet) -> None:
        """Imports that only types need."""
        if not self._typing or self.module.tree is None:
            return
        newline = newline_of(self.module.text)
        block = self._typing_block()
        indent = "    " if block is None else self._indent(block.body[0])
        lines = "".join(f"{indent}{spec.line}{newline}" for spec in self._typing)
        if block is not None:
            sheet.insert(line_after(self.module.text, self.module.positions.span(block.body[-1])[1] - 1), lines)
            return
        head = [item.node for item in self.items if item.context is Context.TOP and self._is_at_head(item.node)]
        at = line_after(self.module.text, self.module.positions.span(head[-1])[1] - 1) if head else spot_for(self.project, self.module, self.module.tree.body, _TYPING, set()).at
        sheet.insert(at, f"{newline}if TYPE_CHECKING:{newline}{lines}")

    def _indent(self, node: ast.stmt) -> str:
        """What stands before a statement in its line."""
        at = self.module.positions.span(node)[0]
        text = self.module.text[line_start(self.module.text, at) : at]
        return text[: len(text) - len(text.lstrip())]

    def _typing_block(self) -> ast.If | None:
        body = self.module.tree.body if self.module.tree is not None else []
        return next((node for node in body if isinstance(node, ast.If) and is_typing(node)), None)

    def _write_inside(self, sheet: Sheet) -> None:
        newline = newline_of(self.module.text)
        for function in dict.fromkeys(function for function, _ in self._inside):
            body = function.body[1:] if len(function.body) > 1 and _is_docstring(function.body[0]) else function.body
            indent = self._indent(body[0])
            by_module: dict[str, list[Spec]] = {}
            for other, spec in self._inside:
                if other is function:
                    by_module.setdefault(str(spec.module) if spec.name else spec.line, []).append(spec)
            lines = [
                written(specs[0].module, [spec.member for spec in specs], indent, newline, self._width) if specs[0].name else indent + specs[0].line + newline
                for specs in by_module.values()
            ]  # fmt: skip
            sheet.insert(span_of(self.module, body[0])[0], "".join(lines) + newline)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
