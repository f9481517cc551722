"""Several renames in one request: pairs, lists, respective lists, shared kinds and owners.

Builds the clause from mentions of a `Speaker`; knows no scope and no politeness.
"""
from __future__ import annotations

from engine.train.wording_frames import VERB_PHRASES
from engine.train.wording_grammar import expand, guarded, lines
from engine.train.wording_mentions import Speaker, noun, plural
from engine.train.wording_statements import NOTATIONS, STATEMENTS
from engine.train.wording_statements import RULES as FRAME_RULES

# Verb phrases for several; wrapped like those for one.
VERB_PHRASES_FOR_MANY = lines("""
@rename {pairs}
@rename {pairs}
@rename {pairs}
@rename {pairs}, [respectively|]
@rename {olds} to {news}
@rename {olds} to {news} respectively
@rename {olds} to {news}, respectively
@rename {olds} to {news} in [that|this] order
@rename {olds} [into|as] {news} [respectively|]
@change {pairs}
@change the names of {olds} to {news}[, respectively| respectively|]
@change the names {olds} to {news}[, respectively| respectively|]
@update the names: {arrows}
@do [the following|these|a few|some|several] renames: {arrows}
@do [the following|these|a few|some|several] renames:⏎{list}
@rename [the following|these|a few things|some names|several things]: {arrows}
@rename [the following|these|a few things|some names|several things]:⏎{list}
@apply [the following|these] [renames|name changes|renamings]: {arrows}
@apply [the following|these] [renames|name changes|renamings]:⏎{list}
@make [the following|these|a few] [renames|name changes|changes]:⏎{list}
@perform [the following|these] renames:[ {arrows}|⏎{list}]
@switch {pairs}
@switch the names of {olds} to {news} respectively
@call {olds} {news} [respectively|instead|]
@give {olds} the names {news}[, respectively| respectively|]
@give {olds} [better|new|clearer] names: {news}
@replace {olds} [by|with] {news} respectively
@use {news} instead of {olds}
@use the names {news} for {olds}[, respectively| respectively|]
@turn {olds} into {news}[, respectively| respectively|]
@convert {pairs}
@refactor {pairs}
@get {olds} renamed to {news}
@have {olds} renamed to {news}[, respectively|]
@relabel {pairs}
@swap {olds} for {news}
@set the names of {olds} to {news}
@let {olds} be {called} {news}
""")
STATEMENTS_FOR_MANY = lines("""
{becomes}
{becomes}
{becomes}
{olds} {should} be {called} {news}
{olds} {should} be {called} {news} respectively
{olds} {should} be {called} {news}, respectively
{olds} [need|deserve|should have|should get] [better|new|clearer] names: {news}
{olds} are [bad|poor|misleading|confusing|outdated] names[, |; | - |. ][use|call them|make them|rename them to|they should be|I'd prefer] {news}
{olds}: rename [them |]to {news}
{news} [would be|are] better names [for|than] {olds}
{news} [should|must|shall] replace {olds}
[I'd like|I want|we want|we'd like|I need] {olds} to be {called} {news}[ respectively|, respectively|]
[instead of|rather than] {olds}[,|] [use|we should use|let's use|I'd like] {news}
the names of {olds} {should} be {news}
the new names [for|of] {olds} are {news}
[look at|take|see|consider] {olds}[. |, |; | and ][call|name] them {news}[ respectively|]
[I'd like|we need|I need|please do|there are] [a few|several|some] renames: {arrows}
[a few|some|several|the following|these] renames[ please|]:⏎{list}
[a few|some|several|the following|these] renames[ please|]: {arrows}
[renames|rename|renaming|names|to rename|todo|changes|naming cleanup|please rename|refactor names]:⏎{list}
[renames|rename|renaming|names|to rename|todo|changes|name changes|please rename]: {arrows}
[old|was]: {olds}[ / |; |⏎][new|becomes]: {news}
from {olds} to {news}
{list}
{list}
{list}
{arrows}
{arrows}
{clauses}
{clauses}
{clauses}
{clauses}
{sentences}
{sentences}
{sentences}
{mapping}
""")
PAIR_FORMS = lines("""
{o} to {n}
{o} to {n}
{o} to {n}
{o} to be {n}
{o} into {n}
{o} as {n}
{o} to just {n}
""")
ARROWS = lines("""
{oc} -> {n}
{oc} -> {n}
{oc} => {n}
{oc} → {n}
{oc} --> {n}
{oc} to {n}
{oc} : {n}
{oc}: {n}
{oc} = {n}
{oc} becomes {n}
{oc}->{n}
{oc} > {n}
{oc}/{n}
s/{oc}/{n}/
{n} instead of {oc}
{n} (was {oc})
{oc} ({n})
{o} -> {n}
{o} => {n}
""")
LIST_ITEMS = lines("""
{oc} -> {n}
{oc} -> {n}
{oc} => {n}
{oc} to {n}
{oc} → {n}
{oc}: {n}
{oc} becomes {n}
{oc} should be {n}
{o} -> {n}
{o} => {n}
{o} to {n}
{o}: {n}
{o} should be {called} {n}
{o} becomes {n}
{o} [needs|has] to be {n}
rename {o} to {n}
rename {oc} to {n}
rename {o} [to|->|as|into] {n}
call {o} {n}
change {o} to {n}
{n} (now {oc})
{n} instead of {o}
use {n} instead of {oc}
""")
BECOMES = lines("""
{o} becomes {n}
{o} becomes {n}
{o} should be {n}
{o} should be {called} {n}
{o} is now {n}
{o} turns into {n}
{o} to {n}
{o} will be {n}
{o} must be {called} {n}
{o} gets the name {n}
{n} replaces {o}
{n} should be used instead of {o}
""")
BULLETS = ("- ", "- ", "- ", "* ", "", "", "  ", "• ", "- [ ] ", "#", "(#", "+ ")


def _joined(parts: list[str], speaker: Speaker, last: str = "and") -> str:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return speaker.rng.choice((f" {last} ", f" {last} ", f" {last} ", f", {last} ", " & ", ", ", f" {last} also ")).join(parts)
    comma = speaker.rng.choice((", ", ", ", ", ", "; "))
    return comma.join(parts[:-1]) + speaker.rng.choice((f" {last} ", f", {last} ", comma)) + parts[-1]


def one(speaker: Speaker, form: str, index: int, shared: frozenset[str]) -> str:
    """One pair in the given form."""
    if "s/{" in form or '"{' in form:
        speaker.quote = ("", "")
    slots = {
        "o": lambda: speaker.old(index, drop=shared), "oc": lambda: speaker.old(index, bare=True, drop=shared),
        "b": lambda: speaker.name(index), "n": lambda: speaker.new(index),
    }
    return expand(form, FRAME_RULES, slots, speaker.rng)


def _olds(speaker: Speaker, shared: frozenset[str]) -> str:
    """The old things in a row; with their kind in the plural where they share it."""
    intents = [target.intent for target in speaker.targets]
    alike = len({(intent.kind, intent.is_exception) for intent in intents}) == 1
    owners = {intent.owner for intent in intents}
    if not alike or speaker.chance(0.3):
        return _joined([speaker.old(index, drop=shared) for index in range(len(intents))], speaker)
    kinds = plural(noun(intents[0], speaker.rng))
    names = _joined([speaker.old(index, bare=True, drop=frozenset({"owner", "path"})) for index in range(len(intents))], speaker)
    text = speaker.rng.choice((f"the {kinds} {names}", f"{names}", f"{kinds} {names}", f"{names} (the {kinds})", f"the {names} {kinds}"))
    facts = {"kind"} if kinds in text else set()
    if len(owners) == 1 and intents[0].owner and "owner" not in shared and speaker.chance(0.6):
        facts.add("owner")
        text += speaker.rng.choice((" of ", " on ", " in ", " from ")) + speaker.owner(intents[0].owner)
    for target in speaker.targets:
        target.facts |= facts
    return text


def _each(speaker: Speaker, forms: tuple[str, ...], shared: frozenset[str]) -> list[str]:
    form = speaker.rng.choice(forms)
    return [one(speaker, form, index, shared) for index in range(len(speaker.targets))]


def _list(speaker: Speaker, shared: frozenset[str]) -> str:
    bullet = speaker.rng.choice(BULLETS)
    end = speaker.rng.choice(("", "", "", "", ",", ";", "."))
    items = _each(speaker, LIST_ITEMS, shared)
    numbered = {"#": "{}. ", "(#": "{}) "}
    heads = [numbered[bullet].format(at + 1) if bullet in numbered else bullet for at in range(len(items))]
    return "\n".join(head + item + end for head, item in zip(heads, items, strict=True))


def _clauses(speaker: Speaker, shared: frozenset[str]) -> str:
    """A verb phrase for each, joined into one sentence."""
    parts = []
    for index in range(len(speaker.targets)):
        form = speaker.rng.choice(VERB_PHRASES[:12] if speaker.chance(0.6) else VERB_PHRASES).replace("@", "")
        if index and form.startswith("rename {o} to") and speaker.chance(0.4):
            form = form.removeprefix("rename ")
        parts.append(one(speaker, form, index, shared))
    joint = speaker.rng.choice((", ", ", and ", " and ", "; ", ", then ", " and then ", " + ", ", also ", " & ", "\n"))
    return joint.join(parts)


def _sentences(speaker: Speaker, shared: frozenset[str]) -> str:
    """A sentence for each, with its own construction."""
    parts = []
    for index in range(len(speaker.targets)):
        forms = speaker.rng.choice((STATEMENTS, STATEMENTS, VERB_PHRASES, NOTATIONS[:12]))
        parts.append(one(speaker, speaker.rng.choice(forms).replace("@", ""), index, shared))
        if index and speaker.chance(0.4):
            parts[-1] = speaker.rng.choice(("also, ", "also ", "and ", "then ", "next, ", "finally, ", "in addition, ", "likewise ", "plus ")) + parts[-1]
    return speaker.rng.choice((". ", ". ", ". ", "\n", "! ", ".\n", "... ")).join(parts)


def _mapping(speaker: Speaker, shared: frozenset[str]) -> str:
    speaker.quote = speaker.rng.choice((("'", "'"), ('"', '"'), ("", "")))
    pairs = [one(speaker, "{oc}: {n}", index, shared) for index in range(len(speaker.targets))]
    return guarded("{") + ", ".join(pairs) + guarded("}")


def phrase(speaker: Speaker, form: str, shared: frozenset[str]) -> str:
    """A form for several renames, with all of its parts said."""
    news = range(len(speaker.targets))
    slots = {
        "pairs": lambda: _joined(_each(speaker, PAIR_FORMS, shared), speaker),
        "olds": lambda: _olds(speaker, shared),
        "news": lambda: _joined([speaker.new(index) for index in news], speaker),
        "arrows": lambda: speaker.rng.choice((", ", ", ", "; ", " and ", "\n", " / ")).join(_each(speaker, ARROWS, shared)),
        "list": lambda: _list(speaker, shared),
        "becomes": lambda: _joined(_each(speaker, BECOMES, shared), speaker),
        "clauses": lambda: _clauses(speaker, shared),
        "sentences": lambda: _sentences(speaker, shared),
        "mapping": lambda: _mapping(speaker, shared),
    }
    return expand(form, FRAME_RULES, slots, speaker.rng)
