"""What goes wrong when this package is misused.

Every error here means that a caller built something that cannot exist; the
message says what, and what to do instead. Expected outcomes (a stale file, a
malformed line) are values and never raise.
"""


class EditError(Exception):
    """Base of the family."""


class PathError(EditError):
    """A path that no repository file can have."""


class SpanError(EditError):
    """Offsets outside the text, or in the wrong order."""


class OpError(EditError):
    """An operation that contradicts itself."""


class ChangeSetError(EditError):
    """Operations that cannot live in one change set, or not with these files."""
