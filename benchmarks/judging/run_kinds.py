"""Plans of the hand-written requests of every kind: how many are understood exactly, by kind.

    python -m benchmarks.judging.run_kinds --sources DIR [--set kinds|development] [--show] [--fields targets|all]

`kinds` judges and is never tuned on; `development` is there to be looked at and tuned on. `all` compares every field; `targets` what is asked of which definitions, without types, defaults and values.
"""

from __future__ import annotations

import argparse
import ast
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from agent.loop import plan
from agent.outcome import Declined, EditRequest, IntentView, PlanView
from benchmarks.judging.run import repository_of
from engine import Action, EmbeddedDenoiser, Order
from engine.actions.reordering import permuted

SETS = {"kinds": Path(__file__).parent / "kinds_instructions.jsonl", "development": Path(__file__).parent / "development.jsonl"}
Fact = tuple[object, ...]
_SINGLE = {
    "make_static": Action.STATIC, "make_classmethod": Action.CLASSMETHOD, "make_property": Action.PROPERTY,
    "method_to_function": Action.FUNCTION, "function_to_method": Action.METHOD, "functions_to_class": Action.GROUP,
}  # fmt: skip
_CALLS = {"code": "value in code", "tests": "value in tests", "recursive": "value in recursive"}


def code_of_expression(text: str) -> str:
    """An expression however it is written."""
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except SyntaxError:
        return text


def elsewhere(target: str, *fields: str) -> tuple[str, ...]:
    """New name, file and class of what changes its form; its own file is where it stays if nothing is said."""
    return tuple("" if at == 1 and field == target.partition("::")[0] else field for at, field in enumerate(fields))


def settled(fact: Fact) -> Fact:
    """A class and its constructor are one target of what is done to parameters."""
    action, target, *rest = fact
    is_about_parameters = action in (Action.ADD, Action.REORDER, Action.BUNDLE) or "(" in str(target)
    return (action, str(target).replace(".__init__", ""), *rest) if is_about_parameters else fact


def resulting(tree: Path, target: str, names: Sequence[str], order: Order) -> tuple[str, ...]:
    """All parameters of a function in the order that is asked for, however it is said."""
    path, _, qualname = target.partition("::")
    found: list[ast.stmt] = ast.parse((tree / path).read_text(encoding="utf-8")).body
    node: ast.AST | None = None
    for part in (*qualname.split("."), "__init__"):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            break
        node = next((item for item in found if getattr(item, "name", None) == part), None)
        found = getattr(node, "body", [])
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return tuple(names)
    all_names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    bound = int(all_names[:1] in (["self"], ["cls"]))
    return tuple(permuted(all_names, names, order, bound))


def wanted_facts(intent: dict[str, Any], every: bool, tree: Path) -> Iterator[Fact]:
    """What a judged intent asks for, one fact a target."""
    targets = intent.get("targets") or [intent.get("target") or intent.get("source") or intent.get("of")]
    match intent["op"]:
        case "rename":
            yield from ((Action.RENAME, target, intent["new"]) for target in targets)
        case "move":
            yield from ((Action.MOVE, target, intent["to"].rstrip("/")) for target in targets)
        case "merge_module":
            yield Action.MOVE, intent["source"], intent["to"]
        case "split_module":
            yield from ((Action.MOVE, target, part["to"]) for part in intent["parts"] for target in part["targets"])
        case "delete":
            yield from ((Action.DELETE, target) for target in targets)
        case "remove_parameter":
            yield Action.DELETE, f"{intent['target']}({intent['name']})"
        case "replace_use":
            by = intent["by"].removeprefix("builtins.")
            yield from ((Action.REPLACE, target.removeprefix("builtins."), by) for target in targets)
        case "add_parameter":
            fields = (code_of_expression(intent.get("type", "")), code_of_expression(intent.get("default", "")), bool(intent.get("keyword_only")))
            values = tuple(sorted((_CALLS.get(scope, scope), code_of_expression(value)) for scope, value in intent.get("values", {}).items()))
            yield from ((Action.ADD, target, intent["name"], *((*fields, values) if every else ())) for target in targets)
        case "reorder_parameters":
            yield Action.REORDER, targets[0], *((resulting(tree, targets[0], intent["order"], Order.WHOLE),) if every else ())
        case "parameters_to_dataclass":
            yield from ((Action.BUNDLE, target, frozenset(intent["parameters"]), intent["dataclass"]) for target in targets)
        case op:
            more = (intent.get("new", ""), intent.get("to", ""), str(intent.get("owner", ""))) if every else ()
            yield from ((_SINGLE[op], target, *elsewhere(target, *more)) for target in targets)


def found_facts(intent: IntentView, every: bool, tree: Path) -> Iterator[Fact]:
    """The same of an intent that the engine understood."""
    action, details = Action(intent.action), intent.details
    for target in (intent.target, *intent.others):
        match action:
            case Action.RENAME:
                yield action, target, intent.new
            case Action.MOVE | Action.REPLACE:
                yield action, target, details.get("to", "").rstrip("/")
            case Action.DELETE:
                yield action, target
            case Action.ADD:
                fields = (code_of_expression(details.get("type", "")), code_of_expression(details.get("default", "")), "keyword-only" in details)
                values = tuple(sorted((key, code_of_expression(value)) for key, value in details.items() if key.startswith("value in")))
                yield action, target, intent.new, *((*fields, values) if every else ())
            case Action.REORDER:
                order = Order(details.get("order", Order.WHOLE.value))
                yield action, target, *((resulting(tree, target, details.get("parameters", "").split(", "), order),) if every else ())
            case Action.KEYWORD:
                yield action, target, frozenset(details.get("parameters", "").split(", "))
            case Action.BUNDLE:
                yield action, target, frozenset(details.get("parameters", "").split(", ")), intent.new
            case Action.GROUP:
                yield action, target, *(("", "", f"{target.partition('::')[0]}::{intent.new}") if every else ())
            case Action.METHOD:
                yield action, target, *((intent.new, "", details.get("to", "")) if every else ())
            case _:
                yield action, target, *elsewhere(target, *((intent.new, details.get("to", ""), "") if every else ()))


def same(wanted: dict[str, Any], found: PlanView, every: bool, tree: Path) -> bool:
    """Whether the plans ask for the same; the order of intents and targets is free, and so is how they are grouped."""

    def places(given: Iterable[str]) -> set[str]:
        return {place.rstrip("/") for place in given}

    scope = {place for intent in wanted["intents"] for place in intent.get("scope", ())}
    asked = {settled(fact) for intent in wanted["intents"] for fact in wanted_facts(intent, every, tree)}
    got = {settled(fact) for intent in found.intents for fact in found_facts(intent, every, tree)}
    scoped = places(found.only) == places(wanted.get("only", ())) | places(scope) and places(found.exclude) == places(wanted.get("except", ()))
    return asked == got and (not every or (scoped and bool(wanted.get("keep_alias")) == found.keep_alias))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--set", choices=tuple(SETS), default="kinds")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    parser.add_argument("--fields", choices=("targets", "all"), default="all")
    options = parser.parse_args()
    denoiser, counts, kinds = EmbeddedDenoiser.load(), Counter[str](), Counter[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as temporary:
        for line in SETS[options.set].read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            tree = repository_of(options.sources / f"{item['package']}-{item['version']}", Path(temporary))
            found = plan(EditRequest(item["instruction"], tree), emit=lambda event: None, denoiser=denoiser)
            ops = [intent["op"] for intent in item.get("plan", {}).get("intents", ())]
            kind = ops[0] if len(ops) == 1 else "joined" if ops else item["expect"]
            if isinstance(found, Declined):
                outcome = "wrongly declined" if ops else "rightly declined"
            else:
                outcome = "wrongly planned" if not ops else "exact" if same(item["plan"], found, options.fields == "all", tree) else "wrong plan"
            counts[outcome] += 1
            kinds[kind, outcome] += 1
            if options.show and outcome not in ("exact", "rightly declined"):
                said = found.reason if isinstance(found, Declined) else found
                print(f"{item['id']} {kind} {outcome}: {item['instruction']}\n    {said}\n    wanted {item.get('plan', item.get('why'))}")
    for kind in sorted({kind for kind, _ in kinds}):
        print(f"{kind:<24} " + "  ".join(f"{outcome} {kinds[kind, outcome]}" for outcome in sorted(counts) if kinds[kind, outcome]))
    print(dict(counts))


if __name__ == "__main__":
    main()
