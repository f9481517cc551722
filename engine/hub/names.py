"""Names of engines: `openai:URL#MODEL`, `vllm:URL#MODEL`, a folder of weights, or a model of the hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from engine.errors import UnknownEngine

EMBEDDED = "embedded"
_OWNED = re.compile(r"[\w.-]+/[\w.-]+")


class Where(str, Enum):
    """What stands behind a name."""

    OPENAI = "openai"
    VLLM = "vllm"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class HubName:
    """A name, taken apart."""

    where: Where
    place: str
    """URL, folder, or OWNER/NAME."""
    model: str = ""
    """Of a server."""


def is_hub(name: str) -> bool:
    """Whether a name is not that of the engine that is shipped."""
    return name != EMBEDDED


def parsed(name: str) -> HubName:
    """A name, taken apart; raises UnknownEngine."""
    scheme, colon, rest = name.partition(":")
    if colon and scheme in (Where.OPENAI.value, Where.VLLM.value):
        url, _, model = rest.partition("#")
        return HubName(Where(scheme), url, model)
    if Path(name).is_dir() or _OWNED.fullmatch(name):
        return HubName(Where.LOCAL, name)
    raise UnknownEngine(
        f"There is no engine {name}: give {EMBEDDED}, openai:URL#MODEL, vllm:URL, a folder of weights or OWNER/MODEL; `redraft engines` lists what is here."
    )
