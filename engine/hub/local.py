"""Models of `transformers` on this machine: which family one is of, whether it may run here, and loading it."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForMultimodalLM, AutoTokenizer

from engine.errors import EngineError
from engine.hub.blocks import BlockDrafter, DiffusionDrafter
from engine.hub.causal import CausalDrafter
from engine.hub.chat import frame_of
from engine.hub.denoising import TokenModel
from engine.hub.fill import FillDrafter, bare
from engine.hub.form import Form, read_form
from engine.hub.gemma import GemmaModel
from engine.hub.layout import Codec
from engine.hub.masked import SHIFTED, MaskedModel, mask_token
from engine.hub.names import HubName
from engine.hub.payload import payload_mask
from engine.hub.task import Drafter, Options

LARGE = 3_000_000_000
"""Bytes of weights beyond which a processor is too slow."""


def load(name: HubName, options: Options) -> Drafter:
    """The drafter for a folder or a model of the hub; raises EngineError with what to do."""
    place = name.place
    config = _loaded(AutoConfig, place, options)
    allowed_here(place, options)
    tokenizer = _loaded(AutoTokenizer, place, options)
    if config.model_type == "diffusion_gemma":
        model = GemmaModel(_model(AutoModelForMultimodalLM, place, options, config))
        form = read_form(Path(place)) or Form()
        filled = filler(model, tokenizer, form, model.model.device)
        # A model that was trained on bare windows knows nothing else.
        blocks = None if form.is_bare else BlockDrafter(model, tokenizer, form.rules, form.layout.canvas, model.model.device)
        return DiffusionDrafter(filled, blocks)
    mask = mask_token(config.model_type, tokenizer, config)
    if mask is not None:
        masked = MaskedModel(_masked(place, options, config), mask, config.model_type in SHIFTED)
        return filler(masked, tokenizer, read_form(Path(place)) or Form(), masked.model.device)
    return CausalDrafter(_model(AutoModelForCausalLM, place, options, config), tokenizer)


def filler(model: TokenModel, tokenizer: Any, form: Form, place: Any) -> FillDrafter:
    """A diffusion model as a drafter. place: device of the canvases."""
    layout = form.layout
    mask = payload_mask(tokenizer, model.vocabulary, (layout.opening, layout.closing))
    if not mask.any():
        # transformers makes an empty tokenizer where a folder holds none, and says nothing.
        raise EngineError("The model has no tokenizer of its own: put its tokenizer files beside the weights.")
    payload = torch.from_numpy(mask).to(place)
    frame = bare if form.is_bare or not getattr(tokenizer, "chat_template", None) else partial(frame_of, tokenizer, layout)
    return FillDrafter(model, Codec(tokenizer, layout), payload, form.rules, frame)


def device() -> str:
    """Where models run."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def allowed_here(place: str, options: Options) -> None:
    """Refuse what a processor would take hours for."""
    size = weights_size(place)
    if device() == "cpu" and size > LARGE and not options.cpu:
        raise EngineError(f"{place} has {size / 1e9:.0f} GB of weights and there is no GPU here: use a server, or give -O cpu=yes and wait.")


def weights_size(place: str) -> int:
    """Bytes of the weights in a folder; 0 elsewhere."""
    return sum(path.stat().st_size for path in Path(place).glob("*.safetensors"))


def _model(auto: Any, place: str, options: Options, config: Any) -> Any:
    kind = torch.bfloat16 if device() == "cuda" else torch.float32
    more: dict[str, Any] = {}
    if options.quantise:
        # Experts one by one: the fused products know no weights in fewer bits.
        more = {"quantization_config": import_module("engine.hub.quantised").quantisation(options.quantise), "experts_implementation": "eager"}
    return _loaded(auto, place, options, config=config, dtype=kind, use_safetensors=True, device_map=device(), **more).eval()


def _masked(place: str, options: Options, config: Any) -> Any:
    """Families name different classes as theirs; native ones are masked language models."""
    known = getattr(config, "auto_map", None) or {}
    auto = next((auto for auto in (AutoModelForMaskedLM, AutoModelForCausalLM, AutoModel) if auto.__name__ in known), AutoModelForMaskedLM)
    return _model(auto, place, options, config)


def _loaded(auto: Any, place: str, options: Options, **more: Any) -> Any:
    try:
        return auto.from_pretrained(place, local_files_only=not options.download, trust_remote_code=place in options.trust, **more)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise EngineError(_complaint(place, options, error)) from error


def _complaint(place: str, options: Options, error: Exception) -> str:
    said = " ".join(str(error).split())
    if "trust_remote_code" in said:
        return f"{place} comes with code of its own, which is not run: give -O trust={place} if you trust it."
    if not Path(place).is_dir() and not options.download:
        return f"{place} is not on this machine: give -O download=yes to fetch it."
    return f"{place} cannot be loaded: {said[:300]}"
