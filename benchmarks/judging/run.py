"""Plans of the hand-written instructions: how many are understood exactly, all fields.

    python -m benchmarks.judging.run --sources DIR [--limit N] [--show]

DIR holds the unpacked packages as `<name>-<version>` (benchmarks/refactor/fetch.py brings them).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from agent.loop import plan
from agent.outcome import Declined, EditRequest, PlanView
from engine import EmbeddedDenoiser

INSTRUCTIONS = Path(__file__).parent / "rename_instructions.jsonl"


def repository_of(source: Path, folder: Path) -> Path:
    """A package as a git repository with one commit."""
    tree = folder / source.name
    if not tree.exists():
        shutil.copytree(source, tree)
        identity = {"GIT_AUTHOR_NAME": "judge", "GIT_AUTHOR_EMAIL": "judge@localhost"}
        environment = {**os.environ, **identity, "GIT_COMMITTER_NAME": "judge", "GIT_COMMITTER_EMAIL": "judge@localhost"}
        for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-qm", "base"]):
            subprocess.run(["git", *command], cwd=tree, env=environment, check=True)
    return tree


def same(wanted: dict[str, object], found: PlanView) -> bool:
    """Whether every field is as wanted; the order of the intents is free, and so is a folder's trailing slash."""
    intents = {(item["target"].rstrip("/"), item["new"]) for item in wanted["intents"]}  # type: ignore[attr-defined]
    got = {(intent.target.rstrip("/"), intent.new) for intent in found.intents}

    def places(key: str) -> set[str]:
        return {str(place).rstrip("/") for place in wanted.get(key, [])}  # type: ignore[attr-defined]

    scoped = {p.rstrip("/") for p in found.only} == places("only") and {p.rstrip("/") for p in found.exclude} == places("except")
    return intents == got and scoped and bool(wanted.get("keep_alias", False)) == found.keep_alias


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    denoiser, counts = EmbeddedDenoiser.load(), Counter[str]()
    with tempfile.TemporaryDirectory() as temporary:
        for line in INSTRUCTIONS.read_text(encoding="utf-8").splitlines()[: options.limit]:
            item = json.loads(line)
            tree = repository_of(options.sources / f"{item['package']}-{item['version']}", Path(temporary))
            found = plan(EditRequest(item["instruction"], tree), emit=lambda event: None, denoiser=denoiser)
            declined = isinstance(found, Declined)
            if item["expect"] == "abstain":
                outcome = "rightly declined" if declined else "wrongly planned"
            elif isinstance(found, Declined):
                outcome = "wrongly declined"
            else:
                outcome = "exact" if same(item["plan"], found) else "wrong plan"
            counts["shares wording, not counted" if item.get("shares_wording") else outcome] += 1
            if options.show and outcome not in ("exact", "rightly declined"):
                print(f"{item['id']} {outcome}: {item['instruction']}\n    {found.reason if isinstance(found, Declined) else found}")
    print(dict(counts))


if __name__ == "__main__":
    main()
