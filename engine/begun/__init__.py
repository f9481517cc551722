"""A refactor begun and not finished: read off two versions of some files, by aligning their syntax trees and lexemes.

Pure: texts in, values out; no model. What is left to do is the denoiser's to decide.
"""

from engine.begun.changes import Begun, Deleted, ModuleMoved, Moved, Renamed, Resigned, Versions
from engine.begun.intents import asked_by, names_of, target_of
from engine.begun.leftovers import left_behind
from engine.begun.recognise import recognise
from engine.begun.spots import Part, Spot, Undone, place_before, spots, undone
from engine.begun.standing import may_stand, words_of

__all__ = [
    "Begun", "Deleted", "ModuleMoved", "Moved", "Renamed", "Resigned", "Versions",
    "asked_by", "left_behind", "may_stand", "names_of", "recognise", "target_of", "words_of",
    "Part", "Spot", "Undone", "place_before", "spots", "undone",
]
