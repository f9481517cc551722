"""Fuzz the readers of foreign input, one target after the other, each in a process of its own.

    python -m benchmarks.fuzz.run --seconds 3600            # an hour for all targets together
    python -m benchmarks.fuzz.run --seconds 300 patch laws  # for these

Needs `pip install redraft[fuzz]`. What it found lies in `--folder` (by default in the cache of the user, never in the repository),
corpora too, so that the next run goes on from there. Exit code 1: there are findings.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.fuzz.target import NAMES

HANG_BY_CLOCK = 240
"""Seconds by the clock after which an input counts as one that never ends; `one` has ended it long before by what it computes, unless it hangs in C."""
GRACE = 300
"""Seconds that a run may take beyond its time, to start and to come to an end."""
LATE = -1
"""Status of a run that took more."""
RSS = 2048
"""Megabytes that a target may hold."""
_COVERAGE = re.compile(r"cov: (\d+) ft: (\d+)")
_UNITS = re.compile(r"stat::number_of_executed_units: *(\d+)|^#(\d+)\t", re.MULTILINE)


@dataclass(slots=True)
class Result:
    """What the fuzzer did with one target."""

    target: str
    seconds: float = 0.0
    computing: float = 0.0
    """Seconds of the processor: less than the others where the machine is busy."""
    executions: int = 0
    coverage: int = 0
    """Edges of the instrumented code that were reached."""
    features: int = 0
    restarts: int = 0
    """After a hang or too much memory."""
    findings: int = 0


def fuzz(name: str, seconds: float, folder: Path) -> Result:
    """Run one target for about so many seconds."""
    result = Result(name)
    corpus, findings = folder / "corpora" / name, folder / "findings" / name
    for place in (corpus, findings):
        place.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 1:
        began, used = time.monotonic(), _computing()
        status, said = _run(name, findings, corpus, left)
        result.seconds += round(time.monotonic() - began, 1)
        result.computing += round(_computing() - used, 1)
        result.executions += max((int(one or two) for one, two in _UNITS.findall(said)), default=0)
        reached = [(int(edges), int(features)) for edges, features in _COVERAGE.findall(said)]
        result.coverage = max([result.coverage, *(edges for edges, _ in reached)])
        result.features = max([result.features, *(features for _, features in reached)])
        if status in (0, LATE):
            break
        result.restarts += 1
        (findings / f"ended-{result.restarts}.txt").write_text(said[-4000:], encoding="utf-8")
        if time.monotonic() - began < 5:
            # It does not even get through its corpus: what ended it comes first again.
            break
    result.findings = len(list(findings.glob("*.txt")))
    return result


def _run(name: str, findings: Path, corpus: Path, seconds: float) -> tuple[int, str]:
    flags = [f"-max_total_time={max(1, int(seconds))}", f"-timeout={HANG_BY_CLOCK}", f"-rss_limit_mb={RSS}", f"-artifact_prefix={findings}/",
             "-print_final_stats=1", "-use_value_profile=1", "-verbosity=1"]  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.fuzz.one", name, str(findings), str(corpus), *flags]
    # Where files need no disk: some targets write and sync them for every input.
    memory = next((place for place in ("/dev/shm",) if os.access(place, os.W_OK)), None)
    with tempfile.TemporaryDirectory(prefix="redraft-fuzz-", dir=memory) as temporary:
        environment = {**os.environ, "TMPDIR": temporary, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with (findings / "said.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
            try:
                status = process.wait(timeout=seconds + GRACE)
            except subprocess.TimeoutExpired:
                # The fuzzer looks at its time between inputs only; on a machine that others use, one of them can take long.
                process.kill()
                process.wait()
                status = LATE
    return status, (findings / "said.log").read_text(encoding="utf-8", errors="replace")


def _computing() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "redraft" / "fuzz"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(NAMES))
    parser.add_argument("--seconds", type=float, default=600.0, help="For all targets together.")
    parser.add_argument("--folder", type=Path, default=_cache(), help="Corpora and findings.")
    asked = parser.parse_args()
    names = asked.targets or list(NAMES)
    for name in names:
        if name not in NAMES:
            parser.error(f"there is no target {name}: it is one of {', '.join(NAMES)}")
    folder = asked.folder.resolve()
    if folder.is_relative_to(Path(__file__).resolve().parents[2]):
        parser.error("--folder lies inside the repository: corpora stay outside")
    results = []
    for name in names:
        results.append(fuzz(name, asked.seconds / len(names), folder))
        print(json.dumps(asdict(results[-1])), flush=True)
    total = {"executions": sum(one.executions for one in results), "seconds": round(sum(one.seconds for one in results)), "computing": round(sum(one.computing for one in results)),
             "findings": sum(one.findings for one in results), "folder": str(folder)}  # fmt: skip
    print(json.dumps(total))
    return 1 if total["findings"] else 0


if __name__ == "__main__":
    sys.exit(main())
