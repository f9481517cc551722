"""The reverse process over token canvases and DiffusionGemma behind it, with random weights: what holds whatever a model believes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchmarks.hub import tiny
from engine.hub.denoising import Rules, refine
from engine.hub.fill import FillDrafter
from engine.hub.gemma import GemmaModel, fork
from engine.hub.holes import Hole, holes
from engine.hub.layout import Codec
from engine.hub.payload import payload_mask
from engine.hub.stream import DraftEdit
from engine.hub.task import Complaint, Drafted, NotDrafted, Task

TEXT = "def load(path):\n    return path\n\n\ndef store(x):\n    return load(load(x)) + load(1)\n"
TOKENIZER = tiny.tokenizer([TEXT, "abcdefg é 中 \u202e"], 320)
CODEC = Codec(TOKENIZER, tiny.LAYOUT)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model() -> GemmaModel:
    return GemmaModel(tiny.model(len(TOKENIZER), hidden=32, layers=3))


def payload(size: int) -> torch.Tensor:
    return torch.from_numpy(payload_mask(TOKENIZER, size, tiny.MARKS))


def hole(at: int = 1) -> Hole:
    return holes("a.py", TEXT, ("load",))[at]


def context(model: GemmaModel) -> object:
    return model.extend(model.prefill(CODEC.request("rename load to fetch")), CODEC.window(hole()))


def run(model: GemmaModel, *, seeded: bool = False, allow: torch.Tensor | None = None, steps: int = 4) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Start, free and result of one batch of hole lengths."""
    tried = CODEC.canvases(hole(), CODEC.lengths(hole()))
    ids, free = torch.from_numpy(tried.ids), torch.from_numpy(tried.free)
    legal = payload(model.vocabulary) if allow is None else allow
    cache = model.extend(context(model), [], len(tried))
    out = refine(model, cache, ids, free, lambda logits: legal, Rules(steps), torch.Generator().manual_seed(3), seeded=seeded)
    return ids, free, out.ids


@pytest.mark.parametrize("seeded", [True, False])
def test_what_is_clamped_stays_and_what_is_not_allowed_never_comes(model: GemmaModel, seeded: bool) -> None:
    only = torch.zeros(model.vocabulary, dtype=torch.bool)
    only[40:50] = True
    start, free, out = run(model, seeded=seeded, allow=only)
    assert torch.equal(out[~free], start[~free]) and bool(((out[free] >= 40) & (out[free] < 50)).all())


def test_holes_can_hold_nothing_that_breaks_a_stream(model: GemmaModel) -> None:
    mask = payload(model.vocabulary)
    for token in mask.nonzero()[:, 0].tolist():
        text = TOKENIZER.decode([token])
        assert text.encode().decode() == text and "\ufffd" not in text and "\u202e" not in text and text not in (*tiny.SPECIAL, *tiny.MARKS)
    assert int(mask.sum()) > 40 and not mask[TOKENIZER.encode("\u202e", add_special_tokens=False)].all()


def test_same_seed_gives_the_same_and_another_one_another_canvas(model: GemmaModel) -> None:
    assert torch.equal(run(model)[2], run(model)[2])


def test_fork_equals_fresh_prefill_and_leaves_its_origin(model: GemmaModel) -> None:
    request, window = CODEC.request("rename load to fetch"), CODEC.window(hole())
    prefix = model.prefill(request)
    length = prefix.get_seq_length()
    forked = model.extend(prefix, window)
    fresh = model.prefill([*request, *window])
    canvas = torch.from_numpy(CODEC.canvases(hole(), [4]).ids)
    assert torch.allclose(model.logits(forked, canvas, None), model.logits(fresh, canvas, None), atol=1e-4)
    assert prefix.get_seq_length() == length and fork(prefix).layers[0] is not prefix.layers[0]
    # Denoising and ranking write nothing into a cache either.
    model.likelihood(fresh, canvas)
    assert torch.allclose(model.logits(forked, canvas, None), model.logits(fresh, canvas, None), atol=1e-4)


def test_likelihood_is_the_causal_one(model: GemmaModel) -> None:
    cache = context(model)
    canvas = torch.from_numpy(CODEC.canvases(hole(), [4]).ids)
    before = model.likelihood(cache, canvas)
    changed = canvas.clone()
    changed[0, 40] = (changed[0, 40] + 1) % 300
    after = model.likelihood(cache, changed)
    assert torch.allclose(before[0, :40], after[0, :40], atol=1e-4) and not torch.allclose(before[0, 41:], after[0, 41:], atol=1e-4)


def test_windows_and_canvases_have_one_length_and_one_right_side() -> None:
    tried = CODEC.canvases(hole(), CODEC.lengths(hole()))
    right = CODEC.encode(hole().right)[:16]
    assert tried.ids.shape[1] == len(CODEC.window(hole())) == tiny.LAYOUT.canvas and all(row[-len(right) :].tolist() == right for row in tried.ids)
    assert tried.free.sum(1).tolist() == CODEC.lengths(hole()) and CODEC.decode(tried.ids[0][tried.free[0]]) == hole().old


class Scripted:
    """A token model that is sure of one answer per request, and learns of every canvas that it is asked about."""

    vocabulary = len(TOKENIZER)
    is_causal = True

    def __init__(self, answers: list[str]) -> None:
        self.answers = answers
        self.asked: list[list[int]] = []

    def prefill(self, ids: list[int]) -> list[int]:
        return list(ids)

    def extend(self, cache: list[int], ids: list[int], copies: int = 1) -> list[int]:
        return [*cache, *ids]

    def _wanted(self, free: int) -> list[int]:
        ids = CODEC.encode(self.answers[0])
        return ids if len(ids) == free else CODEC.encode("x") * free

    def logits(self, cache: list[int], canvas: torch.Tensor, belief: torch.Tensor | None) -> torch.Tensor:
        self.asked.append(cache)
        out = torch.zeros(*canvas.shape, self.vocabulary)
        for row, ids in enumerate(canvas.tolist()):
            start, end = ids.index(TOKENIZER.convert_tokens_to_ids(tiny.MARKS[0])) + 1, ids.index(TOKENIZER.convert_tokens_to_ids(tiny.MARKS[1]))
            for at, token in zip(range(start, end), self._wanted(end - start), strict=True):
                out[row, at, token] = 30.0
        return out

    def likelihood(self, cache: list[int], canvas: torch.Tensor) -> torch.Tensor:
        good = [self.answers[0] + tiny.MARKS[1] in CODEC.decode(row) for row in canvas.tolist()]
        return torch.tensor([[0.0 if ok else -1.0] * canvas.shape[1] for ok in good])

    def noise(self, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
        return torch.full(shape, 7)


def drafter(model: Scripted) -> FillDrafter:
    return FillDrafter(model, CODEC, payload(model.vocabulary), Rules(4))


def test_diagnostics_noise_the_blamed_place_again_and_no_other() -> None:
    model = Scripted(["fetch(1)"])
    asked = drafter(model)
    task = Task("rename load to fetch", names=("load",), texts={"a.py": TEXT, "b.py": "load(2)\n\n\nload(3)\n"})
    first = asked.draft(task, lambda op: None)
    assert isinstance(first, Drafted) and all(op.after.count("fetch(1)") for op in first.ops if isinstance(op, DraftEdit))
    model.answers, model.asked = ["reach(9)"], []
    second = asked.draft(Task(task.instruction, names=task.names, texts=task.texts, complaints=(Complaint("b.py", 4, "undefined"),)), lambda op: None)
    assert isinstance(second, Drafted)
    changed = [(a, b) for a, b in zip(first.ops, second.ops, strict=True) if a != b]
    assert changed == [(DraftEdit("b.py", 4, "load(3)", "fetch(1)"), DraftEdit("b.py", 4, "load(3)", "reach(9)"))]


def test_chain_begins_as_the_window_whatever_is_inside() -> None:
    window, ids = CODEC.window(hole()), [CODEC.encode(text) for text in ("load(x)", "f", "fetch_all(x, y)")]
    chains = [CODEC.chain(hole(), inside) for inside in ids]
    start = chains[0][1].start
    assert all(ended.start == start and chain[:start] == window[:start] for chain, ended in chains) and window[start - 1] == CODEC.encode(tiny.MARKS[0])[0]
    assert [chain[ended] for chain, ended in chains] == [[*inside, *CODEC.encode(tiny.MARKS[1])] for inside in ids]
    assert len({len(chain) for chain, _ in chains}) == 1


def test_two_places_in_one_line_are_one_edit() -> None:
    found = drafter(Scripted(["fetch(1)"])).draft(Task("x", names=("load",), texts={"a.py": TEXT}), lambda op: None)
    assert isinstance(found, Drafted)
    assert DraftEdit("a.py", 6, "    return load(load(x)) + load(1)", "    return fetch(1) + fetch(1)") in found.ops


def test_canvas_that_never_settles_is_declined_and_not_published() -> None:
    class Unsure(Scripted):
        def logits(self, cache: list[int], canvas: torch.Tensor, belief: torch.Tensor | None) -> torch.Tensor:
            return torch.zeros(*canvas.shape, self.vocabulary)

    found = drafter(Unsure(["a"])).draft(Task("x", names=("load",), texts={"a.py": TEXT}), lambda op: None)
    assert isinstance(found, NotDrafted) and "did not settle (a.py:1)" in found.sentence
