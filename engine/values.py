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
    # plan canvas: what is asked, one slot a request (RENAME and UNSUPPORTED above)
    NOTHING = 26
    MOVE = 27
    DELETE = 28
    SUBSTITUTE = 29
    ADD = 30
    REORDER = 31
    KEYWORD = 32
    BUNDLE = 33
    FUNCTION = 34
    METHOD = 35
    GROUP = 36
    STATIC = 37
    CLASSMETHOD = 38
    PROPERTY = 39
    # plan canvas: whether an added parameter is keyword-only
    ANYWHERE = 40
    KEYWORD_ONLY = 41
    # plan canvas: fields of a request, per lexeme of the instruction
    TO_1 = 42
    TO_2 = 43
    TO_3 = 44
    TO_4 = 45
    TYPE_1 = 46
    TYPE_2 = 47
    TYPE_3 = 48
    TYPE_4 = 49
    DEFAULT_1 = 50
    DEFAULT_2 = 51
    DEFAULT_3 = 52
    DEFAULT_4 = 53
    VALUE_1 = 54
    VALUE_2 = 55
    VALUE_3 = 56
    VALUE_4 = 57
    TEST_VALUE_1 = 58
    TEST_VALUE_2 = 59
    TEST_VALUE_3 = 60
    TEST_VALUE_4 = 61
    SELF_VALUE_1 = 62
    SELF_VALUE_2 = 63
    SELF_VALUE_3 = 64
    SELF_VALUE_4 = 65
    PARAM_1 = 66
    PARAM_2 = 67
    PARAM_3 = 68
    PARAM_4 = 69
    EFFECT_1 = 70
    EFFECT_2 = 71
    EFFECT_3 = 72
    EFFECT_4 = 73
    # plan canvas: the candidate that a target goes to, or that takes its place
    AT_1 = 74
    AT_2 = 75
    AT_3 = 76
    AT_4 = 77
    # plan canvas: how an order of parameters is said
    WHOLE = 78
    SWAP = 79
    FIRST = 80
    LAST = 81
    BEFORE = 82
    AFTER = 83


SIZE = len(Value)
"""Number of slot values, V."""

OLD = (Value.OLD_1, Value.OLD_2, Value.OLD_3, Value.OLD_4)
NEW = (Value.NEW_1, Value.NEW_2, Value.NEW_3, Value.NEW_4)
TARGET = (Value.TARGET_1, Value.TARGET_2, Value.TARGET_3, Value.TARGET_4)
ACTIONS = (
    Value.RENAME, Value.MOVE, Value.DELETE, Value.SUBSTITUTE, Value.ADD, Value.REORDER, Value.KEYWORD, Value.BUNDLE, Value.FUNCTION,
    Value.METHOD, Value.GROUP, Value.STATIC, Value.CLASSMETHOD, Value.PROPERTY,
)  # fmt: skip
"""In the order of `engine.plan.Action`."""
TO = (Value.TO_1, Value.TO_2, Value.TO_3, Value.TO_4)
TYPE = (Value.TYPE_1, Value.TYPE_2, Value.TYPE_3, Value.TYPE_4)
DEFAULT = (Value.DEFAULT_1, Value.DEFAULT_2, Value.DEFAULT_3, Value.DEFAULT_4)
VALUE = (Value.VALUE_1, Value.VALUE_2, Value.VALUE_3, Value.VALUE_4)
TEST_VALUE = (Value.TEST_VALUE_1, Value.TEST_VALUE_2, Value.TEST_VALUE_3, Value.TEST_VALUE_4)
SELF_VALUE = (Value.SELF_VALUE_1, Value.SELF_VALUE_2, Value.SELF_VALUE_3, Value.SELF_VALUE_4)
PARAM = (Value.PARAM_1, Value.PARAM_2, Value.PARAM_3, Value.PARAM_4)
EFFECT = (Value.EFFECT_1, Value.EFFECT_2, Value.EFFECT_3, Value.EFFECT_4)
AT = (Value.AT_1, Value.AT_2, Value.AT_3, Value.AT_4)
EXCEPT_OR_NEW = frozenset({Value.EXCEPT, *NEW, *TO})
"""Words that name something other than where the targets stand."""
ORDERS = (Value.WHOLE, Value.SWAP, Value.FIRST, Value.LAST, Value.BEFORE, Value.AFTER)
"""In the order of `engine.plan.Order`."""
