"""From a name to a drafter; whatever an engine needs is loaded when that engine is opened, and no sooner."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from engine.errors import EngineError
from engine.hub.names import HubName, Where, parsed
from engine.hub.task import Drafter, Options

_HOMES = {Where.OPENAI: "engine.hub.openai", Where.VLLM: "engine.hub.vllm", Where.LOCAL: "engine.hub.local"}


def open_drafter(name: str, options: Options) -> Drafter:
    """The drafter behind a name; raises UnknownEngine, EngineError."""
    found: HubName = parsed(name)
    try:
        module = import_module(_HOMES[found.where])
    except ImportError as error:
        raise EngineError(f"{name} needs a library that is not installed ({error.name}): pip install 'redraft[hub]'.") from error
    return cast(Drafter, module.load(found, options))
