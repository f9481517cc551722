"""Calls of the project's own functions with arguments that they do not take, or without those that they need.

Only where the callee is certain: a function or class of the same module, of an imported one, or a method through
`self`. What lies outside the project is never judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from agent.validators.base import ValidationContext, new_failures
from agent.validators.facts import facts_of
from agent.validators.modules import Module, Tree
from agent.validators.signatures import Call, Signature, call_facts, changed_signatures
from engine import Diagnostic, Source

_FARTHEST = 8
"""Re-exports followed to a definition."""


class CallsValidator:
    def check(self, context: ValidationContext) -> list[Diagnostic]:
        now = Tree(frozenset(context.paths), context.read)
        then = Tree(context.paths_before(), context.read_before)
        return new_failures(
            context, partial(call_errors, tree=now), partial(call_errors, tree=then), neighbours=_changes_a_signature(context)
        )


def _changes_a_signature(context: ValidationContext) -> bool:
    """Whether calls in files that stay as they are can have been broken."""
    for path, data in context.after.items():
        old = context.before.get(context.origin(path))
        if path.endswith(".py") and old is not None and old != data and changed_signatures(old, data):
            return True
    return False


def call_errors(path: str, data: bytes, *, tree: Tree) -> Iterator[Diagnostic]:
    """Calls that cannot work."""
    if not path.endswith(".py"):
        return
    facts = call_facts(data)
    for call in facts.calls:
        signature = _signature(path, call, tree)
        if signature:
            yield from _misfits(path, call, signature)


def _signature(path: str, call: Call, tree: Tree) -> Signature | None:
    """Of what is certainly called."""
    data = tree.read(path)
    if data is None:
        return None
    own = call_facts(data).signatures
    if call.owner:
        return own.get(f"{call.owner}.{call.chain[-1]}")
    imports = [fact for fact in facts_of(data).imports if fact.bound == call.chain[0]]
    if not imports:
        return own.get(call.chain[0]) if len(call.chain) == 1 else None
    if len(imports) != 1:
        return None
    fact = imports[0]
    found = tree.resolve(path, fact)
    if not isinstance(found, Module):
        return None
    rest = call.chain[1:]
    if fact.name is not None:
        inner = tree.submodule(found, fact.name)
        if inner is None:
            return None if rest else _defined(found, fact.name, tree)
        found = inner
    elif fact.bound != fact.module:
        # `import a.b` binds a, `import a.b as c` binds the module itself; only the latter is followed.
        if fact.bound == fact.module.partition(".")[0]:
            return None
    return _defined(found, rest[0], tree) if len(rest) == 1 else None


def _defined(module: Module, name: str, tree: Tree, depth: int = 0) -> Signature | None:
    """The signature under a name of a module, through re-exports."""
    data = tree.read(module.file) if module.file else None
    if data is None or module.file is None or depth > _FARTHEST:
        return None
    facts, own = facts_of(data), call_facts(data).signatures
    sources = [fact for fact in facts.imports if fact.bound == name]
    if name in own and not sources:
        return None if facts.is_open else own[name]
    if len(sources) != 1 or sources[0].name is None or facts.is_open:
        return None
    found = tree.resolve(module.file, sources[0])
    if not isinstance(found, Module) or tree.submodule(found, sources[0].name):
        return None
    return _defined(found, sources[0].name, tree, depth + 1)


def _misfits(path: str, call: Call, signature: Signature) -> Iterator[Diagnostic]:
    spelled = ".".join(call.chain)
    for name in call.names:
        if name not in signature.by_name and not signature.takes_any_name:
            yield Diagnostic(path, call.line, "unexpected-keyword", f"{spelled}() takes no argument {name!r}", Source.CALLS, name)
    if call.count > len(signature.positional) and not signature.takes_more:
        yield Diagnostic(path, call.line, "too-many-arguments",
                         f"{spelled}() takes {len(signature.positional)} arguments by position, {call.count} are given",
                         Source.CALLS, call.chain[-1])  # fmt: skip
    if call.unpacks_positions or call.unpacks_names:
        return
    given = {*signature.positional[: call.count], *call.names}
    for name in sorted(signature.required - given):
        yield Diagnostic(path, call.line, "missing-argument", f"{spelled}() needs an argument {name!r}", Source.CALLS, name)
