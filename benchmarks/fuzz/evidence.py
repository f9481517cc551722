"""Repository text as evidence, sites and edits: any Python file, or what only looks like one, may stand in a repository."""

from __future__ import annotations

import numpy as np

from benchmarks.fuzz.material import sources
from benchmarks.fuzz.target import cut
from editops import Applied, ChangeSet, apply
from engine import Intent, Plan, Project, Resolution, Sampler, denoise_sites, entities, find, occurrences, open_sites, operations, qualified
from engine.evidence import Entity, homonyms
from engine.rename import clash
from tests.engine.tiny import Opinionated

MAX_LENGTH = 3072
MARK = b"\0\0"
NAMES = ("pkg/a.py", "pkg/__init__.py", "tests/test_a.py", "README.md", "pkg/a.pyi")
SEEDS = [MARK.join([source, b"from pkg.a import *\nfrom .a import f as g\n", b"import pkg.a as m\nm.f(1)\n"]) for source in sources()]
WORDS = [b"def f(a, *, b=1, **k):\n    ", b"class C(B, metaclass=M):\n    ", b"lambda: ", b"async ", b"await ", b"yield from ", b"global x\n", b"nonlocal x\n",
         b"import a.b.c as d\n", b"from . import *\n", b"from .. import x\n", b"__all__ = ['f']\n", b"f'{x!r:>{w}}'", b'"""', b"@property\n", b"@overload\n",
         b"match x:\n    case C(a=1, **k):\n        ", b"type X[T] = int\n", b"try:\n    ", b"except* E as e:\n    ", b"x: int = 1\n", b"(y := 1)", b"\\\n", b"\x0c",
         b"\xef\xbb\xbf", b"# type: ignore\n", b"getattr(x, 'f')", b"mock.patch('pkg.a.f')", b"super().f()", b"\r\n", b"\r", b"\xc2\x85", b"\xe2\x80\xa8",
         b"\xc2\xb5", b"\xef\xac\x81", b"((((((((((", b"[[[[[[[[[[", MARK]  # fmt: skip
MOST = 6
"""Definitions of an input that are looked for."""


def check(data: bytes) -> None:
    files = dict(zip(NAMES, cut(data, MARK), strict=False))
    texts = {path: text.removeprefix("\ufeff") for path, content in files.items() if (text := _text(content)) is not None}
    project = Project(tuple(texts), texts.get)
    found = [entity for path in texts for entity in entities(project, path)]
    for entity in found[:: max(1, len(found) // MOST)][:MOST]:
        _check(project, entity, texts, files)


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _check(project: Project, entity: Entity, texts: dict[str, str], files: dict[str, bytes]) -> None:
    find(project, qualified(entity))
    holding = [path for path, text in texts.items() if entity.name in text]
    homonyms(project, entity, holding)
    for occurrence in occurrences(project, entity, holding):
        text = texts[occurrence.path]
        assert text[occurrence.start : occurrence.end] == entity.name
        assert isinstance(occurrence.resolution, Resolution) and occurrence.reason
    intent = Intent(entity, "fresh_name")
    clash(project, intent)
    plan = Plan((intent,), keep_alias=len(texts) % 2 == 0)
    sites = open_sites(project, intent, plan, {path: texts[path] for path in holding} | {entity.path: texts[entity.path]}, tuple(texts), lambda path: True)
    decided, _ = denoise_sites(sites, Opinionated(tempting=0.0), Sampler(), np.random.default_rng(0), lambda event: None)
    ops = operations(decided, texts, files, tuple(texts))
    if ops:
        unique = {(op, getattr(op, "span", None)): op for op in ops}
        change = ChangeSet.of(unique.values(), files)
        assert isinstance(apply(files, change), Applied)
