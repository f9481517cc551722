"""Parameters that people add to functions, with their types, defaults and, for switches, what they are said to do. Knows no repository."""
from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from engine.train.wording_grammar import expand, lines

_EFFECTS = lines("""
verbose: [log every step|log what it does|print each step|log one line per item|say what it is doing|log its arguments]
debug: [log the arguments at debug level|print the intermediate result|log the result before returning it|dump its state to the log]
quiet: [suppress the log messages|not print anything|keep silent|return without logging]
silent: [return None instead of raising|skip the warning|swallow the error and return None]
dry_run: [return before anything is written|only log what would happen|leave the file system alone|return early without changing anything]
strict: [raise a ValueError on unknown keys|raise an error when nothing is found|raise a ValueError if the input is empty|fail on the first problem]
safe: [return None when the input is empty|skip entries that are None|return early if there is nothing to do]
raise_errors: [raise the error again|let exceptions through|raise instead of returning None]
warn: [issue a DeprecationWarning|log a warning|warn about duplicates|emit a warning first]
force: [skip the check|ignore the cache|overwrite what's there|go ahead without asking]
validate: [check the arguments first|raise a ValueError for negative numbers|verify the input before using it|check that the path exists]
use_cache: [look into the cache first|return the cached result|keep the result for the next call]
no_cache: [bypass the cache|clear the cache first|ignore what is cached]
refresh: [drop the cached value first|reload the data|clear the cache before reading]
trace: [log entry and exit|log the name of the function|record the call]
log_result: [log the result|log what it returns|write the return value to the log]
sort: [sort the result|return the items in order|sort the entries before returning them]
reverse: [reverse the result|return the items in reverse order|start from the end]
unique: [drop duplicates|return each item once|leave out repeated entries]
lazy: [return a generator|postpone the work|return early and do nothing yet]
as_list: [return a list|convert the result to a list|wrap the result in a list]
as_tuple: [return a tuple|convert the result to a tuple]
copy: [work on a copy|copy the input first|return a copy]
strip: [strip whitespace from the result|strip the input first|remove leading and trailing spaces]
lower: [lower-case the input|convert the name to lower case first]
allow_empty: [accept an empty input|return early when the input is empty|not complain about an empty list]
allow_none: [let None pass|return None for None]
skip_missing: [skip what isn't there|ignore missing files|go on when a key is missing]
fail_fast: [stop at the first error|raise immediately]
confirm: [ask before it starts|print a summary first]
flush: [flush the stream afterwards|flush after every write]
close: [close the file at the end|close the stream before returning]
reset: [reset the counters first|start from a clean state|clear the list first]
notify: [log a message when it is done|send a notification at the end]
check: [raise an error when the result is None|assert that the result isn't empty]
deprecated: [emit a DeprecationWarning|warn that it is going away]
show_progress: [print the progress|log the progress every now and then]
stop_early: [return at the first match|return as soon as something is found]
ignore_case: [compare in lower case|ignore upper and lower case]
keep_order: [keep the order of the input|not sort the result]
""")
_ON_OWN = lines("""
[return|give back] [None|False|True|an empty list|0|the default] [right away|straight away|at once|early|] [if|when] {p} is [None|empty|negative|not set|zero|a str]
raise [a ValueError|a TypeError|ValueError|TypeError|an error|RuntimeError] [if|when|unless] {p} [is None|is empty|is negative|isn't a str|isn't callable|is given|is too long]
log {p} [at debug level|first|through the module's logger|before anything else|]
print {p} first
don't [check|validate|copy|convert|touch|look at] {p}
not [check|validate|copy|convert|touch] {p}
skip the check of {p}
ignore {p}
[sort|reverse|copy|strip|lower-case] {p} [first|before it is used|before anything else|]
let {p} be None
keep {p} as it is
warn [about|when] {p} [being empty|is None|is unknown]
leave {p} alone
return {p} unchanged
pass {p} on unchanged
remove nothing from {p}
append to {p} instead of replacing it
cut {p} off after 80 characters
treat {p} as [bytes|text|a path|a list]
do nothing if {p} is [None|empty|already there]
""")
_PARAMETERS = lines(r"""
timeout float None 30 10.0 5 self.timeout
retries int 3 0 5 1
encoding str "utf-8" None "ascii" "latin-1"
prefix str "" "tmp_" None
suffix str "" ".bak" None
limit int None 100 10 1000
offset int 0 10
depth int 0 1 depth-+-1 10
max_depth int None 5 max_depth-+-1
indent int 4 2 0
separator str "," ";" "\t"
default object None default
callback Callable None on_done print
logger logging.Logger None self.logger logging.getLogger(__name__) log
parent object None self node
context dict None {} self.context context
config dict None self.config settings
options dict None {} options
headers dict[str,-str] None {} self.headers
tags list[str] None [] ["a"]
names list[str] None [] names
fields tuple[str,-...] () ("id",) fields
exclude set[str] None set() exclude
include list[str] None [] include
mode str "r" "w" mode
level int 0 1 logging.INFO level
path Path None Path(".") path self.path
base_url str None self.base_url "http://localhost"
session Session None self.session session
clock Callable[[],-float] time.time time.time clock
now datetime None datetime.now() now
seed int None 0 42
rng random.Random None random.Random(0) rng
key str None "id" key
factory Callable None dict list
locale str "en" "de" locale
tz str "UTC" self.tz
batch_size int 100 1 self.batch_size
workers int 1 4 workers
width int 80 120 width
precision int 2 3 precision
scale float 1.0 2.0 self.scale
weight float 1.0 0.5
format str "json" "text" fmt
user str None request.user "alice"
root str "." root self.root
buffer_size int 8192 1024
name str None "x" self.name
""")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter to add; its default and what calls may pass, as code."""

    name: str
    type: str
    default: str
    values: tuple[str, ...]
    effect: str = ""


def parameter(rng: random.Random, with_effect: bool = False) -> Parameter:
    """One of those that people add, with an effect for a switch."""
    if with_effect:
        name, _, effect = rng.choice(_EFFECTS).partition(": ")
        return Parameter(name, "bool", rng.choice(("False", "False", "False", "True")), ("True", "False"), expand(effect, {}, {}, rng))
    return rng.choice(parameters())


def effect_on(name: str, rng: random.Random) -> str:
    """What a switch does with another parameter."""
    return " ".join(expand(rng.choice(_ON_OWN), {}, {"p": lambda: name}, rng).split())


def effects() -> tuple[Parameter, ...]:
    """Every switch with each of its effects."""
    split = (line.partition(": ") for line in _EFFECTS)
    return tuple(Parameter(name, "bool", "False", ("True", "False"), effect) for name, _, said in split for effect in said.strip("[]").split("|"))


@cache
def parameters() -> tuple[Parameter, ...]:
    """Every parameter without an effect."""
    fields = ([part.replace("-", " ") if "[" in part or "-+-" in part else part for part in line.split()] for line in _PARAMETERS)
    return tuple(Parameter(name, kind, default, tuple(values)) for name, kind, default, *values in fields)
