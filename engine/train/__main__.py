"""`redraft train`: download the corpus, prepare shards, train, and put the weights where the engine finds them."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from engine.checkpoint import load
from engine.embedded import WEIGHTS
from engine.train.commits import prepare_commits
from engine.train.corpus import download, read_manifest
from engine.train.dataset import BATCH_LEXEMES, Dataset
from engine.train.initial import fitted, from_minilm
from engine.train.prepare import prepare
from engine.train.shards import Budget
from engine.train.trainer import Options, train

MANIFEST = Path(__file__).parent / "corpus.jsonl"
REPOSITORIES = Path(__file__).parent / "commits.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one stage; every stage goes on where it was stopped."""
    parser = argparse.ArgumentParser(prog="redraft train", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="working folder of all stages")
    stages = parser.add_subparsers(dest="stage", required=True)
    stages.add_parser("download", help="fetch the corpus with pip and check its digests")
    shards = stages.add_parser("prepare", help="make training shards")
    shards.add_argument("--tasks", type=int, default=100, help="renames per package")
    shards.add_argument("--plans-only", action="store_true", help="instructions alone, ten times as fast")
    shards.add_argument("--plans", type=int, default=6, help="instructions to rename of a task")
    shards.add_argument("--wishes", type=int, default=0, help="requests of every kind per package")
    shards.add_argument("--seed", type=int, default=0)
    shards.add_argument("--workers", type=int, default=2)
    real = stages.add_parser("commits", help="make training shards of the histories of public repositories")
    real.add_argument("--clones", type=Path, default=Path("data/clones"), help="folder of their bare clones, named owner+name")
    real.add_argument("--seed", type=int, default=50)
    real.add_argument("--workers", type=int, default=2)
    real.add_argument("--share", type=float, default=1.0, help="of the commits that are looked at")
    run = stages.add_parser("run", help="train")
    run.add_argument("--steps", type=int, default=1600)
    run.add_argument("--decay", type=int, default=250)
    run.add_argument("--natural", type=int, default=600, help="last steps, with the evidence as it is")
    run.add_argument("--bf16", action="store_true", help="mixed precision, where the processor has bf16 products")
    run.add_argument("--device", default="cpu", help="cuda trains on a GPU")
    run.add_argument("--workers", type=int, default=0, help="processes that make batches; a GPU wants as many as there are cores")
    run.add_argument("--lexemes", type=int, default=BATCH_LEXEMES, help="the most of a batch; 16384 fills a GPU")
    run.add_argument("--dropout", type=float, default=0.0)
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--encoder", type=Path, help="MiniLM folder (model.safetensors, vocab.txt) for a first training")
    stages.add_parser("install", help="copy the trained weights into the package")
    options = parser.parse_args(arguments)
    archives, prepared, folder = options.data / "sdists", options.data / "shards", options.data / "run"
    match options.stage:
        case "download":
            download(read_manifest(MANIFEST), archives)
        case "prepare":
            prepare(MANIFEST, archives, prepared, budget=Budget(options.tasks, not options.plans_only, options.plans, options.wishes), seed=options.seed, workers=options.workers)
        case "commits":
            prepare_commits(REPOSITORIES, options.clones, prepared, seed=options.seed, workers=options.workers, scale=options.share)
        case "run":
            start = from_minilm(options.encoder, options.seed) if options.encoder else fitted(load(WEIGHTS), options.seed)
            data = Dataset.load(sorted(prepared.glob("train-*.npz")), start)
            given = {name: getattr(options, name) for name in ("decay", "natural", "bf16", "device", "workers", "lexemes", "dropout", "seed")}
            train(data, start, folder, Options(options.steps, **given))
        case "install":
            WEIGHTS.parent.mkdir(exist_ok=True)
            shutil.copy(folder / "denoiser.safetensors", WEIGHTS)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
