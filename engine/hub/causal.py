"""Any causal language model of `transformers` on this machine: the draft stream token by token, with a cache, held to its grammar.

The grammar is kept by llguidance: a token that would leave it has probability zero, so whatever the weights, what comes out is a draft
stream.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import llguidance.hf
import numpy as np
import numpy.typing as npt
import torch
from llguidance import LLMatcher, LLTokenizer
from llguidance.gbnf_to_lark import any_to_lark
from transformers import DynamicCache

from engine.hub.grammar import gbnf
from engine.hub.prompt import messages
from engine.hub.stream import BadLine, DraftOp, DraftReader
from engine.hub.task import Drafted, NotDrafted, Task

MOST = 4096
"""Tokens of one draft."""


class Constraints:
    """Grammars over the tokens of one tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        # A model may have more rows than the tokenizer has tokens; those are never allowed.
        self._tokens: LLTokenizer = llguidance.hf.from_tokenizer(tokenizer)

    def matcher(self, grammar: str) -> LLMatcher:
        """A fresh state of a grammar (in the notation of `grammar.gbnf`)."""
        return LLMatcher(self._tokens, LLMatcher.grammar_from_lark(any_to_lark(grammar)))


class CausalDrafter:
    """A loaded model and its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, most: int = MOST) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.most = most
        self.constraints = Constraints(tokenizer)

    def draft(self, task: Task, read: Callable[[DraftOp], None]) -> Drafted | NotDrafted:
        """Greedy under the grammar; the stream's last line ends it."""
        matcher = self.constraints.matcher(gbnf(task.paths))
        reader, written, shown = DraftReader(), list[int](), ""
        for token in self.tokens(prompt_ids(self.tokenizer, task), matcher):
            written.append(token)
            # Bytes of one character may come in several tokens: what is not complete yet is held back.
            text = self.tokenizer.decode(written, skip_special_tokens=True)
            if not text.endswith("\ufffd"):
                for op in reader.push(text[len(shown) :]):
                    read(op)
                shown = text
        found = reader.finish()
        if isinstance(found, BadLine):
            return NotDrafted(f"The draft was not finished within {self.most} tokens.", again=True, passes=len(written), tokens=len(written))
        return Drafted(found, passes=len(written), tokens=len(written))

    @torch.no_grad()
    def tokens(self, prompt: Sequence[int], matcher: LLMatcher) -> list[int]:
        """The likeliest continuation that the grammar allows, up to its end."""
        cache = DynamicCache(config=self.model.config.get_text_config(decoder=True))
        ids = torch.tensor([list(prompt)], device=self.model.device)
        out: list[int] = []
        while len(out) < self.most:
            logits = self.model(input_ids=ids, past_key_values=cache, use_cache=True).logits[0, -1]
            mask = allowed(matcher, logits.shape[-1])
            token = int(logits.masked_fill(~torch.from_numpy(mask).to(logits.device), float("-inf")).argmax())
            if not matcher.consume_token(token) or matcher.is_stopped():
                break
            out.append(token)
            if matcher.is_accepting() and not _goes_on(matcher, len(mask), self.tokenizer.eos_token_id):
                break
            ids = torch.tensor([[token]], device=self.model.device)
        return out


def allowed(matcher: LLMatcher, size: int) -> npt.NDArray[np.bool_]:
    """[V] which tokens the grammar lets follow."""
    bits = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
    mask = np.zeros(size, np.bool_)
    mask[: min(size, len(bits))] = bits[:size]
    return mask


def _goes_on(matcher: LLMatcher, size: int, eos: int | None) -> bool:
    mask = allowed(matcher, size)
    if eos is not None and eos < size:
        mask[eos] = False
    return bool(mask.any())


def prompt_ids(tokenizer: Any, task: Task) -> list[int]:
    """The conversation by the model's own template, or as plain text where it has none."""
    said = messages(task)
    if getattr(tokenizer, "chat_template", None):
        found = tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=True, return_dict=False)
        return [int(token) for token in found]
    text = "\n\n".join(message["content"] for message in said) + "\n"
    return [int(token) for token in tokenizer.encode(text)]
