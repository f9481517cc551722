"""Requests for what no plan can hold, many of them close to one that can, some of them empty talk; knows no plan."""
from __future__ import annotations

import random
from collections.abc import Sequence

from engine.train.wording_clauses import CLOSERS, OPENERS
from engine.train.wording_clauses import RULES as CLAUSE_RULES
from engine.train.wording_grammar import expand, guarded, lines, strip
from engine.train.wording_mentions import QUOTES
from engine.train.wording_noise import surface

TASKS = lines("""
change the default of {x} to [5|None|True|"utf-8"]
change the type of {x} [to int|to str|from list to tuple|to Optional]
change {x} to return [None|a list|a tuple|a generator|early]
extract a [helper|function|method] [called|named] {x} from {y}
extract the loop in {y} into a function called {x}
inline {x}
inline {x} into {y}
deprecate {x}
replace the body of {x} with a call to {y}
replace the implementation of {x} by {y}
call {y} in {x}
call {x} before {y}
{x} should call {y}
{x} should return {y}
{x} should inherit from {y}
{x} should be called before {y}
{x} should be called only once
{x} should be called with {y}
{x} must be called from {y}
{x} becomes slow when {y} is large
add an alias {y} for {x}
add an alias for {x} [called|named] {y}
create an alias {y} = {x}
export {x} from {y}
re-export {x} in {y}
import {x} as {y}
undo the rename
undo the rename of {x}
revert [the rename of {x}|renaming {x} to {y}|the last change|that]
roll back the rename from {x} to {y}
explain why we renamed {x}
why [did we rename|was] {x} [renamed|]?
why is {x} called {y}?
who renamed {x} to {y}?
when was {x} renamed to {y}?
was {x} renamed to {y}?
[did|have] we already rename[d|] {x} to {y}?
do not rename {x}
don't rename {x} to {y}
never rename {x}
[I am|I'm] not sure whether to rename {x} to {y}, what are the pros and cons
list everything that would change if {x} were renamed to {y}
how many places use {x}?
where is {x} [used|defined|called|imported]?
who calls {x}?
show me {x}
print the source of {x}
what does {x} do?
what is the difference between {x} and {y}?
is {x} the same as {y}?
explain {x}
explain how {x} uses {y}
describe {x}
summarize {x}
document {x}
write [docs|a docstring|documentation|a tutorial|an example] for {x}
add a docstring to {x}
update the [docs|docstring|readme|changelog] [of|for] {x}
mention {x} in the [docs|changelog]
write [a test|tests|unit tests|a benchmark|property tests] for {x}
[add|extend] tests for {x} and {y}
fix the bug in {x}
fix {x}
fix the [crash|error|race condition|memory leak|failing test] in {x} [when {y} is empty|when {y} is None|]
{x} [crashes|fails|hangs|breaks] when {y} is [None|empty|missing|large]
{x} raises [an error|a TypeError|a KeyError] [in {y}|], fix it
{x} is [broken|slow|buggy|flaky|too long|too complex]
speed up {x}
make {x} faster
optimise {x}
optimize the loop in {x}
cache the result of {x}
refactor {x}
refactor {x} to use {y}
refactor {x} so that it is easier to test
clean up {x}
simplify {x}
rewrite {x} [in rust|using asyncio|from scratch|with a regex]
restructure {x} and {y}
reorder the methods of {x}
sort the imports [in {x}|]
format {x}
format the code
run black
run the tests
run the linter and fix the warnings
add type hints [to {x}|everywhere|]
annotate {x}
add logging to {x}
log {x} in {y}
add error handling [to {x}|around {y}]
catch {x} in {y}
raise a {x} when {y} is missing
set {x} to {y}
set {x} to [0|False|None|10]
assign {y} to {x}
increase {x} [to 30|by one]
make {x} equal to {y}
compare {x} with {y}
copy {x} to {y}
duplicate {x} as {y}
implement {x}
implement {y} in {x}
create a [class|function|module|new file] [called|named] {x}
add a method [called|named] {x} to {y}
add {x}
add a rename command to the cli
write a script that renames files
implement a rename feature in {x}
rename the git branch
rename the git branch to {x}
rename the database column {x} to {y} in production
rename the repository on github
rename the project's docker image
the function that renames files, {x}, is broken
fix the rename bug in {x}
test that {x} renames {y}
what's the best way to name things?
wrap {x} in {y}
decorate {x} with {y}
override {x} in {y}
upgrade [the dependencies|python|{x}]
bump the version [to 2.0|]
commit [this|the changes]
push
release a new version
open a pull request
translate the comments to english
convert tabs to spaces
convert the project to poetry
support python 3.13
drop python 3.8
make {x} [private|async|faster|thread safe|lazy|abstract|reentrant|idempotent|generic|final]
make {x} [inherit from {y}|a subclass of {y}|implement {y}]
{x} should be [faster|cached|documented|tested|async|more robust|easier to read]
change {x} to [async|a generator|return early|use a lock|use {y} internally]
turn {x} into [a context manager|a decorator|a coroutine|an enum|a named tuple|a protocol|an abstract base class]
convert {x} to [async|pathlib|an enum|f-strings|a named tuple|pydantic|attrs]
use {y} inside {x}
subclass {x}
deprecate {x} and warn whoever calls it
{x} should emit a DeprecationWarning
extract the [loop|try block|first ten lines|error handling|validation] of {y} into a function [called|named] {x}
extract lines [10-20|40 to 52] of {x} into a helper
pull the duplicated code of {x} and {y} into a helper
inline {x}
inline {x} into its only caller
unroll the loop in {x}
replace the loop in {x} by a comprehension
replace the if chain in {x} with a dict
use a set instead of a list in {x}
use a regular expression in {x}
use dataclasses instead of dicts in {y}
use f-strings in {x}
replace print by logging in {x}
read {x} from an environment variable
store {x} in a database
write {x} to disk atomically
retry {x} three times [when {y} fails|]
add retries to {x}
add a timeout [to the requests in {x}|when {y} hangs]
cache {x} for five minutes
memoize {x}
use lru_cache on {x}
close the file in {x}
{x} leaks [memory|file handles], find out why
validate the input of {x}
check the arguments of {x}
sanitize {y} in {x}
escape {y} before {x} prints it
encrypt {x}
parallelise {x}
run {x} in a thread
make {x} work on windows
make {x} work with python 3.13
{x} does not work with {y}
{x} gives the wrong result for {y}
{x} is off by one
{x} should ignore case
{x} should accept {y} objects as well as strings
{x} should handle [None|empty input|unicode|timezones|negative numbers]
handle {y} in {x}
handle the case that {y} is empty
when {y} is given to {x} twice, ignore the second one
sort the result of {x}
paginate {x}
print {y} at the end of {x}
show a progress bar in {x}
colour the output of {x}
translate the messages of {x}
improve the error message of {x}
improve the performance of {x} [and {y}|]
profile {x}
benchmark {x} against {y}
reduce the complexity of {x}
break {x} into smaller pieces
this function is too long: {x}
implement __repr__ for {x}
implement __eq__ and __hash__ on {x}
add an __iter__ to {x}
make {x} picklable
make {x} hashable
make {x} iterable
add slots to {x}
add overloads to {x}
fix the type hints of {x}
mypy complains about {x}
ruff complains about {x}
sphinx warns about {x}
fix the docstring of {x}
fix the spelling in {x}
rewrite the docs of {x}
bump {x} to {y}
pin {x}
vendor {x}
publish {x}
undo the last move
why did {x} move to {y}?
should {x} be in {y}?
do we want {x} as a property?
could {x} ever be None?
don't move {x} to {y}
do not delete {x}
""")
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

    talk = rng.random() < 0.15
    form = rng.choice(TALK if talk else TASKS)
    direct = talk or form.startswith(("{", "why", "who", "when", "what", "where", "how", "is ", "was ", "[did", "don't", "do not", "[I am", "the "))
    text = said(form) if direct else rng.choice(ASKS) + said(form)
    if not direct and rng.random() < 0.12:
        other = rng.choice([task for task in TASKS if not task.startswith(("{", "w", "["))])
        text += rng.choice((" and ", ", then ", ". also ", "; ")) + said(other)
    if rng.random() < 0.12 and not talk:
        text = said(rng.choice(OPENERS)).strip() + " " + text
    if rng.random() < 0.12 and not talk:
        text += rng.choice((". ", ", ", "\n", " - ")) + said(rng.choice([closer for closer in CLOSERS if "rename" not in closer]))
    return strip(surface(text, rng))[0]
