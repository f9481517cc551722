"""The models of the hub that lie on this machine, read off the cache's folders: nothing is fetched and no library is loaded."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from engine.embedded import EngineInfo

_FOLDER = re.compile(r"models--(.+?)--(.+)")
_LICENCE = re.compile(r"^license:\s*(\S+)", re.MULTILINE)
_FAMILIES = ("diffusion_gemma", "llada", "llada2_moe", "sdar", "sdar_moe", "Dream", "dream")
"""What is listed: diffusion models. A causal model runs as well, but a cache is full of those that others use."""


def cached(cache: Path) -> list[EngineInfo]:
    """The diffusion models of a hub cache. cache: the folder that holds `models--OWNER--NAME`."""
    found = (_info(folder) for folder in sorted(cache.glob("models--*")))
    return [info for info in found if info is not None]


def local(folder: Path) -> EngineInfo | None:
    """A folder of weights as an engine; None where it holds none."""
    return _described(str(folder), folder)


def _info(folder: Path) -> EngineInfo | None:
    match = _FOLDER.fullmatch(folder.name)
    snapshots = sorted(folder.glob("snapshots/*/config.json"))
    if match is None or not snapshots or _family(snapshots[-1]) not in _FAMILIES:
        return None
    return _described(f"{match[1]}/{match[2]}", snapshots[-1].parent)


def _described(name: str, folder: Path) -> EngineInfo | None:
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        return None
    size = sum(path.stat().st_size for path in weights)
    return EngineInfo(name, folder, size, "+".join(_digests(weights)), _licence(folder), True)


def _digests(weights: list[Path]) -> Iterator[str]:
    """sha256 of each file; in a hub cache the file that a link leads to is called so, and 50 GB need not be read."""
    for path in weights:
        target = path.resolve().name
        if re.fullmatch("[0-9a-f]{64}", target):
            yield target
            continue
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        yield digest.hexdigest()


def _family(config: Path) -> str:
    try:
        item = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ""
    return str(item.get("model_type", "")) if isinstance(item, dict) else ""


def _licence(folder: Path) -> str:
    card = folder / "README.md"
    match = _LICENCE.search(card.read_text(encoding="utf-8", errors="replace")) if card.is_file() else None
    return match[1] if match else "licence unknown"
