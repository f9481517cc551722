"""Whether a call that fitted the old signature of a function still passes the same to the new one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from engine.begun.changes import Signature


def is_misfit(call: ast.Call, arguments: Sequence[ast.expr], given: int, before: Signature, after: Signature) -> bool:
    """Whether a call was written for the old signature and goes wrong with the new one.

    arguments: the positional ones for the function; given: so many first parameters are filled by what stands before the dot. A call
    that spreads out its arguments can't be told, and is taken to fit.
    """
    if any(isinstance(item, ast.Starred) for item in arguments) or any(item.arg is None for item in call.keywords):
        return False
    words = [item.arg for item in call.keywords if item.arg is not None]
    old, new = bound(len(arguments), words, given, before), bound(len(arguments), words, given, after)
    if old is None:
        return False
    if new is None:
        return True
    kept = {item.name for item in after.parameters}
    return any(new.get(place) != name for place, name in old.items() if name in kept) or any(name not in kept for name in old.values())


def bound(count: int, words: Sequence[str], given: int, signature: Signature) -> Mapping[int | str, str] | None:
    """The parameter of every argument, by place or word; None where the call would raise TypeError."""
    plain = signature.names[given:]
    if count > len(plain) and not signature.rest:
        return None
    found: dict[int | str, str] = dict(enumerate(plain[:count]))
    taken = set(found.values())
    by_word = {item.name for item in signature.parameters if not item.positional}
    for word in words:
        if word in taken or (word not in by_word and not signature.options):
            return None
        if word in by_word:
            found[word] = word
            taken.add(word)
    needed = {item.name for item in signature.parameters if not item.default} - set(signature.names[:given])
    return found if needed <= taken else None
