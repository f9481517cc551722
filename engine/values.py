"""The closed vocabulary of slot values; every domain of every canvas is a subset of it."""

from __future__ import annotations

from enum import IntEnum

MAX_INTENTS = 4


class Value(IntEnum):
    """What a slot may hold. MASK is the absorbing noise value and never a result."""

    MASK = 0
    # plan canvas: one slot per lexeme of the instruction
    OTHER = 1
    OLD_1 = 2
    OLD_2 = 3
    OLD_3 = 4
    OLD_4 = 5
    NEW_1 = 6
    NEW_2 = 7
    NEW_3 = 8
    NEW_4 = 9
    ONLY = 10
    EXCEPT = 11
    # plan canvas: one slot per candidate definition
    LEAVE = 12
    TARGET_1 = 13
    TARGET_2 = 14
    TARGET_3 = 15
    TARGET_4 = 16
    # plan canvas: global slots
    RENAME = 17
    UNSUPPORTED = 18
    NO_ALIAS = 19
    ALIAS = 20
    # site canvases: one slot per candidate lexeme, path part or gap
    KEEP = 21
    REPLACE = 22
    BOTH = 23
    EMPTY = 24
    INSERT = 25


SIZE = len(Value)
"""Number of slot values, V."""

OLD = (Value.OLD_1, Value.OLD_2, Value.OLD_3, Value.OLD_4)
NEW = (Value.NEW_1, Value.NEW_2, Value.NEW_3, Value.NEW_4)
TARGET = (Value.TARGET_1, Value.TARGET_2, Value.TARGET_3, Value.TARGET_4)
