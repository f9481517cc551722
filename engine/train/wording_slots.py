"""The slots of a request written by hand, filled so that they suit what stands around them.

Knows where a text is code, in which a name stands bare, and where it is prose, in which names are quoted; knows no files of phrases.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.evidence.entities import Kind
from engine.train.wording_draft import Draft, Homonym, Scope
from engine.train.wording_grammar import CONTROL, GUARD, UNGUARD, guarded, marked
from engine.train.wording_mentions import Target, in_words, noun, package_parts, plural, spelled

_SLOT = re.compile(r"\{(\w+)\}")
_PIECE = re.compile(r"`[^`\n]*\{\w+\}[^`\n]*`|\S*\{\w+\}\S*")
_INSIDE = re.compile(r"""(?P<head>[("“'\[]*)(?P<core>.*?)(?P<tail>(?:[.,;:?!)"”'\]]|…)*)$""")
_WHOLE = re.compile(r"(\{\w+\}\.)?\{\w+\}(\.py|\(\)|/)?$")
_POSSESSIVE = re.compile(r"\{\w+\}['’]s$")
_LABEL = re.compile("\ue001[A-Z_]+\\d*\ue002")
_BARE_AFTER = re.compile(r"\b(?:the|our|this|that|its|an?|file|module|script|class|function|method|import|from the)[ `\"']*$", re.IGNORECASE)
_IN = re.compile(r"\b(?:of|in|on|from|inside) $")
_END = re.compile(r"[.,;:?!)\n]|$")
_VOWEL = re.compile(r"[aeio]|u(?!ser|s[aei]|ni)", re.IGNORECASE)
_ARTICLE = re.compile(r"\b[aA] $")


@dataclass(slots=True)
class Rendering:
    """One text with its slots; `flat` has its alternatives chosen."""

    draft: Draft
    flat: str
    slots: frozenset[str]
    scope: Scope
    nouns: dict[int, str] = field(default_factory=dict)
    passing: dict[str, str] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)
    # Things whose name was said as a name.
    homonym: Homonym | None = None

    def text(self) -> str:
        """The text with marks and guards."""
        if "b" in self.slots or "b2" in self.slots:
            self.draft.speaker.wordy = 0.0
        if "h" in self.slots:
            self.homonym = self.draft.rng.choice(self.draft.others.homonyms)
        parts: list[str] = []
        at = 0
        for match in _PIECE.finditer(self.flat):
            parts.append(self.flat[at:match.start()])
            said = self._piece(match[0], match.start())
            if _ARTICLE.search(parts[-1]) and re.match(r"\{(?:k|w|nw)\d?\}", match[0]) and _VOWEL.match(CONTROL.sub("", _LABEL.sub("", said))):
                parts[-1] = parts[-1].removesuffix(" ") + "n "
            parts.append(said)
            at = match.end()
        return re.sub(r",(?=[\ue001-\ue005]*[,.;:?!)])", "", "".join(parts) + self.flat[at:])

    def excluded(self) -> tuple[Homonym, ...]:
        return (self.homonym,) if self.homonym else ()

    def settle(self) -> None:
        """How each thing was mentioned, where its own words didn't say so."""
        for index, target in enumerate(self.draft.speaker.targets):
            target.by = "name" if index in self.named else target.by or "words"

    def _piece(self, piece: str, start: int) -> str:
        """Words that touch a slot, or a span of code."""
        if piece.startswith("`"):
            return self._code(piece, start)
        inside = _INSIDE.match(piece)
        assert inside
        head, core, tail = inside["head"], inside["core"], inside["tail"]
        closing = tail.rfind(")") + 1 if core.count("(") > core.count(")") else 0
        core, tail = core + tail[:closing], tail[closing:]
        begins = start + len(head)
        if _POSSESSIVE.match(core):
            core, tail = core[:-2], core[-2:] + tail
        if _SLOT.fullmatch(core) and not self._in_code(begins):
            return head + self._slot(core[1:-1], False, self.flat[:begins], self.flat[begins + len(core):]) + tail
        if core.endswith("}s") and core.startswith("{k"):
            return head + plural(self._noun(1 if "2" in core else 0)) + tail
        code = self._code(core, begins)
        return head + (self.draft.speaker.quoted(code) if _WHOLE.match(core) and not self._in_code(begins) else code) + tail

    def _in_code(self, at: int) -> bool:
        """Whether quotes or the parentheses of a call are open."""
        before = self.flat[:at]
        call = re.search(r"\}\([^()]*$", before)
        return before.count('"') % 2 == 1 or call is not None

    def _code(self, text: str, start: int) -> str:
        """A piece of code or quoted text, whose slots stand bare."""
        quote, self.draft.speaker.quote = self.draft.speaker.quote, ("", "")
        said = _SLOT.sub(
            lambda match: self._slot(match[1], True, self.flat[:start + match.start()], self.flat[start + match.end():]), text)
        self.draft.speaker.quote = quote
        if "{b}.py" in text or "{b}/" in text:
            self.draft.speaker.targets[0].facts.add("kind")
        return guarded(said.replace(GUARD, "").replace(UNGUARD, ""))

    def _slot(self, slot: str, bare: bool, before: str, after: str) -> str:
        """What stands for a slot; bare inside code."""
        base, index = (slot[:-1], 1) if slot.endswith("2") and slot[0] not in "dx" else (slot, 0)
        return self._filled(base, index, bare, before, after)

    def _filled(self, base: str, index: int, bare: bool, before: str, after: str) -> str:
        """A slot of one thing."""
        speaker, target = self.draft.speaker, self.draft.speaker.targets[index]
        match base:
            case "o":
                return self._old(index)
            case "b":
                return self._name(index)
            case "k":
                target.facts.add("kind")
                return self._noun(index)
            case "O":
                return self._owner(target, bare, before, after)
            case "F":
                return self._file(target, bare or _BARE_AFTER.search(before) is not None)
            case "n":
                imitates = not bare and index not in self.named and self.draft.chance(0.5)
                return speaker.new(index) if imitates else speaker.quoted(marked(f"NEW_{index}", target.intent.new))
            case "w":
                words = in_words(target.intent.name)
                return marked(f"OLD_{index}", words) if words and " " in words else self._name(index)
            case "nw":
                words = spelled(target.intent.new, target.intent.name)
                return marked(f"NEW_{index}", words if words and " " in words else target.intent.new)
            case "P":
                return self._places(before)
            case "h":
                return self._homonym(bare)
        return self._passing(base, bare)

    def _old(self, index: int) -> str:
        said = self.draft.speaker.old(index)
        if self.draft.speaker.targets[index].by == "name":
            self.named.add(index)
        return said

    def _name(self, index: int) -> str:
        self.named.add(index)
        return self.draft.speaker.quoted(marked(f"OLD_{index}", self.draft.speaker.targets[index].intent.name))

    def _noun(self, index: int) -> str:
        return self.nouns.setdefault(index, noun(self.draft.speaker.targets[index].intent, self.draft.rng))

    def _owner(self, target: Target, bare: bool, before: str, after: str) -> str:
        draft, owner = self.draft, target.intent.owner
        target.facts.add("owner")
        parts = owner.split(".")
        if parts[-1] == "__init__" and len(parts) > 1:
            return draft.speaker.code(parts[-2] if bare or draft.chance(0.5) else owner)
        if not bare and _IN.search(before) and _END.match(after) and draft.chance(0.35):
            return draft.speaker.owner(owner)
        return draft.speaker.code(owner if draft.chance(0.2) else parts[-1])

    def _file(self, target: Target, bare: bool) -> str:
        target.facts.add("path")
        path = target.intent.path
        if bare:
            return self.draft.speaker.code(path if self.draft.chance(0.7) else path.rpartition("/")[2])
        return self.draft.speaker.place(path)

    def _places(self, before: str) -> str:
        label, places = ("ONLY", self.scope.only) if self.scope.only else ("EXCEPT", self.scope.exclude)
        said = self.draft.places(label, places)
        if _IN.search(before) or re.search(r"\b(?:within|to|into|edit|touch) $", before):
            said = said.replace("everything in ", "")
        return said

    def _passing(self, slot: str, bare: bool) -> str:
        """Something that is mentioned in passing: always the same for a slot."""
        others, rng = self.draft.others, self.draft.rng
        if slot not in self.passing:
            pool = {"d": others.names, "D": others.classes, "x": others.files}[slot[0]]
            free = [name for name in pool if name not in self.passing.values()]
            self.passing[slot] = rng.choice(free) if free else self._invented(slot[0])
        name = self.passing[slot]
        if slot[0] == "x" and self.draft.chance(0.25):
            name = name.rpartition("/")[2]
        call = "()" if slot[0] == "d" and not bare and name.islower() and self.draft.chance(0.1) else ""
        return self.draft.speaker.code(name + call)

    def _invented(self, letter: str) -> str:
        name = self.draft.invented().removesuffix("()").rpartition(".")[2]
        while name in self.passing.values():
            name = self.draft.invented().removesuffix("()").rpartition(".")[2]
        camel = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
        return {"d": name, "D": camel, "x": f"{self.draft.rng.choice(('src/', 'app/', 'lib/', ''))}{name.lower()}.py"}[letter]

    def _homonym(self, bare: bool) -> str:
        """The other thing of the same name, told apart by what it differs in."""
        thing, draft = self.homonym, self.draft
        assert thing
        code, rng = draft.speaker.code, draft.rng
        kind = noun_of(thing, draft)
        last = thing.owner.rpartition(".")[2]
        meant = draft.speaker.targets[0].intent
        if last == "__init__":
            last = thing.owner.split(".")[0]
        path = thing.path if draft.chance(0.7) else thing.path.rpartition("/")[2]
        name = code(thing.name)
        if thing.owner and last != meant.owner.rpartition(".")[2]:
            forms = [f"the {name} of {code(last)}", f"the {name} {kind} of {code(last)}", f"{name} of {code(last)}", f"the {kind} {name} in {code(last)}", f"the {name} in {code(last)}"]
            if draft.speaker.quote[1] not in ("'", "’"):
                forms.append(f"{code(last)}'s {name}")
            dotted = [code(f"{last}.{thing.name}")] * 4
            return rng.choice(dotted if bare else forms + (dotted if thing.kind is not Kind.PARAMETER else []))
        if thing.kind in (Kind.MODULE, Kind.PACKAGE):
            return rng.choice((f"the {kind} {name}", f"the {name} {kind}", code(thing.path.removesuffix("/__init__.py"))))
        dotted_path = ".".join(package_parts(thing.path)[-1:])
        forms = [f"the {name} {kind} in {code(path)}", f"the {name} {kind} in {code(path)}", f"{name} in {code(path)}", f"the {kind} {name} in {code(path)}", f"the {name} from {code(path)}"]
        if thing.kind in (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT):
            forms += [code(f"{dotted_path}.{thing.name}")] * 2
        elif thing.path == meant.path:
            forms = [f"the {kind} {name}", f"the {name} {kind}"]
        return rng.choice(forms)


_NOUNS = {
    Kind.FUNCTION: ("function", "function", "helper"), Kind.METHOD: ("method",), Kind.CLASS: ("class",), Kind.CONSTANT: ("constant", "variable"),
    Kind.ATTRIBUTE: ("attribute", "field"), Kind.PARAMETER: ("parameter", "argument"), Kind.MODULE: ("module",), Kind.PACKAGE: ("package",),
}


def noun_of(thing: Homonym, draft: Draft) -> str:
    return draft.rng.choice(_NOUNS[thing.kind])
