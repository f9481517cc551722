"""Masked models through the one adapter: a native one, made here, saved, loaded and taught one answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from transformers import BertConfig, BertForMaskedLM

from benchmarks.hub import tiny
from engine.hub.form import Form, write_form
from engine.hub.layout import Codec
from engine.hub.masked import MaskedModel, mask_token
from engine.hub.opening import open_drafter
from engine.hub.stream import DraftEdit
from engine.hub.holes import holes
from engine.hub.task import Drafted, Options, Task
from tests.engine.hub.small_models import save

TEXT = "x = load(1)\n"
LAYOUT = replace(tiny.LAYOUT, shorter=0, longer=0)
"""One length: what is taught here says nothing about others."""
TASK = Task("rename load to fetch", names=("load",), texts={"a.py": TEXT})
TOKENIZER = tiny.tokenizer([TEXT * 9, "fetch(1) " * 9], 300)
MASK = TOKENIZER.convert_tokens_to_ids("<unk>")


def bert() -> BertForMaskedLM:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = BertConfig(
        vocab_size=len(TOKENIZER), hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96, max_position_embeddings=256,
        pad_token_id=0, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    config.mask_token_id = MASK
    return BertForMaskedLM(config).eval()


def test_masked_model_fills_what_it_was_taught(tmp_path: Path) -> None:
    model, codec = bert(), Codec(TOKENIZER, LAYOUT)
    (hole,) = holes("a.py", TEXT, ("load",))
    prompt = [*codec.request(TASK.instruction), *codec.window(hole)]
    canvas, inside = codec.canvas(hole, codec.encode("fetch(1)"))
    clean = torch.tensor([prompt + canvas])
    noisy, labels = clean.clone(), torch.full_like(clean, -100)
    span = slice(len(prompt) + inside.start, len(prompt) + inside.stop)
    noisy[0, span], labels[0, span] = MASK, clean[0, span]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(40):
        optimizer.zero_grad()
        # Visible tokens are learned too: the likelihood of what stands there ranks the candidates.
        (model(input_ids=noisy, labels=labels).loss + model(input_ids=clean, labels=torch.where(labels == -100, labels, clean)).loss).backward()
        optimizer.step()
    write_form(save(tmp_path, model, TOKENIZER), Form(LAYOUT, steps=8, mean_entropy=0.5, unsettled=3.0, is_bare=True))
    found = open_drafter(str(tmp_path), Options()).draft(TASK, lambda op: None)
    assert isinstance(found, Drafted) and found.ops == (DraftEdit("a.py", 1, "x = load(1)", "x = fetch(1)"),)


def test_mask_is_never_an_answer_and_shifted_logits_are_put_back() -> None:
    model = bert()
    canvas = torch.tensor([[7, MASK, 9]])
    plain = MaskedModel(model, MASK).logits(([5, 6], 1), canvas, None)
    shifted = MaskedModel(model, MASK, shifted=True).logits(([5, 6], 1), canvas, None)
    assert bool((plain[..., MASK] == float("-inf")).all()) and torch.equal(shifted[:, 1:], plain[:, :-1])


def test_mask_of_a_family_is_known_and_other_models_have_none() -> None:
    config = bert().config
    assert mask_token("bert", TOKENIZER, config) == MASK
    del config.mask_token_id
    assert mask_token("llada", TOKENIZER, config) == 126336 and mask_token("llama", TOKENIZER, config) is None
