"""What holds of a DiffusionGemma with random weights, and so of any: the worst that it can write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchmarks.hub import tiny
from engine.hub import gemma
from engine.hub.denoising import Rules
from engine.hub.fill import FillDrafter
from engine.hub.gemma import GemmaModel
from engine.hub.holes import Hole, holes
from engine.hub.layout import Codec
from engine.hub.payload import payload_mask
from engine.hub.stream import DraftEdit, DraftReader, written
from engine.hub.task import Complaint, Drafted, Task
from engine.stop import StableAndConfident

TEXTS = {
    "a.py": "def load(path):\n    return path\n\n\ndef store(x):\n    return load(load(x)) + load(1)\n",
    "b.py": "# load \u00e9\u4e2d \u202e\nimport a\n\nprint(a.load(2))  # loads\n\n\nprint(a.load(3))\n",
}
TOKENIZER = tiny.tokenizer([*TEXTS.values(), "rename to fetch"], 340)
CODEC = Codec(TOKENIZER, tiny.LAYOUT)
TASK = Task("rename load to fetch", names=("load",), texts=TEXTS)
ANY = Rules(2, stop=StableAndConfident(99.0), unsettled=99.0)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def model(seed: int = 0) -> GemmaModel:
    return GemmaModel(tiny.model(len(TOKENIZER), hidden=32, layers=3, seed=seed))


def drafter(seed: int = 0) -> FillDrafter:
    own = model(seed)
    return FillDrafter(own, CODEC, torch.from_numpy(payload_mask(TOKENIZER, own.vocabulary, tiny.MARKS)), ANY, kept=2)


def drafted(asked: FillDrafter, task: Task = TASK) -> list[DraftEdit]:
    found = asked.draft(task, lambda op: None)
    assert isinstance(found, Drafted)
    return [op for op in found.ops if isinstance(op, DraftEdit)]


def outside(text: str, spans: list[Hole]) -> list[str]:
    """What stands before, between and behind some holes."""
    ends = [0, *(hole.end for hole in spans)]
    return [text[start:end] for start, end in zip(ends, [*(hole.start for hole in spans), len(text)], strict=True)]


def result(path: str, ops: list[DraftEdit]) -> str:
    """The file with its edits done, by whole lines."""
    text = TEXTS[path]
    for op in sorted((op for op in ops if op.path == path), key=lambda op: -op.line):
        start = sum(len(line) for line in TEXTS[path].splitlines(keepends=True)[: op.line - 1])
        assert text.startswith(op.before, start)
        text = text[:start] + op.after + text[start + len(op.before) :]
    return text


@pytest.mark.parametrize("seed", range(4))
def test_random_weights_write_a_valid_stream_and_keep_every_byte_outside_the_holes(seed: int) -> None:
    ops = drafted(drafter(seed))
    reader = DraftReader()
    reader.push(written(ops))
    assert tuple(ops) == reader.finish() and ops
    for path, text in TEXTS.items():
        at = 0
        new = result(path, ops)
        for kept in outside(text, holes(path, text, TASK.names)):
            found = new.find(kept, at) if at else (0 if new.startswith(kept) else -1)
            assert found >= 0, f"{kept!r} is gone from {new!r}"
            at = found + len(kept)
        assert new.count("\u202e") == text.count("\u202e") and "\ufffd" not in new and not any(mark in new for mark in (*tiny.SPECIAL, *tiny.MARKS))


def test_blamed_span_alone_is_written_again() -> None:
    asked = drafter()
    drafted(asked)
    first = dict(asked._done)
    line = next(filling.hole.line for (path, _), filling in first.items() if path == "b.py" and filling.hole.line > 5)
    seen: list[int] = []

    class Watched(GemmaModel):
        def logits(self, cache: gemma.DynamicCache, canvas: torch.Tensor, belief: torch.Tensor | None) -> torch.Tensor:
            seen.extend(row.count(CODEC.encode("3")[0]) for row in canvas.tolist())
            return super().logits(cache, canvas, belief)

    asked.model = Watched(asked.model.model)  # type: ignore[attr-defined]
    drafted(asked, replace(TASK, complaints=(Complaint("b.py", line, "undefined name"),)))
    changed = [key for key, filling in asked._done.items() if filling.text != first[key].text]
    assert [(path, asked._done[path, start].hole.line) for path, start in changed] == [("b.py", line)] and asked._done.keys() == first.keys()
    assert seen, "nothing was denoised again"


@pytest.mark.parametrize(("prefix", "more"), [(3, 60), (100, 27), (100, 28), (127, 1), (128, 64), (200, 150)])
def test_fork_equals_a_fresh_prefill_on_both_sides_of_the_sliding_window(prefix: int, more: int) -> None:
    own = model(1)
    generator = torch.Generator().manual_seed(prefix)
    ids = torch.randint(own.vocabulary, (prefix + more,), generator=generator).tolist()
    base = own.prefill(ids[:prefix])
    other = own.extend(base, ids[-5:])
    canvas = own.noise((2, 20), generator)
    fresh = own.extend(own.prefill(ids), [], 2)
    forked = own.extend(base, ids[prefix:], 2)
    assert torch.allclose(own.logits(forked, canvas, None), own.logits(fresh, canvas, None), atol=1e-4)
    assert torch.allclose(own.likelihood(forked, canvas), own.likelihood(fresh, canvas), atol=1e-4)
    # The fork beside it and the origin are what they were.
    again = own.extend(own.prefill(ids[:prefix]), ids[-5:])
    assert torch.equal(own.logits(other, canvas[:1], None), own.logits(again, canvas[:1], None)) and base.get_seq_length() == prefix


def test_long_context_is_encoded_in_chunks_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    own = model(2)
    ids = torch.randint(own.vocabulary, (300,), generator=torch.Generator().manual_seed(0)).tolist()
    canvas = own.noise((1, 16), torch.Generator().manual_seed(1))
    whole = own.logits(own.prefill(ids), canvas, None)
    monkeypatch.setattr(gemma, "CHUNK", 70)
    assert torch.allclose(own.logits(own.prefill(ids), canvas, None), whole, atol=1e-4)
