"""By example on real commits: a rename that people made, of which `redraft edit --like` is shown the definition alone.

    python -m benchmarks.hook.commits REPOSITORY... [--count 40] [--out FILE]

Of commits whose subject speaks of renaming, those count in which a definition, parameter or module got another name and four or more other places
went along. The parent is checked out, the first hunk (the definition) is shown as a diff, and the places that change are compared with those
that the commit changed from the old name to the new one. Longer names that hold the old one are left out on both sides; so are places that the
commit changed otherwise.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import UserError
from agent.hook import versions_of
from agent.incoming import Incoming
from agent.like import follow
from agent.outcome import Declined, EditRequest
from agent.staged import as_text, between
from benchmarks.hook.histories import git
from engine import Denoiser, EmbeddedDenoiser, ModuleMoved, Project, Renamed, Versions, find, names_of, recognise, spots, target_of

Sites = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Result:
    """One rename of one commit."""

    repository: str
    commit: str
    kind: str
    old: str
    new: str
    wanted: int
    right: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]
    seconds: float
    definitions: int = 1
    """How many definitions got this name in the commit: of several that are not related, the one that is shown does not tell the others."""
    reason: str = ""
    """Why nothing was proposed."""

    @property
    def is_exact(self) -> bool:
        return self.right == self.wanted and not self.wrong


def sites(pairs: Sequence[Versions], old: str, new: str) -> Sites:
    """Places of the earlier texts that held the old name and hold the new one now."""
    found = set()
    for pair in pairs:
        # Laid the other way round, so that the offsets are those of the earlier text.
        back = Versions(pair.now, pair.path, pair.after, pair.before)
        found |= {(pair.path or "", spot.start) for spot in spots(back, {new: old}) if spot.new == old}
    return frozenset(found)


def renames(folder: Path, commit: str) -> Iterator[tuple[Renamed | ModuleMoved, Sites, int]]:
    """What a commit renames at four or more places besides the definition; each pair of names once, with the number of definitions."""
    entries = between(folder, f"{commit}^", commit)
    python = [entry for entry in entries if (entry.now or entry.path or "").endswith((".py", ".pyi"))]
    if not 0 < len(python) <= 60:
        return
    pairs = versions_of(folder, entries)
    named: dict[tuple[str, str], list[Renamed | ModuleMoved]] = {}
    for change in recognise([pair for pair in pairs if pair.is_python]):
        names = names_of(change)
        if names is not None and isinstance(change, (Renamed, ModuleMoved)):
            named.setdefault(names, []).append(change)
    for names, changes in named.items():
        wanted = sites(pairs, *names)
        if len(wanted) >= 5:
            yield changes[0], wanted, len(changes)


def first_hunk(folder: Path, change: Renamed | ModuleMoved) -> tuple[str, Sites] | None:
    """The definition's own change as a diff, and its place."""
    if isinstance(change, ModuleMoved):
        git(folder, "mv", change.path.rstrip("/"), change.to.rstrip("/"))
        own: Sites = frozenset()
    else:
        text = as_text((folder / change.path).read_bytes())
        entity = find(Project([change.path], lambda path: text), target_of(change))
        if text is None or entity is None or entity.start < 0:
            return None
        (folder / change.path).write_text(text[: entity.start] + change.new + text[entity.end :], encoding="utf-8", newline="")
        own = frozenset({(change.path, entity.start)})
    git(folder, "add", "--all")
    diff = git(folder, "diff", "--cached", "--find-renames", "HEAD")
    git(folder, "reset", "--quiet", "--hard")
    return diff, own


def run_one(folder: Path, change: Renamed | ModuleMoved, wanted: Sites, denoiser: Denoiser) -> tuple[Sites, Sites, float, str] | None:
    """The places that are left to find, those that were changed, the time, and why there are none."""
    shown = first_hunk(folder, change)
    names = names_of(change)
    if shown is None or names is None:
        return None
    begin = time.perf_counter()
    request = EditRequest("as shown", folder, max_seconds=600.0)
    try:
        outcome = follow(request, Incoming(shown[0].encode(), "diff"), emit=lambda event: None, approve=lambda p: p.change, denoiser=denoiser)
        reason = outcome.reason if isinstance(outcome, Declined) else ""
    except UserError as error:
        reason = str(error)
    seconds = time.perf_counter() - begin
    git(folder, "add", "--all", "--force")
    made = git(folder, "stash", "create").strip()
    pairs = versions_of(folder, between(folder, "HEAD", made)) if made else []
    git(folder, "reset", "--quiet", "--hard")
    return wanted - shown[1], sites(pairs, *names) - shown[1], seconds, reason


def run_all(repository: Path, denoiser: Denoiser, limit: int) -> Iterator[Result]:
    """Every fitting rename of a repository, newest first."""
    name = (repository.parent if repository.name in ("repo", ".git") else repository).name
    with tempfile.TemporaryDirectory(prefix="commits-") as scratch:
        folder = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", str(repository), str(folder)], check=True, capture_output=True)
        git(folder, "config", "user.name", "benchmark")
        git(folder, "config", "user.email", "benchmark@localhost")
        subjects = git(folder, "rev-list", "--no-merges", "--min-parents=1", "-i", "--grep=renam", "--max-count=200", "HEAD", "--", "*.py")
        made = 0
        for commit in subjects.split():
            for change, wanted, definitions in renames(folder, commit):
                git(folder, "checkout", "--quiet", "--force", "--detach", f"{commit}^")
                judged = run_one(folder, change, wanted, denoiser)
                if judged is not None and made < limit:
                    made += 1
                    yield _result(name, commit, change, judged, definitions)


def _result(name: str, commit: str, change: Renamed | ModuleMoved, judged: tuple[Sites, Sites, float, str], definitions: int) -> Result:
    left, found, seconds, reason = judged
    old, new = names_of(change) or ("", "")
    kind = change.kind.value if isinstance(change, Renamed) else "module"
    wrong, missed = (tuple(f"{path}:{at}" for path, at in sorted(places)) for places in (found - left, left - found))
    return Result(name, commit, kind, old, new, len(left), len(found & left), wrong, missed, seconds, definitions, reason)


def table(results: Sequence[Result]) -> str:
    """One line for all and one for each kind."""
    rows = [f"{'':<12} {'renames':>8} {'exact':>6} {'% exact':>8} {'declined':>9} {'precision':>10} {'recall':>7}"]
    groups = {"all": results, "one defined": [item for item in results if item.definitions == 1]}
    groups |= {kind: [item for item in results if item.kind == kind] for kind in sorted({item.kind for item in results})}
    for kind, own in groups.items():
        if not own:
            continue
        right, wrong = sum(item.right for item in own), sum(len(item.wrong) for item in own)
        wanted = sum(item.wanted for item in own)
        exact, declined = sum(item.is_exact for item in own), sum(bool(item.reason) for item in own)
        precision = f"{100 * right / (right + wrong):>9.1f}%" if right + wrong else f"{'-':>10}"
        rows.append(f"{kind:<12} {len(own):>8} {exact:>6} {100 * exact / len(own):>8.1f} {declined:>9} {precision} {100 * right / max(wanted, 1):>6.1f}%")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument("--count", type=int, default=40, help="renames in all")
    parser.add_argument("--each", type=int, default=5, help="renames of one repository at most")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    denoiser = EmbeddedDenoiser.load()
    results: list[Result] = []
    for repository in asked.repositories:
        for result in run_all(repository.resolve(), denoiser, min(asked.each, asked.count - len(results))):
            results.append(result)
            told = f"{result.right}/{result.wanted} wrong {list(result.wrong)[:4]} missed {list(result.missed)[:4]} {result.reason}"
            print(f"{result.repository} {result.commit[:10]} {result.kind} {result.old} -> {result.new}: {told}", file=sys.stderr, flush=True)
            if asked.out:
                asked.out.write_text(json.dumps([asdict(item) for item in results], indent=1) + "\n", encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
