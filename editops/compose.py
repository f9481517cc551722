"""Two change sets, the second made on the result of the first, as one."""

from collections.abc import Mapping

from .apply import applied_or_raise
from .changeset import ChangeSet
from .draft import Draft


def compose(first: ChangeSet, second: ChangeSet, files: Mapping[str, bytes]) -> ChangeSet:
    """What `first`, made against `files`, and then `second` do, in one step.

    A file that is deleted and created again is edited; it keeps the mode it has.
    """
    draft = Draft(files)
    for change in (first, second):
        applied_or_raise(draft.then(change))
    return draft.change(min(first.safety, second.safety))
