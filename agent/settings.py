"""What holds for a repository, and where each value comes from: command line, user's settings, project, built in.

The user's settings are `redraft/config.toml` in their configuration folder; with the command line, they are the only
places from which a command, an engine or a permission may come. `[tool.redraft]` of a repository's `pyproject.toml` is written by
whoever wrote the repository: it may narrow what is done, and suggest a test command, which is shown and never run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from agent.containment import read_inside
from agent.errors import BadSettings, OutsideRepository

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_Value = TypeVar("_Value")
PROJECT = "pyproject.toml"
BUILT_IN = "built in"
SECONDS = 60.0
"""Time budget of the embedded engine."""
HUB_SECONDS = 600.0
"""Time budget where none is given and a large model may be asked."""
SURE = 0.5
"""Confidence from which a plan may be carried out unasked; set by hand, no threshold tells right from wrong well (docs/measurements.md)."""


@dataclass(frozen=True, slots=True)
class Settings:
    tests: str | None = None
    """Command for this repository; None: there is none."""
    readable: tuple[str, ...] = ()
    """Hidden folders that tests may read in the sandbox."""
    engine: str = "embedded"
    hub: str = ""
    """Engine that is asked when the embedded one declines."""
    engine_options: tuple[str, ...] = ()
    """How it may be opened, as `-O` says it."""
    seed: int = 0
    max_seconds: float | None = None
    """None: what the engine needs."""
    max_rounds: int = 2
    sure: float = SURE
    """Confidence of a plan from which it is carried out unasked."""
    exclude: tuple[str, ...] = ()
    """Globs of files that are left alone, in addition to those of the command line."""
    suggested: str | None = None
    """A test command that the project names. Never run: for the user to read, and to copy."""


NAMES = ("tests", "engine", "hub", "engine-options", "seed", "max-seconds", "max-rounds", "sure", "exclude", "readable")
_COMMON = frozenset({"engine", "hub", "engine-options", "seed", "max-seconds", "max-rounds", "sure", "exclude"})
_LISTS = ("readable", "exclude", "engine-options")
_OWN = _COMMON | {"tests", "readable"}
_OF_PROJECT = frozenset({"seed", "max-seconds", "max-rounds", "exclude", "tests"})
"""An engine may send text elsewhere, and `only` names files that are off limits: a repository has no say in either."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The settings of one place."""

    source: str
    values: Mapping[str, object]


def config_file() -> Path:
    """Where the settings are, by the conventions of the platform; a relative XDG folder does not count."""
    named = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or ""
    return (Path(named) if os.path.isabs(named) else Path.home() / ".config") / "redraft" / "config.toml"


def load(root: Path, place: Path | None = None) -> Settings:
    """The settings that hold for the repository at `root`."""
    found = layers(root, place)
    first = {name: _first(found, name) for name in NAMES if name not in _LISTS}
    spoken = {name.replace("-", "_"): value for name, (value, _) in first.items() if value is not None}
    lists = {name.replace("-", "_"): tuple(item for item, _ in _all(found, name)) for name in _LISTS}
    suggested = next((layer.values.get("tests") for layer in found if layer.source == PROJECT), None)
    return Settings(**spoken, **lists, suggested=suggested)  # type: ignore[arg-type]


def sources(root: Path, place: Path | None = None) -> dict[str, tuple[object, str]]:
    """Every setting with its value and where that comes from, as `redraft config` shows it."""
    found, built_in = layers(root, place), Settings()
    shown: dict[str, tuple[object, str]] = {}
    for name in NAMES:
        if name in _LISTS:
            items = _all(found, name)
            shown[name] = [item for item, _ in items], ", ".join(dict.fromkeys(source for _, source in items)) or BUILT_IN
        else:
            value, source = _first(found, name)
            shown[name] = (getattr(built_in, name.replace("-", "_")), BUILT_IN) if value is None else (value, source)
    return shown


def layers(root: Path, place: Path | None = None) -> list[Layer]:
    """What is said about the repository, the strongest first."""
    file = place or config_file()
    user = _user(file, root)
    return [*user[:1], *_project(root), *user[1:]]


def chosen(said: _Value | None, setting: _Value) -> _Value:
    """The command line is stronger than every setting."""
    return setting if said is None else said


def _first(found: list[Layer], name: str) -> tuple[object, str]:
    """A project's test command does not count."""
    for layer in found:
        if name in layer.values and not (name == "tests" and layer.source == PROJECT):
            return layer.values[name], layer.source
    return None, BUILT_IN


def _all(found: list[Layer], name: str) -> list[tuple[str, str]]:
    """Lists add up, the general ones first."""
    return [(item, layer.source) for layer in reversed(found) for item in _strings(layer.values.get(name))]


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _user(file: Path, root: Path) -> list[Layer]:
    """What the user says about this repository, and about all."""
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return [Layer(str(file), {}), Layer(str(file), {})]
    except OSError as error:
        raise BadSettings(file, error.strerror or str(error)) from error
    if file.resolve().is_relative_to(root.resolve()):
        raise BadSettings(file, "they lie inside the repository that they speak of, where others can write them")
    found = _parsed(file, data)
    for name in sorted(found.keys() - {"tests", "repositories", "defaults"}):
        raise BadSettings(file, f"there is no setting {name!r}")
    tests = _table(file, found.get("tests", {}), frozenset({"readable"}))
    defaults = _table(file, found.get("defaults", {}), _COMMON)
    repositories = found.get("repositories", {})
    if not isinstance(repositories, dict):
        raise BadSettings(file, "repositories is not a table")
    own: Mapping[str, object] = {}
    for name, value in repositories.items():
        table = _table(file, value, _OWN)
        if Path(os.path.expanduser(name)).resolve() == root.resolve():
            own = table
    return [Layer(f"{file} (this repository)", own), Layer(f"{file} (all repositories)", {**defaults, **tests})]


def _project(root: Path) -> list[Layer]:
    """`[tool.redraft]`; a file that is none of redraft's business is passed over."""
    place = root / PROJECT
    try:
        data = read_inside(root, PROJECT)
    except (OSError, OutsideRepository):
        return []  # A link, or nothing that can be read: then it says nothing.
    if data is None or b"redraft" not in data:
        return []
    tool = _parsed(place, data).get("tool")
    table = tool.get("redraft") if isinstance(tool, dict) else None
    if table is None:
        return []
    if isinstance(table, dict):
        for name in sorted(table.keys() & (_OWN | {"only"}) - _OF_PROJECT):
            raise BadSettings(place, f"{name} is for the user's own settings or the command line, not for a repository")
    return [Layer(PROJECT, _table(place, table, _OF_PROJECT))]


def _parsed(file: Path, data: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(data.decode())
    except ValueError as error:  # Not TOML, not UTF-8, or a number of thousands of digits.
        raise BadSettings(file, str(error)) from error
    except RecursionError as error:
        raise BadSettings(file, "they are nested too deeply") from error


def _table(file: Path, value: object, known: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadSettings(file, f"expected a table with {', '.join(sorted(known))}")
    for name, item in value.items():
        if name not in known:
            raise BadSettings(file, f"there is no setting {name!r}: there are {', '.join(sorted(known))}")
        if not _FITS[name](item):
            raise BadSettings(file, f"{name} is not {_SHAPES[name]}")
    return value


def _is_text(item: object) -> bool:
    return isinstance(item, str)


def _is_list(item: object) -> bool:
    return isinstance(item, list) and all(isinstance(each, str) for each in item)


def _is_count(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and item >= 0


def _is_time(item: object) -> bool:
    return isinstance(item, int | float) and not isinstance(item, bool) and item >= 0.1


def _is_share(item: object) -> bool:
    return isinstance(item, int | float) and not isinstance(item, bool) and 0 <= item <= 1


_FITS: Mapping[str, Callable[[object], bool]] = {
    "tests": _is_text, "engine": _is_text, "hub": _is_text, "engine-options": _is_list, "readable": _is_list, "exclude": _is_list, "seed": _is_count, "max-rounds": _is_count,
    "max-seconds": _is_time, "sure": _is_share,
}  # fmt: skip
_SHAPES = {
    "tests": "a text", "engine": "a text", "hub": "a text", "engine-options": "a list of texts", "readable": "a list of folders", "exclude": "a list of globs", "seed": "a whole number",
    "max-rounds": "a whole number", "max-seconds": "a number of seconds", "sure": "a number from 0 to 1",
}  # fmt: skip
