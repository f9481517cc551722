"""Requests that are not renames, many of them close to one, some of them empty talk; knows no plan."""
from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from engine.train.wording_clauses import CLOSERS, OPENERS
from engine.train.wording_clauses import RULES as CLAUSE_RULES
from engine.train.wording_grammar import expand, guarded, lines, strip
from engine.train.wording_mentions import QUOTES
from engine.train.wording_noise import surface
from engine.train.wording_tasks import REQUESTS, TASKS

TALK = lines("""
hi
hello
hello there
hey, how are you?
good morning
thanks
thank you!
ok
okay
yes
no
maybe
great job
nice
cool
wow
lol
test
testing
help
help me
what can you do?
who are you?
are you there?
what is this?
how does this work?
how do I use this tool?
what time is it?
tell me a joke
the weather is nice today
I am tired
I have a question
never mind
forget it
stop
cancel
continue
go on
do it
do it again
again
same as before
make it better
make it nice
improve the code
fix everything
fix it
it doesn't work
something is wrong
change it
rename
rename it
rename something
asdf
asdf asdf qwer
foo bar baz
lorem ipsum dolor sit amet
...
???
???!
42
a b c d e
{x}
{x}?
{x} {y}
{x} and {y}
{x}, {y}
about {x}
{x} is [great|nice|interesting|weird|important]
I like {x}
I like the name {x}
{x} is a good name
{x} is a good name, keep it
the name {x} is fine
{y} is not better than {x}
I was looking at {x} yesterday
we talked about {x} and {y} in the meeting
what about {x}?
{x} or {y}?
should it be {x} or {y}?
{x} != {y}
{x} == {y}
if {x} then {y}
""")
WHOLE = lines((Path(__file__).parent / "phrases" / "other" / "unsupported.txt").read_text(encoding="utf-8"))
"""Texts written by hand that stand alone."""
BY_HAND = 0.5
ASKS = ("", "", "", "", "", "please ", "can you ", "could you ", "please ", "I want you to ", "we need to ", "let's ", "can we ", "you should ", "pls ", "I'd like to ",
        "help me to ", "would you ", "todo: ", "next: ", "how do I ", "time to ", "it would be nice to ", "go ahead and ")


def unsupported(names: Sequence[str], rng: random.Random) -> str:
    """A request that no rename answers, often with some of the names."""
    quote = rng.choice(QUOTES)
    pool = list(names) or ["main"]

    rng.shuffle(pool)

    def named() -> str:
        pool.append(pool.pop(0))
        name = pool[-1] + rng.choice(("", "", "", "", "()"))
        return guarded(f"{quote[0]}{name}{quote[1]}")

    slots = {"x": named, "y": named, "d": named, "d2": named, "b": named}

    def said(form: str) -> str:
        return expand(form, CLAUSE_RULES, slots, rng)

    if rng.random() < BY_HAND:
        return strip(surface(said(rng.choice(WHOLE)), rng))[0]
    talk = rng.random() < 0.15
    form = rng.choice(TALK if talk else REQUESTS if rng.random() < 0.4 else TASKS)
    direct = talk or form in REQUESTS or form.startswith(("{", "why", "who", "when", "what", "where", "how", "is ", "was ", "[did", "don't", "do not", "[I am", "the "))
    text = said(form) if direct else rng.choice(ASKS) + said(form)
    if not direct and rng.random() < 0.12:
        other = rng.choice([task for task in TASKS if not task.startswith(("{", "w", "["))])
        text += rng.choice((" and ", ", then ", ". also ", "; ")) + said(other)
    if rng.random() < 0.12 and not talk:
        text = said(rng.choice(OPENERS)).strip() + " " + text
    if rng.random() < 0.12 and not talk:
        text += rng.choice((". ", ", ", "\n", " - ")) + said(rng.choice([closer for closer in CLOSERS if "rename" not in closer]))
    return strip(surface(text, rng))[0]
