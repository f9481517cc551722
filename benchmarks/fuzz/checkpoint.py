"""Weights files: a denoiser that answers, or one typed error.

An input is the header's JSON, a line feed twice, and the tensors' bytes, so that its length is right; one that begins with `R` is
taken as it is.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

from engine.canvas import Floats
from engine.checkpoint import Checkpoint, Config, quantise
from engine.checkpoint import save as save_checkpoint
from engine.checkpoint_shape import shapes
from engine.embedded import EmbeddedDenoiser
from engine.errors import CheckpointError
from engine.plan_canvas import plan_canvas
from engine.retrieval import Context
from engine.sampler import Sampler

MAX_LENGTH = 1 << 16
MARK = b"\n\n"
WIDTH = 4
CONFIG = Config(layers=2, width=WIDTH, heads=2, inner=2, positions=32, site_depth=1)
VOCABULARY = ("[PAD]", "[UNK]", "[SEP]", "load", "##s")
_PLACE = Path(tempfile.mkdtemp(prefix="redraft-fuzz-")) / "w.safetensors"


def _smallest() -> Checkpoint:
    """A whole denoiser of a few kilobytes."""
    tensors = {name: _some(*shape) for name, shape in shapes(CONFIG)}
    pieces, scale = quantise(_some(len(VOCABULARY), WIDTH))
    return Checkpoint(CONFIG, tensors, pieces, scale, VOCABULARY, {"temperature": 1.5})


def _some(*shape: int) -> Floats:
    return np.linspace(-1.0, 1.0, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def _seeds() -> list[bytes]:
    save_checkpoint(_PLACE, _smallest())
    whole = _PLACE.read_bytes()
    size = int.from_bytes(whole[:8], "little")
    header, payload = whole[8 : 8 + size].strip(), whole[8 + size :]
    known = json.loads(header)
    fewer = [{key: value for key, value in known.items() if key != name} for name in list(known)[:12]]
    return [header + MARK + payload, b"R" + whole[:1000], *(json.dumps(item).encode() + MARK + payload for item in fewer)]


SEEDS = _seeds()
WORDS = [b'"__metadata__":{', b'"dtype":"F32"', b'"dtype":"I8"', b'"dtype":"U8"', b'"dtype":"BOOL"', b'"dtype":"F64"', b'"dtype":"BF16"', b'"shape":[1,4]',
         b'"shape":[]', b'"shape":[0]', b'"data_offsets":[0,4]', b'"format":"redraft-denoiser"', b'"version":"4"', b'\\"layers\\": 2', b'\\"heads\\": 0',
         b"1e999", b'\\"width\\": -1', b'\\"calibration\\"', b'"calibration":"[]"', b'"vocabulary"', b'"pieces.scale"', b"NaN", b"true", b"null"]  # fmt: skip


def check(data: bytes) -> None:
    header, _, payload = data.partition(MARK)
    raw = data[1:] if data.startswith(b"R") else len(header).to_bytes(8, "little") + header + payload
    _PLACE.write_bytes(raw)
    try:
        denoiser = EmbeddedDenoiser.load(_PLACE)
    except CheckpointError as error:
        assert str(error)
        return
    made = plan_canvas("rename load", Context(()), CONFIG.layers)
    with np.errstate(all="ignore"):
        sampled = Sampler().sample(denoiser, [made.canvas], np.random.default_rng(0))
    assert len(sampled.canvases[0].canvas.slots) == len(made.canvas.slots)
