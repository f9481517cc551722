"""Weights in fewer bits, by torchao: also the experts, which are parameters of three dimensions and no linear layers."""

from __future__ import annotations

from importlib.util import find_spec

from torchao.quantization import FqnToConfig, Int4WeightOnlyConfig, Int8WeightOnlyConfig
from transformers import TorchAoConfig

from engine.errors import EngineError

_EXPERTS = r"re:.*experts\.(gate_up_proj|down_proj)"
_WHOLE = ("lm_head", "embed_tokens", "router", "vision_tower", "embed_vision")
"""What keeps its bits. Said in full: left alone, transformers spares every weight that two modules share, and the encoder shares all of its
with the decoder."""
_GROUP = 64
"""Weights that share a scale in int4; the width of an expert, 704, is no multiple of 128."""


def quantisation(kind: str) -> TorchAoConfig:
    """What `from_pretrained` is to do; kind: int4 or int8. By calculation int4 brings the 51.7 GB of DiffusionGemma to about 16."""
    if kind == "int4" and find_spec("mslk") is None:
        raise EngineError("int4 needs mslk and a GPU: pip install mslk --index-url https://download.pytorch.org/whl/cu130, or give -O quantise=int8.")
    config = Int4WeightOnlyConfig(group_size=_GROUP) if kind == "int4" else Int8WeightOnlyConfig(version=2)
    return TorchAoConfig(FqnToConfig({_EXPERTS: config, r"re:.*router\.proj(\.weight)?": None, "_default": config}), modules_to_not_convert=list(_WHOLE))
