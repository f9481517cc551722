"""Which tokens may stand in a hole: those that are text by themselves.

With them alone the stream stays valid whatever is sampled: no special token, no half of a character, no mark of the layout, nothing that
reorders what is shown or that no editor shows.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from engine.canvas import Bools

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")


def payload_mask(tokenizer: Any, size: int, marks: tuple[str, ...]) -> Bools:
    """[V] for a vocabulary of `size` rows, of which the tokenizer may know fewer."""
    special = {int(token) for token in tokenizer.all_special_ids} | {int(token) for token in tokenizer.get_added_vocab().values()}
    mask = np.zeros(size, np.bool_)
    for token in range(min(size, len(tokenizer))):
        text = "" if token in special else tokenizer.decode([token], skip_special_tokens=False)
        mask[token] = bool(text) and not _HIDDEN.search(text) and not any(mark in text for mark in marks)
    return mask
