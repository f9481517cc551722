"""A diffusion model as a drafter: every use of the names that the request speaks of is a hole in a canvas of its own.

The request is encoded once, its cache forked for each hole. Several lengths of a hole are scanned in one batch, the surest are denoised, and
the causal likelihood of the commit pass ranks what comes out. What does not converge is rolled again, then declined; what a diagnostic
blames is noised again, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from engine.hub.denoising import Allow, Rules, TokenModel, refine
from engine.hub.holes import Hole, holes
from engine.hub.layout import Canvases, Codec
from engine.hub.lines import edits
from engine.hub.stream import DraftOp
from engine.hub.task import Choice, Complaint, Drafted, NotDrafted, Task

Key = tuple[str, int]
"""Path and offset of a hole."""


def bare(task: Task) -> tuple[str, str]:
    """Of a model that was trained on nothing but this."""
    return task.instruction, ""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a hole gets."""

    hole: Hole
    text: str
    certainty: float
    passes: int


@dataclass(slots=True)
class FillDrafter:
    """A loaded model."""

    model: TokenModel
    codec: Codec
    payload: Tensor
    """[V] tokens that may stand in a hole."""
    rules: Rules = Rules()
    frame: Callable[[Task], tuple[str, str]] = bare
    """What stands before a window, the same for all of them, and what behind it."""
    kept: int = 4
    """Hole lengths that are denoised to the end."""
    rolls: int = 3
    """Tries per hole."""
    _done: dict[Key, Filling] = field(default_factory=dict)
    _refused: dict[Key, set[str]] = field(default_factory=dict)

    def draft(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """Fill all holes, or those that the complaints blame."""
        places = [hole for path, text in task.texts.items() for hole in holes(path, text, task.names)]
        if not places:
            return NotDrafted("There is no place in the repository whose name the request speaks of.")
        if task.complaints:
            guilty = list(blamed(places, self._done, task.complaints))
            if not guilty:
                return NotDrafted("No place that was changed is to blame for what the checks found.", choices=self._choices())
            for hole in guilty:
                key = (hole.path, hole.start)
                self._refused.setdefault(key, set()).add(self._done.pop(key).text)
        else:
            self._done, self._refused = {}, {}
        passes = self._fill([hole for hole in places if (hole.path, hole.start) not in self._done], task)
        missing = [hole for hole in places if (hole.path, hole.start) not in self._done]
        if missing:
            where = f"{missing[0].path}:{missing[0].line}"
            return NotDrafted(f"{len(missing)} of {len(places)} places did not settle ({where}).", choices=self._choices(), passes=passes)
        ops = list(edits((done.hole, done.text) for done in self._done.values()))
        for op in ops:
            read(op)
        return Drafted(tuple(ops), self._choices(), passes, passes * self.codec.layout.canvas)

    def _fill(self, places: Sequence[Hole], task: Task) -> int:
        generator = torch.Generator().manual_seed(task.seed + len(task.complaints))
        head, tail = self.frame(task)
        prefix, ending = self.model.prefill(self.codec.request(head)), self.codec.encode(tail) if tail else []
        spent = 1
        for hole in places:
            if not self.codec.fits(hole):
                continue
            refused = self._refused.get((hole.path, hole.start), set())
            context = self.model.extend(prefix, [*self.codec.window(hole), *ending])
            for roll in range(self.rolls):
                found, passes = fill(self, context, hole, refused, generator, seeded=roll == 0 and not refused)
                spent += passes
                if found is not None:
                    self._done[hole.path, hole.start] = found
                    break
        return spent

    def _choices(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(path, done.hole.line, done.hole.old, done.text, done.certainty, "written by the model" if done.text != done.hole.old else "kept by the model")
            for (path, _), done in sorted(self._done.items())
        )


def fill(
    drafter: FillDrafter, context: Any, hole: Hole, refused: set[str], generator: torch.Generator, *, seeded: bool
) -> tuple[Filling | None, int]:
    """The likeliest filling that settled, and the forward passes; None where none did."""
    model, codec = drafter.model, drafter.codec
    device = drafter.payload.device
    tried = codec.canvases(hole, codec.lengths(hole))
    chosen, passes = surest(drafter, context, hole, tried, generator, seeded=seeded)
    cache = model.extend(context, [], len(chosen))
    ids, free = torch.from_numpy(tried.ids[chosen]).to(device), torch.from_numpy(tried.free[chosen]).to(device)
    refined = refine(model, cache, ids, free, _only(drafter.payload), drafter.rules, generator, seeded=seeded)
    scores = ranking(drafter, cache, hole, refined.ids, free)
    for row in scores.argsort(descending=True).tolist():
        text = codec.decode(refined.ids[row][free[row]].tolist())
        if text not in refused and refined.entropy[row] <= drafter.rules.unsettled:
            return Filling(hole, text, float(refined.certainty[row]), passes + refined.passes + 1), passes + refined.passes + 1
    return None, passes + refined.passes + 1


def surest(
    drafter: FillDrafter, context: Any, hole: Hole, tried: Canvases, generator: torch.Generator, *, seeded: bool
) -> tuple[list[int], int]:
    """The lengths whose holes are likeliest after two steps; that of the old text is always among them.

    The causal likelihood decides, not the entropy: a hole that is too short is filled with the end of the right text, and surely so.
    """
    if len(tried) <= drafter.kept:
        return list(range(len(tried))), 0
    device = drafter.payload.device
    ids, free = torch.from_numpy(tried.ids).to(device), torch.from_numpy(tried.free).to(device)
    brief = Rules(2, drafter.rules.bound, drafter.rules.cold, drafter.rules.cold)
    cache = drafter.model.extend(context, [], len(tried))
    seen = refine(drafter.model, cache, ids, free, _only(drafter.payload), brief, generator, seeded=seeded)
    scores = ranking(drafter, cache, hole, seen.ids, free)
    order = [row for row in scores.argsort(descending=True).tolist() if row != 0]
    return [0, *order[: drafter.kept - 1]], seen.passes + 1


def ranking(drafter: FillDrafter, cache: Any, hole: Hole, canvas: Tensor, free: Tensor) -> Tensor:
    """[B] log-probability of what stands in each hole and of the mark that ends it; of a model without a causal mode, the mean of the hole's."""
    if not drafter.model.is_causal:
        return (drafter.model.likelihood(cache, canvas) * free).sum(1) / free.sum(1)
    chains = [drafter.codec.chain(hole, row[own].tolist()) for row, own in zip(canvas, free, strict=True)]
    seen = drafter.model.likelihood(cache, torch.tensor([ids for ids, _ in chains], device=canvas.device))
    return torch.stack([row[ended].sum() for row, (_, ended) in zip(seen, chains, strict=True)])


def _only(payload: Tensor) -> Allow:
    return lambda logits: payload


def blamed(places: Sequence[Hole], done: Mapping[Key, Filling], complaints: Sequence[Complaint]) -> Iterator[Hole]:
    """Holes on or beside a blamed line; where none is, all of the blamed file."""
    for path in dict.fromkeys(complaint.path for complaint in complaints):
        own = [hole for hole in places if hole.path == path and (path, hole.start) in done]
        lines = [complaint.line for complaint in complaints if complaint.path == path and complaint.line]
        near = [hole for hole in own if any(abs(_new_line(hole, done) - line) <= 1 for line in lines)]
        yield from near or own


def _new_line(hole: Hole, done: Mapping[Key, Filling]) -> int:
    """Its line after everything above it was filled."""
    above = (filling for (path, start), filling in done.items() if path == hole.path and start < hole.start)
    return hole.line + sum(filling.text.count("\n") - filling.hole.old.count("\n") for filling in above)
