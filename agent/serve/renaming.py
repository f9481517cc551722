"""What an editor asks for, answered by the engine: a rename at the cursor, or the request of a comment.

The plan of a rename comes from the symbol at the cursor and the name that was typed; what becomes of every place is
the denoiser's decision, as in any other edit. Knows no protocol.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from agent.events import Event
from agent.locator import Tree, definitions
from agent.loop import decide, propose, understand_request
from agent.outcome import Declined, EditRequest, Proposal
from agent.request import stated
from agent.run import Run
from agent.serve.buffers import Buffer, Buffered
from agent.settings import SECONDS, Settings
from agent.worktree import Repository
from editops import BOM, ChangeSet, Span, TextEdit, compose, unified_diff
from engine import Denoiser, Entity, Intent, Kind, NotUnderstood, Plan, Resolution, clash, occurrences, qualified

_NAME = re.compile(r"[^\W\d]\w*")
REQUEST = re.compile(r"(?m)^[ \t]*(?:#|//|--|;|\.\.)[ \t]*redraft:[ \t]*(\S.*)$")
"""A comment line that asks for an edit: `# redraft: rename load_user to fetch_user`. Blanks at its end are for `asked` to leave out: here, many would take long."""


@dataclass(frozen=True, slots=True)
class Word:
    """The identifier at a place of a text."""

    start: int
    end: int
    text: str


def asked(comment: re.Match[str]) -> str:
    """The instruction that a comment holds."""
    return comment[1].rstrip(" \t\r")


def word_at(text: str, offset: int) -> Word | None:
    start = text.rfind("\n", 0, offset) + 1
    for match in _NAME.finditer(text, start):
        if match.start() > offset:
            return None
        if offset <= match.end():
            return Word(match.start(), match.end(), match.group())
    return None


@dataclass(slots=True)
class Editing:
    """One repository under an editor's buffers, as they were when it was made."""

    repository: Repository
    settings: Settings
    denoiser: Denoiser
    buffers: Mapping[str, Buffer]

    def symbol(self, path: str, offset: int) -> tuple[Word, Entity] | Declined | None:
        """The definition that the name at a character offset means; None: it is none that can be renamed here."""
        run = self._run(f"rename at {path}")
        text = run.tree.text(path)
        word = word_at(text, offset) if text is not None else None
        if word is None:
            return None
        found = definitions(run.tree, word.text)
        means = {entity: self._meaning(run.tree, entity, path, word) for entity in found}
        sure = [entity for entity, meaning in means.items() if meaning is Resolution.YES]
        # Overrides and stubs of one thing all say yes: the nearest stands for them.
        sure.sort(key=lambda entity: (entity.path != path, abs(entity.start - word.start), qualified(entity)))
        if sure:
            return word, sure[0]
        perhaps = [entity for entity, meaning in means.items() if meaning is Resolution.UNKNOWN]
        if len(perhaps) == 1:
            return word, perhaps[0]
        if perhaps:
            names = ", ".join(qualified(entity) for entity in perhaps[:4])
            return Declined(f"{word.text} may mean {names} here: rename it at its definition.", run.report())
        return None

    def rename(self, path: str, offset: int, new: str) -> Proposal | Declined | None:
        """What a rename at the cursor changes."""
        found = self.symbol(path, offset)
        if not isinstance(found, tuple):
            return found
        _, target = found
        run = self._run(f"rename {target.name} to {new}")
        if not (new.isidentifier() and new != target.name):
            return Declined(f"{new!r} cannot be the new name of {target.name}: give another identifier.", run.report())
        intent = Intent(target, new)
        taken = clash(run.tree.project, intent)
        if taken is not None:
            return Declined(NotUnderstood.clashing(intent, taken).sentence, run.report())
        return propose(run, decide(run, Plan((intent,))))

    def request(self, instruction: str, path: str, comment: Span | None) -> Proposal | Declined:
        """What an instruction changes; the comment (bytes of the text of `path`, without a mark) that holds it goes."""
        run = self._run(stated(instruction))
        if comment is not None:
            # The request itself is no place that holds the old name.
            data = run.tree.data(path) or b""
            margin = len(BOM) if data.startswith(BOM) else 0
            comment = Span(comment.start + margin, comment.end + margin)
            gone = ChangeSet.of([TextEdit.on(path, data, comment, b"")], {path: data})
            without = data[: comment.start] + data[comment.end :]
            text = without.decode("utf-8", "surrogatepass")
            editing = replace(self, buffers={**self.buffers, path: Buffer(text, None)})
            after = editing.request(instruction, path, None)
            return after if isinstance(after, Declined) else _joined(gone, after, path, data)
        understood = understand_request(run)
        if isinstance(understood, NotUnderstood):
            return Declined(understood.sentence, run.report(), understood.candidates)
        return propose(run, decide(run, understood))

    def _meaning(self, tree: Tree, entity: Entity, path: str, word: Word) -> Resolution:
        if (entity.path, entity.start) == (path, word.start):
            return Resolution.YES
        here = (found.resolution for found in occurrences(tree.project, entity, [path]) if found.start == word.start)
        return next(here, Resolution.NO)

    def _run(self, instruction: str) -> Run:
        repository = Buffered.over(self.repository, self.buffers)
        settings = self.settings
        request = EditRequest(
            instruction, repository.root, exclude=settings.exclude, seed=settings.seed, max_seconds=settings.max_seconds or SECONDS,
            max_rounds=settings.max_rounds,
        )  # fmt: skip
        tree = Tree(repository, tuple(repository.files()))
        return Run(request, _unheard, tree, denoiser=self.denoiser, generator=np.random.default_rng(request.seed))


def _joined(gone: ChangeSet, proposal: Proposal, path: str, data: bytes) -> Proposal:
    files = {**proposal.files, path: data}
    change = compose(gone, proposal.change, files)
    return Proposal(change, files, unified_diff(change, files), proposal.report)


def _unheard(event: Event) -> None:
    del event


def conventional(target: Entity) -> str | None:
    """The name in the style that PEP 8 has for its kind; None where it is in that style."""
    words = [word for word in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", target.name) if word]
    if not words or target.name.startswith("__"):
        return None
    lead = target.name[: len(target.name) - len(target.name.lstrip("_"))]
    if target.kind is Kind.CLASS:
        wanted = lead + "".join(word[:1].upper() + word[1:] for word in words)
        return wanted if "_" in target.name.strip("_") or target.name.islower() else None
    if target.kind in (Kind.FUNCTION, Kind.METHOD, Kind.PARAMETER, Kind.ATTRIBUTE) and not target.name.isupper():
        wanted = lead + "_".join(word.lower() for word in words)
        return wanted if wanted != target.name else None
    return None
