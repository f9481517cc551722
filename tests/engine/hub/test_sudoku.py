"""4x4 Sudoku by the loop that edits code: clues are clamped, every other cell depends on both sides."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchmarks.hub import tiny
from benchmarks.hub.sudoku import ONE, VOCABULARY, grids, puzzles, solved, trained
from engine.hub.gemma import GemmaModel


def test_puzzles_have_one_solution_and_clues_stay() -> None:
    torch.set_num_threads(1)
    every = grids()
    assert len(every) == len(set(every)) == 288
    some = puzzles(every[:40], every, 12, 3)
    for grid, free in zip((some.clean - ONE).tolist(), some.hole.tolist(), strict=True):
        clues = [at for at in range(16) if not free[at]]
        assert [tuple(grid)] == [other for other in every if all(other[at] == grid[at] for at in clues)] and 0 < len(clues) < 16
    # `solved` itself refuses a changed clue; without training nothing is solved.
    assert solved(GemmaModel(tiny.model(VOCABULARY, canvas=16, hidden=32, layers=2)), some, 3) < 0.5


@pytest.mark.slow
def test_trained_model_solves_puzzles_of_unseen_grids() -> None:
    torch.set_num_threads(1)
    model, held = trained(2000, 64, lambda step, denoising, causal: None)
    assert solved(model, held, 24) >= 0.95
