"""A tiny DiffusionGemma on rename and add-argument windows of real packages: trained in minutes, judged on packages that it never saw.

`python -m benchmarks.hub.windows train --sources DIR --out DIR` trains on the train split of the corpus and saves safetensors (`--start DIR` goes
on from such a folder);
`edit` judges it through `redraft edit` on trees of held-out packages, window by window; `compare` sets parallel denoising beside one slot
at a time and beside the same weights run causally with a cache, and drafts beside noise.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForMultimodalLM, AutoTokenizer

from agent.commands import edit
from benchmarks.hub import tiny
from engine.hub.denoising import clamped
from engine.hub.fill import FillDrafter, fill, ranking, surest
from engine.hub.form import Form, read_form, write_form
from engine.hub.gemma import GemmaModel
from engine.hub.holes import holes
from engine.hub.local import filler
from engine.train.corpus import Package, drop_shared, find_archive, load_package, read_manifest
from engine.train.hub_trainer import Options, encode, train
from engine.train.hub_windows import Names, Window, unique_functions, windows

MANIFEST = Path(__file__).parents[2] / "engine" / "train" / "corpus.jsonl"
FORM = Form(tiny.LAYOUT, steps=12, mean_entropy=0.02, unsettled=0.3, is_bare=True)
DRAWN = 20_000
"""Windows of one training."""


def packages(sources: Path, split: str) -> list[Package]:
    """The packages of one split of the corpus."""
    found = []
    for entry in read_manifest(MANIFEST):
        archive = find_archive(sources, entry.name, entry.version)
        if archive is not None:
            found.append(load_package(archive, entry.name, entry.split))
    return [package for package in drop_shared(found) if package.split == split]


def made(some: Sequence[Package], most: int, seed: int) -> list[Window]:
    """Windows of some packages; new names are those of other functions among them."""
    rng = random.Random(seed)
    names = Names.of(some)
    return [window for package in some for window in windows(package, names, rng, most)]


def kind_of(window: Window) -> str:
    """rename, add, or keep: places of a function whose definition alone gets an argument."""
    if "argument" in window.instruction or "parameter" in window.instruction:
        return "add" if window.is_change else "keep"
    return "rename"


def mixed(some: Sequence[Window], count: int, seed: int) -> list[Window]:
    """Drawn windows: a rename has many, an added argument one and the places that stay, so that as they come too few are additions."""
    rng = random.Random(seed)
    shares = (("add", 0.5), ("rename", 0.4), ("keep", 0.1))
    return [window for kind, share in shares for window in rng.choices([w for w in some if kind_of(w) == kind], k=round(count * share))]


def train_tiny(sources: Path, out: Path, options: Options, most: int, start: Path | None) -> None:
    """Train and save."""
    some = packages(sources, "train")
    texts = (text for package in some for path, text in list(package.texts.items())[:60] if path.endswith(".py"))
    tokenizer = AutoTokenizer.from_pretrained(start) if start else tiny.tokenizer(texts, 2048)
    model = AutoModelForMultimodalLM.from_pretrained(start) if start else tiny.model(len(tokenizer), hidden=128, layers=4)
    data = encode(filler(GemmaModel(model), tokenizer, FORM, "cpu").codec, mixed(made(some, most, options.seed), DRAWN, options.seed))
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f}M parameters, {len(data)} windows of {len(some)} packages", flush=True)
    train(model, data, options, lambda step, d, c: print(step + 1, f"{d:.3f} {c:.3f}", flush=True) if step % 100 == 99 else None)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    write_form(out, FORM)


def judged_by_edit(engine: Path, sources: Path, count: int) -> None:
    """How many windows of each kind `redraft edit` gets right, over requests of up to six places."""
    some = packages(sources, "held-out")
    rng = random.Random(1)
    names = Names.of(some)
    right: list[tuple[str, bool]] = []
    outcomes: list[str] = []
    for package in rng.choices(some, k=count):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
            _repository(Path(folder), package)
            wanted = _task(package, names, rng)
            if not wanted:
                continue
            found = _edited(Path(folder), wanted[0].instruction, engine)
            outcomes.append(str(found["outcome"]))
            given = {(site["path"], site["line"], site["before"]): site["after"] or site["before"] for site in found["receipt"]}
            for window in wanted:
                said = given.get((window.hole.path, window.hole.line, window.hole.old))
                right.append((kind_of(window), said == window.new))
        print(outcomes[-1], sum(ok for _, ok in right), "of", len(right), flush=True)
    print(counted(right), f"{outcomes.count('proposed')} of {len(outcomes)} requests passed all checks", sep="; ")


def counted(right: Sequence[tuple[str, bool]]) -> str:
    """Exact windows of each kind and of all."""
    kinds = [(kind, [ok for one, ok in right if one == kind]) for kind in ("rename", "add", "keep")]
    return ", ".join(f"{what} {sum(own)} of {len(own)}" for what, own in [*kinds, ("all", [ok for _, ok in right])])


def _task(package: Package, names: Names, rng: random.Random) -> list[Window]:
    """All windows of one instruction, each place of the name once."""
    for _ in range(60):
        name = rng.choice(unique_functions(package.texts) or [""])
        texts = {path: text for path, text in package.texts.items() if path.endswith(".py") and name and name in text}
        places = [hole for path, text in texts.items() for hole in holes(path, text, (name,))]
        if 1 < len(places) <= 6 and len(texts) > 0 and not any(name in text for path, text in package.texts.items() if path not in texts):
            found = [w for w in windows(replace(package, texts=texts), names, rng, 50) if f" {name} " in f" {w.instruction} "]
            if found and all(w.instruction == found[0].instruction for w in found):
                return found
    return []


def _repository(root: Path, package: Package) -> None:
    for path, text in package.texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", "-C", str(root), *command], check=True, capture_output=True)


def _edited(root: Path, said: str, engine: Path) -> dict[str, Any]:
    """The JSON object of `redraft edit --engine --dry-run --json`."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    with contextlib.redirect_stdout(out):
        edit.run(
            instruction=said, file=None, paths=(), repo=root, only=(), exclude=(), tests="none", engine=str(engine), seed=0, max_seconds=None,
            max_rounds=1, yes=False, dry_run=True, commit=False, as_json=True, output=None, hub="none",
        )  # fmt: skip
        out.flush()
    found: dict[str, Any] = json.loads(raw.getvalue())
    return found


def loaded(folder: Path) -> FillDrafter:
    """The drafter over a folder."""
    model = AutoModelForMultimodalLM.from_pretrained(folder)
    return filler(GemmaModel(model), AutoTokenizer.from_pretrained(folder), read_form(folder) or FORM, "cpu")


def compare(engine: Path, sources: Path, count: int) -> None:
    """One row for each way of writing the same windows with the same weights."""
    drafter = loaded(engine)
    held = [window for window in made(packages(sources, "held-out"), 200, 0) if drafter.codec.fits(window.hole)]
    held = random.Random(5).sample(held, min(count, len(held)))
    ways: list[tuple[str, Callable[[Window], tuple[str, int]]]] = [
        ("parallel, from the draft", lambda w: denoised(drafter, w, seeded=True)),
        ("parallel, from noise", lambda w: denoised(drafter, w, seeded=False)),
        ("one slot at a time, from noise", lambda w: one_by_one(drafter, w)),
        ("autoregressive twin (same weights, causal, cache)", lambda w: causal(drafter, w)),
    ]
    print(f"{'':52s} {'exact':>7s} {'passes':>8s} {'ms':>8s}   a window, {len(held)} windows")
    for what, way in ways:
        began = time.process_time()
        results = [way(window) for window in held]
        spent = (time.process_time() - began) / len(held)
        right = [(kind_of(window), text == window.new) for (text, _), window in zip(results, held, strict=True)]
        passes = sum(n for _, n in results) / len(held)
        print(f"{what:52s} {sum(ok for _, ok in right) / len(held):7.1%} {passes:8.1f} {1e3 * spent:8.0f}   {counted(right)}", flush=True)


def denoised(drafter: FillDrafter, window: Window, *, seeded: bool) -> tuple[str, int]:
    """What is written, and the forward passes; the hole's length is found as in an edit."""
    found, passes = fill(drafter, _context(drafter, window), window.hole, set(), torch.Generator().manual_seed(0), seeded=seeded)
    return ("" if found is None else found.text), passes


def _context(drafter: FillDrafter, window: Window) -> Any:
    prefix = drafter.model.prefill(drafter.codec.request(window.instruction))
    return drafter.model.extend(prefix, drafter.codec.window(window.hole))


def one_by_one(drafter: FillDrafter, window: Window) -> tuple[str, int]:
    """The same search over lengths, but every pass fixes one position for good, the surest one."""
    generator, context = torch.Generator().manual_seed(0), _context(drafter, window)
    tried = drafter.codec.canvases(window.hole, drafter.codec.lengths(window.hole))
    chosen, passes = surest(drafter, context, window.hole, tried, generator, seeded=False)
    canvas, hole = torch.from_numpy(tried.ids[chosen]), torch.from_numpy(tried.free[chosen])
    cache, free, belief = drafter.model.extend(context, [], len(chosen)), hole.clone(), None
    while bool(free.any()):
        canvas = torch.where(free, drafter.model.noise(tuple(canvas.shape), generator), canvas)
        logits = drafter.model.logits(cache, canvas, belief).masked_fill(~drafter.payload, float("-inf"))
        belief, passes = clamped(logits, canvas, free), passes + 1
        p = logits.softmax(-1)
        h = -(p * p.clamp(min=1e-12).log()).sum(-1).masked_fill(~free, float("inf"))
        for row in range(len(canvas)):
            if bool(free[row].any()):
                at = int(h[row].argmin())
                canvas[row, at], free[row, at] = logits[row, at].argmax(), False
    best = int(ranking(drafter, cache, window.hole, canvas, hole).argmax())
    return drafter.codec.decode(canvas[best][hole[best]].tolist()), passes + 1


@torch.no_grad()
def causal(drafter: FillDrafter, window: Window) -> tuple[str, int]:
    """The hole token by token up to the closing mark, by the causal mode of the same weights, greedily, with a cache."""
    engine, codec = drafter.model, drafter.codec
    assert isinstance(engine, GemmaModel)
    ids, inside = codec.chain(window.hole, [])
    cache = engine.extend(engine.prefill(codec.request(window.instruction)), codec.window(window.hole))
    (closing,) = codec.encode(codec.layout.closing)
    feed, out = ids[: inside.start], list[int]()
    while len(out) < codec.layout.most:
        hidden = engine.model.model.encoder(input_ids=torch.tensor([feed]), past_key_values=cache).last_hidden_state[:, -1]
        logits = engine.model.lm_head(hidden)[0]
        logits[~(drafter.payload | (torch.arange(len(logits)) == closing))] = float("-inf")
        feed = [int(logits.argmax())]
        if feed[0] == closing:
            break
        out += feed
    return codec.decode(out), len(out) + 1


def main() -> None:
    """One of the three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("train", "edit", "compare"))
    parser.add_argument("--sources", type=Path, required=True, help="folder of the corpus (`redraft train download`)")
    parser.add_argument("--out", "--engine", dest="folder", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="train these weights on")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--windows", type=int, default=800, help="per package")
    parser.add_argument("--count", type=int, default=40, help="requests, or windows to compare")
    parser.add_argument("--causal", type=float, default=1.0, help="weight of the causal loss")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    match given.what:
        case "train":
            options = Options(given.steps, given.batch, given.rate, causal=given.causal, seed=given.seed)
            train_tiny(given.sources, given.folder, options, given.windows, given.start)
        case "edit":
            judged_by_edit(given.folder, given.sources, given.count)
        case _:
            compare(given.folder, given.sources, given.count)


if __name__ == "__main__":
    main()
