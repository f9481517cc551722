"""Between the paths of a repository and the `file:` URIs of editors. Purely textual."""

import re
from urllib.parse import quote, unquote_to_bytes, urlsplit

from .errors import PathError
from .foreign import Misfit
from .paths import check_path

_DRIVE = re.compile(r"/[A-Za-z]:(/|$)")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def uri_of(path: str, root: str) -> str:
    """The URI of a file of the repository at `root`, an absolute path."""
    return "file://" + quote(_folder(root) + path)


def path_of(uri: str, root: str) -> str:
    """The path of a file in the repository at `root`; Misfit for any other URI."""
    shown = uri[:200]
    try:
        parts = urlsplit(uri)
        whole = unquote_to_bytes(parts.path).decode()
    except ValueError as error:
        raise Misfit("", f"{shown!r} cannot be read as a file URI") from error
    if _CONTROL.search(uri) or parts.scheme != "file" or parts.query or parts.fragment:
        raise Misfit("", f"{shown!r} is not the URI of a file")
    if parts.netloc not in ("", "localhost"):
        raise Misfit("", f"{shown!r} is on another machine")
    whole, folder = _low_drive(whole), _low_drive(_folder(root))
    if not whole.startswith(folder):
        raise Misfit("", f"{shown!r} is outside the repository")
    path = whole[len(folder) :].removesuffix("/")
    try:
        check_path(path)
    except PathError as error:
        raise Misfit("", str(error)) from error
    return path


def _folder(root: str) -> str:
    folder = root.replace("\\", "/") if not root.startswith("/") else root
    return "/" + folder.strip("/") + "/" if folder.strip("/") else "/"


def _low_drive(path: str) -> str:
    return path[:2].lower() + path[2:] if _DRIVE.match(path) else path
