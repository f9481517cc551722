"""A refactor begun and not finished: read off two versions of some files, by aligning their syntax trees and lexemes.

Pure: texts in, values out; no model. What is left to do is the denoiser's to decide.
"""

from engine.begun.changes import Begun, ModuleMoved, Moved, Renamed, Resigned, Versions
from engine.begun.intents import intent_of, names_of, target_of
from engine.begun.leftovers import left_behind
from engine.begun.recognise import recognise
from engine.begun.spots import Spot, Undone, spots, undone

__all__ = [
    "Begun", "ModuleMoved", "Moved", "Renamed", "Resigned", "Versions",
    "intent_of", "left_behind", "names_of", "recognise", "target_of",
    "Spot", "Undone", "spots", "undone",
]
