"""Hostile scenarios: a folder's `scenario.toml` made into a repository, its command run, and all that may not move looked at.

The keys are explained in tests/scenarios/hostile/README.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from agent.commands import apply as apply_command
from agent.commands import edit as edit_command
from agent.commands import undo as undo_command
from agent.errors import UserError
from agent.journal import Entry
from agent.loop import edit
from agent.offlimits import Named
from agent.publish import publish
from agent.worktree import Repository
from editops import EditError, Invalid, Malformed, Stale, parse
from engine import EngineError
from tests.agent.repos import git, put
from tests.agent.scripted import Renamer

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1] / "scenarios" / "hostile"
SECRET = "not yours\n"


@dataclass
class Scenario:
    """One folder."""

    folder: Path
    spec: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.spec = tomllib.loads((self.folder / "scenario.toml").read_text(encoding="utf-8"))

    def at(self, world: Path) -> dict[str, Any]:
        """The scenario with the name of its world in place of `{world}`."""
        return _placed(self.spec, str(world))

    @property
    def name(self) -> str:
        return self.folder.name


def _placed(value: Any, world: str) -> Any:
    if isinstance(value, dict):
        return {name: _placed(item, world) for name, item in value.items()}
    if isinstance(value, list):
        return [_placed(item, world) for item in value]
    return value.replace("{world}", world) if isinstance(value, str) else value


def scenarios() -> list[Scenario]:
    return [Scenario(folder) for folder in sorted(ROOT.iterdir()) if (folder / "scenario.toml").is_file()]


@cache
def _setups() -> dict[str, dict[str, str]]:
    return tomllib.loads((ROOT / "setups.toml").read_text(encoding="utf-8"))


def build(spec: dict[str, Any], place: Path) -> Path:
    """The world of a scenario under `place`; returns its repository, `place/repo`."""
    put(place / "outside", {"secret.txt": SECRET, **spec.get("outside", {})})
    root = place / "repo"
    root.mkdir()
    if spec.get("git", True):
        git(root, "init", "-q", "--template=", "-b", "main")
        with (root / ".git" / "config").open("a") as config:
            config.write("[user]\n\tname = a\n\temail = a@example.org\n[protocol \"file\"]\n\tallow = always\n")
    _fill(root, {**_setups().get(spec.get("setup", ""), {}), **spec.get("files", {})})
    for path, target in spec.get("links", {}).items():
        _link(root / path, target)
    if spec.get("git", True) and spec.get("commit", True):
        git(root, "add", "-A", "--force")
        git(root, "commit", "-qm", "first", "--allow-empty")
    _fill(root, spec.get("later", {}))
    for words in spec.get("steps", []):
        _step(place, words)
    return root


def _fill(root: Path, files: dict[str, Any]) -> None:
    for path, content in files.items():
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else _data(content)
        put(root, {path: data})
        if isinstance(content, dict) and "mode" in content:
            (root / path).chmod(int(content["mode"], 8))


def _data(given: dict[str, Any]) -> bytes:
    """`{text, encoding, times}` or `{base64}`."""
    if "base64" in given:
        return base64.b64decode(given["base64"])
    return str(given["text"]).encode(given.get("encoding", "utf-8")) * int(given.get("times", 1))


def _link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
    place.symlink_to(target)


def _step(place: Path, words: list[str]) -> None:
    """One more thing that is done to the world: git in a folder of it, or one of a few others."""
    name, *rest = words
    match name:
        case "git":
            git(place / rest[0], *rest[1:])
        case "link":
            _link(place / rest[0], rest[1])
        case "hardlink":
            (place / rest[0]).unlink(missing_ok=True)
            os.link(place / rest[1], place / rest[0])
        case "fifo":
            os.mkfifo(place / rest[0])
        case "mkdir":
            (place / rest[0]).mkdir(parents=True)
        case "chmod":
            (place / rest[0]).chmod(int(rest[1], 8))
        case "write":
            put(place, {rest[0]: rest[1]})
        case "remove":
            (place / rest[0]).unlink()
        case "move":
            (place / rest[0]).rename(place / rest[1])
        case "many":
            put(place, {f"{rest[0]}/f{n % 100}/m{n}.py": rest[2] for n in range(int(rest[1]))})
        case _:
            raise ValueError(name)


def stream_of(root: Path, run: dict[str, Any]) -> str:
    """The change stream of a scenario: as it stands there, or made of its short operations."""
    if "stream" in run:
        return str(run["stream"])
    ops = [_operation(root, op) for op in run["ops"]]
    read = {op.get("path") or op.get("src") for op in ops if op["op"] != "create"} | {op["dst"] for op in ops if op["op"] == "move"}
    base = {path: hashlib.sha256(_bytes_of(root, path)).hexdigest() for path in read}
    return "".join(json.dumps(line) + "\n" for line in ({"redraft": 1, "base": base | run.get("base", {}), "safety": "ask"}, *ops))


def _bytes_of(root: Path, path: str) -> bytes:
    try:
        return (root / path).read_bytes() if (root / path).is_file() else b""
    except (OSError, ValueError):
        return b""


def _operation(root: Path, op: dict[str, Any]) -> dict[str, Any]:
    if "span" in op or "before" in op:
        return dict(op)
    if op["op"] == "text":
        data, find = _bytes_of(root, op["path"]), op.get("find", "").encode()
        at = max(data.find(find), 0)
        return {"op": "text", "path": op["path"], "span": [at, at + len(find)], "before": op.get("find", ""), "after": op["put"]}
    if op["op"] == "create":
        return {"op": "create", "path": op["path"], "content": op.get("content", ""), "executable": op.get("executable", False)}
    if op["op"] == "delete":
        return {"op": "delete", "path": op["path"], "before": _bytes_of(root, op["path"]).decode(), "executable": False}
    if op["op"] == "move":
        text = op["text"]
        at = _bytes_of(root, op["src"]).find(text.encode())
        inner = [{"span": [text.find(i["find"]), text.find(i["find"]) + len(i["find"])], "before": i["find"], "after": i["put"]}
                 for i in op.get("inner", [])]  # fmt: skip
        return {"op": "move", "src": op["src"], "span": [at, at + len(text.encode())], "before": text, "dst": op["dst"],
                "at": op.get("at", 0), "indent": op.get("indent", 0), "inner": inner}  # fmt: skip
    return dict(op)


def command(root: Path, run: dict[str, Any]) -> tuple[int, str]:
    """Exit code of the command, and the sentence of what it raised; the rest of what it says is on the streams."""
    try:
        return _COMMANDS[run["command"]](root / run.get("repo", "."), run)
    except (UserError, EditError, EngineError) as error:
        # As the command line does it.
        return getattr(error, "exit_code", 2), f"redraft: {error}"


def _apply(root: Path, run: dict[str, Any]) -> tuple[int, str]:
    """A change stream by way of the gate and the journal alone: what any door has to pass."""
    repository = Repository.open(root)
    change = parse(stream_of(repository.root, run))
    if isinstance(change, Malformed):
        return 2, f"redraft: line {change.line} of the stream: {change.reason}."
    match publish(repository, change, run.get("say", ""), named=Named.by(run.get("say", ""), run.get("paths", ()), run.get("only", ()))):
        case Entry():
            return 0, "Wrote it."
        case Stale(paths):
            return 1, f"redraft: Nothing was written: {', '.join(paths)} changed meanwhile."
        case Invalid(reason, path):
            return 1, f"redraft: Nothing was written: {reason} ({path})."


def _check(root: Path, run: dict[str, Any]) -> tuple[int, str]:
    """The same as `redraft apply --yes` has it, with every check."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "change.jsonl"
        file.write_text(stream_of(root, run), encoding="utf-8")
        return apply_command.run(stream=str(file), repo=root, only=tuple(run.get("only", ())), tests="none", no_sandbox=False, yes=True,
                                 dry_run=False, commit=False, as_json=False, output=None, allow_weaker_tests=run.get("weaker", False)), ""  # fmt: skip


def _edit(root: Path, run: dict[str, Any]) -> tuple[int, str]:
    os.chdir(root)
    denoiser = Renamer(run.get("old", "load"), run.get("new", "fetch"), home=run.get("home", ""))
    return edit_command.run(
        instruction=run.get("say", "rename load to fetch"), file=None, paths=tuple(run.get("paths", ())), repo=root, only=tuple(run.get("only", ())),
        exclude=(), tests=run.get("tests", "none" if "config" not in run else None), engine="embedded", seed=0, max_seconds=run.get("seconds", 300.0), max_rounds=1,
        yes=not run.get("dry", False), dry_run=run.get("dry", False), commit=False, as_json=False, output=None,
        no_sandbox=run.get("no_sandbox", False), allow_weaker_tests=run.get("weaker", False), loop=partial(edit, denoiser=denoiser),
    ), ""  # fmt: skip


def _undo(root: Path, run: dict[str, Any]) -> tuple[int, str]:
    """Publish the stream, let the world go on, take it back."""
    code, said = _apply(root, run)
    if code:
        return code, said
    for words in run.get("then", []):
        _step(root.parent, words)
    return undo_command.run(entry=None, repo=root, yes=True, as_json=False), ""


_COMMANDS = {"apply": _apply, "check": _check, "edit": _edit, "undo": _undo}


def picture(place: Path) -> dict[str, object]:
    """Every file of the scenario's world outside of git folders: bytes and mode, or where it leads."""
    found: dict[str, object] = {}
    for folder, names, files in os.walk(place):
        names[:] = [name for name in names if name != ".git"]
        for name in [*files, *(name for name in names if (Path(folder) / name).is_symlink())]:
            file = Path(folder) / name
            key = os.fsencode(file.relative_to(place)).decode("utf-8", "backslashreplace")
            if file.is_symlink():
                found[key] = os.readlink(file)
            elif file.is_file():
                found[key] = file.read_bytes(), file.stat().st_mode & 0o7777
            else:
                found[key] = "special"
    return found


def expected(before: dict[str, object], spec: dict[str, Any]) -> dict[str, object]:
    """The picture that has to come out: the one before, with the named changes and nothing else."""
    expect = spec["expect"]
    found = dict(before)
    for path in expect.get("removed", []):
        del found[f"repo/{path}"]
    found |= {f"repo/{path}": target for path, target in expect.get("links", {}).items()}
    changed = {**expect.get("world", {}), **{f"repo/{path}": content for path, content in expect.get("files", {}).items()}}
    for path, content in changed.items():
        old = before.get(path)
        data = content.encode("utf-8") if isinstance(content, str) else _data(content)
        found[path] = data, old[1] if isinstance(old, tuple) else 0o644
    return found


def git_picture(root: Path) -> dict[str, str]:
    """Digests of everything in the git folder but the journal and loose objects."""
    folder = root / ".git"
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not {"redraft", "objects"} & {*file.relative_to(folder).parts}]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
