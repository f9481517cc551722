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


class Cause(str, Enum):
    """Why a verdict is what it is, as a closed set for machines to read; `reason` says it to people.

    RESOLVED             leads to the definition itself, or to a member of its class.
    KIN                  leads to the same name in a related class: an override, a base, a subclass.
    OTHER_DEFINITION     leads to another definition of a module of the project.
    OTHER_CLASS          leads to the name in an unrelated class.
    BUILTIN              a builtin, or an attribute of one.
    OUTSIDE              comes from outside the project, or is an attribute of what does.
    LOCAL                bound in another function, or another variable.
    NO_SUCH_MEMBER       the receiver is known and has no such name.
    FUNCTION             an attribute of a plain function.
    DECORATED            an attribute of a function that a decorator may have replaced by any object.
    IMPORT_UNKNOWN       the import cannot be followed.
    RECEIVER_UNKNOWN     nothing is known of what stands before the dot.
    RECEIVER_OUTSIDE     what stands before the dot was made by code outside the project.
    OUTSIDE_BASES        a class with bases outside the project, which may have the name.
    CALLEE_UNKNOWN       the callee of a keyword argument cannot be told, or it may pass the argument on.
    OVERRIDE_PARAMETER   the same parameter of an override.
    MIXIN                a mixin, which uses what the class it is mixed into provides.
    PROTOCOL             a protocol, which any class may satisfy.
    WORD_IN_TEXT         a bare word in a string, a comment, documentation or configuration.
    DOTTED               a dotted path in text that leads to the target.
    DOTTED_NOWHERE       a dotted path in text that leads nowhere known.
    DOTTED_OTHER         a dotted path in text that leads to something else.
    PATH                 a file path in text.
    DOC_OF_OWNER         a bare word in the docstring of the target or of its owner.
    DOC_REFERENCE        a cross-reference or directive of the documentation.
    DOC_PARAMETER        a parameter section of a docstring.
    KEYWORD              a keyword argument whose callee is known and is not the target.
    OTHER                anything else.
    """

    RESOLVED = "resolved"
    KIN = "kin"
    OTHER_DEFINITION = "other_definition"
    OTHER_CLASS = "other_class"
    BUILTIN = "builtin"
    OUTSIDE = "outside"
    LOCAL = "local"
    NO_SUCH_MEMBER = "no_such_member"
    FUNCTION = "function"
    DECORATED = "decorated"
    IMPORT_UNKNOWN = "import_unknown"
    RECEIVER_UNKNOWN = "receiver_unknown"
    RECEIVER_OUTSIDE = "receiver_outside"
    OUTSIDE_BASES = "outside_bases"
    CALLEE_UNKNOWN = "callee_unknown"
    OVERRIDE_PARAMETER = "override_parameter"
    MIXIN = "mixin"
    PROTOCOL = "protocol"
    WORD_IN_TEXT = "word_in_text"
    DOTTED = "dotted"
    DOTTED_NOWHERE = "dotted_nowhere"
    DOTTED_OTHER = "dotted_other"
    PATH = "path"
    DOC_OF_OWNER = "doc_of_owner"
    DOC_REFERENCE = "doc_reference"
    DOC_PARAMETER = "doc_parameter"
    KEYWORD = "keyword"
    OTHER = "other"


class Verdict(NamedTuple):
    resolution: Resolution
    reason: str
    cause: Cause


def yes(reason: str, cause: Cause) -> Verdict:
    return Verdict(Resolution.YES, reason, cause)


def no(reason: str, cause: Cause) -> Verdict:
    return Verdict(Resolution.NO, reason, cause)


def unknown(reason: str, cause: Cause) -> Verdict:
    return Verdict(Resolution.UNKNOWN, reason, cause)


def strongest(verdicts: list[Verdict]) -> Verdict:
    """Of several things a name may mean: one that is the target decides, then one that cannot be told."""
    for wanted in (Resolution.YES, Resolution.UNKNOWN, Resolution.NO):
        for verdict in verdicts:
            if verdict.resolution is wanted:
                return verdict
    return unknown("nothing known", Cause.OTHER)


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
            return unknown("the import cannot be followed", Cause.IMPORT_UNKNOWN)
        if value.kind is ValueKind.MODULE:
            if self.is_module and stem(value.path) == self._stem:
                return yes("names the module", Cause.RESOLVED)
            return no("names another module", Cause.OTHER_DEFINITION)
        if value.binding is None:
            return _undefined(value.kind)
        return self.binding(value.binding)

    def binding(self, binding: Binding) -> Verdict:
        scope = binding.scope
        if binding.name != self.name or self.is_module:
            return no(f"another name, in {scope.path}", Cause.OTHER_DEFINITION)
        if scope.is_named and scope.qualname == self.entity.owner and stem(scope.path) == self._stem:
            return yes("resolves to the definition", Cause.RESOLVED)
        if self.is_parameter:
            return self._parameter(binding)
        if binding.kind is Bind.PARAMETER and self._injects(binding):
            return yes("pytest passes the fixture by its name", Cause.RESOLVED)
        if scope.kind is ScopeKind.CLASS and self.is_kin(scope):
            return yes(f"same name in the related class {scope.qualname}", Cause.KIN)
        if scope.kind is ScopeKind.CLASS and self.is_like(scope):
            return unknown(f"{scope.qualname} and the owner meet in a protocol", Cause.PROTOCOL)
        if scope.kind is ScopeKind.MODULE:
            return no(f"another definition, in {scope.path}", Cause.OTHER_DEFINITION)
        cause = Cause.OTHER_CLASS if scope.kind is ScopeKind.CLASS else Cause.LOCAL
        return no(f"bound in {scope.qualname or scope.kind.value}", cause)

    def _parameter(self, binding: Binding) -> Verdict:
        if binding.kind is Bind.PARAMETER and self.overrides(binding.scope):
            return unknown(f"the same parameter of {binding.scope.qualname}, an override", Cause.OVERRIDE_PARAMETER)
        return no("another variable", Cause.LOCAL)

    def _injects(self, parameter: Binding) -> bool:
        """Is the target a fixture, and this the parameter of a test that asks for it?"""
        if self.entity.kind not in (Kind.FUNCTION, Kind.METHOD):
            return False
        fixture = self.inference.fixtures.find(parameter)
        return fixture is not None and self.binding(fixture).resolution is Resolution.YES

    def overrides(self, function: Scope) -> bool:
        """Is this function an override of the method whose parameter the target is, or overridden by it?"""
        owner = function.parent
        return owner is not None and owner.kind is ScopeKind.CLASS and any(
            own.name == function.name and own.parent is not None and own.parent.kind is ScopeKind.CLASS
            and self.classes.related(owner, own.parent, own.name) for own in self.functions)

    def is_kin(self, scope: Scope) -> bool:
        return any(scope is own or self.classes.related(scope, own, self.name) for own in self.owners)

    def is_like(self, scope: Scope) -> bool:
        """Related by structure alone, through a protocol."""
        return any(self.classes.alike(scope, own) for own in self.owners)

    def member_of(self, value: Value) -> Verdict:
        """Is `value.name` the target?"""
        if self.is_parameter:
            return no("an attribute is no parameter", Cause.OTHER)
        if value.kind in (ValueKind.UNKNOWN, ValueKind.ABSENT):
            return unknown("the receiver cannot be told", Cause.RECEIVER_UNKNOWN)
        if value.kind is ValueKind.MODULE:
            return self.any_of(self.inference.names.member(value.path, self.name))
        if self.is_module:
            return self._module_in(value)
        if value.kind is ValueKind.BUILTIN:
            return no("an attribute of a builtin", Cause.BUILTIN)
        if value.kind is ValueKind.RETURNED:
            return unknown(f"comes from outside the project: {value.path or 'a base class'}", Cause.RECEIVER_OUTSIDE)
        if value.kind in (ValueKind.EXTERNAL, ValueKind.FOREIGN):
            return self._external()
        if value.kind is ValueKind.FUNCTION and value.binding is not None:
            if self.inference.returns.is_replaced(value.binding):
                return unknown("a decorated function may be any object", Cause.DECORATED)
        if value.kind is ValueKind.FUNCTION or value.scope is None:
            return no("an attribute of a function", Cause.FUNCTION)
        if not self.owners:
            return no(f"an attribute of {value.scope.qualname}", Cause.OTHER_CLASS)
        return self._in_class(value.scope, after=value.kind is ValueKind.SUPER)

    def _module_in(self, value: Value) -> Verdict:
        """An attribute of a value is a module only where the class imports it in its body."""
        if value.scope is None:
            return no("an attribute of a value", Cause.OTHER)
        found = self.classes.find(value.scope, self.name, value.kind is ValueKind.SUPER)
        imported = [item for item in found[1] if item.kind in (Bind.IMPORT, Bind.FROM)] if found is not None else []
        return self.any_of(self.inference.names.of_bindings(imported)) if imported else no("an attribute of a value", Cause.OTHER_CLASS)

    def _external(self) -> Verdict:
        """An outside type may still be a base of the owner, seen through its interface."""
        if all(self.classes.ancestry(own).is_complete_for(self.name) for own in self.owners):
            return no("an attribute of something outside the project", Cause.OUTSIDE)
        return unknown("an outside type, and the owner has outside bases", Cause.OUTSIDE_BASES)

    def _in_class(self, scope: Scope, after: bool) -> Verdict:
        ancestry = self.classes.ancestry(scope)
        found = self.classes.find(scope, self.name, after)
        if found is not None:
            home = found[0]
            if self.is_kin(home):
                cause = Cause.RESOLVED if home in self.owners else Cause.KIN
                return yes(f"found in {home.qualname}", cause)
            if self.is_like(home) or self.is_like(scope):
                return unknown(f"{home.qualname} and the owner meet in a protocol", Cause.PROTOCOL)
            return no(f"{home.qualname} has its own", Cause.OTHER_CLASS)
        if any(scope in self.classes.ancestry(own).order for own in self.owners):
            return yes(f"a subclass of {scope.qualname} defines it", Cause.KIN)
        if self.classes.is_protocol(scope):
            return unknown(f"{scope.qualname} is a protocol", Cause.PROTOCOL)
        if not ancestry.is_complete_for(self.name):
            return unknown(f"{scope.qualname} has bases outside the project", Cause.OUTSIDE_BASES)
        if self.classes.find(scope, "__getattr__") is not None:
            return unknown(f"{scope.qualname} answers for names that it does not define", Cause.RECEIVER_UNKNOWN)
        # A mixin calls what the class it is mixed into provides.
        if "Mixin" in scope.name:
            return unknown(f"{scope.qualname} is a mixin", Cause.MIXIN)
        return no(f"{scope.qualname} has no such member", Cause.NO_SUCH_MEMBER)

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


def _undefined(kind: ValueKind) -> Verdict:
    """A name that nothing in the project defines."""
    if kind is ValueKind.BUILTIN:
        return no("a builtin", Cause.BUILTIN)
    if kind is ValueKind.EXTERNAL:
        return no("comes from outside the project", Cause.OUTSIDE)
    return no("not defined there", Cause.NO_SUCH_MEMBER)
