"""What a large model gets to see of a repository, within a budget: a map, and the lines around the names that the instruction speaks of."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from agent.locator import context_of
from agent.run import Job
from engine import Excerpt, Task, lex, looks_like_code, spellings

OUTLINE = 8_000
"""Characters of the map."""
EXCERPTS = 32_000
"""Characters of the excerpts."""
AROUND = 12
"""Lines shown before and after a name."""
WHOLE = 3_000
"""Characters of a file that is shown whole."""
MAX_PATHS = 2_000


def brief(job: Job) -> Task:
    """The request with what the repository says about it."""
    names = _names(job)
    wanted = tuple(path for path in job.tree.paths if job.wants(path))
    texts = _texts(job, names)
    shown = [path for path in wanted if path in job.request.instruction and path not in texts]
    named = {path: text for path in shown if (text := job.tree.text(path)) is not None}
    return Task(
        instruction=job.request.instruction,
        outline=_outline(job, wanted, [*named, *texts]),
        excerpts=tuple(_excerpts(named | texts, names)),
        names=names,
        texts=texts,
        paths=wanted[:MAX_PATHS],
        seed=job.request.seed,
    )


def _names(job: Job) -> tuple[str, ...]:
    """Names defined here that the instruction spells, and its words that can be nothing but names."""
    lexemes = lex(job.request.instruction)
    spelled = set(spellings(lexemes))
    defined = {entity.name for entity in context_of(job.tree, job.request.instruction).entities} & spelled
    written = {lexeme.text for lexeme in lexemes if lexeme.is_word}
    code = {name for name in written if looks_like_code(name)}
    # A plain word that is a name somewhere is only meant where nothing else is.
    plain = defined if not any(looks_like_code(name) for name in defined) else {name for name in defined if looks_like_code(name)}
    return tuple(sorted(plain | code))


def _texts(job: Job, names: tuple[str, ...]) -> dict[str, str]:
    """Files that hold one of the names as a whole word; those with most first."""
    hits = job.tree.repository.grep(names)
    texts: dict[str, str] = {}
    for path in sorted(hits, key=lambda path: (-hits[path], path)):
        text = job.tree.text(path) if job.wants(path) else None
        if text is not None:
            texts[path] = text
    return texts


def _outline(job: Job, wanted: Iterable[str], first: Iterable[str]) -> str:
    lines: list[str] = []
    left = OUTLINE
    for path in dict.fromkeys([*first, *sorted(wanted, key=lambda path: (path.count("/"), path))]):
        line = path + "".join(f"\n  {signature}" for signature in _signatures(job, path))
        if len(line) > left:
            line = path
        left -= len(line) + 1
        if left < 0:
            break
        lines.append(line)
    return "\n".join(lines)


def _signatures(job: Job, path: str) -> Iterator[str]:
    """What a module defines at its top, and the methods of its classes."""
    module = job.tree.project.module(path) if path.endswith((".py", ".pyi")) else None
    for node in module.tree.body if module is not None and module.tree is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"def {node.name}({ast.unparse(node.args)})"
        elif isinstance(node, ast.ClassDef):
            methods = [item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
            yield f"class {node.name}: {', '.join(methods)}"


def _excerpts(texts: Mapping[str, str], names: tuple[str, ...]) -> Iterator[Excerpt]:
    left = EXCERPTS
    for path, text in texts.items():
        lines = text.split("\n")
        for chunk in [range(len(lines))] if len(text) <= WHOLE else _chunks(lines, names):
            shown = "\n".join(lines[chunk.start : chunk.stop])
            left -= len(shown)
            if left < 0:
                return
            yield Excerpt(path, chunk.start + 1, shown)


def _chunks(lines: list[str], names: tuple[str, ...]) -> list[range]:
    """The lines around each name; what touches is one."""
    found: list[range] = []
    for i, line in enumerate(lines):
        if any(name in line for name in names):
            around = range(max(0, i - AROUND), min(len(lines), i + AROUND + 1))
            if found and around.start <= found[-1].stop:
                found[-1] = range(found[-1].start, around.stop)
            else:
                found.append(around)
    return found
