"""MOVE: of definitions, of modules to another path, of a module into another one."""

from __future__ import annotations

from engine.actions.base import Asked, Refused, Rewritten
from engine.actions.merge import merge
from engine.actions.move import move as move_definitions
from engine.actions.move_module import move_modules
from engine.evidence import Kind


def move(asked: Asked) -> Rewritten | Refused:
    """Carry the targets where they are to go."""
    if asked.intent.target.kind not in (Kind.MODULE, Kind.PACKAGE):
        return move_definitions(asked)
    return merge(asked) if asked.intent.to in asked.project.paths else move_modules(asked)
