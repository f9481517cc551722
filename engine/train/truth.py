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
_STATE = re.compile(r"\.__(getstate|setstate|reduce|getattr|setattr|delattr|dir|copy|deepcopy)\w*__$")
"""Methods whose strings are names of their object's attributes."""
_EXPORT = re.compile(r"(__all__|__slots__|__match_args__)[^\]\)]*$")


def in_changelog(path: str) -> bool:
    """History stays as it was."""
    return zone_of(path) is Zone.HISTORY


def prose_is_reference(text: str, occurrence: Occurrence, target: Entity) -> bool | None:
    """Whether a word of a comment, docstring, documentation or configuration names the target; None where nobody could tell."""
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
        if occurrence.scope.startswith(around) and written:
            return True
        return _in_call(text, occurrence, around.rpartition(".")[2])
    if len(subwords(target.name)) > 1 or (target.kind is Kind.CLASS and not target.name.istitle()):
        return True
    if target.kind is Kind.CONSTANT and target.name.isupper() and len(target.name) > 2:
        return True
    if target.kind is Kind.MODULE:
        return after.startswith((".py", ".")) and after[1:2].isalpha() or before.endswith(".")
    return _as_code(before, after)


def _in_call(text: str, occurrence: Occurrence, owner: str) -> bool | None:
    """Whether a parameter's name is passed by keyword, outside of its function's own text: to that function, or to one that isn't said."""
    line = text[text.rfind("\n", 0, occurrence.start) + 1 : occurrence.start]
    if not re.match(r"\s*=(?!=)", text[occurrence.end : occurrence.end + 4]):
        return False
    if re.search(rf"(?<!\w){re.escape(owner)}\((?:[^()]|\([^()]*\))*$", line):
        return True
    near = text[max(0, occurrence.start - 500) : occurrence.start]
    return None if re.search(rf"(?<!\w){re.escape(owner)}(?!\w)", near) else False


def _is_section(before: str, after: str) -> bool:
    """An entry of a parameter section: `name: ...`, `name (int): ...`, `name : int` at the start of a line."""
    return re.search(r"\n[ \t]*\*{0,2}$", before) is not None and re.match(r"( \([^)]*\))?:[ \n]| : ", after) is not None


def _as_code(before: str, after: str) -> bool:
    if after.startswith("(") or before.endswith((".", "@", "~")):
        return True
    if before.endswith("`") and after.startswith("`"):
        return True
    return re.search(r":(func|meth|class|attr|data|mod|exc|py:\w+|param( \w+)?):?[ `~.\w]*$", before) is not None or ">>>" in before


def string_is_reference(text: str, occurrence: Occurrence, target: Entity) -> bool | None:
    """Whether a string that is just the name stands for the target; None where nobody could tell."""
    line = text[max(0, text.rfind("\n", 0, occurrence.start) - 200) : occurrence.start]
    if _REFLECTION.search(line) or _EXPORT.search(line):
        return True
    if target.kind is Kind.ATTRIBUTE and target.owner and occurrence.scope.startswith(target.owner):
        return True if _STATE.search(occurrence.scope) else None
    if target.kind in (Kind.PARAMETER, Kind.ATTRIBUTE):
        return False
    return len(subwords(target.name)) > 1
