"""Wishes of every kind that suit a request written by hand."""
from __future__ import annotations

import random
from dataclasses import replace

from engine.evidence import Kind
from engine.plan import Action, Calls, Order
from engine.train.wording import Homonym, Intent, Others, Scope
from engine.train.wording_action_phrases import Request, Wish

TARGETS = {
    "function": (Intent(Kind.FUNCTION, "load_user", "", "src/shop/accounts/users.py", ""), Intent(Kind.FUNCTION, "save_user", "", "src/shop/accounts/users.py", ""),
                 Intent(Kind.FUNCTION, "drop_user_rows", "", "src/shop/accounts/users.py", "")),
    "method": (Intent(Kind.METHOD, "send_all", "Client", "src/shop/net/client.py", ""), Intent(Kind.METHOD, "reconnect", "Client", "src/shop/net/client.py", ""),
               Intent(Kind.METHOD, "wait_for", "Client", "src/shop/net/client.py", "")),
    "class": (Intent(Kind.CLASS, "UserStore", "", "src/shop/stores.py", ""), Intent(Kind.CLASS, "ItemStore", "", "src/shop/stores.py", "")),
    "exception": (Intent(Kind.CLASS, "ParseErr", "", "src/shop/errors.py", "", True), Intent(Kind.CLASS, "LexErr", "", "src/shop/errors.py", "", True)),
    "constant": (Intent(Kind.CONSTANT, "DEFAULT_TIMEOUT", "", "shop/conf.py", ""), Intent(Kind.CONSTANT, "MAX_ITEMS", "", "shop/conf.py", "")),
    "attribute": (Intent(Kind.ATTRIBUTE, "_conn", "Pool", "src/shop/db/pool.py", ""), Intent(Kind.ATTRIBUTE, "_size", "Pool", "src/shop/db/pool.py", "")),
    "parameter": (Intent(Kind.PARAMETER, "time_limit", "load_user", "src/shop/accounts/users.py", ""),
                  Intent(Kind.PARAMETER, "strict", "load_user", "src/shop/accounts/users.py", "")),
    "module": (Intent(Kind.MODULE, "utils", "", "src/shop/utils.py", ""), Intent(Kind.MODULE, "misc", "", "src/shop/misc.py", "")),
    "package": (Intent(Kind.PACKAGE, "io", "", "src/shop/io", ""), Intent(Kind.PACKAGE, "web", "", "src/shop/web", "")),
}
OTHERS = Others(("make_item", "read_rows", "checkout"), ("Basket", "OrderLine"), ("src/shop/cart.py", "src/shop/cli/main.py", "tests/test_cart.py"))
SIGNATURE = ("path", "mode", "strict")
_NEW = ("fetch_account", "verbose", "retry_count", "timeout")


def others(target: Intent) -> Others:
    return replace(OTHERS, homonyms=(Homonym(Kind.METHOD, target.name, "Reader", "src/shop/reader.py"), Homonym(Kind.FUNCTION, target.name, "", "app/run.py")))


def scope(request: Request) -> Scope:
    return Scope(("src/shop/legacy.py",) if "only" in request.flags else (), ("src/shop/old/",) if "except" in request.flags else ())


def _to(action: Action, flags: frozenset[str], at: int) -> str:
    stem = ("store", "helpers", "api")[at]
    match action:
        case Action.MOVE:
            return "src/shop/tools/" if "folder" in flags else f"src/shop/accounts/{stem}.py"
        case Action.METHOD:
            return "src/shop/baskets.py::Basket"
        case Action.REPLACE:
            return ("src/shop/accounts/api.py::get_account", "json.loads")[at % 2]
        case Action.BUNDLE | Action.GROUP | Action.FUNCTION:
            return "src/shop/accounts/extra.py"
    return ""


def wish(request: Request, at: int, rng: random.Random, used: set[str], whole: bool = True) -> Wish:
    """One wish of a request, with all that its text can say."""
    action, flags = request.actions[at], request.flags
    kinds = sorted(request.kinds[min(at, len(request.kinds) - 1)])
    free = [kind for kind in (["function", "class"] if kinds == ["any"] else kinds) if kind not in used or len(request.kinds) == 1]
    kind = "function" if "its" in flags and not at else rng.choice(free or kinds)
    pool = [target for target in TARGETS[kind] if target.name not in used] or [replace(target, name=f"other_{target.name}") for target in TARGETS[kind]]
    count = 2 if flags & {"many", "pair"} or "both" in flags and len(pool) > 1 and rng.random() < 0.5 else 1
    said = {name for number, name in request.says if number == at} if whole else {name for number, name in request.needs if number == at}
    parameters = {"swap": ("mode", "path", "strict"), "first": ("strict", "path", "mode"), "last": ("mode", "strict", "path")} | dict.fromkeys(("before", "after"), ("path", "strict", "mode"))
    order = next((parameters[flag] for flag in parameters if flag in flags), ("strict", "mode", "path"))
    name = "Account" if kind in ("class", "exception") or action in (Action.BUNDLE, Action.GROUP) else _NEW[at]
    values = {Calls(scope): f"self.{scope}_level" for scope in ("code", "tests", "recursive") if scope in said}
    found = Wish(
        action, tuple(pool[:count]), name if "new" in said else "", _to(action, flags, at) if "to" in said else "", "list[str]" if "type" in said else "",
        "None" if "default" in said else "", values, "keyword" in said, order if "parameters" in said else (), "skip the cache" if "effect" in said else "",
        "fresh" in flags, SIGNATURE if action is Action.REORDER else ())
    if "place" in said:
        found = replace(found, order=Order.AFTER, parameters=("mode",))
    used.update(target.name for target in found.targets)
    return found


def wishes(request: Request, rng: random.Random, whole: bool = True) -> list[Wish]:
    """Wishes that the request can say; `whole` with its optional parts."""
    used: set[str] = set()
    made = [wish(request, at, rng, used, whole) for at in range(len(request.actions))]
    return [replace(each, targets=made[0].targets) if "same" in request.flags else each for each in made]
