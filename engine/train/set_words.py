"""Words for sets of definitions: nouns, articles, and how relations, names and sorts are said."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from engine.entity_canvas import Described
from engine.entity_facts import EXCEPTION
from engine.evidence import Kind
from engine.train.wording_grammar import expand, inflect, lines

NOUNS = {
    Kind.FUNCTION: ("functions", "functions", "functions", "helpers", "helper functions", "free functions", "module-level functions", "top-level functions", "utilities", "utility functions", "routines", "defs"),
    Kind.CLASS: ("classes", "classes", "classes", "types"),
    Kind.CONSTANT: ("constants", "constants", "constants", "module constants", "settings", "globals", "module-level constants", "values", "variables"),
    Kind.METHOD: ("methods", "methods", "methods", "member functions"),
}
ANYTHING = ("definitions", "things", "names", "functions and classes", "code")
_ALL = ("all ", "all ", "all the ", "the ", "the ", "the ", "every one of the ", "all of the ", "those ", "our ", "")
EVERYTHING = ("everything", "everything", "anything", "whatever", "all")
"""What a relative clause can follow without a noun."""

KIND = lines("""
{n}
{n} [that are|] [defined|found|left] there
""")
EVERYTHING_HERE = ("everything", "everything", "all definitions", "all of it", "the whole content", "the contents", "all the code", "whatever is defined")
SUBCLASSES = lines("""
subclasses of {b}
{b} subclasses
{b}'s subclasses
classes [that|which] [inherit from|derive from|subclass|extend|are derived from|are based on|are built on|come from|descend from] {b}
classes [inheriting from|derived from|based on|deriving from|extending|subclassing|below|under|with base|with the base class|with {b} as base, that is, with] {b}
children of {b}
{n} [whose|with] [base class|base|parent|superclass] is {b}
descendants of {b}
implementations of {b}
concrete {b} [classes|types]
{b} family without {b} itself
{b} [implementations|variants|descendants|children]
""")
FAMILY = lines("""
{b} and its subclasses
{b} and [everything|all|whatever] [derived from it|that derives from it|that extends it|inheriting from it|below it]
{b} and all [its|of its] [subclasses|children|descendants|implementations]
{b} family
{b} hierarchy
{b} and what inherits from it
{b} with all its subclasses
{b} plus subclasses
{b}, with the [classes|types] [derived from|based on] it
base class {b} and [all|] its [subclasses|implementations|children]
class {b} together with its subclasses
""")
DECORATED = lines("""
{n} decorated with @{d}
{n} decorated with {d}
{n} [with|carrying|under|below|wearing] [the {d} decorator|@{d}|a {d} decorator]
{n} that [carry|have|wear|are marked|use] @{d}
{n} [that are|] marked [with|as] @{d}
@{d} {n}
@{d}-decorated {n}
{d} {n}
""")
PREFIX = lines("""
{n} [starting|beginning] with {h}
{n} [that|which] [start|begin] with {h}
{n} whose [name starts|names start|name begins] with {h}
{n} prefixed [with|by] {h}
{n} with [the prefix {h}|a {h} prefix|names in {h}]
{n} [called|named] {h}*
{n} called {h}something
{h}* {n}
{h} {n}
{h}*
{n} matching {h}*
""")
SUFFIX = lines("""
*{t}
*{t} {n}
{n} [ending|that end|which end] [in|with|on] {t}
{n} whose [name ends|names end] [in|with] {t}
{n} [with the suffix|suffixed with|suffixed] {t}
{n} called something{t}
{n} named *{t}
{n} matching *{t}
""")
WORD = lines("""
{w} {n}
{w} {n}
{w} {n}
{w}-related {n}
{w} related {n}
{n} [that have to do with|about|dealing with|to do with|concerned with|concerning|that concern|that deal with|related to|that handle|handling|around|for|responsible for] {w}
{n} [that|which] [are|] [for|about] {w}
{n} with {w} in [their|the|its] name
{n} [that mention|mentioning] {w} [in their name|]
{n} whose [name contains|names contain|name has] {w}
{w} [stuff|code|machinery|bits|things|parts|logic|helpers]
{n} [having to do|that have something to do] with {w}
""")
PRIVATE = lines("""
private {n}
internal {n}
underscore {n}
underscored {n}
non-public {n}
{n} [that start|starting|which begin] with an underscore
{n} [with a leading underscore|whose name starts with an underscore|prefixed with an underscore|that are private|meant to be private|nobody outside should use]
""")
PUBLIC = lines("""
public {n}
non-private {n}
{n} [without a leading underscore|that are public|that don't start with an underscore]
""")
EXCEPTIONS = ("exceptions", "exceptions", "exception classes", "error classes", "errors", "exception types", "custom exceptions", "error types", "exceptions and warnings", "classes that are exceptions", "own exceptions")
OF_CLASS = lines("""
{n} of {o}
{n} [on|in] {o}
{o}'s {n}
{o} {n}
{n} [that|which] {o} [has|defines]
""")
CALLERS = lines("""
{n} [that|which] [call|use|go through|rely on|depend on|need|make use of|are built on|refer to] {x}
{n} [calling|using|relying on|depending on|built on|based on|around|referring to] {x}
callers of {x}
users of {x}
{n} in which {x} is [used|called]
{n} with [calls of|calls to|a call to|a call of] {x}
{n} whose body [calls|uses|mentions] {x}
{x} [callers|users]
""")
CALLED = lines("""
{n} [that|which] {x} [calls|uses|needs|relies on|depends on|goes through|is built on]
{n} {x} [calls|uses|needs|relies on|depends on]
{n} [called|used|needed|required] [by|in|from|inside] {x}
helpers of {x}
{x}'s helpers
{n} [that|which] are [called|used|needed] [by|in|from] {x}
""")
CALLED_ONLY = lines("""
{n} [that|which] only {x} [calls|uses|needs|refers to]
{n} only {x} [calls|uses|needs]
{n} [called|used|needed] [only|solely|exclusively] [by|in|from] {x}
{n} [that|which] are [only|solely|just] [called|used|needed] [by|in|from] {x}
{n} [nobody|no one] but {x} [calls|uses|needs]
{n} that nothing [but|except|other than] {x} [calls|uses]
{n} used nowhere but in {x}
""")
WITH_HELPERS = lines("""
{x} and the [{n}|helpers] it [calls|uses|needs|relies on]
{x} and [what|everything|whatever|all] it [calls|uses|needs|depends on]
{x} [together with|along with|with|plus|and also] [its helpers|the {n} it uses|what it needs|everything it calls]
{x} and its [helpers|{n}|dependencies]
""")
TAKING = lines("""
{n} [that|which] [take|accept|have|expect|receive|get|want] [a|an|the] {p} [parameter|argument|keyword|]
{n} [taking|accepting|with|expecting|having] [a|an|the] {p} [parameter|argument]
{n} [taking|accepting|that take|that accept] {p}
{n} whose signature [has|contains|includes] {p}
{n} with {p} in [the|their] signature
{n} that are [passed|given|handed] [a|the|] {p}
""")
RAISING = lines("""
{n} [that|which] [raise|may raise|can raise|throw|end in] {x}
{n} [raising|throwing] {x}
{n} [with|containing] a raise of {x}
{n} where {x} is raised
""")
SORTS = {
    "async": ("async {n}", "asynchronous {n}", "coroutines", "{n} that are async", "{n} defined with async def", "coroutine functions", "awaitable {n}"),
    "generator": ("generators", "generator functions", "{n} that yield", "{n} that are generators", "{n} with a yield in them", "{n} which yield something"),
    "deprecated": ("deprecated {n}", "{n} that are deprecated", "{n} marked as deprecated", "{n} which warn about deprecation", "{n} emitting a DeprecationWarning", "obsolete {n}"),
    "abstract": ("abstract {n}", "{n} that are abstract", "abstract base {n}", "{n} with abstract methods", "ABCs", "interfaces", "{n} nobody can instantiate"),
    "alias": ("aliases", "alias assignments", "{n} that are [only|just|mere|] aliases", "old aliases", "assignments that only give something a second name", "second names", "plain aliases", "names that just point to something else", "backwards-compatibility aliases", "assignments that [exist|are there] only to keep an old name alive", "compat aliases", "re-assigned names"),
    "regex": ("regexes", "regular expressions", "compiled patterns", "compiled regexes", "patterns", "compiled regular expressions", "{n} that are compiled patterns", "regex constants", "pre-compiled patterns"),
    "string": ("string constants", "strings", "{n} that are strings", "constants that hold a string", "text constants"),
    "number": ("numbers", "numeric constants", "{n} that are numbers", "numeric settings", "limits and sizes", "magic numbers"),
    "mapping": ("dicts", "mappings", "dictionaries", "lookup tables", "{n} that are dicts", "tables"),
    "sequence": ("lists", "tuples and lists", "{n} that are lists or tuples", "sequences", "collections", "lists of constants"),
}
NARROWER = {
    "private": ("private", "internal", "underscore", "non-public"), "public": ("public", "public", "exported"), "async": ("async", "asynchronous"),
    "deprecated": ("deprecated", "obsolete"), "generator": ("generator",), "abstract": ("abstract",),
}  # fmt: skip
"""Adjectives for the members of a set, by what is true of those that they leave."""
SAYING = lines("""
{n} whose [docstring|docstrings|documentation|comment] [mention|mentions|speak of|speaks of|say|says] {w}
{n} [with|that have] {w} in [their|the] [docstring|docstrings|comment|documentation]
{n} documented as {w}
{n} that [deal|have to do] with {w}
{n} that [are|seem to be] about {w}
{n} about {w}
{n} [concerned with|dealing with|to do with|for] {w}
{w} {n}
{w}-related {n}
{n} that carry a {w} comment
{n} [marked|commented|labelled] as {w}
{n} under the {w} comment
""")
LESS = ("{s} except {m}", "{s} except for {m}", "{s} but {m}", "{s} but not {m}", "{s} other than {m}", "{s} apart from {m}", "{s} without {m}", "{s}, {m} excepted", "{s} (not {m})", "{s}, just not {m}", "{s} save {m}")
ONE = lines("""
{k} that {verbs} {rest}
{k} which {verbs} {rest}
{k} that {verbs} the {rest}
{k} for {verbing} {rest}
{k} for {verbing} the {rest}
{k} responsible for {verbing} {rest}
{k} we use to {verb} {rest}
{k} used to {verb} {rest}
{k} that is used for {verbing} {rest}
{k} with which we {verb} {rest}
{k} where {rest} are {verbed}
{k} to {verb} {rest}
""")
ONE_OF = {Kind.FUNCTION: ("function", "function", "helper", "routine", "helper function", "utility"), Kind.METHOD: ("method", "method", "member function")}


@dataclass(frozen=True, slots=True)
class DrawnSet:
    """A description and what it means."""

    before: str
    """Words in front of the description that are no part of it: `all the`."""
    words: str
    """The description itself."""
    members: tuple[Described, ...]
    owner: str = ""
    """The class that is named as their place."""


def noun(members: Sequence[Described], rng: random.Random) -> str:
    """What they all are, in the plural."""
    kinds = {item.entity.kind for item in members}
    if rng.random() < 0.5 and all(EXCEPTION in item.facts.sorts for item in members):
        return rng.choice(EXCEPTIONS)
    return rng.choice(NOUNS[kinds.pop()]) if len(kinds) == 1 else rng.choice(ANYTHING)


def said(forms: Sequence[str], members: Sequence[Described], rng: random.Random, of_a_kind: bool = False, **names: str) -> DrawnSet:
    """One of the forms as the description of its members; `{n}` is their noun, or everything where a clause follows and no other kind would fit it too."""
    form, plain = rng.choice(forms), noun(members, rng)
    alone = not of_a_kind and form.startswith(("{n} [that", "{n} that", "{n} which", "{n} [with", "{n} with", "{n} [called", "{n} {x}")) and rng.random() < 0.12
    plain = rng.choice(EVERYTHING) if alone else plain
    slots = {name: value.__str__ for name, value in ({"n": plain} | names).items()}
    text = " ".join(expand(form, {}, slots, rng).split())
    bare = alone or text.startswith(tuple(names.values())) and forms in (FAMILY, WITH_HELPERS) and not text.endswith(("family", "hierarchy"))
    return DrawnSet("" if bare else rng.choice(_ALL), text, tuple(members))


def one(member: Described, parts: Sequence[str], rng: random.Random) -> DrawnSet:
    """A single function, described by what its name says: parts are the words of the name, a verb first."""
    verb, rest = parts[0], " ".join(parts[1:])
    slots = {
        "k": rng.choice(ONE_OF[member.entity.kind]), "verb": verb, "verbs": inflect(verb, "third"), "verbing": inflect(verb, "ing"),
        "verbed": inflect(verb, "participle"), "rest": rest if rng.random() < 0.5 or rest.endswith("s") else rest + "s",
    }  # fmt: skip
    made = expand(rng.choice(ONE), {}, {name: value.__str__ for name, value in slots.items()}, rng)
    return DrawnSet("the ", made, (member,))
