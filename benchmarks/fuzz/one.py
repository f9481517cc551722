"""One target under the fuzzer, in this process: `python -m benchmarks.fuzz.one NAME FINDINGS CORPUS [libFuzzer flags]`.

An exception does not end the run: its input and traceback are kept under the place that raised it, and the fuzzer goes on.
Hangs outside of Python and memory beyond the limit do end it, and `run` starts it again.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import time
import traceback
from pathlib import Path

import atheris

from benchmarks.fuzz.limit import computing_at_most
from benchmarks.fuzz.target import Target, load

SLOW = 3.0
"""Seconds of computing for one input, instrumented, that are a finding."""
HANG = 20.0
"""Seconds of computing after which an input is ended, as one that never ends."""
MEMORY = 3 << 30
"""Bytes of address space."""
PROJECT = ("/agent/", "/engine/", "/editops/")


class Keeper:
    """Runs the target and keeps what it did wrong, once for every place."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._check = target.check
        self._folder = folder
        self._seen = {place.stem for place in folder.glob("*.txt")}

    def __call__(self, data: bytes) -> None:
        began = time.process_time()
        try:
            with computing_at_most(HANG):
                self._check(data)
        except Exception as error:  # whatever it is, it is the finding
            self._keep(_place(error), data, "".join(traceback.format_exception(error, limit=-12)))
        spent = time.process_time() - began
        if spent > SLOW:
            self._keep("slow", data, f"{spent:.1f} s of computing for {len(data)} bytes")

    def _keep(self, what: str, data: bytes, text: str) -> None:
        name = hashlib.sha256(what.encode()).hexdigest()[:12]
        if name not in self._seen:
            self._seen.add(name)
            (self._folder / f"{name}.input").write_bytes(data)
            (self._folder / f"{name}.txt").write_text(f"{what}\n{text}", encoding="utf-8", errors="backslashreplace")


def _place(error: BaseException) -> str:
    """Kind of the error and the innermost place of the project, or of the target, where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if any(part in frame.filename for part in PROJECT)] or list(frames)
    return f"{type(error).__name__} {Path(own[-1].filename).name}:{own[-1].name}:{own[-1].lineno} {Path(frames[-1].filename).name}:{frames[-1].lineno}"


def main() -> None:
    name, findings, corpus, *flags = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with atheris.instrument_imports(include=["agent", "editops", "engine", "tomllib", "pyflakes"]):
        target = load(name)
    folder, seeds = Path(findings), Path(corpus)
    for number, seed in enumerate(target.seeds):
        (seeds / f"seed-{number:04}").write_bytes(seed[: target.max_length])
    words = "\n".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in target.words if word)
    (folder / "words.dict").write_text(words + "\n")
    flags += [f"-max_len={target.max_length}"] + [f"-dict={folder / 'words.dict'}"] * bool(words)
    atheris.Setup([f"fuzz-{name}", str(seeds), *flags], Keeper(target, folder))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
