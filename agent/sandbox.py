"""bubblewrap around a command: no network, the home folder hidden, two folders writable.

Whether it works is found out by doing it once, with a program that tries to get out. Knows how to wrap a command
line, not how to run it. What may be read is stated in docs/safety.md.
"""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HIDDEN = ("/home", "/root", "/tmp", "/var/tmp", "/run", "/mnt", "/media", "/srv")
"""Besides the home folder: other people's, temporary files, sockets of services."""
_OF_PREFIX = ("bin", "lib", "lib64", "libexec", "include", "conda-meta", "pyvenv.cfg")
"""What a tool needs of the folder it is installed in; `share` can hold keys."""
_PROBE_SECONDS = 20.0
_PROBE = """
import os, sys
tree, outside = sys.argv[1:]
open(os.path.join(tree, "written"), "w").close()
if os.path.exists(outside):
    sys.exit("files of others can be seen")
if any(os.access(folder, os.W_OK) for folder in ("/", "/usr", "/etc")):
    sys.exit("files of the system can be written")
with open("/proc/net/dev") as file:
    if {line.partition(":")[0].strip() for line in file.readlines()[2:]} - {"lo"}:
        sys.exit("the network can be reached")
"""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How far a command is to be kept from the rest of the machine."""

    required: bool = True
    """False: the user accepted that the command can do what they can."""
    readable: tuple[str, ...] = ()
    """Folders in hidden places that the command may read."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A bubblewrap that works here."""

    program: str

    def wrap(self, command: list[str], tree: Path, temporary: Path, readable: Iterable[str] = ()) -> list[str]:
        """`command` inside: only `tree` and `temporary` can be written."""
        hidden = _hidden()
        named = [Path(os.path.expanduser(place)) for place in readable]
        wanted = {place for given in (*named, *_toolchains(command)) for place in (given, given.resolve())}
        # A folder that holds the home folder would uncover all of it.
        shown = _outermost(place for place in wanted if not Path.home().resolve().is_relative_to(place))
        arguments = [self.program, "--die-with-parent", "--new-session", "--unshare-all", "--cap-drop", "ALL", "--ro-bind", "/", "/",
                     "--dev", "/dev", "--proc", "/proc"]  # fmt: skip
        for folder in hidden:
            arguments += ["--tmpfs", str(folder)]
        for place in shown:
            if os.path.exists(place) and any(place.is_relative_to(folder) for folder in hidden):
                arguments += ["--ro-bind", str(place), str(place)]
        for folder in (tree, temporary):
            arguments += ["--bind", str(folder), str(folder)]
        return [*arguments, "--chdir", str(tree), "--", *command]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why commands cannot be isolated here, as the end of a sentence."""

    reason: str


@lru_cache(maxsize=1)
def find() -> Sandbox | Unavailable:
    """The sandbox of this machine, tried out once."""
    if sys.platform != "linux":
        return Unavailable("bubblewrap exists on Linux only")
    # A relative entry of PATH may be the repository's.
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(place)]
    program = shutil.which("bwrap", path=os.pathsep.join(places))
    if program is None:
        return Unavailable("bubblewrap (bwrap) is not installed")
    return tried(Sandbox(program))


def tried(sandbox: Sandbox) -> Sandbox | Unavailable:
    """The sandbox, if a program in it cannot see, write or reach what it must not."""
    with tempfile.TemporaryDirectory(prefix="redraft-probe-") as inside, tempfile.TemporaryDirectory(prefix="redraft-probe-") as outside:
        tree, temporary = Path(inside).resolve() / "tree", Path(inside).resolve() / "temporary"
        tree.mkdir()
        temporary.mkdir()
        probe = [sys.executable, "-I", "-S", "-c", _PROBE, str(tree), str(Path(outside).resolve())]
        try:
            done = subprocess.run(sandbox.wrap(probe, tree, temporary), capture_output=True, stdin=subprocess.DEVNULL,
                                  timeout=_PROBE_SECONDS, check=False)  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return Unavailable(f"bubblewrap does not work here ({type(error).__name__})")
        if done.returncode == 0 and (tree / "written").exists():
            return sandbox
    complaint = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return Unavailable(f"bubblewrap does not work here ({complaint[-1][:150] if complaint else f'status {done.returncode}'})")


def _hidden() -> list[Path]:
    """The folders that are covered with an empty one, each by its real path, outermost first."""
    places = {Path(place).resolve() for place in (*_HIDDEN, os.path.expanduser("~"), tempfile.gettempdir()) if os.path.isdir(place)}
    return _outermost(places - {Path("/")})


def _outermost(places: Iterable[Path]) -> list[Path]:
    """Without those that lie in another one."""
    found: list[Path] = []
    for place in sorted(set(places), key=lambda place: (len(place.parts), str(place))):
        if not any(place.is_relative_to(other) for other in found):
            found.append(place)
    return found


def _toolchains(command: list[str]) -> Iterator[Path]:
    """What lies in hidden places and is needed to run programs: the folders of PATH, and what belongs to them."""
    searched = [Path(place) for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(place)]
    program = shutil.which(command[0])
    own = [Path(program).resolve().parent] if program else []
    prefixes = {Path(prefix) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, site.getuserbase(), os.environ.get("VIRTUAL_ENV", ""))
                if prefix}  # fmt: skip
    for folder in (*searched, *own):
        yield folder
        if folder.name in ("bin", "sbin"):
            prefixes.add(folder.parent)
        elif folder.name == "shims":
            yield folder.parent
    for prefix in [*prefixes, *filter(None, map(_base_of, prefixes))]:
        yield from (prefix / name for name in _OF_PREFIX)


def _base_of(prefix: Path) -> Path | None:
    """Where the Python of a virtual environment is installed."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    homes = [line.partition("=")[2].strip() for line in lines if line.partition("=")[0].strip() == "home"]
    return Path(homes[0]).resolve().parent if homes else None
