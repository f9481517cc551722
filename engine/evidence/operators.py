"""What operators give. Classes may overload every one of them, so only builtins are sure of their results."""
from __future__ import annotations

import ast

from engine.evidence.evaluator import Evaluator
from engine.evidence.expressions import union
from engine.evidence.outside import combined
from engine.evidence.scopes import Scope
from engine.evidence.values import BUILTIN, UNKNOWN, ValueKind, Values

_METHODS: dict[type[ast.AST], str] = {
    ast.Eq: "__eq__", ast.NotEq: "__ne__", ast.Lt: "__lt__", ast.LtE: "__le__", ast.Gt: "__gt__", ast.GtE: "__ge__",
    ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__", ast.FloorDiv: "__floordiv__",
    ast.Mod: "__mod__", ast.Pow: "__pow__", ast.MatMult: "__matmul__", ast.BitAnd: "__and__", ast.BitOr: "__or__",
    ast.BitXor: "__xor__", ast.LShift: "__lshift__", ast.RShift: "__rshift__",
    ast.Invert: "__invert__", ast.USub: "__neg__", ast.UAdd: "__pos__",
}
# Their results are made a bool, whatever the methods return.
_BOOLEAN = (ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Not)


class Operators:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def infer(self, node: ast.Compare | ast.BinOp | ast.UnaryOp, scope: Scope) -> Values:
        infer = self._evaluator.infer
        if isinstance(node, ast.UnaryOp):
            return self._one(node.op, infer(node.operand, scope), ())
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.Mod) and _is_text(node.left):
                return BUILTIN
            return self._one(node.op, infer(node.left, scope), infer(node.right, scope))
        operands = [infer(item, scope) for item in (node.left, *node.comparators)]
        return union(*(self._one(operator, operands[number], operands[number + 1])
                       for number, operator in enumerate(node.ops)))

    def _one(self, operator: ast.AST, left: Values, right: Values) -> Values:
        if isinstance(operator, _BOOLEAN):
            return BUILTIN
        name = _METHODS.get(type(operator), "")
        if all(value.kind is ValueKind.INSTANCE for value in left):
            parts: list[Values] = []
            for value in left:
                found = self._evaluator.classes.find(value.scope, name) if value.scope is not None else None
                parts.append(self._evaluator.returned(found[1][0], value) if found else UNKNOWN)
            return union(*parts)
        return combined(left + right)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
