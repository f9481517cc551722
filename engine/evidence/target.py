"""One entity as the thing asked for: is this value, this definition, this member of that class it?

Holds the family of a method or attribute: same-named definitions in related classes count as the entity itself.
"""
from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from engine.evidence.entities import Entity, Kind
from engine.evidence.infer import Inference
from engine.evidence.scopes import Bind, Binding, Scope, ScopeKind
from engine.evidence.source import Project, stem
from engine.evidence.values import Value, ValueKind, Values


class Resolution(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Verdict(NamedTuple):
    resolution: Resolution
    reason: str


def yes(reason: str) -> Verdict:
    return Verdict(Resolution.YES, reason)


def no(reason: str) -> Verdict:
    return Verdict(Resolution.NO, reason)


def unknown(reason: str) -> Verdict:
    return Verdict(Resolution.UNKNOWN, reason)


def strongest(verdicts: list[Verdict]) -> Verdict:
    """Of several things a name may mean: one that is the target decides, then one that cannot be told."""
    for wanted in (Resolution.YES, Resolution.UNKNOWN, Resolution.NO):
        for verdict in verdicts:
            if verdict.resolution is wanted:
                return verdict
    return unknown("nothing known")


class Target:
    def __init__(self, project: Project, entity: Entity, inference: Inference) -> None:
        self.entity = entity
        self.name = entity.name
        self.project = project
        self.inference = inference
        self.classes = inference.classes
        self._stem = stem(entity.path)
        # A stub describes the same classes, so both count as owners.
        owners = [scope for path in project.stubs(entity.path) if (module := project.module(path)) is not None
                  for scope in module.scopes(entity.owner)]
        self.owners = [scope for scope in owners if scope.kind is ScopeKind.CLASS] if entity.owner else []
        self.functions = [scope for scope in owners if scope.kind is ScopeKind.FUNCTION]

    @property
    def is_module(self) -> bool:
        return self.entity.kind in (Kind.MODULE, Kind.PACKAGE)

    @property
    def is_parameter(self) -> bool:
        return self.entity.kind is Kind.PARAMETER

    def any_of(self, values: Values) -> Verdict:
        return strongest([self.value(value) for value in values])

    def value(self, value: Value) -> Verdict:
        """Is the definition that a name leads to the target?"""
        if value.kind is ValueKind.UNKNOWN:
            return unknown("the import cannot be followed")
        if value.kind is ValueKind.MODULE:
            if self.is_module and stem(value.path) == self._stem:
                return yes("names the module")
            return no("names another module")
        if value.binding is None:
            return no({ValueKind.BUILTIN: "a builtin", ValueKind.EXTERNAL: "comes from outside the project"}.get(
                value.kind, "not defined there"))
        return self.binding(value.binding)

    def binding(self, binding: Binding) -> Verdict:
        scope = binding.scope
        if binding.name != self.name or self.is_module:
            return no(f"another name, in {scope.path}")
        if scope.is_named and scope.qualname == self.entity.owner and stem(scope.path) == self._stem:
            return yes("resolves to the definition")
        if self.is_parameter:
            return self._parameter(binding)
        if scope.kind is ScopeKind.CLASS and self.is_kin(scope):
            return yes(f"same name in the related class {scope.qualname}")
        if scope.kind is ScopeKind.MODULE:
            return no(f"another definition, in {scope.path}")
        return no(f"bound in {scope.qualname or scope.kind.value}")

    def _parameter(self, binding: Binding) -> Verdict:
        if binding.kind is Bind.PARAMETER and self.overrides(binding.scope):
            return unknown(f"the same parameter of {binding.scope.qualname}, an override")
        return no("another variable")

    def overrides(self, function: Scope) -> bool:
        """Is this function an override of the method whose parameter the target is, or overridden by it?"""
        owner = function.parent
        return owner is not None and owner.kind is ScopeKind.CLASS and any(
            own.name == function.name and own.parent is not None and own.parent.kind is ScopeKind.CLASS
            and self.classes.related(owner, own.parent, own.name) for own in self.functions)

    def is_kin(self, scope: Scope) -> bool:
        return any(scope is own or self.classes.related(scope, own, self.name) for own in self.owners)

    def member_of(self, value: Value) -> Verdict:
        """Is `value.name` the target?"""
        if value.kind is ValueKind.UNKNOWN:
            return unknown("the receiver cannot be told")
        if self.is_parameter:
            return no("an attribute is no parameter")
        if value.kind is ValueKind.MODULE:
            return self.any_of(self.inference.names.member(value.path, self.name))
        if self.is_module:
            return no("an attribute of a value")
        if value.kind is ValueKind.BUILTIN:
            return no("an attribute of a builtin")
        if value.kind is ValueKind.EXTERNAL:
            return self._external()
        if value.kind is ValueKind.FUNCTION or value.scope is None:
            return no("an attribute of a function")
        if not self.owners:
            return no(f"an attribute of {value.scope.qualname}")
        return self._in_class(value.scope, after=value.kind is ValueKind.SUPER)

    def _external(self) -> Verdict:
        """An outside type may still be a base of the owner, seen through its interface."""
        if all(self.classes.ancestry(own).is_complete_for(self.name) for own in self.owners):
            return no("an attribute of something outside the project")
        return unknown("an outside type, and the owner has outside bases")

    def _in_class(self, scope: Scope, after: bool) -> Verdict:
        ancestry = self.classes.ancestry(scope)
        found = self.classes.find(scope, self.name, after)
        if found is not None:
            home = found[0]
            if self.is_kin(home):
                return yes(f"found in {home.qualname}")
            return no(f"{home.qualname} has its own")
        if any(scope in self.classes.ancestry(own).order for own in self.owners):
            return yes(f"a subclass of {scope.qualname} defines it")
        if not ancestry.is_complete_for(self.name):
            return unknown(f"{scope.qualname} has bases outside the project")
        # A mixin calls what the class it is mixed into provides.
        if "Mixin" in scope.name:
            return unknown(f"{scope.qualname} is a mixin")
        return no(f"{scope.qualname} has no such member")

    def is_family(self, entity: Entity) -> bool:
        """Does another entity have to carry the same name as the target?"""
        if entity.name != self.name or (entity.kind is Kind.PARAMETER) != self.is_parameter:
            return False
        module = self.project.module(entity.path)
        if stem(entity.path) == self._stem and entity.owner == self.entity.owner:
            return self.is_module == (entity.kind in (Kind.MODULE, Kind.PACKAGE))
        scopes = [] if module is None or not entity.owner else module.scopes(entity.owner)
        if self.is_parameter:
            return any(self.overrides(scope) for scope in scopes)
        return any(scope.kind is ScopeKind.CLASS and self.is_kin(scope) for scope in scopes)


