"""What stays loaded between requests: the denoiser, and the files with what is known of them."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path

from agent.events import Emit, Recovered
from agent.journal import recover
from agent.locator import Tree
from agent.loop import load_denoiser
from agent.worktree import Repository
from engine import Denoiser


@dataclass(slots=True)
class Warm:
    """Loaded when first used."""

    root: Path
    engine: str = "embedded"
    denoiser: Denoiser | None = None
    tree: Tree | None = None

    def loaded(self) -> Denoiser:
        if self.denoiser is None:
            self.denoiser = load_denoiser(self.engine)
        return self.denoiser

    def switch(self, engine: str) -> None:
        """Another engine; raises UnknownEngine and keeps the old one."""
        self.denoiser = load_denoiser(engine)
        self.engine = engine

    def opened(self, emit: Emit) -> Tree:
        """The files as they are now, after finishing what an interrupted run left."""
        repository = Repository.open(self.root)
        recovery = recover(repository)
        if recovery:
            emit(Recovered(recovery.sentence))
        paths = tuple(repository.files())
        self.tree = self.tree.renewed(repository, paths) if self.tree else Tree(repository, paths)
        return self.tree

    def rest(self) -> None:
        """While the person reads. The command line turns the collector off, which only short runs can afford."""
        gc.collect()
        gc.freeze()
