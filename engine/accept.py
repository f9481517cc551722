"""Which slots a step accepts: the entropy-bounded rule (Ben-Hamu et al. 2025, EB-sampler)."""

from __future__ import annotations

import numpy as np

from engine.canvas import Bools, Floats, Ints


def entropy_bounded(entropies: Floats, rows: Ints, free: Bools, budget: float) -> Bools:
    """[N] accepted slots: per canvas, in order of rising entropy, while the entropies before it sum to at most the budget.

    entropies [N] in nats, rows [N] canvas of each slot, free [N]. At least one free slot of each canvas is accepted; slots that are
    not free never are.
    """
    accepted = np.zeros(len(entropies), dtype=np.bool_)
    order = np.lexsort((entropies, rows))
    spent: dict[int, float] = {}
    for i in order:
        row = int(rows[i])
        if not free[i]:
            continue
        before = spent.get(row, 0.0)
        if before <= budget:
            accepted[i] = True
        spent[row] = before + float(entropies[i])
    return accepted
