"""Scoring an answer to a general task: each file against the accepted states of it, then the tree as a whole.

Relies on trees alone. Knows nothing of processes or of any tool's output.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from benchmarks.refactor.canonical import Canonical, canonical
from benchmarks.refactor.compare import lexemes, same
from benchmarks.refactor.general import GeneralTask, general_reference, readings
from benchmarks.refactor.imports import module_of
from benchmarks.refactor.score import Outcome, Score
from benchmarks.refactor.soundness import Soundness, soundness
from benchmarks.refactor.tasks import Tree

# Wrong and missed places of one file.
Found = tuple[list[str], list[str]]


def score_general(task: GeneralTask, base: Tree, produced: Tree) -> Score:
    """Compare a produced tree with the accepted ones; an unsound tree is that, whatever else is wrong with it."""
    kept = kept_lexemes(task, base)
    if produced == base:
        return Score(Outcome.EXACT if task.abstain else Outcome.ABSTAINED, (), (), (), (), kept)
    wrong: list[str] = []
    missed: list[str] = []
    for path in sorted({*base, *produced, *task.creates}):
        if path not in task.touched and base.get(path) == produced.get(path):
            continue
        file_wrong, file_missed = judge_file(task, path, base, produced)
        wrong += file_wrong
        missed += file_missed
    broken = _newly_broken(task, base, produced)
    circles = tuple(f"{left} <-> {right}" for left, right in sorted(broken.circles))
    rest = (sorted(broken.unparsable), sorted(broken.undefined), sorted(broken.dangling))
    unsound = bool(circles) or any(rest)
    outcome = Outcome.UNSOUND if unsound else Outcome.WRONG if wrong else Outcome.MISSED if missed else Outcome.EXACT
    unparsable, undefined, dangling = (tuple(found) for found in rest)
    return Score(outcome, tuple(wrong), tuple(missed), unparsable, undefined, kept, dangling, circles)


def kept_lexemes(task: GeneralTask, base: Tree) -> int:
    """Lexemes that had to stay, in files that hold one of the request's words or that the reference changes."""
    words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(task.names)).encode())
    hit = {path for path, data in base.items() if b"\0" not in data and words.search(data)} | set(task.files)
    changed = sum(len(lexemes(span.before.encode())) for span in task.edits)
    changed += sum(len(lexemes(base[path])) for path in task.deletes)
    return sum(len(lexemes(base[path])) for path in hit) - changed


def judge_file(task: GeneralTask, path: str, base: Tree, produced: Tree) -> Found:
    """Compare one file with the nearest of its accepted states."""
    now = produced.get(path)
    best: Found | None = None
    for accepted in readings(task, path, base):
        found = _against(task, path, (base.get(path), accepted, now), (base, produced))
        if best is None or len(found[0]) + len(found[1]) < len(best[0]) + len(best[1]):
            best = found
    assert best is not None
    return best


def _against(task: GeneralTask, path: str, states: tuple[bytes | None, bytes | None, bytes | None], trees: tuple[Tree, Tree]) -> Found:
    """Wrong and missed places against one accepted state; None is no file."""
    before, accepted, now = states
    if accepted == now:
        return [], []
    if accepted is None:
        return ([], [f"{path} not deleted"]) if before is not None else ([f"{path} created"], [])
    if now is None:
        return ([f"{path} deleted"], []) if before is not None else ([], [f"{path} not created"])
    if not path.endswith((".py", ".pyi")):
        return _text_places(path, before or b"", accepted, now)
    module = module_of(path, {**trees[0], **trees[1]})
    forms = [canonical(module, data) for data in (before or b"", accepted, now)]
    if forms[2] is None:
        return [f"{path} does not parse"], []
    assert forms[0] is not None and forms[1] is not None, path
    return code_places(path, (forms[0], forms[1], forms[2]), task.free_prose, created=before is None)


def _text_places(path: str, before: bytes, accepted: bytes, now: bytes) -> Found:
    if same(path, accepted, now):
        return [], []
    lines = [Counter(" ".join(line.split()) for line in data.decode("utf-8", "replace").splitlines()) for data in (before, accepted, now)]
    wrong, missed = _places(path, lines[0], lines[1], lines[2])
    return (wrong, missed) if wrong or missed else ([f"{path} order of words"], [])


def code_places(path: str, forms: tuple[Canonical, Canonical, Canonical], free: Collection[str], created: bool) -> Found:
    """Wrong and missed places of a Python file: before, accepted, now."""
    before, accepted, now = forms
    wrong, missed = _import_places(path, forms, created)
    items = [_items(form, path, free, created) for form in forms]
    more_wrong, more_missed = _places(path, items[0], items[1], items[2])
    wrong += more_wrong
    missed += more_missed
    missed += [f"{path} {remark}" for remark in (accepted.pragmas - now.pragmas) if remark in before.pragmas]
    missed += [f"{path} docstring of {name}" for name in _poorer_docs(path, forms, free)]
    if not wrong and not missed and accepted.code != now.code:
        wrong.append(f"{path} order of statements")
    return wrong, missed


def _items(form: Canonical, path: str, free: Collection[str], created: bool) -> Counter[str]:
    """Everything but imports, as countable lines."""
    found = Counter(f"{label} {line}" for label, lines in form.code.items() for line in lines)
    for label, words in form.docs.items():
        if not _is_free(path, label, free) and not (created and not label):
            found[f"{label} docstring {' '.join(words)}"] += 1
    found.update(f"# {text}" for text in form.comments.elements())
    return found


def _is_free(path: str, label: str, free: Collection[str]) -> bool:
    return (f"{path}::{label}" if label else path) in free


def _poorer_docs(path: str, forms: tuple[Canonical, Canonical, Canonical], free: Collection[str]) -> list[str]:
    """Docstrings that may grow but lack words that should have stayed."""
    before, accepted, now = forms
    found = []
    for label, words in accepted.docs.items():
        if _is_free(path, label, free):
            needed = Counter(words) & Counter(before.docs[label]) if label in before.docs else Counter(words)
            if needed - Counter(now.docs.get(label, ())):
                found.append(label or "the module")
    return found


def _places(path: str, before: Counter[str], accepted: Counter[str], now: Counter[str]) -> Found:
    """Changes that should have been made and were not, and the reverse."""
    asked, made = (accepted - before, before - accepted), (now - before, before - now)
    missed = [f"{path} {text}" for sign in (0, 1) for text in (asked[sign] - made[sign]).elements()]
    wrong = [f"{path} {text}" for sign in (0, 1) for text in (made[sign] - asked[sign]).elements()]
    return wrong, missed


def _import_places(path: str, forms: tuple[Canonical, Canonical, Canonical], created: bool) -> Found:
    """Imports; a new one that is needed may be written in another way than the reference does."""
    before, accepted, now = forms
    wrong: list[str] = []
    missed: list[str] = []
    for entry in sorted(accepted.imports - now.imports):
        if entry.typing and entry._replace(typing=False) in now.imports:
            continue
        if entry in before.imports:
            wrong.append(f"{path} lost import {entry.meaning}")
        elif entry not in accepted.used:
            missed.append(f"{path} import {entry.meaning}")
    for entry in sorted(now.imports - accepted.imports):
        if entry in now.used or (created and entry.module == "__future__"):
            continue
        if entry._replace(typing=True) in accepted.imports:
            continue
        places = missed if entry in before.imports else wrong
        places.append(f"{path} import {entry.meaning}")
    return wrong, missed


def _newly_broken(task: GeneralTask, base: Tree, produced: Tree) -> Soundness:
    """What is broken in the answer but neither in the release nor in a reference."""
    changed = {path for path in produced if produced[path] != base.get(path)}
    now = soundness(produced, changed)
    known = [soundness(base, changed & set(base))]
    for flag in sorted({False, any(span.optional for span in task.edits)}):
        known.append(soundness(general_reference(task, base, flag), changed | task.touched))
    circles = now.circles.difference(*(tree.circles for tree in known))
    return Soundness(
        now.unparsable.difference(*(tree.unparsable for tree in known)),
        now.undefined.difference(*(tree.undefined for tree in known)),
        now.dangling.difference(*(tree.dangling for tree in known)),
        circles,
    )
