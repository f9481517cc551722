"""Plan canvases of commit subjects, over the trees that the commits were made on."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.evidence import Entity, Kind, entities, find
from engine.lexemes import lex
from engine.plan_canvas import instruction_lexemes
from engine.plan_reader import ACTION_VALUE, POSSIBLE
from engine.retrieval import looks_like_code, spellings
from engine.train.commit_facts import Fact
from engine.train.commit_history import Tree
from engine.train.commit_wording import Request, Said, keyword_only
from engine.train.corpus import Package
from engine.train.examples import Example
from engine.train.index import Index
from engine.train.plan_examples import Key, Truth, context_of, example, key_of, meant
from engine.train.wording import Stated
from engine.values import Value

MOST_FILES = 20
"""Files that are read for one subject, beside those that its commit changes."""
_MOST_ALIKE = 12
"""Definitions of one name, of one kind, that a text may mean."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A plan canvas, and what a person who checks it has to see."""

    example: Example
    said: Said
    targets: tuple[str, ...]
    """Name, kind and path of every target on the canvas."""

    def __str__(self) -> str:
        """One line: the subject, each request with its labelled words, and the targets."""
        shown = []
        for number, request in enumerate(self.said.requests, 1):
            words = " ".join(f"{name}={self.said.text[start:end]}" for start, end, name in request.marks)
            shown.append(f"{number}:{request.action.value} {words}")
        return f"{self.said.text!r} -> {'; '.join(shown) or 'unsupported'} @ {', '.join(self.targets)}"


def index_of(tree: Tree, name: str, words: Sequence[str], own: Collection[str], first: Collection[str]) -> Index:
    """What a tree defines under some names. own: those to search the whole tree for; first: paths that are read anyway."""
    package = Package(name, "", {path: "" for path in tree.blobs})
    index = Index(package, tree)
    wanted = frozenset(word for word in words if word.isidentifier() and len(word) > 1)
    for path in _files(tree, wanted & frozenset(own), first):
        for entity in entities(tree, path, wanted):
            if entity.kind not in (Kind.MODULE, Kind.PACKAGE):
                index.by_name.setdefault(entity.name, []).append(entity)
    for path in tree.blobs:
        if path.endswith(".py"):
            folder, _, last = path.rpartition("/")
            own = folder.rpartition("/")[2] if last == "__init__.py" else last.removesuffix(".py")
            if own in wanted:
                index.by_name.setdefault(own, []).append(Entity(Kind.PACKAGE if last == "__init__.py" else Kind.MODULE, own, path))
    return index


def _files(tree: Tree, names: frozenset[str], first: Collection[str]) -> list[str]:
    """The changed files and those that seem to define one of the names that look like code. Plain words count only where those files define them."""
    code = sorted(name for name in names if looks_like_code(name) and name.isascii())
    chosen = dict.fromkeys(path for path in first if path in tree.blobs)
    if code:
        some, start = "|".join(code), "[ \t]*"
        patterns = (
            rf"^{start}(async[ \t]+)?(def|class)[ \t]+({some})([^A-Za-z0-9_]|$)",
            rf"^{start}((self|cls)[.])?({some})[ \t]*(:|=[^=])",
            rf"^{start}(async[ \t]+)?def .*[(, *]({some})[ \t]*[:=,)]",
        )
        found = tree.grep("-E", "-e", "|".join(f"({pattern})" for pattern in patterns))
        found.sort(key=lambda path: (path.count("/"), path))
        chosen.update(dict.fromkeys(found[:MOST_FILES]))
    return list(chosen)


def plan_of(tree: Tree, said: Said, paths: Collection[str], package: str, depth: int, rng: random.Random) -> Labelled | None:
    """The canvas of a subject; None where a target is not on it."""
    words = instruction_lexemes(said.text)
    own = [word.text for word in words]
    index = index_of(tree, package, spellings(words), own, paths)
    wanted: dict[int, frozenset[Key]] = {}
    at: dict[int, frozenset[Key]] = {}
    for number, request in enumerate(said.requests):
        keys = _wanted(request, tree, index, said)
        if keys is None:
            return None
        wanted[number] = keys
        homes = {entity for fact in request.facts for entity in index.by_name.get(fact.at, ()) if entity.kind is Kind.CLASS}
        if homes:
            at[number] = frozenset(key_of(entity) for entity in homes)
    actions = tuple(ACTION_VALUE[request.action] for request in said.requests)
    keyword = keyword_only(said.text) and Value.ADD in actions
    truth = Truth(said.text, said.marks(), actions, wanted, False, at, keyword)
    shown = context_of(index, {}, said.text).entities
    on_canvas = {key_of(entity): entity for entity in shown}
    spoken = {said.text[start:end] for request in said.requests for start, end, name in request.marks if name == "OLD"}
    if any(keys and not keys & on_canvas.keys() for keys in wanted.values()) or (said.requests and not spoken <= {e.name for e in shown}):
        return None
    made = example(index, {}, truth, depth, rng)
    targets = tuple(f"{on_canvas[key].kind.value} {on_canvas[key].qualname} {key[3]}" for keys in wanted.values() for key in keys if key in on_canvas)
    return None if made is None else Labelled(made, said, targets)


def _wanted(request: Request, tree: Tree, index: Index, said: Said) -> frozenset[Key] | None:
    """Every definition that the words fit, those that the diff changed for certain; None where those aren't in the tree."""
    named = {said.text[start:end] for start, end, name in request.marks if name == "OLD"}
    keys: set[Key] = set()
    for fact in request.facts:
        target = find(tree, fact.target)
        if target is None:
            return None
        if target.kind not in POSSIBLE[request.action] or (target.name not in named and named):
            continue
        if named:
            alike = meant(_stated(fact, said.text), target, index, {}, (), request.action)
            alike = frozenset(key for key in alike if key[0] is target.kind)
            keys |= {key_of(target)} | (alike if len(alike) <= _MOST_ALIKE else frozenset())
    return frozenset(keys) if keys or not named else None


def _stated(fact: Fact, text: str) -> Stated:
    """How a text mentions the target."""
    words = {word.text for word in lex(text)}
    path = fact.target.partition("::")[0]
    stem = path.rpartition("/")[2].removesuffix(".py")
    dotted = path.removesuffix(".py").replace("/", ".")
    by_path = path.rpartition("/")[2] in text or stem in words and stem != fact.name or dotted in text
    return Stated("name", False, bool(fact.owner) and fact.owner in words, by_path)
