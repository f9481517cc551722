"""Who decides the units: a Ray cluster, the one that is running somewhere or one that is started here.

A worker gets the archive as bytes and gives the decision back; it needs redraft installed and nothing of this
machine's disk. Imported only when asked for: Ray is an optional extra.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError

from agent.batch.decide import ONE_THREAD, Decision, Unit, decide
from agent.batch.worker import decoded, encoded
from agent.errors import UserError

LOCAL = "local"
_RETRIES = 2
"""When a machine of the cluster is lost."""


def _decide(unit: Unit, archive: bytes) -> str:
    return encoded(decide(unit, archive))


class RayWorkers:
    """Ray says where each unit is decided."""

    def __init__(self, address: str, count: int) -> None:
        """address: `local` starts a cluster of `count` workers here; `auto` or HOST:PORT joins one. count 0: what it has."""
        own = address == LOCAL
        try:
            ray.init(
                address=None if own else address, num_cpus=max(1, count) if own else None, include_dashboard=False if own else None,
                log_to_driver=False, logging_level=logging.ERROR,
                runtime_env={"env_vars": dict.fromkeys(ONE_THREAD, "1")},
            )  # fmt: skip
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            said = str(error).splitlines()[0][:200]
            hint = "" if own else ". If the cluster wants a token, set RAY_AUTH_MODE=token"
            raise UserError(f"Ray at {address} cannot be used: {said}{hint}") from error
        resources: Any = ray
        self._count = count or int(resources.cluster_resources().get("CPU", 1))
        self._task: Any = ray.remote(num_cpus=1, max_retries=_RETRIES)(_decide)
        self._waiting: dict[Any, Unit] = {}

    @property
    def room(self) -> int:
        return self._count - len(self._waiting)

    def submit(self, unit: Unit, archive: Path) -> None:
        self._waiting[self._task.remote(unit, archive.read_bytes())] = unit

    def decided(self) -> Iterator[tuple[Unit, Decision]]:
        done, _ = ray.wait(list(self._waiting), num_returns=1)
        for reference in done:
            unit = self._waiting.pop(reference)
            try:
                yield unit, decoded(ray.get(reference))
            except (RayError, ValueError) as error:
                yield unit, Decision("failed", f"the worker failed: {str(error).strip().splitlines()[-1][:200]}")

    def close(self) -> None:
        ray.shutdown()
