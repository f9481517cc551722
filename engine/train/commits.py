"""Real commits as training examples: subjects that say what their own diff did, and the fate of every place of a rename.

Repositories are bare clones named `owner+name` in a folder. Of their code nothing is kept but the shards.
"""

from __future__ import annotations

import gc
import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from engine.begun import Renamed, Versions, recognise
from engine.lexemes import lex
from engine.retrieval import looks_like_code
from engine.train.commit_facts import facts_of
from engine.train.commit_history import Commit, History, Tree
from engine.train.commit_pairs import pair_examples, pairs_of
from engine.train.commit_plans import Labelled, plan_of
from engine.train.commit_wording import MOST_WORDS, negative, said
from engine.train.corpus import FORBIDDEN
from engine.train.examples import Example
from engine.train.shards import Budget, write_shard

JUDGING = frozenset({"tinydb", "mistune", "arrow", "click", "httpx", "networkx", "werkzeug", "marshmallow"})
"""Packages of the benchmarks: never trained on either."""
_PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|ISC|PSF)\b")
_LOOKED_AT = (
    ("rename", re.compile(r"\brenam|\w\s*(?:->|=>|→)\s*\w", re.IGNORECASE), 400),
    ("move", re.compile(r"\b(?:mov(?:e|es|ed|ing)|extract|split|relocate)\b", re.IGNORECASE), 150),
    ("remove", re.compile(r"\b(?:remov|delet|drop|kill|get rid)", re.IGNORECASE), 220),
    ("add", re.compile(r"\b(?:add|accept|allow|support|introduce|make)\b.*\b(?:param|arg|kwarg|option|flag|keyword|static|propert|classmethod)|\b(?:static|propert|keyword.only)", re.IGNORECASE), 200),
    ("other", re.compile(r"\w_\w|[a-z][A-Z]|\w\(|`"), 50),
)
"""Kinds of subjects that may be labelled, with how many of each are looked at in one repository."""
NEGATIVES = 0.35
"""Subjects that ask for nothing the engine can do, as a share of those that do."""
_COLLECT_EVERY = 100
_WORD = re.compile(r"[^\W\d]\w*")
_DEFINES = re.compile(r"^\s*(?:async\s+)?def\s.*|^\s*class\s+\w+|\bself\.\w+\s*(?::[^=]+)?=(?!=)|^\s*\*{0,2}\w+\s*(?=[:=,)]|$)")
"""Parts of a line that define names: signatures, and the names at the start of the lines of long ones."""
_SAYS_NAMES = re.compile(r"renam|param|\barg|kwarg|function|method|class|attr|constant|module|propert|option|flag|field|[`'\"=]|\(\)|\w\.\w|->|=>|→", re.IGNORECASE)
"""Words and signs of a subject that calls something by a name which may be plain English."""


@dataclass(frozen=True, slots=True)
class Repository:
    """One line of the manifest."""

    name: str
    """owner/name"""
    licence: str
    split: str
    head: str = ""
    subjects: int = 0
    unsupported: int = 0
    pairs: int = 0
    windows: int = 0


@dataclass(slots=True)
class Made:
    """What was made of one repository."""

    examples: list[Example] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, example: Example, commit: int, label: str) -> None:
        """One example with the number of its commit, and what it says."""
        self.examples.append(replace(example, task=commit))
        self.labels.append(label)


def read_repositories(path: Path) -> list[Repository]:
    """The manifest; refuses what is kept for judging and what has no permissive licence."""
    entries = [Repository(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    for entry in entries:
        if entry.name.lower().rpartition("/")[2] in FORBIDDEN | JUDGING:
            raise ValueError(f"{entry.name} is kept for judging, not for training")
        if not _PERMISSIVE.search(entry.licence):
            raise ValueError(f"{entry.name}: {entry.licence} is no permissive licence")
    return entries


def folder_of(entry: Repository, clones: Path) -> Path:
    """Its git directory."""
    base = clones / entry.name.replace("/", "+")
    for folder in (base, base / "repo", base / "repo/.git", base / ".git"):
        if (folder / "HEAD").exists():
            return folder
    raise FileNotFoundError(f"{entry.name} is not in {clones}; run `git clone --bare https://github.com/{entry.name} {base}` first")


def chosen(commits: Sequence[Commit], rng: random.Random) -> list[Commit]:
    """Commits whose subjects may say what they did, in their order: so many of each kind, each in the first kind that it fits."""
    kinds: dict[str, list[int]] = {name: [] for name, _, _ in _LOOKED_AT}
    seen: set[str] = set()
    for at, commit in enumerate(commits):
        subject = commit.subject
        if not 2 <= len(subject.split()) <= MOST_WORDS or subject in seen or subject.startswith(("Merge", "Revert", "Bump")):
            continue
        seen.add(subject)
        name = next((name for name, form, _ in _LOOKED_AT if form.search(subject)), None)
        if name is not None:
            kinds[name].append(at)
    picked = [at for name, _, most in _LOOKED_AT for at in rng.sample(kinds[name], min(most, len(kinds[name])))]
    return [commits[at] for at in sorted(picked)]


def examples_of(history: History, name: str, seed: int, scale: float = 1.0) -> Made:
    """Examples of one repository, deterministic for a seed. scale: share of the commits that are looked at."""
    rng = random.Random(zlib.crc32(f"{name}:{seed}".encode()))
    made, depths = Made(), Budget()
    picked = chosen(history.subjects(), rng)
    picked = [commit for commit in picked if scale >= 1.0 or rng.random() < scale]
    gc.disable()
    for number, commit in enumerate(history.changed(picked)):
        if number % _COLLECT_EVERY == 0:
            gc.collect()
        for example, label, kind in _of_commit(history, commit, name, depths, made.counts, rng):
            made.add(example, number, label)
            made.counts[kind] += 1
    gc.enable()
    return made


def _of_commit(
    history: History, commit: Commit, name: str, depths: Budget, counts: Counter[str], rng: random.Random
) -> Iterator[tuple[Example, str, str]]:
    versions = history.versions(commit)
    negatives = counts["unsupported"] < NEGATIVES * counts["subjects"]
    if versions is None or not may_be_labelled(commit.subject, versions, negatives):
        return
    begun = recognise(versions)
    facts = facts_of(versions, begun)
    wording = said(commit.subject, facts)
    paths = [pair.path for pair in versions if pair.path is not None]
    tree: Tree | None = None
    if wording is None and not facts and negatives:
        tree = history.tree(commit)
        known = {word.text for path in paths for word in lex(tree.text(path) or "")}
        wording = negative(commit.subject, facts, known)
    if wording is not None:
        tree = tree or history.tree(commit)
        plan = plan_of(tree, wording, paths, name, depths.plan_depth, rng)
        if plan is not None:
            yield plan.example, f"{_kind(plan)}\t{commit.id[:10]}\t{plan}", "subjects" if wording.requests else "unsupported"
    if any(isinstance(change, Renamed) for change in begun):
        tree = tree or history.tree(commit)
        for pair in pairs_of(tree, versions, begun):
            windows = pair_examples(pair, depths.site_depth, rng)
            for window in windows:
                yield window, f"site\t{commit.id[:10]}\t{pair.shown(window)}", "windows"
            counts["pairs"] += bool(windows)


def may_be_labelled(subject: str, versions: Sequence[Versions], negatives: bool) -> bool:
    """A cheap look before anything is parsed: whether a name of the subject stands where a changed line defines something.

    negatives: whether a subject that only names what other changed lines hold is wanted too.
    """
    lines: set[str] = set()
    for pair in versions:
        lines |= set((pair.before or "").split("\n")) ^ set((pair.after or "").split("\n"))
    defined = {word for line in lines for found in _DEFINES.finditer(line) for word in _WORD.findall(found[0])}
    defined |= {part for pair in versions for path in (pair.path, pair.now) if path and pair.path != pair.now for part in _WORD.findall(path)}
    plain = _SAYS_NAMES.search(subject) is not None
    if any(word in defined and (plain or looks_like_code(word)) for word in _WORD.findall(subject)):
        return True
    return negatives and negative(subject, [], {word for line in lines for word in _WORD.findall(line)}) is not None


def _kind(plan: Labelled) -> str:
    return " + ".join(dict.fromkeys(request.action.value for request in plan.said.requests)) or "unsupported"


def _one(entry: Repository, clones: Path, out: Path, seed: int, scale: float) -> Repository:
    """One repository from its clone to its shard; the labels are written beside it as text, to be read by a person."""
    path = out / f"{entry.split}-commits-{entry.name.replace('/', '-').lower()}-{seed}.npz"
    history, beside = History(folder_of(entry, clones)), path.with_suffix(".labels.txt")
    if not path.exists():
        made = examples_of(history, entry.name, seed, scale)
        history.close()
        beside.write_text("".join(f"{label}\n" for label in made.labels), encoding="utf-8")
        if made.examples:
            partial = path.with_suffix(".partial.npz")
            write_shard(partial, made.examples)
            partial.rename(path)
    return _counted(replace(entry, head=history.head()), beside.read_text(encoding="utf-8").splitlines() if beside.exists() else [])


def _counted(entry: Repository, labels: Sequence[str]) -> Repository:
    """The entry with the numbers of its labels; a pair is a rename of one commit."""
    kinds = Counter(label.split("\t")[0] for label in labels)
    pairs = {label.partition(" | ")[0] for label in labels if label.startswith("site\t")}
    subjects = kinds.total() - kinds["site"] - kinds["unsupported"]
    return replace(entry, subjects=subjects, unsupported=kinds["unsupported"], pairs=len(pairs), windows=kinds["site"])


def prepare_commits(manifest: Path, clones: Path, out: Path, *, seed: int, workers: int, scale: float = 1.0) -> None:
    """Write `<split>-commits-<owner>-<name>-<seed>.npz` for every repository of the manifest, and the counts into the manifest; what is there already stays."""
    entries = read_repositories(manifest)
    out.mkdir(parents=True, exist_ok=True)
    done = {entry.name: entry for entry in entries}
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(_one, entry, clones, out, seed, scale) for entry in entries]
        for job in jobs:
            entry = job.result()
            done[entry.name] = entry
            print(f"{entry.name}: {entry.subjects} subjects, {entry.unsupported} unsupported, {entry.pairs} pairs, {entry.windows} windows", flush=True)
            manifest.write_text("".join(json.dumps(asdict(item)) + "\n" for item in done.values()), encoding="utf-8")
