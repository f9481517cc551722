"""When a name in prose or in a string means the code: rules for labels only, never used at run time.

A name of several sub-words means the code wherever it stands; a single English word does so when it is written as code.
"""

from __future__ import annotations

import re

from engine.evidence import Entity, Kind, Occurrence
from engine.features import Zone, zone_of
from engine.naming import subwords

_REFLECTION = re.compile(r"(getattr|setattr|hasattr|delattr|patch(\.object)?|attrgetter|methodcaller|importorskip|import_module)\s*\([^()]*$")
_DIRECTIVE = re.compile(r"\.\. (py:)?(auto)?(function|data|class|exception|attribute|method|property|module|currentmodule)::[ ~.\w]*$")
_EXPORT = re.compile(r"(__all__|__slots__|__match_args__)[^\]\)]*$")


def in_changelog(path: str) -> bool:
    """History stays as it was."""
    return zone_of(path) is Zone.HISTORY


def prose_is_reference(text: str, occurrence: Occurrence, target: Entity) -> bool:
    """Whether a word of a comment, docstring, documentation or configuration names the target."""
    before = text[max(0, occurrence.start - 60) : occurrence.start]
    after = text[occurrence.end : occurrence.end + 24]
    if re.search(r"https?://\S*$", before):
        return False
    if _DIRECTIVE.search(before):
        return True
    if before.endswith(("/", "-", "://")) or after.startswith(("/", "-")) and target.kind is not Kind.PACKAGE:
        return after.startswith((".py", "/")) and target.kind in (Kind.MODULE, Kind.PACKAGE)
    if target.kind is Kind.PARAMETER:
        around = target.owner.removesuffix(".__init__")
        written = len(subwords(target.name)) > 1 or _as_code(before, after) or _is_section(before, after)
        return occurrence.scope.startswith(around) and written
    if len(subwords(target.name)) > 1 or (target.kind is Kind.CLASS and not target.name.istitle()):
        return True
    if target.kind is Kind.CONSTANT and target.name.isupper() and len(target.name) > 2:
        return True
    if target.kind is Kind.MODULE:
        return after.startswith((".py", ".")) and after[1:2].isalpha() or before.endswith(".")
    return _as_code(before, after)


def _is_section(before: str, after: str) -> bool:
    """An entry of a parameter section: `name: ...`, `name (int): ...`, `name : int` at the start of a line."""
    return re.search(r"\n[ \t]*\*{0,2}$", before) is not None and re.match(r"( \([^)]*\))?:[ \n]| : ", after) is not None


def _as_code(before: str, after: str) -> bool:
    if after.startswith("(") or before.endswith((".", "@", "~")):
        return True
    if before.endswith("`") and after.startswith("`"):
        return True
    return re.search(r":(func|meth|class|attr|data|mod|exc|py:\w+|param( \w+)?):?[ `~.\w]*$", before) is not None or ">>>" in before


def string_is_reference(text: str, occurrence: Occurrence, target: Entity) -> bool:
    """Whether a string that is just the name stands for the target."""
    line = text[max(0, text.rfind("\n", 0, occurrence.start) - 200) : occurrence.start]
    if _REFLECTION.search(line) or _EXPORT.search(line):
        return True
    if target.kind in (Kind.PARAMETER, Kind.ATTRIBUTE):
        return False
    return len(subwords(target.name)) > 1
