"""Turn a before and an after folder into a general task file.

`python -m benchmarks.refactor.author DRAFT --sources DIR`, where DRAFT holds
- `spec.json`: id, package, version, kind, targets, slices, abstain, wordings, free_prose, `why` (alternative -> reason);
- `after/`: the whole tree a right answer leaves;
- `optional/MARK/PATH`: a file of `after/` with one more change that is right either way;
- `alternatives/NAME/PATH`: another accepted state of a file; `PATH.absent` says that no file is right too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from benchmarks.refactor.fetch import release_folder
from benchmarks.refactor.general import (
    GENERAL_TASKS,
    GeneralTask,
    Span,
    general_base_problems,
    general_problems,
    general_reference,
    load_general_task,
    splice_spans,
)
from benchmarks.refactor.score import Outcome
from benchmarks.refactor.score_general import score_general
from benchmarks.refactor.tasks import MANY_FILES, Tree, read_tree

Opcode = tuple[int, int, int, int]


def opcodes(before: list[bytes], after: list[bytes]) -> list[Opcode]:
    """The stretches of lines that differ."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]


def starts_of(lines: Iterable[bytes]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts


def spans_between(path: str, before: bytes, after: bytes) -> list[Span]:
    """One span for each stretch of lines that differs."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = starts_of(old)
    return [
        Span(path, starts[a], starts[b], b"".join(old[a:b]).decode(), b"".join(new[c:d]).decode(), "") for a, b, c, d in opcodes(old, new)
    ]


def optional_spans(path: str, mark: str, states: tuple[bytes, bytes, bytes]) -> list[Span]:
    """Spans on the base for what a variant changes beyond the reference: base, reference, variant."""
    before, after, variant = (data.splitlines(keepends=True) for data in states)
    required = opcodes(before, after)
    starts = starts_of(before)
    found = []
    for a, b, c, d in opcodes(after, variant):
        shift = 0
        for _, old_high, low, high in required:
            if low < b and a < high:
                raise ValueError(f"{path}: optional {mark} touches a required stretch; make it an alternative")
            if high <= a:
                shift = old_high - high
        low, high = starts[a + shift], starts[b + shift]
        found.append(Span(path, low, high, states[0][low:high].decode(), b"".join(variant[c:d]).decode(), mark))
    return found


def all_spans(path: str, before: bytes, after: bytes, optional: Mapping[str, bytes]) -> list[Span]:
    """Required and optional spans of one file, in order."""
    found = spans_between(path, before, after)
    for mark, variant in sorted(optional.items()):
        found += optional_spans(path, mark, (before, after, variant))
    found.sort(key=lambda span: (span.start, span.end))
    if splice_spans(before, [span for span in found if not span.optional]) != after:
        raise ValueError(f"{path}: spans do not give the reference")
    return found


def subfolders(folder: Path) -> dict[str, dict[str, bytes]]:
    """The trees below a folder, by name; none if it isn't there."""
    if not folder.is_dir():
        return {}
    return {child.name: read_tree(child) for child in sorted(folder.iterdir()) if child.is_dir()}


def alternatives(draft: Path, base: Tree, why: Mapping[str, str]) -> list[dict[str, Any]]:
    """The other accepted states, as a task file holds them."""
    found = []
    for name, files in subfolders(draft / "alternatives").items():
        for path, data in files.items():
            entry: dict[str, Any] = {"path": path.removesuffix(".absent"), "edits": None, "text": None, "why": why[name]}
            if path in base:
                entry["edits"] = [asdict(span) for span in spans_between(path, base[path], data)]
            elif not path.endswith(".absent"):
                entry["text"] = data.decode()
            found.append(entry)
    return found


def build(draft: Path, base: Tree) -> dict[str, Any]:
    """The content of the task file."""
    spec: dict[str, Any] = json.loads((draft / "spec.json").read_text(encoding="utf-8"))
    after = read_tree(draft / "after") if (draft / "after").is_dir() else dict(base)
    variants = subfolders(draft / "optional")
    why: Mapping[str, str] = spec.get("why", {})
    edits: list[Span] = []
    for path in sorted(set(base) & set(after)):
        optional = {mark: files[path] for mark, files in variants.items() if path in files}
        if base[path] != after[path] or optional:
            edits += all_spans(path, base[path], after[path], optional)
    others = alternatives(draft, base, why)
    creates = {path: after[path].decode() for path in sorted(set(after) - set(base))}
    deletes = sorted(set(base) - set(after))
    required = {span.path for span in edits if not span.optional} | set(creates) | set(deletes)
    slices = set(spec.get("slices", ())) | ({"joined"} if spec["kind"] == "joined" else set())
    if len(required) > MANY_FILES:
        slices.add("many_files")
    held = {span.path for span in edits} | set(deletes) | {entry["path"] for entry in others if entry["path"] in base}
    return {
        **{key: spec[key] for key in ("id", "package", "version", "kind", "targets")},
        "slices": sorted(slices),
        "abstain": spec.get("abstain", False),
        "wordings": spec["wordings"],
        "files": {path: hashlib.sha256(base[path]).hexdigest() for path in sorted(held)},
        "edits": [asdict(span) for span in edits],
        "creates": creates,
        "deletes": deletes,
        "alternatives": others,
        "free_prose": sorted(spec.get("free_prose", ())),
    }


def complaints(task: GeneralTask, base: Tree) -> list[str]:
    """What keeps a task from being used: it contradicts itself, its release or its own reference."""
    found = general_problems(task) + general_base_problems(task, base)
    if not found and not task.abstain:
        for flag in sorted({False, any(span.optional for span in task.edits)}):
            judged = score_general(task, base, general_reference(task, base, flag))
            if judged.outcome is not Outcome.EXACT or judged.unsound:
                found.append(f"its own reference is {judged}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drafts", type=Path, nargs="+", help="folders with spec.json and after/")
    parser.add_argument("--sources", type=Path, required=True, help="folder filled by benchmarks/refactor/fetch.py")
    parser.add_argument("--out", type=Path, default=GENERAL_TASKS, help="folder that receives the task files")
    arguments = parser.parse_args()
    failed = False
    for draft in arguments.drafts:
        spec = json.loads((draft / "spec.json").read_text(encoding="utf-8"))
        base = read_tree(release_folder(arguments.sources, spec["package"], spec["version"]))
        raw = build(draft, base)
        target = arguments.out / f"{raw['id']}.json"
        arguments.out.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        found = complaints(load_general_task(target), base)
        failed = failed or bool(found)
        print(f"{raw['id']}: {len(raw['edits'])} spans in {len(raw['files'])} files, {len(raw['creates'])} new", *found, sep="\n  ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
