"""`redraft train --engine`: windows with certain truth, the losses, and an adapter that is merged into what is saved."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("peft")

from benchmarks.hub import tiny
from engine.hub.form import Form, read_form, write_form
from engine.hub.layout import Codec
from engine.hub.opening import open_drafter
from engine.hub.task import Options as HubOptions
from engine.train.corpus import Package
from engine.train.hub import corpus, fine_tune
from engine.train.hub_lora import adapt, merge
from engine.train.hub_trainer import Options, corrupt, encode, losses
from engine.train.hub_windows import Names, Window, unique_functions, windows, with_argument
from tests.engine.hub.small_models import byte_pairs, llama, save

TEXTS = {
    "a.py": "def parse_line(text, *, strict=False):\n    return text\n\n\ndef other(x):\n    return parse_line(x) + parse_line(x, strict=True)\n",
    "b.py": "from a import parse_line\n\nprint(parse_line('x'))\n",
}
PACKAGE = Package(name="p", split="train", texts=TEXTS)
TOKENIZER = tiny.tokenizer([*TEXTS.values(), "rename to add argument"], 330)


def found() -> list[Window]:
    return [w for seed in range(6) for w in windows(PACKAGE, Names(["fetch_item", "load_all"], ["limit"]), random.Random(seed), 20)]


def test_names_that_are_bound_twice_are_not_trained_on() -> None:
    assert unique_functions(TEXTS) == ["other", "parse_line"]
    assert unique_functions({**TEXTS, "c.py": "parse_line = 1\n"}) == ["other"]


@pytest.mark.parametrize(("before", "after"), [
    ("f()", "f(a=1)"), ("f(x, **kw)", "f(x, a=1, **kw)"), ("f(x,)", None), ("f(a)", None), ("f", None), ("f(x,\n  y)", None),
])  # fmt: skip
def test_argument_is_added_where_it_is_one_place(before: str, after: str | None) -> None:
    assert with_argument(before, "a=1") == after


def test_windows_say_what_the_instruction_wants() -> None:
    for window in found():
        kept = window.hole.left + window.new + window.hole.right
        if "argument" in window.instruction or "parameter" in window.instruction:
            assert window.is_change == window.hole.left.endswith("def ")
        else:
            assert window.is_change and window.new.replace(window.instruction.split()[-1], "") != window.new and "parse_line(" not in window.new
        compile(kept, "x", "exec")


def test_forward_process_noises_holes_and_learns_them_in_both_modes() -> None:
    torch.set_num_threads(1)
    data = encode(Codec(TOKENIZER, tiny.LAYOUT), found()[:8])
    generator = torch.Generator().manual_seed(0)
    noisy = corrupt(data, len(TOKENIZER), generator)
    assert bool((noisy != data.clean)[data.hole].any()) and 0.5 < float((noisy == data.clean)[~data.hole].float().mean()) < 1.0
    model = tiny.model(len(TOKENIZER), hidden=32, layers=2)
    denoising, causal = losses(model, data, generator)
    (denoising + causal).backward()
    assert all(float(value.detach()) > 3.0 for value in (denoising, causal))
    assert all(p.grad is not None for name, p in model.named_parameters() if "q_proj" in name and "decoder" in name and "vision" not in name)


def test_adapter_works_in_both_modes_and_merges_once() -> None:
    torch.manual_seed(1)
    model = tiny.model(len(TOKENIZER), hidden=32, layers=2).eval()
    adapt(model, 4)
    trained = [p for p in model.parameters() if p.requires_grad]
    for parameter in trained:
        torch.nn.init.normal_(parameter, std=0.2)
    ids = torch.arange(5, 25)[None]
    with torch.no_grad():
        before = model(input_ids=ids, decoder_input_ids=ids).logits
        merge(model)
        after = model(input_ids=ids, decoder_input_ids=ids).logits
    assert 0 < sum(p.numel() for p in trained) < 20_000 and torch.allclose(before, after, atol=1e-3)
    assert not any("lora" in name for name, _ in model.named_modules())


def test_fine_tuned_folder_is_an_engine(tmp_path: Path) -> None:
    start = save(tmp_path / "start", tiny.model(len(TOKENIZER), hidden=32, layers=2), TOKENIZER)
    write_form(start, Form(tiny.LAYOUT, steps=2, is_bare=True))
    fine_tune(start, tmp_path / "out", found()[:8], Options(steps=2, batch=2, rate=1e-2, warm=1), rank=4)
    assert read_form(tmp_path / "out") == read_form(start) and open_drafter(str(tmp_path / "out"), HubOptions())
    weights = [(folder / "model.safetensors").read_bytes() for folder in (start, tmp_path / "out")]
    assert weights[0] != weights[1]


def test_causal_model_learns_draft_streams(tmp_path: Path) -> None:
    tokenizer = byte_pairs(list(TEXTS.values()), 300)
    start = save(tmp_path / "start", llama(len(tokenizer)), tokenizer)
    fine_tune(start, tmp_path / "out", found()[:2], Options(steps=1, batch=1, rate=1e-2, warm=1), rank=2)
    assert (tmp_path / "out" / "model.safetensors").is_file()


def test_packages_kept_for_judging_are_refused() -> None:
    with pytest.raises(SystemExit, match="flask is kept for judging"):
        corpus([Path("flask-3.0.0.tar.gz")], 1, 0)
