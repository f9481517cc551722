"""What a plan says of parameters, held against the signatures that are there."""

from __future__ import annotations

from dataclasses import replace

from engine.actions import permuted
from engine.evidence import Entity, Kind, Project, entities
from engine.naming import subwords
from engine.plan import Action, Intent, Order, Plan

NAMING = frozenset({Action.REORDER, Action.KEYWORD, Action.BUNDLE})
"""Actions whose requests name parameters of their target."""


def with_own_parameters(plan: Plan, project: Project) -> Plan:
    """The plan with parameters as the targets have them: "the length" is `max_length` where no other has that word."""
    return replace(plan, intents=tuple(_own(intent, project) if intent.action in NAMING else intent for intent in plan.intents))


def idle_order(plan: Plan, project: Project) -> Order | None:
    """The order of the first request after which parameters would stand as they do; None where all change something."""
    for intent in plan.intents:
        names = parameters_of(intent.target, project) if intent.action is Action.REORDER else []
        if names and permuted(names, intent.parameters, intent.order) == names:
            return intent.order
    return None


def _own(intent: Intent, project: Project) -> Intent:
    names = parameters_of(intent.target, project)

    def own(said: str) -> str:
        fitting = [name for name in names if {*subwords(said)} <= {*subwords(name)}]
        return fitting[0] if said not in names and len(fitting) == 1 else said

    return replace(intent, parameters=tuple(own(said) for said in intent.parameters))


def parameters_of(target: Entity, project: Project) -> list[str]:
    """Names of the parameters of a function, of a class those of its constructor."""
    owner = target.qualname + (".__init__" if target.kind is Kind.CLASS else "")
    own = [e for e in entities(project, target.path) if e.kind is Kind.PARAMETER and e.owner == owner and e.name not in ("self", "cls")]
    return [entity.name for entity in sorted(own, key=lambda entity: entity.start)]
