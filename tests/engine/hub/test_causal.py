"""Local causal models: whatever the weights, what is written is a draft stream; and what was learned is written."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from engine.errors import EngineError
from engine.hub.causal import CausalDrafter, prompt_ids
from engine.hub.grammar import gbnf
from engine.hub.prompt import messages
from engine.hub.opening import open_drafter
from engine.hub.stream import DraftEdit, DraftOp, DraftReader, written
from engine.hub.task import Drafted, Excerpt, NotDrafted, Options, Task
from tests.engine.hub.small_models import byte_pairs, learn, llama, save

TASK = Task("rename load to fetch", excerpts=(Excerpt("pkg/a.py", 1, "def load():\n    pass"),), paths=("pkg/a.py", "b ü.py"))
ANSWER = [DraftEdit("pkg/a.py", 1, "def load():", "def fetch():")]
TOKENIZER = byte_pairs([message["content"] for message in messages(TASK)] * 3 + [written(ANSWER)] * 9, 1400)


@pytest.mark.parametrize("seed", range(4))
def test_random_weights_write_nothing_but_the_grammar(seed: int) -> None:
    drafter = CausalDrafter(llama(len(TOKENIZER) + 8, seed), TOKENIZER, most=200)
    text = TOKENIZER.decode(drafter.tokens(TOKENIZER.encode("x"), drafter.constraints.matcher(gbnf(TASK.paths))))
    reader = DraftReader()
    reader.push(text.rstrip("\ufffd"))
    assert len(text) > 10 and reader.problem is None
    assert all(getattr(op, "path", getattr(op, "src", "")) in TASK.paths or type(op).__name__ == "DraftCreate" for op in reader.ops)


def test_model_without_an_end_is_no_draft() -> None:
    found = CausalDrafter(llama(len(TOKENIZER)), TOKENIZER, most=3).draft(TASK, lambda op: None)
    assert isinstance(found, NotDrafted) and "3 tokens" in found.sentence


def test_learned_draft_is_written_after_saving_and_loading(tmp_path: Path) -> None:
    model = llama(len(TOKENIZER))
    learn(model, prompt_ids(TOKENIZER, TASK), TOKENIZER.encode(written(ANSWER)))
    heard: list[DraftOp] = []
    found = open_drafter(str(save(tmp_path / "model", model, TOKENIZER)), Options()).draft(TASK, heard.append)
    assert isinstance(found, Drafted) and found.ops == tuple(ANSWER) and heard == ANSWER and 10 < found.passes == found.tokens


def test_chat_template_is_used_where_there_is_one() -> None:
    tokenizer = byte_pairs(["abc"], 300)
    tokenizer.chat_template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
    said = tokenizer.decode(prompt_ids(tokenizer, TASK))
    assert said.startswith("[system]") and said.endswith("[assistant]") and "[user]Request: rename load to fetch" in said


def test_folder_that_holds_no_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be loaded"):
        open_drafter(str(tmp_path), Options())
