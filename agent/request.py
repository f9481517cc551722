"""What was typed, as an `EditRequest`: the instruction from its source, paths as the repository names them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from agent.errors import OutsideRepository, UnreadableFile, UserError
from editops import MAX_PATH

STANDARD_INPUT = "-"
MAX_INSTRUCTION = 20_000
"""Characters. Every word of it is looked up in the repository, and a command line holds only so much."""


def read_instruction(instruction: str | None, file: str | None, paths: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The instruction and the paths; with `--file`, every plain argument is a path."""
    if file is not None:
        return _text(file), ((instruction, *paths) if instruction else paths)
    if instruction == STANDARD_INPUT:
        return _text(STANDARD_INPUT), paths
    return stated(instruction or ""), paths


def inside(root: Path, folder: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths typed in `folder`, relative to the repository `root`; from elsewhere, they count from the root."""
    start = folder.resolve() if folder.resolve().is_relative_to(root.resolve()) else root
    return tuple(_inside(root, start, path) for path in paths)


def required_tests(tests: str | None, configured: str | None = None) -> str | None:
    """What was typed, else what the user's settings say; `none` is no tests at all."""
    wanted = configured or "" if tests is None else tests
    return None if wanted.strip().lower() in ("", "none") else wanted


def _inside(root: Path, start: Path, path: str) -> str:
    try:
        if len(path) > MAX_PATH:
            raise ValueError("too long")
        place = (start / path).resolve()
        is_there = place.exists()
    except (OSError, RuntimeError, ValueError) as error:
        # Too long a name, links in a circle, a NUL byte.
        raise UserError(f"{path[:200]!r} names no file: check the path.") from error
    if not place.is_relative_to(root.resolve()):
        raise OutsideRepository(path)
    if not is_there:
        raise UserError(f"There is no {path} in the repository {root}: check the path.")
    return place.relative_to(root.resolve()).as_posix()


def _text(source: str) -> str:
    try:
        data = sys.stdin.buffer.read() if source == STANDARD_INPUT else Path(source).read_bytes()
        return stated(data.decode("utf-8-sig"))
    except OSError as error:
        raise UnreadableFile(source, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise UserError(f"The instruction in {source} is not UTF-8 text: save it as UTF-8.") from error


def stated(text: str) -> str:
    """An instruction in one line; UserError where it says nothing, or is no text."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UserError("The instruction is not UTF-8 text: check your terminal's encoding.")
    words = " ".join(text.split())
    if not words:
        raise UserError('The instruction is empty: say what to change, such as "rename load_user to fetch_user".')
    if len(words) > MAX_INSTRUCTION:
        raise UserError(f"The instruction has {len(words)} characters: say it in {MAX_INSTRUCTION} at most, or in several steps.")
    return words
