"""Half moves and half changes of signatures, staged: how many does the hook finish as the whole would have been?

    python -m benchmarks.hook.parts SOURCES [--each 4] [--seed 1] [--out FILE]

SOURCES holds unpacked releases, one folder each. A target is drawn, and the whole change is made from what the evidence is sure of; targets are
kept whose whole change touches code in another file too. A part of it is staged: the definition alone (bare), the files of the definition as the
whole has them (own), or these and half of the other files (half). What the hook writes, with the embedded denoiser, is judged against the whole,
file by file, by the statements of the file whatever their order; the code of files that were staged whole has to stay as it was.
Documentation that the whole leaves alone, docstrings and their examples too, is not judged: there the evidence is never sure, and the denoiser may know better.
"""

from __future__ import annotations

import argparse
import ast
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from agent.errors import UserError
from agent.finishing import finish
from agent.hook import look
from agent.outcome import Declined, EditRequest, Published
from benchmarks import actions, signatures
from benchmarks.hook.histories import git
from engine import Asked, Denoiser, EmbeddedDenoiser, Entity, Project, Rewritten, find, qualified, rewrite
from engine.actions.functions import Definition, definition_of
from engine.actions.statements import cut, pieces, runs
from engine.begun.outline import parsed, scope_of
from engine.evidence.source import parse_module
from engine.plan import Action
from engine.sites import Rename, from_occurrence

SHAPES = ("bare", "own", "half")
KINDS = ("move", "delete", "reorder", "keyword", "add, required")
_TRIES = 60
"""Targets drawn for one case."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A change as it would be if it were finished."""

    what: str
    target: Entity
    to: str
    texts: Mapping[str, str | None]
    own: tuple[str, ...]
    """Files of the definition itself."""


@dataclass(frozen=True, slots=True)
class Result:
    package: str
    kind: str
    shape: str
    what: str
    left: int
    """Files that were left to change."""
    outcome: str
    """right, wrong, missed (some files as they were), declined, silent"""
    detail: str
    seconds: float


def wholes(folder: Path, texts: Mapping[str, str], kind: str, rng: Random) -> Iterator[Whole]:
    """Drawn changes that reach further than the files of the definition."""
    project = Project(sorted(texts), texts.get)
    for _ in range(_TRIES):
        found = _move(project, rng) if kind == "move" else _signature(folder, project, kind, rng)
        if found is not None and any(path.endswith(".py") and path not in found.own for path in found.texts):
            yield found


def _move(project: Project, rng: Random) -> Whole | None:
    case = actions.drawn(project, Action.MOVE, rng, whole=False)
    if case is None or len(case.targets) > 1 or case.to not in project.paths:
        return None
    made = actions.carry_out(project, case)
    (target,) = case.targets
    return Whole(str(case), target, case.to, made.texts, (target.path, case.to)) if isinstance(made, Rewritten) else None


def _signature(folder: Path, project: Project, kind: str, rng: Random) -> Whole | None:
    tree = signatures.Tree(folder.name, folder, project)
    path = rng.choice(tree.code)
    module = project.module(path)
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)] if module is not None and module.tree is not None else []
    if not nodes or module is None:
        return None
    item = definition_of(module, rng.choice(nodes))
    entity = find(project, f"{path}::{item.qualname}")
    intent = next((intent for name, intent in _intents(entity, item) if name == kind), None) if entity is not None else None
    known = signatures.meant(project, intent) if intent is not None else None
    if intent is None or entity is None or known is None:
        return None
    places = [from_occurrence(place, Rename(intent.target, ""), project.text(place.path) or "") for place in known]
    made = rewrite(Asked(intent, project, places))
    return Whole(f"{kind} {qualified(entity)}", entity, "", made.texts, (path,)) if isinstance(made, Rewritten) else None


def _intents(entity: Entity, item: Definition) -> Iterator[tuple[str, signatures.Intent]]:
    yield from signatures.intents(entity, item)


def staged_part(texts: Mapping[str, str], whole: Whole, shape: str, rng: Random) -> dict[str, str | None]:
    """The files that the user has changed."""
    if shape == "bare" and whole.to:
        return _pasted(texts, whole)
    others = sorted(path for path in whole.texts if path not in whole.own)
    more = rng.sample(others, len(others) // 2) if shape == "half" else []
    return {path: whole.texts[path] for path in (*whole.own, *more) if path in whole.texts}


def _still_binds(whole: Whole) -> bool:
    """Whether the old module of a moved definition imports it back: then nothing leads nowhere, and the hook is silent by its rules."""
    module = parse_module(whole.target.path, whole.texts.get(whole.target.path) or "")
    return bool(whole.to) and module.root is not None and whole.target.name in module.root.bindings


def _pasted(texts: Mapping[str, str], whole: Whole) -> dict[str, str | None]:
    """The definition, with what goes along in the whole, cut out of its module and put at the end of the other one."""
    text = texts[whole.target.path]
    found = pieces(parse_module(whole.target.path, text), _defined(text) - _defined(whole.texts[whole.target.path]))
    assert not isinstance(found, str)
    moved = "\n\n".join(text[piece.start : piece.end] for piece in found)
    for start, end in reversed(runs(text, found)):
        first, last = cut(text, start, end)
        text = text[:first] + text[last:]
    return {whole.target.path: text, whole.to: texts[whole.to].rstrip("\n") + "\n\n\n" + moved}


def _defined(text: str | None) -> set[str]:
    module = parsed(text or "")
    return set(scope_of(module).definitions) - {"__all__"} if module is not None else set()


def run_one(package: str, folder: Path, texts: Mapping[str, str], whole: Whole, kind: str, shape: str, rng: Random, denoiser: Denoiser) -> Result:
    """Stage a part, let the hook finish it, judge the files."""
    with tempfile.TemporaryDirectory(prefix="part-") as scratch:
        root = Path(scratch) / package
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode())
        git(root, "init", "-q")
        for key, value in (("user.name", "benchmark"), ("user.email", "benchmark@localhost"), ("core.hooksPath", "/dev/null")):
            git(root, "config", key, value)
        git(root, "add", "--all", "--force")
        git(root, "commit", "-q", "-m", "before")
        part = staged_part(texts, whole, shape, rng)
        for path, after in part.items():
            if after is None:
                (root / path).unlink()
            else:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(after.encode())
        git(root, "add", "--all", "--force")
        left = sum(path not in part for path in whole.texts)
        begin = time.perf_counter()
        outcome, detail = _finished(root, denoiser)
        seconds = time.perf_counter() - begin
        if outcome == "written":
            outcome, detail = judged(root, texts, whole, part, shape == "bare")
        return Result(package, kind, shape, whole.what, left, outcome, detail, round(seconds, 2))


def _finished(root: Path, denoiser: Denoiser) -> tuple[str, str]:
    beginning = look(root)
    if beginning is None:
        return "silent", "at the first look"
    request = EditRequest("finish what was begun", root, max_seconds=600.0)
    try:
        rest = finish(request, beginning, write=True, emit=lambda event: None, denoiser=denoiser)
    except UserError as error:
        return "declined", str(error)
    if rest is None:
        return "silent", "nothing certain"
    if isinstance(rest.outcome, Declined):
        return "declined", rest.outcome.reason
    return ("written", "") if isinstance(rest.outcome, Published) else ("declined", "left to the user")


def judged(root: Path, texts: Mapping[str, str], whole: Whole, part: Mapping[str, str | None], bare: bool) -> tuple[str, str]:
    """The outcome, and the first files that are not as they should be."""
    wrong, missed = [], []
    for path in sorted({*texts, *whole.texts}):
        wanted = whole.texts.get(path, texts.get(path))
        place = root / path
        found = place.read_bytes().decode() if place.is_file() else None
        complete = path in part and not (bare and path in whole.own)
        if not path.endswith(".py") and wanted == texts.get(path):
            continue
        if found == wanted or (code(found) == code(wanted) if complete else statements(found) == statements(wanted)):
            continue
        (missed if found == texts.get(path) and path not in part else wrong).append(path)
    return ("wrong", ", ".join(wrong[:3])) if wrong else ("missed", ", ".join(missed[:3])) if missed else ("right", "")


def statements(text: str | None) -> object:
    """The statements of a module, imports name by name, whatever their order; other texts as they are."""
    tree = _undocumented(text)
    if tree is None:
        return text
    body = tree.body
    names = Counter(
        f"{getattr(node, 'level', 0)} {getattr(node, 'module', '')} {alias.name} {alias.asname}"
        for node in body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )
    return names, Counter(ast.dump(node) for node in body if not isinstance(node, (ast.Import, ast.ImportFrom))), text is None


def code(text: str | None) -> object:
    """A module without its docstrings; other texts as they are."""
    tree = _undocumented(text)
    return text if tree is None or text is None else ast.dump(tree)


def _undocumented(text: str | None) -> ast.Module | None:
    try:
        tree = ast.parse(text or "")
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node, clean=False) is not None:
            node.body[0] = ast.Pass()
    return tree


def table(results: Sequence[Result]) -> str:
    """Rows for all, each kind and each shape."""
    outcomes = ("right", "wrong", "missed", "declined", "silent")
    rows = [f"{'':<18} {'runs':>5}" + "".join(f" {name:>9}" for name in outcomes) + f" {'% right':>8} {'median s':>9}"]
    groups = [("all", list(results))]
    groups += [(f"kind {kind}", [item for item in results if item.kind == kind]) for kind in KINDS]
    groups += [(f"shape {shape}", [item for item in results if item.shape == shape]) for shape in SHAPES]
    for name, own in groups:
        if own:
            count = Counter(item.outcome for item in own)
            cells = "".join(f" {count[outcome]:>9}" for outcome in outcomes)
            rows.append(f"{name:<18} {len(own):>5}{cells} {100 * count['right'] / len(own):>8.1f} {statistics.median(item.seconds for item in own):>9.2f}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--each", type=int, default=4, help="cases of one kind in one package")
    parser.add_argument("--packages", default="", help="names, separated by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    denoiser = EmbeddedDenoiser.load()
    results: list[Result] = []
    for folder in sorted(path for path in asked.sources.iterdir() if path.is_dir()):
        package = folder.name.partition("-")[0]
        if asked.packages and package not in asked.packages.split(","):
            continue
        texts = actions.read_tree(folder)
        for kind in KINDS:
            rng = Random(f"{asked.seed} {package} {kind}")
            for number, whole in zip(range(asked.each), wholes(folder, texts, kind, rng), strict=False):
                shape = "bare" if _still_binds(whole) else SHAPES[number % len(SHAPES)]
                result = run_one(package, folder, texts, whole, kind, shape, rng, denoiser)
                results.append(result)
                print(f"{package} {result.shape} {result.what}: {result.outcome} {result.detail} ({result.left} left) {result.seconds} s", file=sys.stderr, flush=True)
                if asked.out:
                    asked.out.write_text(json.dumps([asdict(item) for item in results], indent=1) + "\n", encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
