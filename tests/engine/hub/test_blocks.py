"""A diffusion model writing whole streams: whatever it believes, a canvas is a piece of a stream, over as many canvases as it takes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from benchmarks.hub import tiny
from engine.hub.blocks import BlockDrafter, legal, taken
from engine.hub.causal import Constraints
from engine.hub.denoising import Rules
from engine.hub.gemma import GemmaModel
from engine.hub.grammar import gbnf
from engine.hub.stream import DraftDelete, DraftOp, DraftReader, written
from engine.hub.task import Drafted, NotDrafted, Task
from engine.stop import StableAndConfident

ANSWER = [DraftDelete("a.py"), DraftDelete("b.py")]
TASK = Task("delete both", paths=("a.py", "b.py"))
TOKENIZER = tiny.tokenizer([written(ANSWER)] * 5, 330)
LENIENT = Rules(3, stop=StableAndConfident(99.0), unsettled=99.0)


class Writer:
    """Believes in the tokens of one text, in order."""

    vocabulary, is_causal = len(TOKENIZER), True

    def __init__(self, text: str) -> None:
        self.ids = TOKENIZER.encode(text, add_special_tokens=False)

    def prefill(self, ids: list[int]) -> int:
        return 0

    def extend(self, cache: int, ids: list[int], copies: int = 1) -> int:
        return cache + len(ids)

    def logits(self, cache: int, canvas: torch.Tensor, belief: torch.Tensor | None) -> torch.Tensor:
        out = torch.zeros(*canvas.shape, self.vocabulary)
        rest = [*self.ids[cache:], *[TOKENIZER.eos_token_id] * canvas.shape[1]][: canvas.shape[1]]
        return out.scatter_(2, torch.tensor([rest])[..., None], 30.0)

    def likelihood(self, cache: int, canvas: torch.Tensor) -> torch.Tensor:
        return torch.zeros(canvas.shape)

    def noise(self, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
        return torch.randint(self.vocabulary, shape, generator=generator)


def test_stream_is_written_over_several_canvases() -> None:
    heard: list[DraftOp] = []
    writer = Writer(written(ANSWER))
    found = BlockDrafter(writer, TOKENIZER, Rules(6), canvas=7).draft(TASK, heard.append)
    assert isinstance(found, Drafted) and list(found.ops) == ANSWER == heard and len(writer.ids) > 14


def test_belief_in_nonsense_is_overruled_by_the_grammar() -> None:
    torch.set_num_threads(1)
    model = GemmaModel(tiny.model(len(TOKENIZER), hidden=32, layers=2))
    matcher = Constraints(TOKENIZER).matcher(gbnf(TASK.paths))
    drafter = BlockDrafter(model, TOKENIZER, LENIENT, canvas=40)
    ids, _ = drafter._block(model.prefill([2]), matcher, torch.Generator().manual_seed(0))
    assert ids is not None
    kept = taken(matcher, ids, TOKENIZER.eos_token_id)
    reader = DraftReader()
    reader.push(TOKENIZER.decode(kept, skip_special_tokens=True).rstrip("\ufffd"))
    assert len(kept) > 5 and reader.problem is None


def test_mask_behind_the_end_allows_the_end_alone() -> None:
    matcher = Constraints(TOKENIZER).matcher(gbnf(TASK.paths))
    writer = Writer(written([]))
    mask = legal(matcher, TOKENIZER.eos_token_id)(writer.logits(0, torch.zeros((1, 40), dtype=torch.long), None))
    assert mask.any(-1).all() and mask[0, -1].nonzero()[:, 0].tolist() == [TOKENIZER.eos_token_id]


def test_canvas_that_does_not_settle_is_no_draft() -> None:
    class Unsure(Writer):
        def logits(self, cache: int, canvas: torch.Tensor, belief: torch.Tensor | None) -> torch.Tensor:
            return torch.zeros(*canvas.shape, self.vocabulary)

    found = BlockDrafter(Unsure(""), TOKENIZER, Rules(2), canvas=30).draft(TASK, lambda op: None)
    assert isinstance(found, NotDrafted) and "did not settle" in found.sentence
