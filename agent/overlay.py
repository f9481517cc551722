"""A change set over the tree before a refactor was begun, laid over the files as the user has them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate

from agent.locator import Tree
from editops import BOM, Applied, ChangeSet, Conflicted, Op, RenameFile, Span, TextEdit, apply, difference, rebase
from engine import Contradiction, Parts, Spot, Undone, laid_over, lex, undone

MAX_TOKENS = 8_000
"""Of one edit that is split; a longer one stays whole."""


def marked(data: bytes, text: str) -> bytes:
    """A text with the byte-order mark of its file."""
    return (BOM if data.startswith(BOM) else b"") + text.encode()


@dataclass(frozen=True, slots=True)
class Overlay:
    """What the user has done, by path before it."""

    now: Tree
    texts: Mapping[str, Undone]
    origin: Mapping[str, str]
    lost: Mapping[str, str]
    parts: Mapping[str, Parts]

    def over(self, change: ChangeSet, before: Mapping[str, bytes]) -> ChangeSet | Conflicted | str:
        """`change`, made against `before`, as one against the files as they are; a sentence where both contradict each other."""
        base = before
        if self.parts or self.lost:
            applied = apply(before, change)
            if not isinstance(applied, Applied):
                return "Nothing was written: what is left to do does not fit your files."
            base = dict(self._named(before))
            try:
                made = {path: self._laid(path, data, before, base) for path, data in applied.tree(before).items()}
            except Contradiction as error:
                return f"Nothing was written, because it contradicts what you have begun: {error}."
            kept = {path: base[path] for path in self.parts if path in base and path not in made}
            after = {path: data for path, data in (made | kept).items() if data is not None}
            change = difference(base, after)
            named = {path for path in base if path in self.texts and any(spot.part is None for spot in self.texts[path].spots)}
            change = ChangeSet.of([op for whole in change.ops for op in _split(whole, named)], base, change.safety)
        there = {self.origin.get(path, path) for path in base} | change.paths
        present = {path: data for path in sorted(there) if (data := self.now.data(path)) is not None}
        match rebase(change, base, present, ChangeSet.of(self._done(base), base)):
            case Conflicted() as conflict:
                return conflict
            case merged:
                return merged.change

    def _named(self, before: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
        """The files as they are, with the old names alone."""
        for path, data in before.items():
            if path in self.lost:
                continue
            if path in self.texts and path in self.parts:
                text = self.now.text(path) or ""
                yield path, marked(data, undone(text, _later(self.texts[path])).text)
            else:
                yield path, data

    def _laid(self, path: str, data: bytes, before: Mapping[str, bytes], base: Mapping[str, bytes]) -> bytes | None:
        if path in self.lost:
            if _has_more(data):
                raise Contradiction(f"{path}, which you have deleted, still holds something")
            return None
        if path not in self.parts or path not in base:
            return data
        text = laid_over(path, self.texts[path], self.now.text(path) or "", data.decode().removeprefix("\ufeff"), self.parts[path])
        return marked(base[path], text)

    def _done(self, base: Mapping[str, bytes]) -> Iterable[Op]:
        yield from (RenameFile(path, now) for path, now in self.origin.items())
        for path, item in self.texts.items():
            if path in base:
                yield from _edits(path, base[path], _placed(item))


def _later(item: Undone) -> list[Spot]:
    """The spots of names, in the text as it is."""
    found, shift = [], 0
    for spot in item.spots:
        start = spot.start + shift
        if spot.part is None:
            found.append(replace(spot, start=start, end=start + len(spot.new)))
        shift += len(spot.new) - len(spot.old)
    return found


def _placed(item: Undone) -> list[Spot]:
    """The spots of names, in the text with the old names alone."""
    found, shift = [], 0
    for spot in item.spots:
        if spot.part is None:
            found.append(replace(spot, start=spot.start + shift, end=spot.end + shift))
        else:
            shift += len(spot.new) - len(spot.old)
    return found


def _edits(path: str, data: bytes, spots: Iterable[Spot]) -> Iterator[Op]:
    shift = len(BOM) if data.startswith(BOM) else 0
    text = data.decode().removeprefix("\ufeff")
    for spot in spots:
        start = shift + len(text[: spot.start].encode())
        yield TextEdit(path, Span(start, start + len(spot.old.encode())), spot.old.encode(), spot.new.encode())


def _split(op: Op, paths: set[str]) -> Iterator[Op]:
    """An edit of whole lines as edits of lexemes, so that what is done in a line does not collide with the rest of it."""
    if not isinstance(op, TextEdit) or op.path not in paths:
        yield op
        return
    one, other = _tokens(op.before.decode()), _tokens(op.after.decode())
    if len(one) + len(other) > MAX_TOKENS:
        yield op
        return
    starts = [0, *accumulate(len(token.encode()) for token in one)]
    for tag, i, last, j, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            span = Span(op.span.start + starts[i], op.span.start + starts[last])
            yield TextEdit(op.path, span, "".join(one[i:last]).encode(), "".join(other[j:end]).encode())


def _tokens(text: str) -> list[str]:
    """The lexemes of a text and what lies between them."""
    found, last = [], 0
    for lexeme in lex(text):
        found += [text[last : lexeme.start], lexeme.text]
        last = lexeme.end
    return [token for token in [*found, text[last:]] if token]


def _has_more(data: bytes) -> bool:
    """Whether a module holds anything but imports and documentation."""
    try:
        body = ast.parse(data).body
    except (SyntaxError, ValueError):
        return True
    return not all(isinstance(node, (ast.Import, ast.ImportFrom, ast.Expr)) for node in body)
