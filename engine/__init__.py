"""The engine: discrete diffusion over a canvas of edit decisions. Names are resolved when first used, so that importing is cheap."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.actions import Asked as Asked
    from engine.actions import Refused as Refused
    from engine.actions import Rewritten as Rewritten
    from engine.actions import rewrite as rewrite
    from engine.actions import seen_of as seen_of
    from engine.begun import Begun as Begun
    from engine.begun import Deleted as Deleted
    from engine.begun import ModuleMoved as ModuleMoved
    from engine.begun import Moved as Moved
    from engine.begun import Part as Part
    from engine.begun import Renamed as Renamed
    from engine.begun import Resigned as Resigned
    from engine.begun import Spot as Spot
    from engine.begun import Undone as Undone
    from engine.begun import Versions as Versions
    from engine.begun import asked_by as asked_by
    from engine.begun import left_behind as left_behind
    from engine.begun import may_stand as may_stand
    from engine.begun import names_of as names_of
    from engine.begun import place_before as place_before
    from engine.begun import recognise as recognise
    from engine.begun import spots as spots
    from engine.begun import target_of as target_of
    from engine.begun import undone as undone
    from engine.begun import words_of as words_of
    from engine.begun.laying import Contradiction as Contradiction
    from engine.begun.laying import laid_over as laid_over
    from engine.begun.misfits import misfits as misfits
    from engine.begun.misfits import passed as passed
    from engine.begun.misfits import touched as touched
    from engine.begun.parts import Parts as Parts
    from engine.begun.parts import Sides as Sides
    from engine.begun.parts import parts_of as parts_of
    from engine.canvas import Canvas as Canvas
    from engine.canvas import Slot as Slot
    from engine.clamp import clamped as clamped
    from engine.corrupt import renoise as renoise
    from engine.denoiser import Denoiser as Denoiser
    from engine.diagnostics import Diagnostic as Diagnostic
    from engine.diagnostics import Source as Source
    from engine.edits import Decided as Decided
    from engine.edits import operations as operations
    from engine.embedded import EmbeddedDenoiser as EmbeddedDenoiser
    from engine.embedded import EngineInfo as EngineInfo
    from engine.embedded import available as available
    from engine.errors import CheckpointError as CheckpointError
    from engine.errors import EngineError as EngineError
    from engine.errors import UnknownEngine as UnknownEngine
    from engine.evidence import Entity as Entity
    from engine.evidence import Kind as Kind
    from engine.evidence import Module as Module
    from engine.evidence import Project as Project
    from engine.evidence import Resolution as Resolution
    from engine.evidence import entities as entities
    from engine.evidence import find as find
    from engine.evidence import occurrences as occurrences
    from engine.evidence import qualified as qualified
    from engine.hub.listing import cached as cached
    from engine.hub.listing import local as local
    from engine.hub.names import is_hub as is_hub
    from engine.hub.opening import open_drafter as open_drafter
    from engine.hub.stream import DraftOp as DraftOp
    from engine.hub.stream import resolve as resolve
    from engine.hub.task import Choice as Choice
    from engine.hub.task import Complaint as Complaint
    from engine.hub.task import Drafted as Drafted
    from engine.hub.task import Drafter as Drafter
    from engine.hub.task import Excerpt as Excerpt
    from engine.hub.task import NotDrafted as NotDrafted
    from engine.hub.task import Options as Options
    from engine.hub.task import Task as Task
    from engine.lexemes import lex as lex
    from engine.naming import analogous as analogous
    from engine.naming import variants as variants
    from engine.plan import Action as Action
    from engine.plan import Calls as Calls
    from engine.plan import Concept as Concept
    from engine.plan import Intent as Intent
    from engine.plan import NotUnderstood as NotUnderstood
    from engine.plan import Order as Order
    from engine.plan import Place as Place
    from engine.plan import Plan as Plan
    from engine.plan import Why as Why
    from engine.rename import IntentSites as IntentSites
    from engine.rename import clash as clash
    from engine.rename import denoise_sites as denoise_sites
    from engine.rename import open_sites as open_sites
    from engine.rename import reconsider as reconsider
    from engine.retrieval import Context as Context
    from engine.retrieval import looks_like_code as looks_like_code
    from engine.retrieval import rank as rank
    from engine.retrieval import spellings as spellings
    from engine.sampler import Denoised as Denoised
    from engine.sampler import Sampler as Sampler
    from engine.sampler import StepEvent as StepEvent
    from engine.sampler import Watch as Watch
    from engine.scope import locate as locate
    from engine.sites import Candidate as Candidate
    from engine.understanding import Understood as Understood
    from engine.understanding import understand as understand
    from engine.values import Value as Value

_HOMES = {
    "engine.actions": ("Asked", "Refused", "Rewritten", "rewrite", "seen_of"),
    "engine.begun": (
        "Begun", "Deleted", "ModuleMoved", "Moved", "Part", "Renamed", "Resigned", "Spot", "Undone", "Versions", "asked_by", "left_behind", "may_stand", "names_of",
        "place_before", "recognise", "spots", "target_of", "undone", "words_of",
    ),
    "engine.begun.laying": ("Contradiction", "laid_over"),
    "engine.begun.misfits": ("misfits", "passed", "touched"),
    "engine.begun.parts": ("Parts", "Sides", "parts_of"),
    "engine.canvas": ("Canvas", "Slot"),
    "engine.clamp": ("clamped",),
    "engine.corrupt": ("renoise",),
    "engine.denoiser": ("Denoiser",),
    "engine.diagnostics": ("Diagnostic", "Source"),
    "engine.edits": ("Decided", "operations"),
    "engine.embedded": ("EmbeddedDenoiser", "EngineInfo", "available"),
    "engine.errors": ("CheckpointError", "EngineError", "UnknownEngine"),
    "engine.evidence": ("Entity", "Kind", "Module", "Project", "Resolution", "entities", "find", "occurrences", "qualified"),
    "engine.hub.listing": ("cached", "local"),
    "engine.hub.names": ("is_hub",),
    "engine.hub.opening": ("open_drafter",),
    "engine.hub.stream": ("DraftOp", "resolve"),
    "engine.hub.task": ("Choice", "Complaint", "Drafted", "Drafter", "Excerpt", "NotDrafted", "Options", "Task"),
    "engine.lexemes": ("lex",),
    "engine.naming": ("analogous", "variants"),
    "engine.plan": ("Action", "Calls", "Concept", "Intent", "NotUnderstood", "Order", "Place", "Plan", "Why"),
    "engine.rename": ("IntentSites", "clash", "denoise_sites", "open_sites", "reconsider"),
    "engine.retrieval": ("Context", "looks_like_code", "rank", "spellings"),
    "engine.sampler": ("Denoised", "Sampler", "StepEvent", "Watch"),
    "engine.scope": ("locate",),
    "engine.sites": ("Candidate",),
    "engine.understanding": ("Understood", "understand"),
    "engine.values": ("Value",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    """A public name, from the module that defines it (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
