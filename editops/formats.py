"""Which of the formats that can be read a text is in, judged by how it begins."""

import re
from enum import Enum

from .wire import Malformed

_PATCH = re.compile(rb"^(?:diff |--- |Index: |@@ -)", re.MULTILINE)
_STREAM = re.compile(rb'\s*\{[^\n]*"redraft"')


class Format(Enum):
    STREAM = "change stream"
    PATCH = "patch"
    WORKSPACE_EDIT = "WorkspaceEdit"


def recognise(data: bytes) -> Format | Malformed:
    """Only which reader to ask: the text may still be malformed."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    if _STREAM.match(text):
        return Format.STREAM
    if text[:64].lstrip()[:1] == b"{":
        return Format.WORKSPACE_EDIT
    if _PATCH.search(text):
        return Format.PATCH
    return Malformed(1, "it is neither a change stream nor a patch nor a WorkspaceEdit")
