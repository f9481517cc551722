"""Actions: what a request other than a rename makes of the places that the denoiser says are meant. One module an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.actions.adding import add
from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.bundling import bundle
from engine.actions.delete import delete
from engine.actions.forms import make_classmethod, make_property, make_static
from engine.actions.grouping import group
from engine.actions.moves import move
from engine.actions.removing import remove_parameters
from engine.actions.reordering import make_keyword, permuted, reorder
from engine.actions.replace import replace
from engine.actions.seen import seen_of
from engine.actions.to_function import make_function
from engine.actions.to_method import make_method
from engine.evidence import Kind
from engine.plan import Action

__all__ = ["Asked", "Refused", "Rewritten", "permuted", "rewrite", "seen_of"]


def _delete(asked: Asked) -> Rewritten | Refused:
    """Parameters go in one way, everything else in another."""
    kinds = {target.kind is Kind.PARAMETER for target in asked.intent.targets}
    if len(kinds) > 1:
        return Refused("Parameters and whole definitions can't be removed in one step: ask for one after the other.")
    return remove_parameters(asked) if kinds == {True} else delete(asked)


_ACTIONS: Mapping[Action, Callable[[Asked], Rewritten | Refused]] = {
    Action.MOVE: move,
    Action.DELETE: _delete,
    Action.REPLACE: replace,
    Action.ADD: add,
    Action.REORDER: reorder,
    Action.KEYWORD: make_keyword,
    Action.BUNDLE: bundle,
    Action.FUNCTION: make_function,
    Action.METHOD: make_method,
    Action.GROUP: group,
    Action.STATIC: make_static,
    Action.CLASSMETHOD: make_classmethod,
    Action.PROPERTY: make_property,
}


def rewrite(asked: Asked) -> Rewritten | Refused:
    """Carry out one intent on texts; nothing is read but through the project, nothing is written."""
    return _ACTIONS[asked.intent.action](asked)
