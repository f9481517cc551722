"""4x4 Sudoku as a canvas: every free cell depends on cells on both sides, so no order of writing has an advantage.

`python -m benchmarks.hub.sudoku` trains a tiny DiffusionGemma and solves puzzles of grids that it never saw, by the same loop that edits
code: the clues are clamped, the other cells are free.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Callable, Sequence

import torch

from benchmarks.hub import tiny
from engine.hub.denoising import Rules, refine
from engine.hub.gemma import GemmaModel
from engine.stop import StableAndConfident
from engine.train.hub_trainer import Encoded, Options, train

Grid = tuple[int, ...]
BOS, ONE, VOCABULARY = 2, 3, 10
"""Token of the start, of the digit 1, and how many tokens there are; the last three belong to images."""


def grids() -> list[Grid]:
    """All 288."""
    rows = list(itertools.permutations(range(4)))
    return [sum(four, ()) for four in itertools.product(rows, repeat=4) if _fits(four)]


def _fits(four: Sequence[Sequence[int]]) -> bool:
    columns = all(len({row[i] for row in four}) == 4 for i in range(4))
    return columns and all(len({four[r + i][c + j] for i in (0, 1) for j in (0, 1)}) == 4 for r in (0, 2) for c in (0, 2))


def puzzle(grid: Grid, every: Sequence[Grid], rng: random.Random) -> tuple[bool, ...]:
    """Which cells are free: as many as leave one solution, or some fewer."""
    free: set[int] = set()
    for cell in rng.sample(range(16), rng.randint(6, 14)):
        clues = [i for i in range(16) if i not in free and i != cell]
        if sum(all(other[i] == grid[i] for i in clues) for other in every) == 1:
            free.add(cell)
    return tuple(i in free for i in range(16))


def puzzles(some: Sequence[Grid], every: Sequence[Grid], count: int, seed: int) -> Encoded:
    """Drawn puzzles; the draft of a free cell is a drawn digit."""
    rng = random.Random(seed)
    chosen = [rng.choice(some) for _ in range(count)]
    clean = torch.tensor(chosen) + ONE
    free = torch.tensor([puzzle(grid, every, rng) for grid in chosen])
    drawn = torch.randint(ONE, ONE + 4, clean.shape, generator=torch.Generator().manual_seed(seed))
    return Encoded(torch.full((count, 1), BOS), clean, torch.where(free, drawn, clean), free, clean, free)


def solved(model: GemmaModel, held: Encoded, steps: int) -> float:
    """Share of puzzles whose every cell is right; the clues are checked to be untouched."""
    legal = torch.zeros(model.vocabulary, dtype=torch.bool)
    legal[ONE : ONE + 4] = True
    cache = model.extend(model.prefill([BOS]), [], len(held))
    rules = Rules(steps, 0.1, 0.8, 0.4, StableAndConfident(0.01))
    out = refine(model, cache, held.draft, held.hole, lambda logits: legal, rules, torch.Generator().manual_seed(0), seeded=False)
    assert torch.equal(out.ids[~held.hole], held.clean[~held.hole])
    return float((out.ids == held.clean).all(1).float().mean())


def trained(steps: int, batch: int, said: Callable[[int, float, float], None]) -> tuple[GemmaModel, Encoded]:
    """A model of 230 of the grids, and 200 puzzles of the other 58."""
    every = grids()
    random.Random(0).shuffle(every)
    data, held = puzzles(every[:230], every, 6000, 1), puzzles(every[230:], every, 200, 2)
    model = tiny.model(VOCABULARY, canvas=16, hidden=64, layers=4)
    train(model, data, Options(steps, batch, 2e-3, causal=0.1), said)
    return GemmaModel(model), held


def main() -> None:
    """Train and solve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=64)
    given = parser.parse_args()
    torch.set_num_threads(1)
    began = time.process_time()
    model, held = trained(given.steps, given.batch, lambda step, d, c: print(step + 1, f"{d:.3f}", flush=True) if step % 100 == 99 else None)
    free = float(held.hole.float().sum(1).mean())
    share = solved(model, held, 24)
    print(f"{sum(p.numel() for p in model.model.parameters()) / 1e3:.0f}k parameters, {time.process_time() - began:.0f} s of one core; "
          f"{share:.1%} of {len(held)} puzzles of unseen grids solved, {free:.1f} free cells each")  # fmt: skip


if __name__ == "__main__":
    main()
