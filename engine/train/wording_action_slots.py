"""The slots of requests for actions: several targets, destinations, types, values and parameters, with their marks.

While a text is made, labels of targets carry the number of the target and all other labels that of the wish; `wording_actions` turns both into
the numbers of the finished text.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.evidence.entities import Kind
from engine.plan import Calls, Order
from engine.train.wording_action_phrases import Wish, kind_of
from engine.train.wording_grammar import LABEL, OPEN, guarded, marked
from engine.train.wording_mentions import in_words, noun, package_parts, plural, spelled
from engine.train.wording_slots import Rendering
from engine.train.wording_spoken import type_in_words, value_as_adverb, value_in_words

_SLOT = re.compile(r"([A-Za-z]+?)([2-4]?)$")
_VOWEL = re.compile(r"[aeio]|u(?!ser|s[aei]|ni)", re.IGNORECASE)
_PASSING = frozenset({"d", "d2", "D", "D2", "x", "x2", "P", "h"})
_PRONOUNS = ("it", "it", "it", "it", "that {k}", "the {k}", "the same {k}", "that one")
PLACES = {
    Order.FIRST: ("first", "as the first parameter", "as first argument", "at the front", "up front", "in first position", "before all the others", "ahead of the others", "at the very beginning"),
    Order.BEFORE: ("before {p}", "right before {p}", "in front of {p}", "just ahead of {p}", "directly before {p}", "to the left of {p}"),
    Order.AFTER: ("after {p}", "right after {p}", "behind {p}", "directly behind {p}", "just after {p}", "following {p}", "next to {p}, on its right", "immediately after {p}"),
}
"""How people say where an added parameter goes."""
_AT_PLACE = ("in", "in", "in", "in", "from", "from", "of", "out of", "that live in", "which live in", "defined in", "inside", "currently in", "that sit in", "found in", "that we have in", "within")
"""How a description goes on to its place."""
_CLAUSE = re.compile(r"(\w+(?: \w+)?) ((?:that|which|whose|with|without|called|using|calling|relying|raising|taking|accepting|starting|beginning|prefixed|ending|suffixed|decorated|marked|deriv|inherit|extend|whose|about|dealing)\w* .+)")
"""A noun and what narrows it; the place may stand in between."""
_NO_ARTICLE = re.compile(r"(?:True|False|None|\W)")


@dataclass(slots=True)
class ActionRendering(Rendering):
    """One request: `wishes` are those that its numbers stand for."""

    wishes: Sequence[Wish] = ()
    numbers: Sequence[int] = ()
    """The number of each wish in the whole text."""
    targets: Sequence[Sequence[int]] = ()
    """For each wish the numbers of its targets."""
    pronouns: frozenset[int] = frozenset()
    """Wishes whose targets were mentioned just before."""
    flags: frozenset[str] = frozenset()
    """Of the request."""
    said: dict[str, str] = field(default_factory=dict)
    """How a destination was written when it was first named, by its label."""

    def _slot(self, slot: str, bare: bool, before: str, after: str) -> str:
        found = _SLOT.match(slot)
        if slot in _PASSING or found is None:
            return self._passing(slot, bare) if slot[0] in "dDx" else self._filled(slot, 0, bare, before, after)
        base, at = found[1], int(found[2] or 1) - 1
        wish, first = self.wishes[at], self.targets[at][0]
        match base:
            case "o" | "b" | "each":
                return self._things(base, at, bare)
            case "u":
                return self._old(self.targets[at][1])
            case "ub":
                return self._name(self.targets[at][1])
            case "w" | "k" | "O" | "F":
                said = self._filled(base, first, bare, before, after)
                shared = {"k": "kind", "O": "owner", "F": "path"}.get(base)
                for index in self.targets[at] if shared else ():
                    self.draft.speaker.targets[index].facts.add(str(shared))
                return said
            case "n" | "nw":
                return self._new(base, at, bare, before, after)
            case "t" | "tp" | "td" | "ts":
                return self._destination(base, at, bare)
            case "C" | "Cf" | "s":
                return self._other_end(base, at, bare)
        return self._detail(base, wish, self.numbers[at], bare)

    # -- targets ------------------------------------------------------------------------------------------------------------

    def _things(self, base: str, at: int, bare: bool) -> str:
        described = self.wishes[at].described
        if described is not None and at not in self.pronouns:
            return self._description(at, *described)
        indices = self.targets[at][:1] if "pair" in self.flags and not at else self.targets[at]
        if at in self.pronouns and base == "o":
            return self._pronoun(at)
        say = self._old if base == "o" else self._name
        if base == "each":
            bullet = self.draft.rng.choice(("- ", "- ", "* ", "  ", "• "))
            return "\n".join(bullet + (self._old(index) if self.draft.chance(0.5) else self._name(index)) for index in indices)
        if len(indices) == 1:
            return say(indices[0])
        alike = {kind_of(self.draft.speaker.targets[index].intent) for index in indices}
        if base == "b" or bare or len(alike) == 1 and self.draft.chance(0.65):
            names = self._row([self._name(index) for index in indices])
            return names if base == "b" or bare else self._of_kind(indices, names)
        return self._row([self._old(index) for index in indices])

    def _description(self, at: int, before: str, words: str) -> str:
        """A set that is described, mostly with its place."""
        index = self.targets[at][0]
        self.named.update(self.targets[at])
        if self.draft.chance(0.12):
            return before + marked(f"OLD_{index}", words)
        place = self.draft.speaker.place(self.draft.speaker.targets[index].intent.path)
        at_place = f"({place})" if self.draft.chance(0.06) else f"{self.draft.rng.choice(_AT_PLACE)} {place}"
        clause = _CLAUSE.match(words)
        if clause and not at_place.startswith(("that", "which")) and self.draft.chance(0.4):
            return f"{before}{marked(f'OLD_{index}', clause[1])} {at_place} {marked(f'OLD_{index}', clause[2])}"
        return f"{before}{marked(f'OLD_{index}', words)} {at_place}"

    def _of_kind(self, indices: Sequence[int], names: str) -> str:
        """Names in a row, sometimes with their kind and where they all are."""
        speaker, rng = self.draft.speaker, self.draft.rng
        targets = [speaker.targets[index] for index in indices]
        kinds = plural(noun(targets[0].intent, rng))
        text = rng.choice((names, names, f"the {kinds} {names}", f"the {names} {kinds}", f"{names} (the {kinds})"))
        facts = {"kind"} if kinds in text else set()
        owners, paths = {target.intent.owner for target in targets}, {target.intent.path for target in targets}
        if len(owners) == 1 and targets[0].intent.owner and self.draft.chance(0.6):
            facts.add("owner")
            text += rng.choice((" of ", " on ", " in ", " from ")) + speaker.owner(targets[0].intent.owner)
        elif len(paths) == 1 and targets[0].intent.kind not in (Kind.MODULE, Kind.PACKAGE) and self.draft.chance(0.3):
            facts.add("path")
            text += rng.choice((" in ", " from ", " from ", " (", " out of ")) + speaker.place(targets[0].intent.path)
            text += ")" if f"{names} (" in text and text.count("(") > text.count(")") or text.count(" (") > text.count(")") else ""
        for target in targets:
            target.facts |= facts
        return text

    def _pronoun(self, at: int) -> str:
        rng = self.draft.rng
        if len(self.targets[at]) > 1:
            return rng.choice(("them", "them", "those", "all of them"))
        form = rng.choice(_PRONOUNS)
        target = self.draft.speaker.targets[self.targets[at][0]]
        if "{k}" in form:
            target.facts.add("kind")
        return form.replace("{k}", noun(target.intent, rng))

    def _row(self, parts: list[str]) -> str:
        rng = self.draft.rng
        if len(parts) == 1:
            return parts[0]
        last = rng.choice((" and ", " and ", " and ", ", and " if len(parts) > 2 else " and ", " & ", ", "))
        return ", ".join(parts[:-1]) + last + parts[-1]

    # -- what is new, and where things go ---------------------------------------------------------------------------------------

    def _new(self, base: str, at: int, bare: bool, before: str, after: str) -> str:
        wish, number, index = self.wishes[at], self.numbers[at], self.targets[at][0]
        target = self.draft.speaker.targets[index]
        if wish.action.value == "rename":
            said = self._filled(base, index, bare, before, after)
            return said.replace(f"{OPEN}NEW_{index}{LABEL}", f"{OPEN}NEW_{number}{LABEL}")
        words = (spelled(wish.new, target.intent.name) or in_words(wish.new)) if base == "nw" else None
        if words and " " in words:
            return marked(f"NEW_{number}", words)
        call = wish.action.value in ("method to function", "function to method") and not bare and self.draft.chance(0.15)
        text = marked(f"NEW_{number}", wish.new) + (guarded("()") if call else "")
        return text if bare else self.draft.speaker.quoted(text)

    def _destination(self, form: str, at: int, bare: bool) -> str:
        wish, draft, rng = self.wishes[at], self.draft, self.draft.rng
        path, label = wish.to.partition("::")[0], f"TO_{self.numbers[at]}"
        parts = package_parts(path)
        base = path.rstrip("/").rpartition("/")[2]
        folder = path.endswith("/")

        def code(text: str) -> str:
            return marked(label, text) if bare else draft.speaker.quoted(marked(label, text))

        known = self.said.get(label)
        dotted = ".".join(parts)
        if form == "ts":
            return code(parts[-1])
        if form == "td":
            return code(dotted)
        written = rng.choice((path, path, path, base, "/".join(path.split("/")[-2:]))) if not folder else rng.choice((path, path, path.rstrip("/")))
        if base == "__init__.py":
            written = path
        self.said[label] = written
        if known or form == "tp" or bare:
            return code(known or written)
        if folder:
            return rng.choice((code(written), code(dotted), f"the {code(parts[-1])} package", f"the {code(parts[-1])} folder", f"package {code(dotted)}"))
        if base == "__init__.py":
            return rng.choice((code(path), code(dotted), f"the package root {code(path)}", f"the {code(dotted)} package itself"))
        home = self.draft.speaker.targets[self.targets[at][0]].intent.path
        near = home.endswith(".py") and home.rpartition("/")[0] == path.rpartition("/")[0] and home != path
        forms = [code(written)] * 6 + [code(dotted)] * 3 + [f"the {code(parts[-1])} module", f"{draft.speaker.quoted(marked(label, parts[-1]))}", f"module {code(dotted)}",
                                                            f"the module {code(dotted)}", f"the file {code(written)}"]
        if wish.fresh:
            forms += [f"a new module called {code(parts[-1])}", f"a new file {code(written)}", f"a new module {code(dotted)}", f"a new file called {code(base)}",
                      f"its own module, {code(written)}", f"a new {code(parts[-1])} module", f"{code(written)} (new file)", f"{code(written)}, which doesn't exist yet"]
        if near:
            forms += [f"{code(base)} next to it", f"{code(base)} in the same folder", f"the neighbouring {code(base)}"]
        return rng.choice(forms)

    def _other_end(self, base: str, at: int, bare: bool) -> str:
        """The class that takes a function, its file, or what is used instead."""
        wish, draft, rng = self.wishes[at], self.draft, self.draft.rng
        path, _, name = wish.to.rpartition("::")
        label = f"TO_{self.numbers[at]}"

        def code(text: str) -> str:
            return marked(label, text) if bare else draft.speaker.quoted(marked(label, text))

        if base == "Cf":
            return draft.speaker.code(path if draft.chance(0.7) else path.rpartition("/")[2])
        if base == "C" or "." in name or label in self.said or bare:
            said = self.said.setdefault(label, name)
            return code(said)
        self.said[label] = name
        if not path:
            return code(name)
        dotted = ".".join(package_parts(path))
        call = guarded("()") if name[:1].islower() and not bare and draft.chance(0.12) else ""
        plain = draft.speaker.quoted(marked(label, name) + call)
        kind = "class" if name[:1].isupper() else "function"
        return rng.choice((plain, plain, plain, plain, code(f"{dotted}.{name}"), f"{plain} from {draft.speaker.place(path)}", f"{plain} in {draft.speaker.code(dotted)}",
                           f"the {plain} {kind}", f"{draft.speaker.code(dotted)}'s {plain}" if draft.speaker.quote[1] not in ("'", "’") else plain))

    # -- details ---------------------------------------------------------------------------------------------------------------

    def _code_words(self, label: str, text: str, bare: bool) -> str:
        """Code with a mark; in quotes only where those can't be taken for its own."""
        quote = self.draft.speaker.quote[1]
        plain = bare or quote in ("'", '"', "’", "”") or "`" in text
        return marked(label, text) if plain else self.draft.speaker.quoted(marked(label, text))

    def _detail(self, base: str, wish: Wish, number: int, bare: bool) -> str:
        draft, rng = self.draft, self.draft.rng
        match base:
            case "kw":
                return ""
            case "pl":
                return self._place(wish, number)
            case "e":
                return marked(f"EFFECT_{number}", wish.effect)
            case "type" | "atype":
                words = type_in_words(wish.type, rng) if not bare and draft.chance(0.45) else None
                if words and base == "type" and words.endswith("flag") and words != "flag":
                    words = "boolean"
                text = marked(f"TYPE_{number}", words) if words else self._code_words(f"TYPE_{number}", wish.type, bare)
                return self._article(words or wish.type) + text if base == "atype" else text
            case "default":
                words = value_in_words(wish.default, rng) if not bare and draft.chance(0.25) else None
                return marked(f"DEFAULT_{number}", words) if words else self._code_words(f"DEFAULT_{number}", wish.default, bare)
            case "off":
                adverb = value_as_adverb(wish.default, rng)
                return marked(f"DEFAULT_{number}", adverb) if adverb != wish.default else self._code_words(f"DEFAULT_{number}", adverb, bare)
            case "v" | "vt" | "vs":
                calls, label = {"v": (Calls.CODE, "VALUE"), "vt": (Calls.TESTS, "TEST_VALUE"), "vs": (Calls.RECURSIVE, "SELF_VALUE")}[base]
                return self._code_words(f"{label}_{number}", wish.values[calls], bare)
        return self._parameters(base, wish, number, bare)

    def _place(self, wish: Wish, number: int) -> str:
        """Where an added parameter goes: a phrase after "goes" or "it"."""
        rng = self.draft.rng
        if wish.order is Order.FIRST:
            return rng.choice(PLACES[wish.order])
        beside = self.draft.speaker.quoted(marked(f"PARAM_{number}", wish.parameters[0]))
        return rng.choice(PLACES[wish.order]).format(p=beside)

    def _article(self, words: str) -> str:
        if _NO_ARTICLE.match(words):
            return ""
        return "an " if _VOWEL.match(words) else "a "

    def _parameters(self, base: str, wish: Wish, number: int, bare: bool) -> str:
        names = wish.parameters
        if base in ("pa", "pb"):
            moved = [name for at, name in enumerate(wish.signature) if wish.parameters[at] != name]
            names = (moved[base == "pb"],)
        elif base == "pm":
            names = (wish.moved if self.flags & {"before", "after"} else wish.parameters[0 if "first" in self.flags else -1],)
        elif base == "pr":
            names = (wish.parameters[wish.parameters.index(wish.moved) + (1 if "before" in self.flags else -1)],)
        said = [marked(f"PARAM_{number}", name) for name in names]
        if base == "pc" or bare:
            return guarded(", ").join(said) if len(said) > 1 else said[0]
        return self._row([self.draft.speaker.quoted(text) for text in said])
