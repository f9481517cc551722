"""How fast a DiffusionGemma decodes: milliseconds a step, tokens a second, prefill, memory; beside published figures.

Speed needs no trained weights: on a GPU the released 26B-A4B shape is filled with random ones, without one a small shape is
(`python -m benchmarks.hub_speed`). Published figures are marked with a P and were not measured here.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion, DiffusionGemmaTextConfig

from benchmarks.hub import tiny
from engine.hub.gemma import GemmaModel, fork

PUBLISHED = (
    ("P DiffusionGemma 26B, vLLM FP8, H200, 16 steps", 1288), ("P DiffusionGemma 26B, vLLM FP8, H100, 16 steps", 1008),
    ("P DiffusionGemma 26B, technical report, FP8, H100, 7 benchmarks", 1479),
    ("P DiffusionGemma 26B, llama.cpp Q4_K_M, L4 (one user's report)", 56),
    ("P Gemma 4 26B autoregressive, vLLM FP8, H200", 213), ("P the same with multi-token prediction (4 ahead, 80 % taken: assumed)", 429),
    ("P Gemma 4 26B autoregressive, technical report, H100", 204), ("P the same with multi-token prediction, technical report, H100", 303),
    ("P Nemotron-Labs-Diffusion 8B speculating on itself, GB200", 850), ("P LLaDA 2.1 flash 100B, HumanEval+, FP8", 892),
)  # fmt: skip
"""Tokens a second at batch 1, not measured here (vLLM's announcement of 2026-06-10, the technical reports and model pages of each)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    step: float
    """Milliseconds of a denoising step."""
    canvas: int

    def __str__(self) -> str:
        speeds = "  ".join(f"{self.canvas / (steps * self.step / 1e3):8.0f}" for steps in (12, 16))
        return f"{self.what:48s} {self.step:10.2f}  {speeds}"


def released(device: str) -> DiffusionGemmaForBlockDiffusion:
    """The released shape with random weights in bf16."""
    text = DiffusionGemmaTextConfig(
        vocab_size=262144, hidden_size=2816, intermediate_size=2112, num_hidden_layers=30, num_attention_heads=16, num_key_value_heads=8,
        head_dim=256, global_head_dim=512, num_global_key_value_heads=2, sliding_window=1024,
        layer_types=(["sliding_attention"] * 5 + ["full_attention"]) * 5, num_experts=128, top_k_experts=8, moe_intermediate_size=704,
        max_position_embeddings=262144,
    )  # fmt: skip
    vision = dict(tiny.model(300, hidden=32, layers=2).config.vision_config.to_dict())
    config = DiffusionGemmaConfig(text_config=text.to_dict(), vision_config=vision, canvas_length=256)
    with torch.device("meta"):
        model = DiffusionGemmaForBlockDiffusion(config).to(torch.bfloat16)
    materialise(model, device)
    return model.eval()


def materialise(model: torch.nn.Module, device: str) -> None:
    """Random numbers for a model on the meta device. What modules share they go on sharing: `to_empty` would double the 50 GB of the encoder."""
    made: dict[int, torch.Tensor] = {}

    def real(tensor: torch.Tensor) -> torch.Tensor:
        if id(tensor) not in made:
            empty = torch.empty_like(tensor, device=device)
            is_weight = isinstance(tensor, torch.nn.Parameter)
            made[id(tensor)] = torch.nn.Parameter(empty.normal_(std=0.02), requires_grad=False) if is_weight else empty.fill_(1)
        return made[id(tensor)]

    with torch.no_grad():
        for module in model.modules():
            for own in (module._parameters, module._buffers):
                own.update({name: real(tensor) for name, tensor in own.items() if tensor is not None})


def graphed(run: Callable[[], object]) -> Callable[[], None]:
    """A run as one CUDA graph: without the time that Python and the launches of a thousand kernels take."""
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay  # type: ignore[no-any-return]


def timed(run: Callable[[], object], times: int, device: str) -> float:
    """Milliseconds of one run, the median of some."""
    spent = []
    for _ in range(times + 2):
        began = time.perf_counter()
        run()
        if device == "cuda":
            torch.cuda.synchronize()
        spent.append(1e3 * (time.perf_counter() - began))
    return sorted(spent[2:])[times // 2]


def table(model: Any, context: int, canvas: int, device: str, times: int, compiles: bool) -> Iterator[str]:
    """The measured lines."""
    engine = GemmaModel(model)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(engine.vocabulary, (context,), generator=generator).tolist()
    prefill = timed(lambda: engine.prefill(ids), max(1, times // 3), device)
    cache = engine.prefill(ids)
    token = timed(lambda: _next_token(model, cache, ids[0]), times, device)
    noise = engine.noise((1, canvas), generator).to(device)
    belief = engine.logits(cache, noise, None)
    yield f"prefill of {context} tokens: {prefill:.0f} ms, {context / prefill * 1e3:.0f} tokens a second"
    yield f"{'':48s} {'ms a step':>10s}  {'tok/s@12':>8s}  {'tok/s@16':>8s}"
    yield f"{'autoregressive, same weights: a token a step':48s} {token:10.2f}  {1e3 / token:8.0f}  {1e3 / token:8.0f}"
    yield str(Row("eager, whole vocabulary", timed(lambda: engine.logits(cache, noise, belief), times, device), canvas))
    yield str(Row("eager, first step (no belief)", timed(lambda: engine.logits(cache, noise, None), times, device), canvas))
    free = torch.arange(canvas // 8, device=device)
    some = torch.arange(min(4096, engine.vocabulary), device=device)
    yield str(Row("free rows only (an eighth of the canvas)", timed(lambda: _subset(model, cache, noise, free, None), times, device), canvas // 8))
    yield str(Row("free rows, 4096 vocabulary rows", timed(lambda: _subset(model, cache, noise, free, some), times, device), canvas // 8))
    if device == "cuda":
        try:
            yield str(Row("CUDA graph, whole vocabulary", timed(graphed(lambda: engine.logits(cache, noise, belief)), times, device), canvas))
            yield str(Row("CUDA graph, free rows, 4096 vocabulary rows", timed(graphed(lambda: _subset(model, cache, noise, free, some)), times, device), canvas // 8))
        except RuntimeError as error:
            yield f"CUDA graph: {str(error).splitlines()[0]}"
    if device == "cuda":
        yield f"largest memory: {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB"
    if compiles:
        model.model.decoder.forward = torch.compile(model.model.decoder.forward, dynamic=False)
        yield str(Row("compiled decoder", timed(lambda: engine.logits(cache, noise, belief), times, device), canvas))


@torch.no_grad()
def _next_token(model: Any, cache: Any, token: int) -> torch.Tensor:
    """The same weights run causally: one more token after a cached context, greedily."""
    ids = torch.tensor([[token]], device=model.device)
    hidden = model.model.encoder(input_ids=ids, past_key_values=fork(cache)).last_hidden_state
    return model.lm_head(hidden).argmax(-1)


@torch.no_grad()
def _subset(model: Any, cache: Any, canvas: torch.Tensor, free: torch.Tensor, rows: torch.Tensor | None) -> torch.Tensor:
    """Logits of some positions, over some of the vocabulary."""
    hidden = model.model(decoder_input_ids=canvas, past_key_values=cache).last_hidden_state[:, free]
    weight = model.lm_head.weight if rows is None else model.lm_head.weight[rows]
    return hidden @ weight.T


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--context", type=int, default=0, help="tokens of the prompt; by default 4096 on a GPU, 256 without")
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--quantise", choices=("int4", "int8"), help="with torchao; int4 on a GPU alone")
    parser.add_argument("--compile", action="store_true")
    given = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    large = device == "cuda"
    model = released(device) if large else tiny.model(2048, hidden=128, layers=4).eval()
    if given.quantise:
        quantise_in_place(model, given.quantise)
    size = sum(p.numel() for p in model.parameters())
    kind = given.quantise or ("bf16" if large else "fp32")
    print(f"{size / 1e6:,.1f}M parameters, random weights, {kind}, {torch.cuda.get_device_name() if large else 'CPU'}, batch 1")
    for line in table(model, given.context or (4096 if large else 256), 256 if large else 64, device, given.times, given.compile):
        print(line, flush=True)
    for what, speed in PUBLISHED:
        print(f"{what:69s} {speed:8.0f}")


def quantise_in_place(model: Any, kind: str) -> None:
    """As `-O quantise=` loads them; the encoder shares what the decoder has."""
    from torchao.quantization import quantize_

    from engine.hub.quantised import quantisation

    quantize_(model.model.decoder, quantisation(kind).quant_type, filter_fn=None)
    model.tie_weights()
    model.set_experts_implementation("eager")


if __name__ == "__main__":
    main()
