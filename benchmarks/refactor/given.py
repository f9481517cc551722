"""Plans that are given instead of read: from the words of a task file to the values that the engine works with.

The format is that of `plan` in benchmarks/judging/README.md, with three ops more (see benchmarks/refactor/README.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Action, Calls, Concept, Entity, Intent, Order, Place, Plan, Project, find, locate

_FORMS = {
    "make_static": Action.STATIC,
    "make_classmethod": Action.CLASSMETHOD,
    "make_property": Action.PROPERTY,
    "method_to_function": Action.FUNCTION,
}


@dataclass(frozen=True, slots=True)
class Given:
    """A plan, and what of the request no plan of the engine can say."""

    plan: Plan | None
    """None where nothing of it can be said."""
    unsayable: tuple[str, ...] = ()


def entity_of(project: Project, target: str) -> Entity:
    """The definition that a task file names, as the evidence knows it; ValueError where there is none."""
    path, _, qualified = target.partition("::")
    owner, _, name = qualified.rpartition(".")
    written = (target, target.rstrip("/") + "/", f"{path}::{owner}({name})")
    found = next((entity for text in written if (entity := find(project, text)) is not None), None)
    if found is None:
        raise ValueError(f"{target} is not defined")
    return found


def place_of(pattern: str, paths: Sequence[str]) -> Place:
    """A place of a task file: a kind of place, a path, or a folder and `*`; ValueError where there is none."""
    if pattern in {concept.value for concept in Concept}:
        return Place(concept=Concept(pattern))
    found = locate(pattern, paths) or locate(pattern.rstrip("*"), paths)
    if found is None:
        raise ValueError(f"there is no place {pattern}")
    return found


def given_plan(raw: Mapping[str, Any], project: Project, paths: Sequence[str]) -> Given:
    """The engine's plan for a plan of a task file; ValueError where it names what is not there."""
    ops, unsayable = raw["intents"], list[str]()
    intents = [intent for op in ops for intent in _intents(op, project, unsayable)]
    only = [*raw.get("only", ()), *(ops[0].get("scope", ()) if len(ops) == 1 else ())]
    unsayable += [f"scope of {op['op']} alone" for op in ops if len(ops) > 1 and op.get("scope")]
    places = [tuple(place_of(text, paths) for text in texts) for texts in (only, raw.get("except", ()))]
    plan = Plan(tuple(intents), places[0], places[1], bool(raw.get("keep_alias"))) if intents else None
    return Given(plan, tuple(unsayable))


def _intents(op: Mapping[str, Any], project: Project, unsayable: list[str]) -> Iterator[Intent]:
    """The intents of one op; what has no place in an intent is added to `unsayable`."""
    name = op["op"]
    if name == "split_module":
        for part in op["parts"]:
            yield _on(project, part["targets"], Action.MOVE, to=part["to"])
        return
    targets = op.get("targets") or [op.get("target") or op.get("source") or op["of"]]
    match name:
        case "rename":
            yield _on(project, targets, Action.RENAME, new=op["new"])
        case "move" | "merge_module":
            yield _on(project, targets, Action.MOVE, to=op["to"])
        case "delete":
            yield _on(project, targets, Action.DELETE)
        case "remove_parameter":
            yield _on(project, [f"{target}({op['name']})" for target in targets], Action.DELETE)
        case "replace_use":
            yield _on(project, targets, Action.REPLACE, to=op["by"])
        case "add_parameter":
            yield _added(project, targets, op)
        case "reorder_parameters":
            yield _on(project, targets, Action.REORDER, parameters=tuple(op["order"]))
        case "keyword_only":
            yield _on(project, targets, Action.KEYWORD, parameters=tuple(op["parameters"]))
        case "parameters_to_dataclass":
            if op.get("parameter"):
                unsayable.append(f"the parameter's name {op['parameter']}")
            yield _on(project, targets, Action.BUNDLE, new=op["dataclass"], to=op.get("to", ""), parameters=tuple(op["parameters"]))
        case "function_to_method":
            yield _on(project, targets, Action.METHOD, new=op.get("new", ""), to=op["owner"])
        case _ if name in _FORMS:
            yield _on(project, targets, _FORMS[name], new=op.get("new", ""), to=op.get("to", ""))
        case _:
            unsayable.append(name)


def _on(project: Project, targets: Sequence[str], action: Action, **fields: Any) -> Intent:
    first, *others = (entity_of(project, target) for target in targets)
    return Intent(first, action=action, others=tuple(others), **fields)


def _added(project: Project, targets: Sequence[str], op: Mapping[str, Any]) -> Intent:
    where, _, beside = op.get("position", "").partition(" ")
    return _on(
        project,
        targets,
        Action.ADD,
        new=op["name"],
        type=op.get("type", ""),
        default=op.get("default", ""),
        values={Calls(scope): value for scope, value in op.get("values", {}).items()},
        keyword=bool(op.get("keyword_only")),
        parameters=(beside,) if beside else (),
        order=Order(where) if where else Order.WHOLE,
        effect=op.get("effect", ""),
    )
