"""An adapter on the attention of a model (peft), and taking it into the weights.

The encoder and the decoder of DiffusionGemma are modules of their own over the same tensors: the adapter is made for the decoder's and then
used by both, or merging would add two of them to one tensor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import peft
from peft.tuners.lora import LoraLayer

LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj")


def adapt(model: Any, rank: int) -> None:
    """Put an adapter on every linear layer of the attention; nothing else keeps a gradient."""
    diffusion = model.config.model_type == "diffusion_gemma"
    wanted = rf".*{'decoder.' if diffusion else ''}layers\.\d+\.self_attn\.({'|'.join(LAYERS)})"
    peft.inject_adapter_in_model(peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=wanted), model)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("lora_" in name)
    for owner, other, name in _shared(model):
        setattr(other, name, getattr(owner, name))


def merge(model: Any) -> None:
    """Add the adapter to the weights and take it off: what is saved needs no peft."""
    adapted = [(path, module) for path, module in model.named_modules(remove_duplicate=False) if isinstance(module, LoraLayer)]
    for path, module in adapted:
        if not module.merged:
            module.merge()
        owner, _, name = path.rpartition(".")
        setattr(model.get_submodule(owner), name, module.get_base_layer())


def _shared(model: Any) -> Iterator[tuple[Any, Any, str]]:
    """Attention of the decoder, that of the encoder, and the name of a layer that both have."""
    if model.config.model_type != "diffusion_gemma":
        return
    for one, two in zip(model.model.decoder.layers, model.model.encoder.language_model.layers, strict=True):
        for name in LAYERS:
            if getattr(one.self_attn, name, None) is not None:
                yield one.self_attn, two.self_attn, name
