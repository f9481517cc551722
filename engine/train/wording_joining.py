"""Several wishes in one text, each in the words of a request for it alone: sentences, clauses, numbered lists; the same thing may be "it" the second time."""
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.plan import Action
from engine.train.wording import Wording, word
from engine.train.wording_action_phrases import Request, Wish, asking
from engine.train.wording_draft import Scope
from engine.train.wording_grammar import CONTROL, guarded, lines, marked, strip

if TYPE_CHECKING:
    from engine.train.wording_actions import Text

Choose = Callable[[Sequence[Wish], "Text", Sequence[Request]], "tuple[Request, frozenset[tuple[int, str]]] | None"]
_IMPERATIVE = re.compile(
    r"(?:please )?(?:move|add|delete|remove|drop|rename|make|turn|put|give|replace|use|call|change|swap|reorder|convert|bundle|group|relocate|pull|push|take|let|get|kill|"
    r"merge|fold|extend|introduce|collect|wrap|pack|switch|shift|transfer|teach|have|lift|hoist|demote|promote|bring|extract|gather|retire|erase|purge|strip)\b",
    re.IGNORECASE)
_FIRST = lines("""
first, 
first 
first of all, 
to begin with, 
start with this: 
1) 
step one: 
for a start, 
""")
_NEXT = lines("""
then 
then, 
then 
after that, 
afterwards 
next, 
next 
second, 
secondly, 
also 
also, 
in addition, 
and then 
once that's done, 
while you're at it, 
while you are there, 
while we're at it, 
on top of that, 
in the same go, 
in the same commit, 
and 
finally, 
besides, 
plus, 
one more thing: 
oh, and 
as a second step, 
when that is finished, 
additionally, 
""")
_GAPS = (". ", ". ", ". ", "; ", ".\n", "\n", " - ", "... ")
_HEADS = lines("""
a few things:
two things[, please|]:
please do the following:
here's the list:
todo:
the plan:
what I need:
some cleanup:
refactoring for today:
changes:
in one commit, please:
could you do these for me?
""")
_BULLETS = ("- ", "* ", "{}. ", "{}) ", "- [ ] ", "")
_GREETING = re.compile(r"(?:hi|hey|hello|hm+|ok|so|at last|next|nit|ticket)\b", re.IGNORECASE)
_SHORT = 150


def joined(text: Text, choose: Choose) -> str | None:
    """All wishes of a text, said one after the other; nothing where there are no words for one of them."""
    draft = text.draft
    parts: list[str] = []
    for number, wish in enumerate(text.wishes):
        shared = number > 0 and text.targets[number] == text.targets[number - 1]
        said = _one(text, number, wish, shared, choose)
        if said is None:
            return None
        parts.append(said)
    if draft.chance(0.25) and all("\n" not in part for part in parts):
        return _listed(text, parts)
    if all(_is_clause(part) for part in parts) and draft.chance(0.6):
        return _one_sentence(text, parts)
    return _sentences(text, parts)


def _one(text: Text, number: int, wish: Wish, shared: bool, choose: Choose) -> str | None:
    """One wish; a rename sometimes in the words of the texts that only rename."""
    draft = text.draft
    if wish.action is Action.RENAME and not shared and draft.chance(0.4) and all(len(own) == 1 for own in text.targets):
        return _renamed(text, number)
    pronoun = shared and draft.chance(0.75)
    plain = [
        found for found in asking((wish.action,))
        if "⏎" not in found.text and len(found.text) < _SHORT
        and not found.flags & {"alias", "noalias", "only", "except"} and not found.slots & {"P", "h"}
        and not (number and _GREETING.match(found.text))
        and (not pronoun or "o" in found.slots and found.slots.isdisjoint({"b", "O", "F", "k", "w", "u", "ub", "each"}) and found.text.count("{o}") == 1)
    ]
    scope, keep, text.scope, text.keep_alias = text.scope, text.keep_alias, Scope(), False
    picked = choose((wish,), text, plain)
    text.scope, text.keep_alias = scope, keep
    if picked is None and pronoun:
        return _one(text, number, wish, False, choose) if wish.action is not Action.RENAME else None
    if picked is None:
        return None
    return text.say(picked[0], (number,), picked[1], pronoun)


def _renamed(text: Text, number: int) -> str:
    """A rename as `word` says it, with its marks put back."""
    index = text.targets[number][0]
    target = text.draft.speaker.targets[index]
    said: Wording = word([target.intent], Scope(), False, text.draft.rng, text.draft.others)
    parts, at = [], 0
    for mark in said.marks:
        label = mark.label.partition("_")[0]
        parts.append(guarded(said.text[at:mark.start]))
        parts.append(marked(f"{label}_{index if label == 'OLD' else number}", said.text[mark.start:mark.end]))
        at = mark.end
    stated = said.stated[0]
    target.by = target.by or stated.by
    target.facts |= {fact for fact in ("kind", "owner", "path") if getattr(stated, fact)}
    text.excluded += said.excluded
    return "".join(parts) + guarded(said.text[at:])


def _is_clause(part: str) -> bool:
    plain = strip(part)[0]
    return _IMPERATIVE.match(plain) is not None and not re.search(r"[.?!:;] |\n|\?", plain)


def _lowered(part: str) -> str:
    """Its first letter small, unless it belongs to a name or to "I"."""
    head = CONTROL.search(part)
    first = re.match(r"[A-Z][a-z']+\b", part)
    return part[:1].lower() + part[1:] if first and (head is None or head.start() >= first.end()) and first[0] != "I'd" else part


def _listed(text: Text, parts: list[str]) -> str:
    draft = text.draft
    bullet = draft.rng.choice(_BULLETS)
    head = draft.say(draft.rng.choice(_HEADS)) + "\n" if draft.chance(0.4) and (len(parts) == 2 or bullet) else ""
    low = draft.chance(0.4)
    items = [bullet.format(at + 1) + (_lowered(part.rstrip(".")) if low else part) for at, part in enumerate(parts)]
    return head.replace("two things", "a few things" if len(parts) > 2 else "two things") + "\n".join(items)


def _one_sentence(text: Text, parts: list[str]) -> str:
    rng = text.draft.rng
    bare = [part.rstrip(".! ") for part in parts]
    rest = [_lowered(part).removeprefix("please ") for part in bare[1:]]
    joint = rng.choice((", then ", " and then ", ", and ", " and ", "; ", ", also ", " and also ", " + ", ", ", " & "))
    if len(parts) > 2 and joint in (" and ", ", and ", " & "):
        return bare[0] + ", " + "".join(part + ", " for part in rest[:-1]) + rng.choice(("and ", "then ", "and finally ")) + rest[-1]
    return bare[0] + "".join(joint + part for part in rest) + rng.choice((".", "", "."))


def _sentences(text: Text, parts: list[str]) -> str:
    draft, rng = text.draft, text.draft.rng
    gap = rng.choice(_GAPS)
    said = parts[0]
    if draft.chance(0.25):
        said = rng.choice(_FIRST) + " " + _lowered(said)
    for part in parts[1:]:
        joint = rng.choice(_NEXT) + " " if draft.chance(0.65) else ""
        said = said.rstrip(". ") if not said.endswith("...") else said
        ends = said.endswith(("?", "!", "\n")) or strip(said)[0].endswith(("?", "!"))
        said += (" " if ends else gap) + (joint + _lowered(part) if joint else part)
    return said
