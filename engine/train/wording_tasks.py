"""Requests for what redraft does not do: bugs, features, speed, formatting, documents, questions; some of them close to what it does."""
from __future__ import annotations

from engine.train.wording_grammar import lines

TASKS = lines("""
change the default of {x} to [5|None|True|"utf-8"]
change the type of {x} [to int|to str|from list to tuple|to Optional]
change {x} to return [None|a list|a tuple|a generator|early]
split {x} up
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
{x} and {y} do the same thing, remove the duplication
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
create a new function {x} that calls {y}
add a method [called|named] {x} to {y}
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
subclass {x}
wrap {x} in {y}
decorate {x} with {y}
override {x} in {y}
make {x} and {y} configurable
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
make the {x} argument of {y} [optional|required|positional only]
change {x} to [async|a dataclass|a generator]
convert {x} to [async|a dataclass|pathlib|an enum]
turn {x} into [a dataclass|a context manager|a decorator|a coroutine|a generator]
make {x} [async|faster|thread safe|lazy|abstract|call {y}|inherit from {y}|a subclass of {y}|iterable|hashable|immutable]
{x} should be [a context manager|a generator|a singleton|faster|cached|documented|tested|async|thread safe]
split the body of {x} into smaller functions
remove the unused [import|variable|branch] in {x}
use {y} inside the loop of {x}
""")
REQUESTS = lines("""
[hey, |]{x} is broken when the list is empty, it throws an IndexError. please fix
there's an off-by-one error in {x}, the last element is missing
users report that {x} eats memory, find the leak
the test for {x} fails on Windows only. Make it pass.
{x} should retry three times before it gives up, with a pause in between
We need a second backend beside {x} that talks to Redis.
Let {x} write its result to a file as JSON, too.
Please implement pagination in {x}.
Add a command line option that calls {x}.
[Extract|Pull out] lines [10-20|34 to 51|120 through 140] of {x} into a function of their own
Take the block under the second if in {x} and make a helper from it.
the inner loop of {x} could be its own function, call it {y}
The try/except in {x} should be extracted.
[Inline|Please inline] {x} at its only call site.
inline the variable [tmp|result|data] in {x}
Replace the temporary in {x} with an expression.
Make {x} async and await it wherever it's called.
Switch {x} from threads to asyncio.
convert the callbacks in {x} to futures
{x} takes two seconds for a thousand rows, that has to become ten times faster
Profile {x} and get rid of the bottleneck.
Can you vectorise {x} with numpy?
Use a set and not a list for the lookups in {x}.
memoise {x}, the results never change
Stream the file in {x} and don't read it at once.
Reformat {x} to 88 columns.
Sort the imports and remove trailing whitespace.
fix all flake8 warnings in {x}
Use f-strings in {x} instead of the percent formatting.
Double quotes everywhere, please.
Write a docstring for {x} in numpy style.
{x} has no tests. Write some, also for the error paths.
Raise the coverage of {x} to 90 percent.
Document the exceptions that {x} raises.
Explain in a comment why {x} sleeps.
Translate the error messages in {x} into German.
The README should mention {x}, with an example.
Add type annotations to {x} so that mypy stops complaining.
What's the time complexity of {x}?
Which of {x} and {y} is better for large inputs?
Does anything depend on the order in which {x} and {y} are called?
Is it safe to call {x} from several threads?
Could you review {x}? I'm not happy with it.
{x} logs passwords, mask them
Validate the arguments of {x} and raise ValueError with a helpful text.
{x} must not accept negative numbers
Return an empty list rather than None from {x}.
Change what {x} returns: a tuple of two, not a dict.
Let {x} yield the items one by one.
Don't let {x} swallow exceptions.
Catch only OSError in {x}.
{x} ought to close the connection at the end, best with a context manager.
Set a timeout of five seconds on the request in {x}.
the regular expression in {x} doesn't match umlauts
{x} rounds wrong. It's got to be half to even.
Daylight saving time breaks {x}.
Use UTC in {x}.
change the algorithm in {x} to binary search
Rewrite {x} without recursion.
Reduce the complexity of {x}, it has eleven branches.
Flatten the nested ifs in {x} by returning early.
Replace the if/elif chain in {x} by a dictionary.
Use match instead of if in {x}.
Turn the loop in {x} into a comprehension.
{x} repeats itself three times, factor that out.
Introduce an interface for {x} and {y}.
Make {x} a singleton.
Let {x} and {y} share a base class with what they have in common.
Use dependency injection in {x}.
Implement {x} in terms of {y}.
Split {x}, which does two things at once, so that each function does one.
{x} should implement __eq__ and __hash__.
Make instances of {x} immutable.
Add slots to {x}.
Make {x} an enum.
Convert {x} from namedtuple to dataclass.
Port {x} to SQLAlchemy 2.
Upgrade to pydantic v2.
Replace requests by httpx in the project.
Swap out the logging library.
Add a CI job that runs on Python 3.13.
Build a docker image.
Publish the package on PyPI.
Write the changelog for this release.
Delete all files in the build folder.
Delete the row in the database that belongs to {x}.
Remove the blank lines at the end of {x}.
remove the print statements from {x}
Drop the else after the return in {x}.
Remove the first line of {x}'s docstring.
Delete the last two tests.
Move the cursor to {x}.
Move the ticket about {x} to done.
Move the default of {x} from 10 to 20.
Move line 40 of {x} above line 30.
Move the check in {x} before the loop.
Add a parameter check to {x}.
Add a default branch to the match in {x}.
Replace the value 5 in {x} by 7.
Replace tabs by spaces in {x}.
Replace the comment above {x}.
Make the error message of {x} clearer.
Make the tests of {x} faster.
Reorder the statements in {x} so that the cheap check comes first.
Sort the methods of {x} alphabetically.
Group the imports in {x}.
Swap the two branches of the if in {x}.
Add {x} to the docs index.
Turn on strict mode in mypy.
Turn the warnings in {x} into errors.
Turn off the cache in {x}.
Use the new name of the company in the licence headers.
Where would you put {x}? Don't move it yet.
How would one turn {x} into a property? Just asking.
Don't delete {x}, I still need it.
No need to move {x} any more, I did that myself.
Should {x} be a static method? Tell me what you think.
What happens if I remove {x}?
List all parameters of {x}.
Which functions could be moved out of {x}?
Show me what a dataclass for the arguments of {x} would look like.
Undo the move of {x} to {y}.
I moved {x} to {y} and now the tests fail. Why?
""")
