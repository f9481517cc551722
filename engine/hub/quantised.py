"""Weights in fewer bits, by torchao: also the experts, which are parameters of three dimensions and no linear layers."""

from __future__ import annotations

from torchao.quantization import FqnToConfig, Int4WeightOnlyConfig, Int8WeightOnlyConfig
from transformers import TorchAoConfig

_EXPERTS = r"re:.*experts\.(gate_up_proj|down_proj)"


def quantisation(kind: str) -> TorchAoConfig:
    """What `from_pretrained` is to do; kind: int4 or int8. int4 brings the 51.7 GB of DiffusionGemma to about 16."""
    config = Int4WeightOnlyConfig(group_size=32) if kind == "int4" else Int8WeightOnlyConfig(version=2)
    return TorchAoConfig(FqnToConfig({_EXPERTS: config, "_default": config}))
