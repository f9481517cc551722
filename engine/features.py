"""The structural channels of a lexeme: what the denoiser is told besides the text.

Every channel is a small closed vocabulary with its own embedding table; static analysis enters here, as evidence and nothing more.
"""

from __future__ import annotations

import re
from enum import IntEnum

from engine.evidence import Cause, Kind, Role
from engine.naming import Style, style_of
from engine.values import SIZE


class Channel(IntEnum):
    """Columns of the feature array [S, C]."""

    STATE = 0
    REGION = 1
    ROLE = 2
    EVIDENCE = 3
    RELATION = 4
    IDENTITY = 5
    SHAPE = 6
    COUNT = 7
    ZONE = 8
    DIAGNOSTIC = 9
    CAUSE = 10
    """Why the evidence is what it is: the kind of fact that name resolution found."""


class Region(IntEnum):
    """Which part of the canvas a lexeme belongs to."""

    GLOBAL = 1
    INSTRUCTION = 2
    ENTITY = 3
    PLAN = 4
    PATH = 5
    SCOPE = 6
    WINDOW = 7
    ORIGIN = 8
    """Where the receiver of an attribute came from: the nearest line that binds it."""


class Evidence(IntEnum):
    """What name resolution says; HIDDEN stands for a resolver that was not asked.

    At the owner and module rows of a plan canvas: whether the instruction joins that word to the name (YES), has it somewhere
    (UNKNOWN), or not (NO).
    """

    NONE = 0
    YES = 1
    NO = 2
    UNKNOWN = 3
    HIDDEN = 4


class Relation(IntEnum):
    """Exact, case-sensitive relation of a lexeme to the plan's names."""

    NONE = 0
    IS_OLD = 1
    IS_NEW = 2
    CONTAINS_OLD = 3
    CONTAINS_NEW = 4
    OTHER_CASE_OF_OLD = 5
    IS_OWNER = 6
    IS_MODULE = 7
    ABSENT = 8
    """Plan canvas: looks like a name, and nothing of that name is defined here."""
    DEFINED = 9
    """Plan canvas: something of that name is defined here."""
    FILE = 10
    FOLDER = 11
    TEST_OF_OLD = 12
    """`test_` or `Test` and the old name, whatever follows."""
    LIKE_OWNER = 13
    """Its sub-words end the name of the class around the target: `response` for `HTTPResponse`."""
    OTHER_OWNER = 14
    """It is, or ends, the name of a class around another definition of the old name."""
    SORT = 15
    """Entity canvas: of what sort a candidate is (`async`)."""
    USES = 16
    """Entity canvas, as the next three: the candidate's body holds this name, which the description says."""
    USED_BY = 17
    TAKES = 18
    RAISES = 19
    SAYS = 20
    """Entity canvas: the candidate's docstring or a comment at it has this word of the description."""


class Zone(IntEnum):
    """Kind of file."""

    SOURCE = 1
    TEST = 2
    DOCS = 3
    CONFIG = 4
    OTHER = 5
    HISTORY = 6
    """Changelogs and release notes."""


class Blame(IntEnum):
    """Whether a diagnostic blames this slot, and what it held then."""

    NONE = 0
    WHILE_KEPT = 1
    WHILE_REPLACED = 2


IDENTITIES = 32
CAUSES = 32
"""Room for the kinds of cause; `Cause` has fewer."""
_ROLES = {role.value: i for i, role in enumerate(Role, start=1)}
_KINDS = {kind.value: i for i, kind in enumerate(Kind, start=1 + len(_ROLES))}
SEVERAL_KINDS = 1 + len(_ROLES) + len(_KINDS)
FAMILY_ROLE = SEVERAL_KINDS + 1
PATH_ROLE = SEVERAL_KINDS + 2
GAP_ROLE = SEVERAL_KINDS + 3
STATES = SIZE + 1
"""State 0: no slot; state v + 1: a slot that holds value v (1: MASK)."""

SIZES: dict[Channel, int] = {
    Channel.STATE: STATES,
    Channel.REGION: len(Region) + 1,
    Channel.ROLE: GAP_ROLE + 1,
    Channel.EVIDENCE: len(Evidence),
    Channel.RELATION: len(Relation),
    Channel.IDENTITY: IDENTITIES,
    Channel.SHAPE: 16,
    Channel.COUNT: 6,
    Channel.ZONE: len(Zone) + 1,
    Channel.DIAGNOSTIC: len(Blame),
    Channel.CAUSE: CAUSES,
}

_CAUSES = {cause: i for i, cause in enumerate(Cause, start=1)}
_STYLES = {style: i for i, style in enumerate(Style, start=1)}


def role_id(role: Role) -> int:
    """Index of an occurrence role in the role channel."""
    return _ROLES[role.value]


def kind_id(kind: Kind) -> int:
    """Index of an entity kind in the role channel."""
    return _KINDS[kind.value]


def cause_id(cause: Cause) -> int:
    """Index of a cause in the cause channel."""
    return _CAUSES[cause]


def shape_id(text: str) -> int:
    """Case shape of a lexeme; line starts carry their indentation, in steps of four columns up to four."""
    if text[0] == "\n":
        return 11 + min((len(text) - 1) // 4, 4)
    if text[0].isdigit():
        return 9
    if not (text[0].isalpha() or text[0] == "_"):
        return 10
    if "_" not in text and text.islower():
        return 8
    if text.startswith("_"):
        return 7
    return _STYLES[style_of(text)]


def count_id(count: int) -> int:
    """Bucket of a count of definitions: 0, 1, 2, 3-5, 6-20, more."""
    for bucket, limit in enumerate((0, 1, 2, 5, 20)):
        if count <= limit:
            return bucket
    return 5


_HISTORY = re.compile(r"(^|/)(changes|changelog|history|news|releases?|whatsnew|whats_new|authors|contributors)(\b|_|/)", re.IGNORECASE)
_DOC_SUFFIXES = (".md", ".rst", ".txt", ".adoc")
_CONFIG_SUFFIXES = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".json")


def zone_of(path: str) -> Zone:
    """Kind of file, from its path."""
    lowered = path.lower()
    parts = lowered.split("/")
    name = parts[-1]
    if not name.endswith(".py") and _HISTORY.search(path):
        return Zone.HISTORY
    if name.endswith(_DOC_SUFFIXES):
        return Zone.DOCS
    in_tests = any(part in ("test", "tests", "testing") for part in parts[:-1])
    if in_tests or name.startswith("test_") or name.endswith(("_test.py", "tests.py")) or name == "conftest.py":
        return Zone.TEST
    if name.endswith(_CONFIG_SUFFIXES):
        return Zone.CONFIG
    return Zone.SOURCE if name.endswith((".py", ".pyi")) else Zone.OTHER
