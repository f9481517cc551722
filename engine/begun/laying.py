"""The tree that the engine makes of the one before a change was begun, laid over what the user has made of it.

Definitions that the user has moved stay where they have put them, signatures stay as they have written them; everything else comes
from the engine. Where the two say different things, nothing is laid over: that is a sentence for the user.
"""

from __future__ import annotations

from collections.abc import Sequence

from editops import text_edits
from engine.actions.layout import newline_of
from engine.actions.statements import Piece, cut, pieces, runs
from engine.begun.changes import Signature
from engine.begun.parts import Parts, functions_of
from engine.begun.signature import signature_of
from engine.begun.spots import Part, Undone
from engine.evidence import Module
from engine.evidence.source import parse_module


class Contradiction(Exception):
    """What the user has written is not what follows from the change; the message is a sentence for them."""


def laid_over(path: str, undone: Undone, now: str, made: str, parts: Parts) -> str:
    """The text of one file. undone: before the change; now: as the user has it; made: what the engine makes of `undone`."""
    text = _placed(path, undone, now, made, parts) if parts.left or parts.arrived else made
    for name in sorted(parts.signed):
        text = _signed(path, text, now, name)
    return text


def _placed(path: str, undone: Undone, now: str, made: str, parts: Parts) -> str:
    """Definitions where the user has them."""
    result = parse_module(path, made)
    base, places = _without(undone)
    own = _pieces(result, parts.arrived)
    there = {name for name in parts.left if _pieces(result, {name})}
    if there:
        raise Contradiction(f"{sorted(there)[0]} has to stay in {path}, from which it is gone")
    rest = _cut(made, own)
    edits = [(edit.span.start, edit.span.end, edit.before, edit.after) for edit in text_edits("text", base.encode(), rest.encode())]
    changes = [edit for edit in edits if edit[2].strip() or edit[3].strip()]
    arrived = _mended(parse_module(path, now), result, parts.arrived)
    return _joined(path, base, changes, list(zip(places, arrived, strict=True)), newline_of(now))


def _without(undone: Undone) -> tuple[str, list[int]]:
    """The text with neither what left nor what arrived, and where in it that arrived."""
    pieces_: list[str] = []
    places: list[int] = []
    last = shift = 0
    for spot in sorted(undone.spots, key=lambda item: item.start):
        if spot.part is Part.ARRIVED:
            places.append(spot.start - shift)
        elif spot.part is Part.LEFT:
            pieces_.append(undone.text[last : spot.start])
            last, shift = spot.end, shift + spot.end - spot.start
    return "".join(pieces_) + undone.text[last:], places


def _pieces(module: Module, names: set[str]) -> list[Piece]:
    found = pieces(module, names)
    if isinstance(found, str):
        raise Contradiction(found.rstrip("."))
    return found


def _cut(text: str, own: Sequence[Piece]) -> str:
    for start, end in reversed(runs(text, own)):
        first, last = cut(text, start, end)
        text = text[:first] + text[last:]
    return text


def _mended(now: Module, made: Module, names: set[str]) -> list[str]:
    """What the user has moved, run by run, with what the engine has mended inside; the comments above are the user's."""
    theirs, ours = _pieces(now, names), _pieces(made, names)
    code = {piece.names: made.text[_code_start(made, piece) : piece.end] for piece in ours}
    if {piece.names for piece in theirs} != code.keys():
        raise Contradiction(f"other definitions would go to {now.path}")
    out = []
    for start, end in runs(now.text, theirs):
        first, last = cut(now.text, start, end)
        at, text = first, ""
        for piece in (item for item in theirs if start <= item.start < end):
            # Of several statements with one name, which is which can't be told.
            if sum(other.names == piece.names for other in theirs) == 1:
                after = code[piece.names]
                text += now.text[at : _code_start(now, piece)] + (after if now.text[: piece.end].endswith("\n") else after.rstrip("\r\n"))
                at = piece.end
        out.append(text + now.text[at:last])
    return out


def _code_start(module: Module, piece: Piece) -> int:
    """Where the lines of a definition begin, below the comments above it."""
    node = piece.nodes[0]
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    return module.positions.offset(first, 0)


def _joined(path: str, base: str, changes: Sequence[tuple[int, int, bytes, bytes]], places: Sequence[tuple[int, str]], newline: str) -> str:
    """Both sets of changes; what the engine puts at a place stands in front of what the user put there."""
    data = base.encode()
    inserted = [(len(base[:at].encode()), len(base[:at].encode()), b"", text.encode()) for at, text in places]
    for start, end, *_ in changes:
        if any(start < at < end for at, *_ in inserted):
            raise Contradiction(f"the lines around a definition that you have put into {path} have to change themselves")
    out, last = b"", 0
    both = sorted([*((edit, 0) for edit in changes), *((edit, 1) for edit in inserted)], key=lambda item: (item[0][0], item[0][1] > item[0][0], item[1]))
    for i, ((start, end, _, after), kind) in enumerate(both):
        out += data[last:start] + after
        last = end
        following = both[i + 1] if i + 1 < len(both) else None
        if kind == 0 and after and following is not None and following[1] == 1 and following[0][0] == end and not following[0][3].startswith((b"\n", b"\r\n")):
            out += newline.encode() * 2
    return (out + data[last:]).decode()


def _signed(path: str, text: str, now: str, name: str) -> str:
    """A signature as the user has written it."""
    made, wanted = functions_of(parse_module(path, text), name), functions_of(parse_module(path, now), name)
    if len(made) != len(wanted):
        raise Contradiction(f"{name} is not defined once in {path}")
    for one, other in zip(reversed(made), reversed(wanted), strict=True):
        if _asks(signature_of(one.node.args)) != _asks(signature_of(other.node.args)):
            listed = " ".join(one.module.text[one.listing.open : one.listing.close].split())
            raise Contradiction(f"the parameters of {name} in {path} would become ({listed}), and you have written others")
        text = text[: one.listing.open] + now[other.listing.open : other.listing.close] + text[one.listing.close :]
    return text


def _asks(signature: Signature) -> tuple[object, ...]:
    """What calls have to keep to."""
    plain = [(item.name, bool(item.default), item.positional) for item in signature.parameters if not item.keyword]
    words = {(item.name, bool(item.default)) for item in signature.parameters if item.keyword}
    return plain, words, signature.rest, signature.options
