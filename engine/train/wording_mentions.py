"""How people point at one thing in code: by its name, kind, owner and file, in any of the orders they use.

Knows the intent that is mentioned and the quoting habit of one text; knows no sentence around it.
"""
from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.evidence.entities import Kind
from engine.naming import join, style_of, subwords
from engine.train.wording_grammar import expand, guarded, lines, marked


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to rename."""

    kind: Kind
    name: str
    owner: str
    # Dotted qualified name of the enclosing class or function, or nothing.
    path: str
    # The file; the folder of a package.
    new: str
    is_exception: bool = False
    parameters: tuple[str, ...] = ()  # of a function, where a mention may show them


NOUNS: dict[str, tuple[str, ...]] = {
    "function": ("function", "function", "function", "func", "fn", "method", "helper", "helper function", "util function", "routine", "def", "utility",
                 "callable", "free function", "top-level function", "module function", "procedure"),
    "method": ("method", "method", "method", "method", "function", "meth", "member function", "func", "call", "instance method", "class method", "api",
               "fn", "operation", "member"),
    "class": ("class", "class", "class", "class", "cls", "type", "object", "Class", "model", "model class", "data class", "base class",
              "helper class", "klass"),
    "exception": ("exception", "exception", "exception", "error", "error class", "exception class", "error type", "class", "exc", "custom exception",
                  "exception type"),
    "constant": ("constant", "constant", "constant", "const", "global", "variable", "setting", "global variable", "module constant", "var", "flag",
                 "module-level constant", "value", "config constant", "module variable", "default"),
    "attribute": ("attribute", "attribute", "attribute", "attr", "field", "property", "member", "instance variable", "variable", "instance attribute",
                  "member variable", "data member", "prop", "ivar", "class attribute", "slot"),
    "parameter": ("parameter", "parameter", "parameter", "param", "argument", "arg", "kwarg", "keyword argument", "keyword", "option", "kw", "variable",
                  "input", "keyword arg", "function argument", "keyword parameter", "named argument", "formal parameter"),
    "module": ("module", "module", "module", "file", "file", "mod", "python file", "script", "source file", "python module", "submodule", "py file"),
    "package": ("package", "package", "package", "folder", "directory", "pkg", "subpackage", "dir", "sub-package", "python package", "sub package",
                "package folder"),
}
QUOTES = (("", ""),) * 20 + (("`", "`"),) * 10 + (("'", "'"),) * 5 + (('"', '"'),) * 5 + (("``", "``"), ("**", "**"), ("“", "”"), ("*", "*"), ("<", ">"),
                                                                                         ("‘", "’"), ("«", "»"))

_WITH_KIND = lines("""
the {k} {c}
the {k} {c}
the {k} {c}
the {c} {k}
the {c} {k}
the {c} {k}
{k} {c}
{k} {c}
{c} {k}
{c}
the {k} [called|named|known as|currently called|currently named|now called|with the name] {c}
{c} (the {k})
{c} ({k})
{c}, the {k},
{k} [called|named] {c}
[our|that|this] {k} {c}
[our|that|this] {c} {k}
[our|your|my] {c} {k}
[a|some] {k} named {c}
{k} `{c}`
{k}: {c}
""")
_WORDS = lines("""
the {c} {k}
the {c} {k}
the {c} {k}
the {k} {c}
{c} {k}
our {c} {k}
that {c} {k}
the {k} [called|named] {c}
""")
_OWNED = lines("""
{m} of {O}
{m} of {O}
{m} in {O}
{m} in {O}
{m} on {O}
{m} from {O}
{m} inside {O}
{m} ([in|of|on|from] {O})
{m} ({O})
{m} [defined on|belonging to|which belongs to|that belongs to|inside of|within] {O}
{s} {m}
{s} {m}
{s} {m}
{s} {m}
""")
_LOCATED = lines("""
{m} in {p}
{m} in {p}
{m} in {p}
{m} from {p}
{m} from {p}
{m} ({p})
{m} (in {p})
{m} [at|inside|of|within|under|out of|over in] {p}
{m} [defined in|declared in|that lives in|which lives in|located in|found in|living in|you find in|we have in|that is in|sitting in|implemented in] {p}
{ps} {m}
{m} [@|at] {p}
""")


def noun(intent: Intent, rng: random.Random) -> str:
    return rng.choice(NOUNS["exception" if intent.is_exception else intent.kind])


def plural(word: str) -> str:
    if word.endswith(("class", "cls")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith(("ty", "ry")) else word + "s"


def spelled(name: str, like: str) -> str | None:
    """A name as plain words, where the words give it back in the style of `like`."""
    text = in_words(name)
    return text if text and join(subwords(name), style_of(like)) == name else None


def in_words(name: str) -> str | None:
    """A name as plain words, where those are not the name itself."""
    words = subwords(name)
    text = " ".join(words)
    return text if words and text != name and not any(word.isdigit() for word in words) else None


def package_parts(path: str) -> tuple[str, ...]:
    """Components of the import name of a file or folder."""
    parts = path.strip("/").removesuffix(".py").removesuffix("/__init__").split("/")
    return tuple(parts[1:] if parts[0] in ("src", "lib") and len(parts) > 1 else parts)


@dataclass(slots=True)
class Target:
    """What a text has said so far about one intent."""

    intent: Intent
    by: str = ""
    # How it was first mentioned: "name", "words", or nothing yet.
    facts: set[str] = field(default_factory=set)
    # Among kind, owner, path.
    shape: str = ""
    # "call", "file", "path", "dotted" or "owned": what the new name may imitate.
    prefix: str = ""
    # What stood in front of the name in that shape.


@dataclass(slots=True)
class Speaker:
    """One text's habits; turns intents into mentions with marks, numbered by place in `targets`."""

    targets: Sequence[Target]
    rng: random.Random
    quote: tuple[str, str]
    wordy: float = 0.14
    # How often a first mention in full spells the name in plain words.

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def quoted(self, text: str) -> str:
        before, after = self.quote
        return f"{guarded(before)}{text}{guarded(after)}" if before and not self.chance(0.05) else text

    def code(self, text: str) -> str:
        return self.quoted(guarded(text))

    def owner(self, owner: str) -> str:
        if owner.endswith(".__init__"):
            made = owner.removesuffix(".__init__").rpartition(".")[2]
            text = self.code(made)
            return self.rng.choice((text, text, self.code(owner), self.code(made + "()"), f"the {text} constructor", f"the constructor of {text}",
                                    f"the {text} class", f"{text} objects"))
        last = owner.rpartition(".")[2]
        text = self.code(owner if self.chance(0.4) else last)
        if last[:1].isupper():
            return self.rng.choice((text, text, text, f"class {text}", f"the {text} class", f"the class {text}"))
        call = self.code(last + "()")
        return self.rng.choice((text, text, text, call, f"the {text} function", f"function {text}", f"the function {text}", f"the {text} method"))

    def place(self, path: str) -> str:
        """A file or folder, as people write it."""
        parts = package_parts(path)
        base, dotted = path.strip("/").rpartition("/")[2], ".".join(parts)
        is_file = path.endswith(".py")
        code = self.code
        forms = [code(path), code(path), code(path), code(base if is_file else base + "/"), code(dotted), code("/".join(path.split("/")[-2:]))]
        forms += [f"the file {code(path)}", f"file {code(path)}", f"the {code(parts[-1])} module", f"module {code(dotted)}", code("./" + path)] if is_file \
            else [f"the {code(parts[-1])} package", f"the {code(base)} folder", f"package {code(dotted)}"]
        return self.rng.choice(forms)

    def old(self, index: int, bare: bool = False, drop: frozenset[str] = frozenset()) -> str:
        """The old thing: pointed at in full the first time, by name afterwards."""
        target = self.targets[index]
        if target.by:
            return self.quoted(self._again(index))
        target.by = "name"
        if bare or self.chance(0.22):
            return self._bare(index, drop if bare else drop | {"owner", "path"})
        intent = target.intent
        wordy = in_words(intent.name) if self.chance(self.wordy) else None
        if wordy:
            target.by = "words"
        return self._phrase(index, self._wanted(intent) - drop, wordy)

    def name(self, index: int) -> str:
        """Only the old name, as a second mention; words where the text spelled it."""
        if not self.targets[index].by:
            return self.old(index, bare=True)
        return self.quoted(self._again(index))

    def new(self, index: int) -> str:
        """The new name, in the manner of the old one where that was mentioned before."""
        target = self.targets[index]
        intent = target.intent
        wordy = spelled(intent.new, intent.name)
        if wordy and self.chance(0.5 if target.by == "words" else 0.03):
            return self.quoted(marked(f"NEW_{index}", wordy)) if self.chance(0.3) else marked(f"NEW_{index}", wordy)
        mark = marked(f"NEW_{index}", intent.new)
        shape = target.shape if self.chance(0.75) else ""
        if shape == "call":
            return self.quoted(mark + guarded("()"))
        if shape == "file":
            return self.quoted(mark + guarded(".py"))
        if shape == "owned" and self.chance(0.5):
            return self.quoted(guarded(target.prefix) + mark)
        if shape in ("path", "dotted") and self.chance(0.7):
            return self.quoted(guarded(target.prefix) + mark + guarded(".py" if shape == "path" and intent.path.endswith(".py") else ""))
        return self.quoted(mark)

    def _again(self, index: int) -> str:
        target = self.targets[index]
        text = in_words(target.intent.name) if target.by == "words" else None
        return marked(f"OLD_{index}", text or target.intent.name)

    def _wanted(self, intent: Intent) -> set[str]:
        wanted = {"kind"} if self.chance(0.5) else set()
        if intent.owner and self.chance(0.85 if intent.kind == "parameter" else 0.6):
            wanted.add("owner")
        if self.chance(0.28):
            wanted.add("path")
        return wanted

    def _phrase(self, index: int, wanted: set[str], wordy: str | None) -> str:
        """A noun phrase that states what is wanted, each fact once."""
        target, rng = self.targets[index], self.rng
        intent = target.intent
        if wordy:
            core = marked(f"OLD_{index}", wordy)
            core = self.quoted(core) if self.chance(0.2) else core
            target.facts.add("kind")
            text = expand(rng.choice(_WORDS), {}, {"c": lambda: core, "k": lambda: noun(intent, rng)}, rng)
        else:
            core = self._bare(index, frozenset({"owner", "path"}) - wanted, likely=0.35, signed=True)
            text = core
            if "kind" in wanted and "kind" not in target.facts:
                target.facts.add("kind")
                alone = len(self.targets) == 1 and wanted == {"kind"}
                choices = [form for form in _WITH_KIND if not (self.quote[0] and "`" in form) and (alone or not form.endswith(","))]
                text = expand(rng.choice(choices), {}, {"c": lambda: core, "k": lambda: noun(intent, rng)}, rng)
        if "owner" in wanted and intent.owner and "owner" not in target.facts:
            text = self._attached(text, _OWNED, self.owner(intent.owner), "O", "s")
            target.facts.add("owner")
        if "path" in wanted and "path" not in target.facts and intent.kind not in ("module", "package"):
            text = self._attached(text, _LOCATED, self.place(intent.path), "p", "ps")
            target.facts.add("path")
        return text

    def _attached(self, text: str, forms: tuple[str, ...], place: str, key: str, possessive: str) -> str:
        """`text` with one more place around it; a possessive takes the article away."""
        simple = self.quote[1] not in ("'", "’") and not text.startswith(("our ", "your ", "my ", "that ", "this ", "a ", "some "))
        form = self.rng.choice([form for form in forms if simple or "s} {m}" not in form])
        if "s} {m}" in form:
            text = text.removeprefix("the ")
        owned = place + ("'" if place.endswith("s") and self.chance(0.3) else "'s")
        return expand(form, {}, {"m": lambda: text, key: lambda: place, possessive: lambda: owned}, self.rng)

    def _bare(self, index: int, drop: frozenset[str], likely: float = 0.2, signed: bool = False) -> str:
        """The name itself, sometimes dotted, called, with its parameters, or as a path."""
        target, rng = self.targets[index], self.rng
        intent, mark = target.intent, marked(f"OLD_{index}", target.intent.name)
        if intent.kind in ("module", "package"):
            return self._file(target, mark, "path" not in drop)
        parts = package_parts(intent.path)
        signature = guarded(f"({', '.join(intent.parameters)})") if signed and intent.parameters and self.chance(0.16) else ""
        if "owner" not in drop and intent.owner and intent.kind != "parameter" and self.chance(likely + 0.15):
            owner = intent.owner if self.chance(0.5) else intent.owner.rpartition(".")[2]
            target.facts.add("owner")
            joint = rng.choice((".", ".", ".", ".", ".", ".", "::", "#"))
            prefix = owner + joint
            if "path" not in drop and self.chance(0.25):
                target.facts.add("path")
                prefix = (".".join(parts) + "." if self.chance(0.6) else intent.path + "::") + prefix
            target.shape, target.prefix = "owned", prefix
            tail = signature or (guarded("()") if intent.kind == "method" and self.chance(0.25) else "")
            return self.quoted(guarded(prefix) + mark + tail)
        if "path" not in drop and not intent.owner and self.chance(likely):
            target.facts.add("path")
            prefix = rng.choice((".".join(parts) + ".", parts[-1] + ".", intent.path + "::", ".".join(parts) + ":", intent.path + ":"))
            target.shape, target.prefix = "owned", prefix
            return self.quoted(guarded(prefix) + mark + signature)
        if signature:
            return self.quoted(mark + signature)
        if intent.kind in ("function", "method") and self.chance(0.22):
            target.shape = "call"
            return self.quoted(mark + guarded("()"))
        if intent.kind == "attribute" and self.chance(0.2):
            target.shape, target.prefix = "owned", rng.choice(("self.", "self.", "."))
            return self.quoted(guarded(target.prefix) + mark)
        if intent.kind == "parameter" and self.chance(0.06):
            return self.quoted(mark + guarded("="))
        return self.quoted(mark)

    def _file(self, target: Target, mark: str, with_path: bool) -> str:
        """A module or package by name, file name, path or dotted name."""
        intent, rng = target.intent, self.rng
        is_file = intent.path.endswith(".py")
        above = intent.path.rstrip("/").rpartition("/")[0]
        dotted = package_parts(intent.path)[:-1]
        if with_path and above and self.chance(0.5):
            target.facts.add("path")
            if dotted and self.chance(0.35):
                target.shape, target.prefix = "dotted", ".".join(dotted) + "."
                return self.quoted(guarded(target.prefix) + mark)
            pieces = above.split("/")
            target.prefix = "/".join(pieces[rng.choice((0, 0, 0, -1)):]) + "/"
            target.prefix = ("./" if target.prefix.startswith(above) and self.chance(0.08) else "") + target.prefix
            target.shape = "path"
            return self.quoted(guarded(target.prefix) + mark + guarded(".py" if is_file else rng.choice(("", "", "/"))))
        if is_file and self.chance(0.5):
            target.shape = "file"
            target.facts.add("kind")
            return self.quoted(mark + guarded(".py"))
        if not is_file and self.chance(0.25):
            target.facts.add("kind")
            return self.quoted(mark + guarded("/"))
        return self.quoted(mark)
