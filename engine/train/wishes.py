"""Requests of every kind over a real package, before they are put into words: what is asked of which definitions."""

from __future__ import annotations

import builtins
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.evidence import Entity, Kind
from engine.features import Zone, zone_of
from engine.naming import Style, join, subwords
from engine.plan import Action, Calls, Order
from engine.plan_reader import POSSIBLE
from engine.train.index import Index
from engine.train.signatures import Parameter, Signatures
from engine.train.teachers import propose_name
from engine.train.wording_effects import effect_on, parameter

_SHARES = {
    Action.MOVE: 20, Action.ADD: 18, Action.DELETE: 12, Action.REPLACE: 9, Action.FUNCTION: 7, Action.METHOD: 6, Action.GROUP: 6, Action.REORDER: 5,
    Action.KEYWORD: 5, Action.BUNDLE: 6, Action.STATIC: 6, Action.CLASSMETHOD: 4, Action.PROPERTY: 5,
}  # fmt: skip
_KINDS = {
    Kind.FUNCTION: 1.5, Kind.CLASS: 1.2, Kind.METHOD: 1.5, Kind.CONSTANT: 0.6, Kind.ATTRIBUTE: 0.4, Kind.PARAMETER: 0.4, Kind.MODULE: 0.6, Kind.PACKAGE: 0.2,
}  # fmt: skip
"""How often a kind of definition is asked about, among those that an action can be done to."""
_MANY = {Action.MOVE: 0.35, Action.DELETE: 0.25, Action.ADD: 0.15, Action.GROUP: 1.0, Action.STATIC: 0.15, Action.CLASSMETHOD: 0.15, Action.PROPERTY: 0.15}
"""How often an action is asked of several definitions at once."""
_RENAME_FIRST = 0.4
"""How often the first of several requests is a rename."""
_EFFECTS = (
    "log the {p}", "raise ValueError when it is negative", "skip the check", "print what happens", "return early when {p} is None",
    "raise a TypeError if it isn't callable", "log errors instead of raising them", "call it with the result", "warn if {p} is empty",
    "write nothing when it is False", "return None instead of raising", "log a debug line before returning", "stop at the first error",
    "ignore case", "show a progress bar", "strip the result", "keep the order", "retry once", "leave empty lines out",
)  # fmt: skip
"""What an added parameter does, as a verb phrase without `to`."""
_OPTIONS = ("Options", "Config", "Settings", "Params", "Spec", "Args", "Context", "Request")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One thing to ask for; entities as the package has them."""

    action: Action
    targets: tuple[Entity, ...]
    new: str = ""
    to: str = ""
    """A path (MOVE, FUNCTION, BUNDLE), or a dotted name from outside (REPLACE)."""
    at: Entity | None = None
    """The class it goes into, or what takes its place."""
    type: str = ""
    default: str = ""
    values: Mapping[Calls, str] | None = None
    keyword: bool = False
    parameters: tuple[str, ...] = ()
    effect: str = ""
    order: Order = Order.WHOLE
    signature: tuple[str, ...] = ()
    """Parameters of the target as they stand."""


@dataclass(slots=True)
class Wisher:
    """Draws requests from one package."""

    index: Index
    signatures: Signatures
    names: Sequence[str]
    rng: random.Random
    pool: Sequence[Entity]
    """Definitions outside of tests."""

    @classmethod
    def of(cls, index: Index, names: Sequence[str], rng: random.Random) -> Wisher:
        """Read the package's signatures."""
        pool = [
            entity for defined in index.by_name.values() for entity in defined
            if zone_of(entity.path) is not Zone.TEST and not entity.name.startswith("__") and len(entity.name) > 2 and entity.name not in ("self", "cls")
        ]  # fmt: skip
        signatures = Signatures.of(index.project, (path for path in index.package.texts if path.endswith(".py")))
        names = [name for name in names if subwords(name) and subwords(name)[0] not in ("test", "tests")]
        return cls(index, signatures, names, rng, sorted(pool, key=lambda e: (e.path, e.start, e.name)))

    def draw(self) -> list[Drawn]:
        """One to four requests of one text, renames among them only beside others."""
        more = self.rng.choices((0, 1, 2, 3), (64, 25, 7, 4))[0]
        first = self.one(Action.RENAME if more and self.rng.random() < _RENAME_FIRST else self._other_action())
        if first is None:
            return []
        found = [first]
        for _ in range(more):
            another = self._after(found[-1]) if self.rng.random() < 0.5 else self.one(self._any_action())
            taken = {drawn.new for drawn in found if drawn.new}
            again = another is not None and any(set(another.targets) & set(d.targets) and d.action is another.action for d in found)
            if another is not None and not again and another.new not in taken:
                found.append(another)
        if len(found) == 1 and first.action is Action.RENAME:
            return []
        if [drawn.action for drawn in found] == [Action.REPLACE, Action.DELETE] and self.rng.random() < 0.25:
            found.reverse()
        return found

    def _other_action(self) -> Action:
        return self.rng.choices(list(_SHARES), list(_SHARES.values()))[0]

    def _any_action(self) -> Action:
        return Action.RENAME if self.rng.random() < 0.4 else self._other_action()

    def _after(self, before: Drawn) -> Drawn | None:
        """Another request that has to do with the last one: for the same definition, a parameter of it, or what stands beside it."""
        target = before.targets[0]
        if before.action is Action.MOVE and self.rng.random() < 0.4:
            return self._elsewhere(before)
        if before.action is Action.REPLACE and self.rng.random() < 0.4:
            return self.one(Action.DELETE, target)
        if self.rng.random() < 0.25 and len(before.targets) == 1 and before.action is not Action.DELETE:
            own = [entity for entity in self.pool if entity.kind is Kind.PARAMETER and entity.owner == target.qualname and entity.path == target.path]
            return self.one(self.rng.choice((Action.RENAME, Action.DELETE)), self.rng.choice(own)) if own else None
        actions = [a for a in Action if target.kind in POSSIBLE[a] and a is not before.action and a not in (Action.DELETE, Action.GROUP)]
        if before.action in (Action.FUNCTION, Action.METHOD, Action.GROUP):
            # "Make it a function called f in m.py" is one request.
            actions = [a for a in actions if a not in (Action.RENAME, Action.MOVE)]
        if before.action in (Action.RENAME, Action.MOVE):
            actions = [a for a in actions if a not in (Action.FUNCTION, Action.METHOD)]
        if before.action is Action.DELETE or len(before.targets) > 1 or not actions:
            return None
        weights = [40 if a is Action.RENAME else _SHARES[a] for a in actions]
        return self.one(self.rng.choices(actions, weights)[0], target)

    def _elsewhere(self, before: Drawn) -> Drawn | None:
        """Another part of the same module, which goes to another place: a module that is split."""
        beside = [e for e in self.pool if e.path == before.targets[0].path and not e.owner and e.kind in POSSIBLE[Action.MOVE] and e not in before.targets]
        beside = [e for e in beside if e.kind not in (Kind.MODULE, Kind.PACKAGE)]
        made = self.one(Action.MOVE, self.rng.choice(beside)) if beside else None
        return made if made is not None and made.to != before.to and not set(made.targets) & set(before.targets) else None

    def one(self, action: Action, target: Entity | None = None) -> Drawn | None:
        """One request, of a given definition or a drawn one; None where the draw fits nothing."""
        if target is None:
            kinds = {kind: share for kind, share in _KINDS.items() if kind in POSSIBLE[action]}
            if action is Action.DELETE and self.rng.random() < 0.4:
                kinds = {Kind.PARAMETER: 1.0}
            kind = self.rng.choices(list(kinds), list(kinds.values()))[0]
            outer = action in (Action.MOVE, Action.METHOD, Action.GROUP)
            fitting = [entity for entity in self.pool if entity.kind is kind and not (outer and entity.owner)]
            if not fitting:
                return None
            target = self.rng.choice(fitting)
        return self._makers()[action](action, target)

    def _makers(self) -> Mapping[Action, Callable[[Action, Entity], Drawn | None]]:
        bare = self._bare
        return {
            Action.RENAME: self._rename, Action.MOVE: self._move, Action.DELETE: bare, Action.REPLACE: self._replace, Action.ADD: self._add,
            Action.REORDER: self._reorder, Action.KEYWORD: self._some_parameters, Action.BUNDLE: self._some_parameters,
            Action.FUNCTION: self._function, Action.METHOD: self._method, Action.GROUP: self._group, Action.STATIC: bare,
            Action.CLASSMETHOD: bare, Action.PROPERTY: bare,
        }  # fmt: skip

    def _targets(self, action: Action, target: Entity) -> tuple[Entity, ...]:
        """The target, and sometimes others beside it."""
        rng = self.rng
        if rng.random() >= _MANY.get(action, 0.0) or target.kind in (Kind.MODULE, Kind.PACKAGE):
            return (target,)
        beside = [e for e in self.pool if e.path == target.path and e.owner == target.owner and e.name != target.name and e.kind in POSSIBLE[action]]
        if target.kind in (Kind.PARAMETER, Kind.ATTRIBUTE):
            beside = [e for e in beside if e.kind is target.kind]
        beside = [e for e in beside if e.kind not in (Kind.MODULE, Kind.PACKAGE)]
        unlike = list({e.name: e for e in beside}.values())
        return (target, *rng.sample(unlike, min(len(unlike), rng.choice((1, 1, 2, 2, 3, 4)))))

    def _bare(self, action: Action, target: Entity) -> Drawn | None:
        return Drawn(action, self._targets(action, target))

    def _rename(self, action: Action, target: Entity) -> Drawn | None:
        new = propose_name(target, self.names, self.rng, self.index.files)
        return Drawn(action, (target,), new) if new else None

    def _module(self, source: str) -> str:
        """A module to go to: one that exists, or a new one in a folder that exists."""
        paths = [path for path in self.index.package.texts if path.endswith(".py") and path != source and zone_of(path) is Zone.SOURCE]
        near = [path for path in paths if path.rpartition("/")[0] == source.rpartition("/")[0]] or paths
        if not near:
            return ""
        path = self.rng.choice(near if self.rng.random() < 0.7 else paths)
        if self.rng.random() < 0.45 and not path.endswith("__init__.py"):
            return path
        words = [word for word in subwords(self.rng.choice(self.names)) if word.isascii() and word[0].isalpha()][: self.rng.choice((1, 1, 2))]
        folder = path.rpartition("/")[0]
        name = self.rng.choice(("", "", "", "_")) + "_".join(words) if words else "helpers"
        return f"{folder}/{name}.py" if folder else f"{name}.py"

    def _move(self, action: Action, target: Entity) -> Drawn | None:
        to = self._module(target.path)
        if target.kind in (Kind.MODULE, Kind.PACKAGE):
            if self.rng.random() < 0.3:
                to = to.rpartition("/")[0] + "/"
            is_other = to not in (target.path, target.path.rpartition("/")[0] + "/")
            return Drawn(action, (target,), to=to) if len(to) > 1 and is_other else None
        return Drawn(action, self._targets(action, target), to=to) if to else None

    def _replace(self, action: Action, target: Entity) -> Drawn | None:
        if self.rng.random() < 0.35:
            style = target.name[:1].isupper()
            outside = [name for name in self.signatures.outside if name.rpartition(".")[2][:1].isupper() == style]
            plain = [name for name in dir(builtins) if name[:1].isupper() == style and name[0] != "_"]
            pool = outside if outside and self.rng.random() < 0.8 else plain
            return Drawn(action, (target,), to=self.rng.choice(pool))
        alike = [e for e in self.pool if e.kind is target.kind and e.name != target.name and (e.kind is not Kind.METHOD or e.owner == target.owner)]
        return Drawn(action, (target,), at=self.rng.choice(alike)) if alike else None

    def _add(self, action: Action, target: Entity) -> Drawn | None:
        rng, known = self.rng, self.signatures.parameters
        if not known:
            return None
        own = self.signatures.of_function(target) or ()
        common = parameter(rng, rng.random() < 0.4) if rng.random() < 0.4 else None
        made = rng.choice(known) if common is None else Parameter(common.name, common.type, common.default)
        if not made.type and rng.random() < 0.5:
            made = rng.choice([parameter for parameter in known if parameter.type] or [made])
        if rng.random() < 0.3:
            words = [word for word in subwords(rng.choice(self.names)) if word.isascii() and word[0].isalpha()]
            made = replace(made, name="_".join(words[:2])) if words else made
        if made.name in own or not made.name.isidentifier():
            return None
        values: dict[Calls, str] = {}
        for calls, share in ((Calls.CODE, 0.22), (Calls.TESTS, 0.1), (Calls.RECURSIVE, 0.06)):
            if rng.random() < share:
                values[calls] = rng.choice(common.values) if common and calls is not Calls.RECURSIVE and rng.random() < 0.6 else self._value(made, calls)
        kind = made.type if rng.random() < 0.8 else ""
        default = made.default if rng.random() < 0.85 else ""
        effect = common.effect if common else ""
        if not effect and rng.random() < 0.2:
            effect = self._effect(made, own)
        keyword = rng.random() < 0.2
        order, anchor = (Order.WHOLE, ()) if keyword or rng.random() < 0.75 else self._place(own)
        targets = self._targets(action, target) if order in (Order.WHOLE, Order.FIRST) else (target,)
        return Drawn(action, targets, made.name, type=kind, default=default, values=values, keyword=keyword, parameters=anchor, effect=effect, order=order)

    def _effect(self, made: Parameter, own: Sequence[str]) -> str:
        """What an added parameter does, sometimes in terms of those that are there."""
        others = [name for name in own if name not in ("self", "cls")]
        if not others or self.rng.random() < 0.4:
            return self.rng.choice(_EFFECTS).format(p=made.name)
        return effect_on(self.rng.choice(others), self.rng)

    def _place(self, own: Sequence[str]) -> tuple[Order, tuple[str, ...]]:
        """Where a new parameter is wanted: first, or beside one that is there."""
        if not own or self.rng.random() < 0.3:
            return Order.FIRST, ()
        return self.rng.choice((Order.AFTER, Order.AFTER, Order.BEFORE)), (self.rng.choice(own),)

    def _value(self, made: Parameter, calls: Calls) -> str:
        said = self.signatures.values.get(made.name, ())
        if calls is Calls.RECURSIVE:
            return self.rng.choice((made.name, made.name, f"{made.name} + 1", f"{made.name} - 1"))
        pool = [value for values in self.signatures.values.values() for value in values[:2]] if not said or self.rng.random() < 0.3 else said
        return self.rng.choice(list(pool)) if pool else "None"

    def _own_parameters(self, target: Entity, least: int) -> list[str]:
        constructor = next((e for e in self.index.by_name.get("__init__", ()) if e.path == target.path and e.owner == target.name), None)
        function = constructor if target.kind is Kind.CLASS else target
        names = self.signatures.of_function(function) if function else None
        return list(names) if names and len(names) >= least else []

    def _reorder(self, action: Action, target: Entity) -> Drawn | None:
        names = self._own_parameters(target, 2)
        if not names or len(names) > 6:
            return None
        wanted = self.rng.sample(names, len(names))
        if self.rng.random() < 0.6:
            moved, at = self.rng.choice(names), self.rng.choice((0, len(names) - 1, self.rng.randrange(len(names))))
            wanted = [name for name in names if name != moved]
            wanted.insert(at, moved)
        elif self.rng.random() < 0.3:
            one, two = self.rng.sample(range(len(names)), 2)
            wanted = list(names)
            wanted[one], wanted[two] = wanted[two], wanted[one]
        return Drawn(action, (target,), parameters=tuple(wanted), signature=tuple(names)) if wanted != names else None

    def _some_parameters(self, action: Action, target: Entity) -> Drawn | None:
        least = 2 if action is Action.BUNDLE else 1
        names = self._own_parameters(target, least)
        if not names:
            return None
        count = min(len(names), self.rng.choice((1, 1, 2, 3) if least == 1 else (2, 3, 3, 4)))
        drawn = set(self.rng.sample(names, count))
        chosen = [name for name in names if name in drawn]
        new = join([*subwords(target.name)[-2:], self.rng.choice(_OPTIONS).lower()], Style.CAMEL) if action is Action.BUNDLE else ""
        if action is Action.BUNDLE and self.rng.random() < 0.5:
            new = self._class_name()
        to = self._module(target.path) if action is Action.BUNDLE and self.rng.random() < 0.2 else ""
        return Drawn(action, (target,), new, to, parameters=tuple(chosen))

    def _class_name(self) -> str:
        words = [word for word in subwords(self.rng.choice(self.names)) if word.isascii() and word[0].isalpha()][:3]
        return join([*words, *([self.rng.choice(_OPTIONS).lower()] if self.rng.random() < 0.3 or not words else [])], Style.CAMEL)

    def _function(self, action: Action, target: Entity) -> Drawn | None:
        new = (propose_name(target, self.names, self.rng, self.index.files) or "") if self.rng.random() < 0.4 else ""
        to = self._module(target.path) if self.rng.random() < 0.25 else ""
        return Drawn(action, (target,), new, to)

    def _method(self, action: Action, target: Entity) -> Drawn | None:
        classes = [e for e in self.pool if e.kind is Kind.CLASS]
        near = [e for e in classes if e.path == target.path] or classes
        if not near:
            return None
        new = (propose_name(target, self.names, self.rng, self.index.files) or "") if self.rng.random() < 0.3 else ""
        return Drawn(action, (target,), new, at=self.rng.choice(near if self.rng.random() < 0.7 else classes))

    def _group(self, action: Action, target: Entity) -> Drawn | None:
        targets, name = self._targets(action, target), self._class_name()
        return Drawn(action, targets, name) if len(targets) > 1 and name.isidentifier() else None
