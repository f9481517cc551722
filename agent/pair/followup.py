"""What a request can lean on: an earlier request of the conversation, read together with it or repeated for another definition.

No words are interpreted here. Either the denoiser reads both requests as one text, or the user names a definition and
the same rename is spelled out for it, to be looked at before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.locator import Tree, context_of
from agent.outcome import IntentView, PlanView
from engine import Entity, Kind, analogous, qualified

OFFERED = 5
"""Definitions that are offered at most."""


def together(earlier: str, words: str) -> str:
    """Two requests as one text."""
    return f"{earlier.rstrip(' .!?;,')}, {words.strip()}"


def namesakes(tree: Tree, plan: PlanView, words: str = "") -> list[str]:
    """The renames of a plan spelled out for other definitions of the old names, those first that the words point at."""
    found: list[str] = []
    for intent in plan.intents:
        entities = [entity for entity in context_of(tree, f"{intent.old} {words}").entities if _is_namesake(entity, intent)]
        found += [_spelled(entity, intent.new, entities) for entity in entities]
    return list(dict.fromkeys(found))[:OFFERED]


def again(tree: Tree, plan: PlanView, name: str) -> list[str]:
    """The renames of a plan for what `name` names: the owner or file of a namesake, or a definition changed in the same words."""
    found: list[str] = []
    for intent in plan.intents:
        same = [entity for entity in context_of(tree, f"{intent.old} {name}").entities if _is_namesake(entity, intent)]
        found += [_spelled(entity, intent.new, same) for entity in same if _names(name, entity)]
        found += _analogous(tree, intent, name)
    return list(dict.fromkeys(found))[:OFFERED]


def _analogous(tree: Tree, intent: IntentView, name: str) -> Iterator[str]:
    owner, _, bare = name.rpartition(".")
    new = analogous(bare, intent.old, intent.new)
    if new is not None:
        entities = [entity for entity in context_of(tree, bare).entities if entity.name == bare]
        mine = [entity for entity in entities if not owner or entity.owner.rpartition(".")[2] == owner]
        yield from (_spelled(entity, new, entities) for entity in mine)


def _is_namesake(entity: Entity, intent: IntentView) -> bool:
    return entity.name == intent.old and qualified(entity) != intent.target and entity.kind is not Kind.PARAMETER


def _names(said: str, entity: Entity) -> bool:
    """Whether a word is the owner of a definition, its file, or a folder above it."""
    owner = entity.owner.rpartition(".")[2]
    place = said.rstrip("/").removesuffix(".py")
    path = entity.path.removesuffix(".py")
    return said in (owner, entity.owner, f"{owner}.{entity.name}") or f"/{path}/".endswith(f"/{place}/") or f"/{path}/".startswith(f"/{place}/")


def _spelled(entity: Entity, new: str, among: Iterable[Entity]) -> str:
    """A request that no other definition of the name can be meant by."""
    owner = entity.owner.rpartition(".")[2]
    name = f"{owner}.{entity.name}" if owner else entity.name
    alike = [other for other in among if other.owner.rpartition(".")[2] == owner]
    place = f" in {entity.path}" if len(alike) > 1 or not owner else ""
    return f"rename the {entity.kind.value} {name}{place} to {new}"
