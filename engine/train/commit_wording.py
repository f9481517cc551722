"""The subject of a commit as an instruction: which of its words name what the diff did.

The truth is the diff's; the words are a person's, and only labelled where they are the very names of the diff. The rules here make labels
and are never used at run time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.lexemes import Lexeme
from engine.plan import Action
from engine.plan_canvas import instruction_lexemes
from engine.retrieval import looks_like_code
from engine.train.commit_facts import Fact
from engine.train.wording import Mark
from engine.values import MAX_INTENTS

MOST_WORDS = 25
_MENTION = 60
"""Characters around a mention in which its kind or place is said."""
_KINDS = r"functions?|methods?|class(?:es)?|constants?|attributes?|attrs?|param(?:eter)?s?|arg(?:ument)?s?|kw ?args?|keywords?|modules?|options?|flags?|fields?|propert(?:y|ies)|helpers?|fixtures?"
_KIND_NEXT = re.compile(rf"[`'\"()]*\s+(?:{_KINDS})\b", re.IGNORECASE)
_KIND_BEFORE = re.compile(rf"\b(?:{_KINDS})\s+[`'\":]*$", re.IGNORECASE)
_ARROW = re.compile(r"[`'\"()]*\s*(?:to|into|as|->|=>|→|by|with|for|in favou?r of)\s+(?:be\s+)?[`'\"*_]*$")
_LEADS = re.compile(r"\b(?:to|into|in|under|inside|as|->|=>|→)\s*(?:an?\s|the\s|its\s|own\s|new\s|separate\s|module\s|file\s|package\s|[`'\":*])*$", re.IGNORECASE)
_SAYS_RENAME = re.compile(r"\brenam", re.IGNORECASE)
_SAYS_MOVE = re.compile(r"\b(?:mov(?:e|es|ed|ing)|relocat\w+)\b", re.IGNORECASE)
_SAYS_DELETE = re.compile(r"\b(?:remov|delet|drop|kill|purg|nuk|eliminat|get(?:ting)? rid|strip|ditch|unused|dead|obsolete)\w*", re.IGNORECASE)
_SAYS_ADD = re.compile(r"\b(?:add|accept|introduc|support|allow|tak|expos|provid|giv|new)\w*", re.IGNORECASE)
_ENDINGS = frozenset({"cfg", "toml", "txt", "ini", "rst", "md", "json", "yml", "yaml", "in", "sh", "html"})
_IN_A_ROW = re.compile(r"[`'\"()]*(?:,| and| &|, and| /)\s+[`'\"]*(?:\w+\.)*([^\W\d]\w*)")
_AFTER_A_ROW = re.compile(r"([^\W\d]\w*)[`'\"()]*(?:,| and| &|, and| /)\s+[`'\"]*(?:\w+\.)*$")
_PARAMETER_BESIDE = re.compile(r"\b(?:param(?:eter)?|arg(?:ument)?|kw ?arg|keyword)s?[`'\" :]*\x00|\x00[`'\"()]*\s+(?:keyword\s+)?(?:param(?:eter)?|arg(?:ument)?|kw ?arg|keyword)s?\b", re.IGNORECASE)
"""Words for a parameter beside a name, which is written as one NUL."""
_KEYWORD_ONLY = re.compile(r"\b(?:keyword|kw)[- ]?only\b", re.IGNORECASE)
_SAYS = {
    Action.STATIC: re.compile(r"\bstatic", re.IGNORECASE), Action.CLASSMETHOD: re.compile(r"class[ -]?method", re.IGNORECASE),
    Action.PROPERTY: re.compile(r"\bpropert", re.IGNORECASE), Action.KEYWORD: _KEYWORD_ONLY, Action.FUNCTION: re.compile(r"\bfunction|\bmodule|\bout\b", re.IGNORECASE),
}  # fmt: skip
_OTHERWISE = re.compile(
    r"\b(?:renam|replac|merg|inlin|instead|favou?r|convert|refactor|extract|deprecat|rework|rewrit|simplif|consolidat|unif|combin|into|mov(?:e|ed|es|ing)\b|substitut|revert|switch|swap|fold|split)\w*|->|=>|→",
    re.IGNORECASE,
)
"""Words of a subject that deletes by doing something else."""
_NEGATIVE_NOT = re.compile(
    r"\b(?:renam|replac|mov(?:e|ed|es|ing)\b|remov|delet|drop|instead|convert|swap|deprecat|revert|unused|kill|param|arg(?:ument)?s?\b|kwarg|static|propert|extract|split|"
    r"get rid|use\b|make\b|turn|change|switch|refactor|default|keyword|option|merg|consolidat|inline|clean|reorder|rework|flag|take|accept|allow|support|extend|add\b.*\bto\b)\w*|->|=>|→",
    re.IGNORECASE,
)
"""Words of a subject that may ask for what the facts don't tell."""


@dataclass(slots=True)
class Request:
    """One request of a subject: its marks and the facts that it stands for."""

    action: Action
    facts: list[Fact] = field(default_factory=list)
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    """start, end, field"""

    @property
    def start(self) -> int:
        """Where it is first spoken of."""
        return min(start for start, _, _ in self.marks)


@dataclass(frozen=True, slots=True)
class Said:
    """A subject and its requests, in order; none: nothing that this engine can do."""

    text: str
    requests: tuple[Request, ...]

    def marks(self) -> tuple[Mark, ...]:
        """All marks with the number of their request."""
        return tuple(Mark(start, end, f"{name}_{number}") for number, request in enumerate(self.requests, 1) for start, end, name in request.marks)


def said(subject: str, facts: Sequence[Fact]) -> Said | None:
    """What a subject asks for, where its words are the names of what was done; None where they aren't, or say more than one thing."""
    if not 2 <= len(subject.split()) <= MOST_WORDS:
        return None
    reading = _Reading(subject, instruction_lexemes(subject))
    requests: dict[tuple[str, ...], Request] = {}
    for fact in facts:
        marks = reading.marks_of(fact)
        if marks is None:
            continue
        # Without a word for where they went, definitions that went to several places were still asked for at once.
        to = fact.to if any(name == "TO" for _, _, name in marks) else ""
        key: tuple[str, ...] = (fact.action.value, fact.new or to or fact.at or " ".join(fact.parameters))
        if fact.action is Action.RENAME:
            key = (*key, fact.name)
        request = requests.setdefault(key, Request(fact.action))
        request.facts.append(fact)
        request.marks += [mark for mark in marks if mark not in request.marks]
    chosen = sorted(requests.values(), key=lambda request: request.start)
    if not 1 <= len(chosen) <= MAX_INTENTS or _clash(chosen) or reading.leaves_out(chosen):
        return None
    return Said(subject, tuple(chosen))


def negative(subject: str, facts: Sequence[Fact], known: Iterable[str]) -> Said | None:
    """A subject that names a definition of the tree, of a commit that did none of the actions."""
    if facts or not 3 <= len(subject.split()) <= MOST_WORDS or _NEGATIVE_NOT.search(subject):
        return None
    names = {word.text for word in instruction_lexemes(subject) if word.is_word and looks_like_code(word.text)}
    return Said(subject, ()) if names & set(known) else None


def _clash(requests: Sequence[Request]) -> bool:
    """Whether a word would have two labels."""
    taken: dict[int, tuple[int, str]] = {}
    for number, request in enumerate(requests):
        for start, end, name in request.marks:
            for at in range(start, end):
                if taken.setdefault(at, (number, name)) != (number, name):
                    return True
    return False


@dataclass(frozen=True, slots=True)
class _Reading:
    """A subject, word by word."""

    text: str
    words: tuple[Lexeme, ...]

    def places(self, name: str) -> list[Lexeme]:
        """The words that are just a name, and neither say where another one stands (`attr` of `attr.ib`) nor end a file's name (`setup.cfg`)."""
        found = [word for word in self.words if word.text == name]
        return [word for word in found if not re.match(r"\.(?!py\b)\w", self.text[word.end :]) and not (name in _ENDINGS and self.text[: word.start].endswith("."))]

    def is_name(self, word: Lexeme) -> bool:
        """Whether a word is meant as a name: written as no English word is, quoted, called, dotted, or beside the word for its kind."""
        before, after = self.text[max(0, word.start - _MENTION) : word.start], self.text[word.end : word.end + _MENTION]
        if looks_like_code(word.text) or before.endswith(("`", "'", '"', "@")) or after.startswith(("()", "`", "(self", ".py", "=")):
            return True
        if re.search(r"\w\.$", before) or re.match(r"\.\w", after):
            return True
        return bool(_KIND_NEXT.match(after) or _KIND_BEFORE.search(before))

    def named(self, name: str) -> list[Lexeme]:
        """The words that name something; none where the name may be plain English."""
        places = self.places(name)
        return places if any(self.is_name(word) for word in places) and not any(self._is_option(word) for word in places) else []

    def _is_option(self, word: Lexeme) -> bool:
        """Whether it is one of a command line, `--verbose`."""
        return self.text[: word.start].endswith("-")

    def is_file(self, word: Lexeme) -> bool:
        """Whether a word is the stem of a file's name."""
        return self.text.startswith(".py", word.end)

    def leaves_out(self, requests: Sequence[Request]) -> bool:
        """Whether a name that stands in a row with a labelled one has no label: then the diff tells less than the words."""
        marks = [(*mark, request) for request in requests for mark in request.marks if mark[2] in ("OLD", "NEW")]
        own = {start for start, _, _, _ in marks}
        for start, end, name, request in marks:
            for found in (_IN_A_ROW.match(self.text, end), _AFTER_A_ROW.search(self.text[:start])):
                is_name = found is not None and (looks_like_code(found[1]) or name == "NEW" and request.action is Action.ADD)
                if found is not None and is_name and found.start(1) not in own:
                    return True
        return False

    def marks_of(self, fact: Fact) -> list[tuple[int, int, str]] | None:
        """The marks of one fact; None where the text does not speak of it."""
        if fact.name.startswith("__") and fact.name.endswith("__"):
            return None
        if not fact.target.endswith(".py") and fact.action is not Action.RENAME and any(self.is_file(word) for word in self.places(fact.name)):
            return None
        match fact.action:
            case Action.RENAME:
                return self._rename(fact)
            case Action.MOVE:
                return self._move(fact)
            case Action.DELETE:
                named = self.named(fact.name) if _SAYS_DELETE.search(self.text) and not _OTHERWISE.search(self.text) else []
                return _old(named) if named and self._is_deleted(named[0]) else None
            case Action.ADD:
                return self._add(fact)
            case Action.METHOD:
                named, homes = self.named(fact.name), self.places(fact.at)
                return [*_old(named), *((word.start, word.end, "TO") for word in homes)] if named and homes else None
            case Action.KEYWORD:
                return self._keyword(fact)
            case _:
                named = self.named(fact.name) if _SAYS[fact.action].search(self.text) else []
                return _old(named) or None

    def _rename(self, fact: Fact) -> list[tuple[int, int, str]] | None:
        olds, news = self.places(fact.name), self.places(fact.new)
        if not olds or fact.new.startswith("__"):
            return None
        if not news:
            only = _SAYS_RENAME.search(self.text) and not re.search(r"\bto\b|->|=>|→|\binto\b|\bas\b|/", self.text)
            return _old(olds) if only and self.named(fact.name) else None
        joined = any(_ARROW.match(self.text[old.end : new.start]) for old in olds for new in news if old.end < new.start)
        sure = all(any(self.is_name(word) for word in words) for words in (olds, news))
        if not (joined and (sure or _SAYS_RENAME.search(self.text)) or sure and _SAYS_RENAME.search(self.text)):
            return None
        return [*_old(olds), *((word.start, word.end, "NEW") for word in news)]

    def _move(self, fact: Fact) -> list[tuple[int, int, str]] | None:
        named = self.named(fact.name)
        if not named or (_SAYS_RENAME.search(self.text) and fact.target.endswith(".py")):
            return None
        place = self._place(fact.to, named)
        if place is not None:
            return [*_old(named), (*place, "TO")]
        leads = re.search(r"\b(?:to|into|in|under|from|out)\b|->|→", self.text, re.IGNORECASE)
        return _old(named) if _SAYS_MOVE.search(self.text) and not leads and not _SAYS_RENAME.search(self.text) else None

    def _place(self, path: str, named: Sequence[Lexeme]) -> tuple[int, int] | None:
        """Where a destination is said: its path or dotted name, or the tail of one."""
        taken = {at for word in named for at in range(word.start, word.end)}
        for form in _spelt(path):
            for found in re.finditer(rf"(?<![\w./]){re.escape(form)}(?![\w/])(?!\.\w)", self.text):
                bare = form.isidentifier()
                if taken & set(range(*found.span())) or (bare and not _LEADS.search(self.text[: found.start()])):
                    continue
                return found.span()
        return None

    def _add(self, fact: Fact) -> list[tuple[int, int, str]] | None:
        news = self.named(fact.new)
        if not news or not _SAYS_ADD.search(self.text) or fact.new == fact.name:
            return None
        olds = self.places(fact.name)
        if olds and not any(self.is_name(word) for word in olds):
            olds = []
        beside = any(_PARAMETER_BESIDE.search(f"{self.text[: word.start]}\0{self.text[word.end :]}") for word in news)
        if not olds and (not beside or re.search(r"\b(?:to|for|in|on|of|from|into|config\w*)\b", self.text)):
            # Without a place it is a request that leaves its target out; with one, the words mean it in a way that can't be told here.
            return None
        marks = [*_old(olds), *((word.start, word.end, "NEW") for word in news)]
        for word in news:
            given = re.match(rf"=({re.escape(fact.default)})(?!\w)", self.text[word.end :]) if fact.default else None
            if given is not None:
                marks.append((word.end + given.start(1), word.end + given.end(1), "DEFAULT"))
        return marks

    def _is_deleted(self, word: Lexeme) -> bool:
        """Whether a mention is what is removed, and not where, or in front of the verb."""
        found = _SAYS_DELETE.search(self.text)
        between = self.text[found.end() : word.start] if found is not None else ""
        return not re.search(r"\b(?:from|in|of|on|for|when|if|after|before|because|since|with|by|that|which)\b", between)

    def _keyword(self, fact: Fact) -> list[tuple[int, int, str]] | None:
        params = [word for name in fact.parameters for word in self.named(name)]
        olds = self.named(fact.name)
        if not _KEYWORD_ONLY.search(self.text) or not (params or olds):
            return None
        return [*_old(olds), *((word.start, word.end, "PARAM") for word in params)]


def keyword_only(text: str) -> bool:
    """Whether a text says so of a parameter."""
    return _KEYWORD_ONLY.search(text) is not None


def _old(words: Sequence[Lexeme]) -> list[tuple[int, int, str]]:
    return [(word.start, word.end, "OLD") for word in words]


def _spelt(path: str) -> Iterator[str]:
    """The ways to write a module's place, the longest first."""
    whole = path.removesuffix("/")
    parts = whole.removesuffix(".py").removesuffix("/__init__").split("/")
    tails = [parts[i:] for i in range(len(parts))]
    if whole.endswith(".py"):
        yield from ("/".join(whole.split("/")[i:]) for i in range(whole.count("/") + 1) if whole.split("/")[i] != "__init__.py")
    yield from (joint.join(tail) for tail in tails for joint in ("/", ".") if len(tail) > 1)
    yield parts[-1]
