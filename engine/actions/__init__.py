"""Actions: what a request other than a rename makes of the places that the denoiser says are meant. One module an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.delete import delete
from engine.actions.moves import move
from engine.actions.replace import replace
from engine.plan import Action

__all__ = ["Asked", "Refused", "Rewritten", "rewrite"]

_ACTIONS: Mapping[Action, Callable[[Asked], Rewritten | Refused]] = {Action.MOVE: move, Action.DELETE: delete, Action.REPLACE: replace}


def rewrite(asked: Asked) -> Rewritten | Refused:
    """Carry out one intent on texts; nothing is read but through the project, nothing is written."""
    return _ACTIONS[asked.intent.action](asked)
