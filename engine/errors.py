"""Errors of the engine: misuse or a broken checkpoint; expected outcomes are values."""

from __future__ import annotations


class EngineError(Exception):
    """Base of everything the engine raises on purpose."""


class CheckpointError(EngineError):
    """The weights file is missing, truncated, or of another format version."""


class CanvasError(EngineError):
    """A canvas was built with values outside its domains or shapes that do not fit."""


class UnknownEngine(EngineError):
    """No engine of that name is installed."""
