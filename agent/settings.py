"""The user's own settings: the only place besides the command line from which a test command may come.

Read from `redraft/config.toml` in the user's configuration folder. Nothing in a repository is ever read as settings,
and a settings file that lies inside the repository at hand is refused.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.errors import BadSettings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TABLES = frozenset({"tests", "repositories", "engine"})


@dataclass(frozen=True, slots=True)
class Settings:
    tests: str | None = None
    """Command for this repository; None: there is none."""
    readable: tuple[str, ...] = ()
    """Hidden folders that tests may read in the sandbox."""
    hub: str = ""
    """Engine that is asked when the embedded one declines."""
    options: tuple[str, ...] = ()
    """How it may be opened, as `-O` says it."""


def config_file() -> Path:
    """Where the settings are, by the conventions of the platform; a relative XDG folder does not count."""
    named = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or ""
    return (Path(named) if os.path.isabs(named) else Path.home() / ".config") / "redraft" / "config.toml"


def load(root: Path, place: Path | None = None) -> Settings:
    """The settings that hold for the repository at `root`."""
    file = place or config_file()
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except OSError as error:
        raise BadSettings(file, error.strerror or str(error)) from error
    if file.resolve().is_relative_to(root.resolve()):
        raise BadSettings(file, "they lie inside the repository that they speak of, where others can write them")
    try:
        found: dict[str, object] = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(file, str(error)) from error
    except RecursionError as error:
        raise BadSettings(file, "they are nested too deeply") from error
    return _settings(file, found, root)


def _settings(file: Path, found: Mapping[str, object], root: Path) -> Settings:
    for name in sorted(found.keys() - _TABLES):
        raise BadSettings(file, f"there is no setting {name!r}")
    tests = _table(file, found.get("tests", {}), {"readable"})
    repositories = found.get("repositories", {})
    if not isinstance(repositories, dict):
        raise BadSettings(file, "repositories is not a table")
    own: Mapping[str, object] = {}
    for name, value in repositories.items():
        table = _table(file, value, {"tests", "readable"})
        if Path(os.path.expanduser(name)).resolve() == root.resolve():
            own = table
    command = own.get("tests")
    if command is not None and not isinstance(command, str):
        raise BadSettings(file, "tests is not a text")
    engine = _table(file, found.get("engine", {}), {"hub", "options"})
    hub = engine.get("hub", "")
    if not isinstance(hub, str):
        raise BadSettings(file, "hub is not a text")
    return Settings(command, (*_folders(file, tests), *_folders(file, own)), hub, _texts(file, engine, "options"))


def _table(file: Path, value: object, known: set[str]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadSettings(file, f"expected a table with {', '.join(sorted(known))}")
    for name in sorted(value.keys() - known):
        raise BadSettings(file, f"there is no setting {name!r}")
    return value


def _folders(file: Path, table: Mapping[str, object]) -> tuple[str, ...]:
    return _texts(file, table, "readable", "folders")


def _texts(file: Path, table: Mapping[str, object], name: str, what: str = "texts") -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadSettings(file, f"{name} is not a list of {what}")
    return tuple(value)
