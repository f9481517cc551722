"""Which strings may name a file of the repository.

Relative POSIX paths only, and never one that leads out of the repository or
into git's own folder. Purely textual: does not know which files exist.
"""

from .errors import PathError

MAX_PATH = 4096
"""Characters of a path; Linux takes no longer one."""
_FORBIDDEN = frozenset({"", ".", ".."})


def check_path(path: str) -> None:
    """Raise PathError unless `path` is a plain relative POSIX path."""
    if len(path) > MAX_PATH:
        raise PathError(f"path {path[:40]!r}... has {len(path)} characters: give {MAX_PATH} at most")
    if not path or path.startswith("/"):
        raise PathError(f"path {path!r}: give a path relative to the repository root")
    if "\0" in path:
        raise PathError(f"path {path!r} holds a NUL byte: no file can have that name")
    try:
        path.encode()
    except UnicodeEncodeError:
        raise PathError(f"path {path!r} is not valid UTF-8: rename the file first") from None
    for part in path.split("/"):
        if part in _FORBIDDEN:
            raise PathError(f"path {path!r}: remove its component {part!r}")
        if part.lower() == ".git":
            raise PathError(f"path {path!r} leads into git's own folder: edit tracked files only")
