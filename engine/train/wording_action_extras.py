"""Sentences for what a request written by hand does not say itself: details of an added parameter, aliases, and what people add at the end."""
from __future__ import annotations

from engine.train.wording_grammar import lines

DETAILS: dict[str, tuple[str, ...]] = {
    "new": lines("""
call it {n}
name it {n}
the new name is {n}
{n} is what it should be called then
afterwards it goes by {n}
as for the name: {n}
under the name {n}, please
"""),
    "to": lines("""
put it [into|in] {t}
it goes [into|to] {t}
it should live in {t}
the place for it is {t}
{t} is where it belongs
I'd keep it in {t}
"""),
    "type": lines("""
{n} is {atype}
{n} has type {type}
the type of {n} is {type}
annotate {n} as {type}
{n} takes {atype}
it's {atype}
its type is {type}
type: {type}
typed as {type}
we type everything, so give {n} the annotation {type}
"""),
    "default": lines("""
{n} defaults to {default}
the default [of {n} |]is {default}
{off} by default
it's {off} by default
{n} should be {off} by default
default: {default}
default it to {default}
if nobody passes {n} it is {default}
{off} unless the caller says otherwise
use {default} as the default for {n}
"""),
    "code": lines("""
callers pass {v} for {n}
existing [calls|callers|call sites] [should |]pass {v}
the calls in the code pass {n}={v}
at the call sites use {v}
pass {v} wherever it is called
all [present|current|existing] callers want {v}
callers hand in {v}
every call gets `{n}={v}`
"""),
    "tests": lines("""
[in the tests|in tests] pass {vt}
the tests [should |]pass {n}={vt}
tests use {vt}
in the test suite it is {vt}
test code passes {vt} for {n}
when it's called from a test, give it {vt}
"""),
    "recursive": lines("""
the recursive call passes {vs}
recursive calls hand {vs} on
where it calls itself, pass {vs}
inside of it, the recursion gets {n}={vs}
in the recursion use {vs}
"""),
    "keyword": lines("""
{kw}make it keyword-only
{kw}keyword-only, please
{kw}{n} should be keyword-only
{kw}{n} can only be passed by keyword
{kw}nobody should pass it positionally
{kw}put it behind the star
{kw}it comes after a bare `*`
"""),
    "effect": lines("""
when it is [set|true|given], {e}
[if|when] {n} is set, the function should {e}
it is there to {e}
its job is to {e}
with {n} set it should {e}
{n} makes it {e}
what it does: {e}
callers use it to {e}
"""),
    "place": lines("""
put it {pl}
it goes {pl}
{n} goes {pl}
{n} should come {pl}
it belongs {pl}
place it {pl}, please
I want it {pl}
add it {pl}
position: {pl}
insert {n} {pl}
it has to be {pl}, and calls by position must keep working
"""),
    "parameters": lines("""
the parameters [in question |]are {p}
I mean {p}
that is {p}
this is about {p}
"""),
}
ALIAS = lines("""
keep a re-export [at the old place|in the old place|under the old name]
the old import path must keep working
leave an alias behind
leave an alias for the old name
old imports [should|must|have to] keep working
keep it importable from where it is [now|today]
[users|plugins|people] import it from the old place, so that has to work for another release
leave a forwarding import where it was
re-export it from the old module
keep backwards compatibility
don't break anyone who imports the old name
a deprecated alias stays at the old location
""")
NO_ALIAS = lines("""
no re-export needed
no alias, please
don't leave an alias behind
the old import path can die
nothing needs to stay in the old place
no backwards compatibility required
no shim
""")
TAILS = lines("""
take care of the callers
callers [too|included], please
and adjust whoever uses it
update the tests [too|as well|accordingly]
tests need adjusting too
the docs mention it as well
docs and docstrings too
[please |]run the tests afterwards
make sure nothing else changes
[nothing|no code] else should change
no behaviour change
no other changes please
keep the diff small
leave {d} [alone|as it is]
{d} stays [where|as] it is
don't touch {d}
{d} and {d2} are not part of this
not {d} though
{x} uses it, I think
{x} needs an update because of that
mind {x}
also have a look at {x}
keep the comments
keep the docstring
behaviour must not change
mypy should stay green
CI has to stay green
add nothing else
thanks for doing this
it's a mechanical change
should be purely mechanical
check {x} and {x2} too
{D} relies on it, so be careful
""")
TAILS_OF_MOVES = lines("""
update the imports
fix all the imports
imports need to follow, of course
watch out for circular imports
relative imports please, as everywhere in this package
sort the imports afterwards
keep the comments above it
the decorators come along
patched paths in the tests need to change as well
""")
REASONS = lines("""
{d} was done the same way last week
it's the last one of its kind
that's what we agreed on
the linter keeps complaining
reviewers asked for it
it has confused every new colleague so far
we need it for the next release
this came up in the retro
it blocks {d} otherwise
the customer asked for it
it will make testing easier
{D} needs it
I keep stumbling over it
it bothers me every time
that's how the rest of the code base does it
""")
