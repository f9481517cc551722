"""What is said of a function in strings, comments and documentation, where the name is meant: its dotted path, its Sphinx role, its calls in examples."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.actions.base import Asked, Sheets
from engine.actions.layout import line_start
from engine.evidence import Role
from engine.features import Zone, zone_of

_TEXTS = frozenset({role.value for role in (Role.DOCSTRING, Role.COMMENT, Role.PROSE, Role.STRING_PART, Role.CONFIG, Role.OTHER)})
_BEFORE = re.compile(r"(?:\w+\.)+\Z")
_ROLE = re.compile(r":(?:py:)?(meth|func|attr|obj):`[~!]?[^`]*\Z")


@dataclass(frozen=True, slots=True)
class Mention:
    """How a function is spoken of afterwards."""

    old: str
    new: str
    without: str = ""
    """The class that it leaves: `K.f` becomes `f`."""
    within: str = ""
    """The class that it goes into: `f` becomes `K.f`."""
    role: str = ""
    """The Sphinx role that is right now."""
    passes: bool = False
    """Whether `obj.f(1)` becomes `f(obj, 1)` in examples."""


def mend_mentions(asked: Asked, sheets: Sheets, mention: Mention) -> None:
    """Rewrite what is meant in texts; old changelogs stay as they are."""
    for place in asked.meant:
        if place.label not in _TEXTS or place.start < 0 or place.before != mention.old or zone_of(place.path) is Zone.HISTORY:
            continue
        sheet = sheets[place.path]
        text = sheet.text
        line = line_start(text, place.start)
        found = _BEFORE.search(text, line, place.start)
        start, prefix = (found.start(), found.group()) if found else (place.start, "")
        role = _ROLE.search(text, line, place.start)
        if role is not None and mention.role:
            sheet.replace(role.start(1), role.end(1), mention.role)
        after = mention.new
        end = place.end
        if mention.without and prefix.endswith(f"{mention.without}."):
            after = prefix.removesuffix(f"{mention.without}.") + after
        elif mention.without and prefix and mention.passes and text[end : end + 1] == "(" and prefix.count(".") == 1 and role is None:
            after += f"({prefix[:-1]}" + ("" if text[end + 1 : end + 2] == ")" else ", ")
            end += 1
        elif mention.within:
            after = f"{prefix}{mention.within}.{after}"
        else:
            after = prefix + after
        sheet.replace(start, end, after)
