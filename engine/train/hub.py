"""`redraft train --engine PATH`: fine-tune a large model on windows, by LoRA (peft), from packages or from drafts of your own.

A diffusion model learns both of its modes at once (`hub_trainer.py`); a causal one the continuation. What is written are whole weights,
the adapter merged into them, and the form that goes with them, so that `--engine` takes the folder as it is.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMultimodalLM, AutoTokenizer

from engine.hub.form import Form, read_form, write_form
from engine.hub.layout import Codec, Layout
from engine.hub.lines import edits
from engine.hub.prompt import SYSTEM
from engine.hub.stream import written
from engine.train.corpus import FORBIDDEN, Package, load_package
from engine.train.hub_lora import adapt, merge
from engine.train.hub_trainer import Options, encode, train, train_causal
from engine.train.hub_windows import Names, Window, windows

def main(arguments: Sequence[str]) -> int:
    """Fine-tune and save."""
    parser = argparse.ArgumentParser(prog="redraft train --engine PATH", description=__doc__)
    parser.add_argument("--engine", type=Path, required=True, help="folder of the weights to start from")
    parser.add_argument("--out", type=Path, required=True, help="folder of the result")
    parser.add_argument("--sources", type=Path, nargs="+", required=True, help="source distributions (.tar.gz, .zip) to make windows from")
    parser.add_argument("--windows", type=int, default=500, help="per package")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--full", action="store_true", help="all weights instead of an adapter; for small models")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    found = corpus(given.sources, given.windows, given.seed)
    options = Options(given.steps, given.batch, given.rate, warm=min(20, given.steps), seed=given.seed)
    fine_tune(given.engine, given.out, found, options, rank=0 if given.full else given.rank)
    return 0


def corpus(sources: Sequence[Path], most: int, seed: int) -> list[Window]:
    """Windows from some distributions; those that are kept for judging are refused."""
    packages: list[Package] = []
    for source in sources:
        name = source.name.rpartition("-")[0].replace("_", "-").lower()
        if name in FORBIDDEN:
            raise SystemExit(f"{name} is kept for judging, not for training.")
        packages.append(load_package(source, name, "train"))
    names = Names.of(packages)
    rng = random.Random(seed)
    return [window for package in packages for window in windows(package, names, rng, most)]


def fine_tune(start: Path, out: Path, found: Sequence[Window], options: Options, *, rank: int) -> None:
    """rank: of the adapter; 0 trains all weights."""
    config = AutoConfig.from_pretrained(start)
    tokenizer: Any = AutoTokenizer.from_pretrained(start)
    is_diffusion = config.model_type == "diffusion_gemma"
    auto: Any = AutoModelForMultimodalLM if is_diffusion else AutoModelForCausalLM
    model = auto.from_pretrained(start, dtype=torch.bfloat16 if torch.cuda.is_available() else torch.float32)
    model = model.to("cuda" if torch.cuda.is_available() else "cpu")
    if rank:
        adapt(model, rank)
    if is_diffusion:
        form = read_form(start) or Form(Layout(padding=tokenizer.pad_token_id or 0), is_bare=True)
        train(model, encode(Codec(tokenizer, form.layout), found), options, _say)
    else:
        form = None
        train_causal(model, [_continuation(tokenizer, window) for window in found], options, _say)
    if rank:
        merge(model)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    if form is not None:
        write_form(out, form)


def _continuation(tokenizer: Any, window: Window) -> tuple[list[int], list[int]]:
    """Prompt and draft stream of one window, for a causal model."""
    hole = window.hole
    around = hole.text[max(0, hole.start - 300) : hole.end + 300]
    said = f"{SYSTEM}\n\nRequest: {window.instruction}\n\n{hole.path}, line {hole.line}:\n{around}\n\nThe draft stream:\n"
    return tokenizer.encode(said), tokenizer.encode(written(edits([(hole, window.new)])), add_special_tokens=False)


def _say(step: int, denoising: float, causal: float) -> None:
    if step % 20 == 19:
        print(f"step {step + 1}: denoising {denoising:.3f}, causal {causal:.3f} nats a token", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
