"""`redraft pair`: a conversation at a terminal."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path

from agent import render
from agent.commands.edit import isolation_wanted
from agent.errors import UserError
from agent.outcome import EditRequest
from agent.pair.conversation import Conversation, folder_for, names, resume, start
from agent.pair.warm import Warm
from agent.request import inside, required_tests
from agent.sandbox import Isolation, find
from agent.settings import SECONDS, Settings, chosen, load
from agent.worktree import Repository

try:
    from agent.pair.completing import Lookup, PairCompleter
    from agent.pair.orders import ORDERS
    from agent.pair.session import Session
    from agent.pair.shell import Shell
    from agent.pair.terminal import Terminal
except ModuleNotFoundError as missing:
    needed = (missing.name or "").partition(".")[0]
    raise UserError(f"`redraft pair` needs {needed}: install it with `pip install 'redraft[pair]'`.") from missing


def run(
    *,
    paths: tuple[str, ...],
    repo: Path,
    only: tuple[str, ...],
    exclude: tuple[str, ...],
    tests: str | None,
    no_sandbox: bool,
    allow_weaker_tests: bool,
    engine: str | None,
    seed: int | None,
    max_seconds: float | None,
    max_rounds: int | None,
    resumes: bool,
    named: str | None,
) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("`redraft pair` is a conversation and needs a terminal: use `redraft edit` in scripts.")
    repository = Repository.open(repo)
    settings = load(repository.root)
    command = required_tests(tests, settings.tests)
    isolated = not no_sandbox and (command is None or isolation_wanted(find(), True, input))
    scope = wordless(
        repository.root, settings, paths=paths, only=only, exclude=exclude,
        engine=engine, seed=seed, max_seconds=max_seconds, max_rounds=max_rounds,
    )  # fmt: skip
    asked = replace(scope, tests=command, isolation=Isolation(isolated, settings.readable), weaker_tests=allow_weaker_tests)
    folder = folder_for(repository.root)
    resumed = resumes or named is not None
    conversation = resume(folder, named) if resumed else start(folder)
    shell = _shell(asked, conversation)
    gc.freeze()
    return shell.run(_greeting(repository.root, conversation, folder), resumed=resumed)


def wordless(
    root: Path,
    settings: Settings,
    *,
    paths: tuple[str, ...],
    only: tuple[str, ...],
    exclude: tuple[str, ...],
    engine: str | None,
    seed: int | None,
    max_seconds: float | None,
    max_rounds: int | None,
) -> EditRequest:
    """What every request of the conversation has in common; None: as the settings say."""
    return EditRequest(
        instruction="",
        repository=root,
        paths=inside(root, Path.cwd(), paths),
        only=only,
        exclude=(*exclude, *settings.exclude),
        engine=chosen(engine, settings.engine),
        seed=chosen(seed, settings.seed),
        max_seconds=chosen(max_seconds, settings.max_seconds) or SECONDS,
        max_rounds=chosen(max_rounds, settings.max_rounds),
    )


def _shell(asked: EditRequest, conversation: Conversation) -> Shell:
    warm = Warm(asked.repository, asked.engine)
    warm.loaded()
    lookup = Lookup()
    completer = PairCompleter({name: order.says for name, order in ORDERS.items()}, lambda: lookup.names)
    history = conversation.folder / "history" if conversation.folder else None
    terminal = Terminal(render.output(), completer, lambda: _toolbar(session), history)
    session = Session(asked, warm, conversation, terminal.canvas)
    return Shell(session, terminal, lookup)


def _toolbar(session: Session) -> str:
    tests = session.asked.tests or "none"
    waiting = " | a change waits: /review" if session.pending else ""
    return f"{session.asked.repository.name} | engine {session.warm.engine} | tests {tests}{waiting} | /help"


def _greeting(root: Path, conversation: Conversation, folder: Path | None) -> str:
    if conversation.folder is None:
        return f"{root.name}. Nothing of this conversation is kept, since your state folder cannot be used. /help lists the commands."
    earlier = [name for name in names(folder) if name != conversation.name]
    hint = f" {len(earlier)} earlier conversation{'s' * (len(earlier) > 1)}: /resume." if earlier and not conversation.turns else ""
    return f"{root.name}. Say what to change; /help lists the commands.{hint}"
