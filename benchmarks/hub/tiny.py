"""A DiffusionGemma of two million parameters with a tokenizer of its own, for tests and measurements without a GPU."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion, DiffusionGemmaTextConfig, PreTrainedTokenizerFast

from engine.hub.layout import Layout

SPECIAL = ("<pad>", "<eos>", "<bos>", "<unk>")
MARKS = ("\u27ea", "\u27eb")
LAYOUT = Layout(opening=MARKS[0], closing=MARKS[1], prompt=24, canvas=64, padding=0, shorter=4, longer=8)
# Words of a name, signs one by one: names are made of the same tokens wherever they stand.
_PIECES = r"[A-Z]?[a-z]+|[A-Z]+|[0-9]|_|[ ]+|\n[ ]*|[^\w\s]|\s|\w"


def tokenizer(texts: Iterable[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """A byte-pair tokenizer, trained on some texts."""
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(_PIECES), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[*SPECIAL, *MARKS], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    raw.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", eos_token="<eos>", bos_token="<bos>", unk_token="<unk>",
        additional_special_tokens=list(MARKS), clean_up_tokenization_spaces=False,
    )  # fmt: skip


def model(vocabulary: int, *, canvas: int = 64, hidden: int = 160, layers: int = 4, seed: int = 0) -> DiffusionGemmaForBlockDiffusion:
    """Random weights in the released model's shape: sliding layers and a full one, experts beside the dense part."""
    torch.manual_seed(seed)
    head = hidden // 4
    text = DiffusionGemmaTextConfig(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=2 * hidden, num_hidden_layers=layers, num_attention_heads=4,
        num_key_value_heads=4, head_dim=head, global_head_dim=head, num_global_key_value_heads=4,
        layer_types=["sliding_attention"] * (layers - 1) + ["full_attention"], sliding_window=128, num_experts=2, top_k_experts=1,
        moe_intermediate_size=hidden, max_position_embeddings=2048, pad_token_id=0, eos_token_id=1, bos_token_id=2,
        use_bidirectional_attention="vision",
    )  # fmt: skip
    vision = dict(
        model_type="gemma4_vision", hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=1, num_key_value_heads=1,
        head_dim=16, position_embedding_size=16,
    )  # fmt: skip
    config = DiffusionGemmaConfig(
        text_config=text.to_dict(), vision_config=vision, canvas_length=canvas,
        boi_token_id=vocabulary - 3, eoi_token_id=vocabulary - 2, image_token_id=vocabulary - 1,
    )  # fmt: skip
    return DiffusionGemmaForBlockDiffusion(config)
