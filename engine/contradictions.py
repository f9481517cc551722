"""Values of a plan canvas that can't stand: what they ask can't be done to the definitions that the plan names, or leaves all as it is."""

from __future__ import annotations

from collections.abc import Iterator

from engine.entity_facts import facts_by_line
from engine.evidence import Entity, Project
from engine.own_parameters import NAMING, idle_order, parameters_of
from engine.plan import Action, Blamed, Intent, Plan
from engine.plan_canvas import ACTION_SLOTS, PlanCanvas
from engine.plan_reader import ACTION_VALUE, ORDER_VALUE
from engine.sampler import Denoised
from engine.values import Value

_DECORATOR = {Action.STATIC: "staticmethod", Action.CLASSMETHOD: "classmethod", Action.PROPERTY: "property"}


def contradicted(plan: Plan, made: PlanCanvas, settled: Denoised, project: Project) -> Blamed:
    """The actions, or the manner of an order, that the code as it is rules out."""
    order = idle_order(plan, project)
    blamed: list[tuple[int, Value]] = [] if order is None else [(made.order_slot, ORDER_VALUE[order])]
    held = {slot: settled.canvas.slots[slot].value for slot in ACTION_SLOTS}
    for intent in plan.intents:
        if _is_ruled_out(intent, project):
            value = ACTION_VALUE[intent.action]
            blamed += [(slot, value) for slot in ACTION_SLOTS if held[slot] is value]
    return tuple(blamed)


def _is_ruled_out(intent: Intent, project: Project) -> bool:
    if intent.action is Action.ADD:
        return any(intent.new in parameters_of(target, project) for target in intent.targets)
    if intent.action in NAMING:
        names = parameters_of(intent.target, project)
        return bool(names) and any(name not in names for name in intent.parameters)
    if intent.action in _DECORATOR:
        return all(_DECORATOR[intent.action] in _decorators(target, project) for target in intent.targets)
    return False


def _decorators(target: Entity, project: Project) -> Iterator[str]:
    module = project.module(target.path)
    if module is not None and module.tree is not None and target.line in (facts := facts_by_line(module.tree, module.text)):
        yield from facts[target.line].decorators
