"""Candidates: the places that may have to change for one rename, each with what it may become.

Which of them change is the denoiser's decision; name resolution enters as a feature.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.evidence import Entity, Occurrence, Resolution, Role
from engine.features import FAMILY_ROLE, GAP_ROLE, PATH_ROLE, Evidence, cause_id, role_id
from engine.naming import replaced_inside
from engine.plan import Action
from engine.values import Value

_MEMBERS = frozenset({Role.ATTRIBUTE, Role.ATTRIBUTE_CALL, Role.ATTRIBUTE_STORE})
_EVIDENCE = {Resolution.YES: Evidence.YES, Resolution.NO: Evidence.NO, Resolution.UNKNOWN: Evidence.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Rename:
    """What the windows of one intent are conditioned on: a rename, or another action to which the same places matter."""

    target: Entity
    new: str
    """Empty unless it is a rename."""
    homonyms: tuple[Entity, ...] = ()
    """Other definitions of the old name in the repository."""
    keep_alias: bool = False
    action: Action = Action.RENAME


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may have to change."""

    path: str
    start: int
    """Character offset; -1 where the place is the file's own path."""
    end: int
    before: str
    after: str
    """Its text when it is replaced."""
    label: str
    """Role, for the receipt."""
    role: int
    """Role channel."""
    evidence: Evidence
    reason: str
    scope: str = ""
    domain: tuple[Value, ...] = (Value.KEEP, Value.REPLACE)
    both: str = ""
    """Its text when the new name joins the old one."""
    cause: int = 0
    """Cause channel."""
    receiver: str = ""
    """What stands before the dot, in code."""


def from_occurrence(occurrence: Occurrence, rename: Rename, text: str) -> Candidate:
    """The candidate of an occurrence of the old name itself."""
    both = _both(occurrence, rename, text) if rename.keep_alias else ""
    domain = (Value.KEEP, Value.REPLACE, Value.BOTH) if both else (Value.KEEP, Value.REPLACE)
    return Candidate(
        path=occurrence.path,
        start=occurrence.start,
        end=occurrence.end,
        before=rename.target.name,
        after=rename.new or rename.target.name,
        label=occurrence.role.value,
        role=role_id(occurrence.role),
        evidence=_EVIDENCE[occurrence.resolution],
        reason=occurrence.reason,
        scope=occurrence.scope,
        domain=domain,
        both=both,
        cause=cause_id(occurrence.cause),
        receiver=occurrence.receiver if occurrence.role in _MEMBERS and occurrence.resolution is Resolution.UNKNOWN else "",
    )


def _both(occurrence: Occurrence, rename: Rename, text: str) -> str:
    """The text that exports both names: in a package's imports and in `__all__`; empty where that can't be written."""
    old, new = rename.target.name, rename.new
    if occurrence.role is Role.IMPORT_NAME and occurrence.path.endswith("__init__.py"):
        following = text[occurrence.end : occurrence.end + 4]
        return "" if following.lstrip(" ").startswith("as") else f"{new}, {old}"
    if occurrence.role is Role.STRING and occurrence.scope == "" and occurrence.start > 0:
        quote = text[occurrence.start - 1]
        return f"{new}{quote}, {quote}{old}" if quote in "'\"" else ""
    return ""


def from_family(name: str, spot: tuple[str, int, int], rename: Rename, inside: Resolution | None) -> Candidate:
    """The candidate of a longer name, shown at one of its places. inside: what the old name means in the block that it names."""
    path, start, end = spot
    after = replaced_inside(name, rename.target.name, rename.new) or name
    evidence = Evidence.NONE if inside is None else _EVIDENCE[inside]
    reason = f"contains {rename.target.name}" + (", and uses it" if inside is Resolution.YES else "")
    return Candidate(path, start, end, name, after, "longer name", FAMILY_ROLE, evidence, reason)


def from_path(path: str, rename: Rename, is_target: bool) -> Candidate | None:
    """The candidate of a file or folder (trailing '/') whose own name is, or contains, the old one."""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    stem = last.split(".", 1)[0]
    old = rename.target.name
    after = rename.new if stem == old else replaced_inside(stem, old, rename.new)
    if after is None:
        return None
    evidence = Evidence.YES if is_target else Evidence.NO
    reason = "the file of the target" if is_target else "a file of a like name"
    return Candidate(path, -1, -1, stem, after, "path", PATH_ROLE, evidence, reason)


def alias_gap(text: str, at: int, rename: Rename, statement: str) -> Candidate:
    """The gap behind the definition, where an alias of the old name can stand."""
    target = rename.target
    domain = (Value.EMPTY, Value.INSERT)
    return Candidate(target.path, at, at, "", statement, "alias", GAP_ROLE, Evidence.NONE, "behind the definition", target.owner, domain)
