"""From the corpus to shards: one process per package, each shard written once and whole."""

from __future__ import annotations

import gc
import random
import re
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from engine.train.corpus import Package, drop_shared, find_archive, load_package, read_manifest
from engine.train.examples import Example
from engine.train.shards import Budget, examples_of, write_shard

_COLLECT_EVERY = 200
"""Examples: some ten renames, each with the trees of the files that it touches."""
_DEFINED = re.compile(r"^\s*(?:def|class|async def)\s+(\w+)", re.MULTILINE)


def name_pool(packages: list[Package], seed: int) -> list[str]:
    """Names that new names are drawn from: definitions of all packages, a like number of each."""
    rng = random.Random(seed)
    pool: set[str] = set()
    for package in packages:
        found = sorted({name for text in package.texts.values() for name in _DEFINED.findall(text) if len(name) > 3})
        pool.update(rng.sample(found, min(400, len(found))))
    return sorted(name for name in pool if name.isascii() and not name.startswith("__"))


def _collected(examples: Iterable[Example]) -> list[Example]:
    """All examples, with the collector run by hand: left alone it walks the package's syntax trees over and over, at three times the cost."""
    made: list[Example] = []
    gc.disable()
    for example in examples:
        if not made:
            # The package's index is built by now and stays.
            gc.freeze()
        elif len(made) % _COLLECT_EVERY == 0:
            gc.collect()
        made.append(example)
    gc.unfreeze()
    gc.enable()
    gc.collect()
    return made


def _one(package: Package, names: list[str], budget: Budget, seed: int, path: Path) -> tuple[str, int]:
    if path.exists():
        return package.name, 0
    examples = _collected(examples_of(package, names, budget, seed))
    partial = path.with_suffix(".partial.npz")
    if examples:
        write_shard(partial, examples)
        partial.rename(path)
    return package.name, len(examples)


def prepare(manifest: Path, archives: Path, out: Path, *, budget: Budget, seed: int, workers: int) -> None:
    """Write `<split>-<package>-<seed>.npz` for every package of the manifest; what is there already stays."""
    entries = read_manifest(manifest)
    packages = []
    for entry in entries:
        archive = find_archive(archives, entry.name, entry.version)
        if archive is None:
            raise FileNotFoundError(f"{entry.name} {entry.version} is not in {archives}; run `redraft train download` first")
        packages.append(load_package(archive, entry.name, entry.split))
    packages = drop_shared(packages)
    names = name_pool(packages, seed)
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        jobs = [
            pool.submit(_one, package, names, budget, seed, out / f"{package.split}-{package.name}-{seed}.npz")
            for package in packages
        ]
        for job in jobs:
            name, count = job.result()
            print(f"{name}: {count} examples", flush=True)
