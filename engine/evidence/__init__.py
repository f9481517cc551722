"""Static evidence for refactorings: what every occurrence of a name is, and what it refers to.

Pure: text in, values out; standard library only. Evidence is a feature for the denoiser, never its decision.
"""
from engine.evidence.entities import Entity, Kind, entities, find, qualified
from engine.evidence.occurrences import Occurrence, homonyms, occurrences
from engine.evidence.scopes import Bind, Binding, Role, Scope, ScopeKind
from engine.evidence.source import Absent, Module, Project
from engine.evidence.target import Cause, Resolution

__all__ = [
    # The repository.
    "Absent", "Bind", "Binding", "Module", "Project", "Scope", "ScopeKind",
    # What it defines.
    "Entity", "Kind", "entities", "find", "qualified",
    # Where a name occurs, and whether it is the one.
    "Cause", "Occurrence", "Resolution", "Role", "homonyms", "occurrences",
]
