"""How people say that something has or gets another name: whole statements and short notations.

`{o}` is the old thing as it is mentioned, `{oc}` its bare name, `{b}` the old name again, `{n}` the new name; only words live here.
"""
from __future__ import annotations

from engine.train.wording_grammar import lines

# Whole statements.
STATEMENTS = lines("""
{o} {should} be {called} {n}
{o} {should} be {called} {n}
{o} {should} be {called} {n}[, not {b}| instead| rather than {b}| instead of {b}]
{o} {should} {become} {n}
{o} [becomes|is now|is going to be|turns into|is to be|shall be|-- now] {n}
{o} [needs|wants|deserves|requires|is due for|could use] [a rename|renaming] to {n}
{o} [needs|deserves|should have|should get|ought to get|wants|could use] [a|the] [better |new |different |clearer |]name[:|,| -] {n}
{o} [has|is given|gets|receives|takes|will take] [the|a] new name[:|,] {n}
{o} gets renamed to {n}
{o} [is being|was supposed to be|was meant to be|is supposed to be|is meant to be] {called} {n}
{o} [would be|is] better {called} {n}
{o} [would|might] [read|sound|look] [better|nicer|clearer|more natural] as {n}
{o} [reads better|is clearer|is easier to find|makes more sense|works better] as {n}
{o} is [a bad|a poor|not a good|a terrible|a misleading|a confusing|the wrong|a silly|an awkward|an outdated|a horrible] name[, | - |; |. |, so ]{callit} {n}
{o} [is badly named|is misnamed|is poorly named|has a bad name|has the wrong name|is mislabelled][, | - |; |. |, so ]{callit} {n}
{o} [has|contains|has got] a typo[ in its name| in the name|][, | - |; |. ][it should be|should be|correct is|must be|fix it to] {n}
{o} is [a typo|misspelled|misspelt|spelled wrong|a spelling mistake][, | - |; |. |, it ][should be|should read|make it|change to] {n}
[I'd|I would|we would|we'd] [like|prefer|want|love|expect] {o} [to be|to get|being] {called} {n}
[I|we] [want|need|prefer|expect] {o} [to be|to get] {called} {n}
[I|we] [want|need|would like|'d like] the [new |]name of {o} to be {n}
[I|we] [want|need|would like] {n} to be the [new |]name [of|for] {o}
the [new |correct |right |proper |better |]name [of|for] {o} {should} be {n}
the name of {o} [is wrong|is misleading|is unclear|must change|should change][, | - |; |. ][it should be|make it|use|change it to] {n}
{n} [would be|is|seems|sounds like|is probably|feels like] a [better|clearer|more fitting|more accurate|more descriptive|nicer|much better|way better] name [for|than] {o}
{n} is a better name for what is [now|currently] [called |]{o}
{n} is [the name I want for|what I want to call|how we want to call|the new name of|the new name for|going to be the name of|how I would name] {o}
{n} [describes|fits|suits] {o} [better|much better|more], [so |]{useit}
{n} [makes more sense|is clearer|is nicer|reads better|says more|would be better] than {o}
{n} [should|must|is to|shall|will] [replace|be used instead of|be used in place of|take the place of|supersede] {o}[ as the name|]
{n} [is|should be] what {o} [is|should be] called
[instead of|rather than|in place of] {o}[,|] [use|we should use|we want|say|it should say|let's use|write|it should be|have|I'd like] {n}
[what's|what is] [now|currently|today|at the moment] [called |]{o} {should} be {called} {n}
[what we call|what used to be] {o} {should} be {called} {n}
[there is|there's|we have|I have|we've got] {o}[, | - |; |. ]{callit} {n}
[look at|see|take|consider|find|open|check|locate] {o}[. |, | and |; ]{callit} {n}
[this is about|it's about|about|regarding|concerning|re|talking about|as for|w.r.t.] {o}[: |. |, | - ]{callit} {n}
{o}[: |? |... |, | - ]{callit} {n}
{o}? [I'd call it|better:|better call it|make that|should be|nah,|no, make it|please make it] {n}
do you [see|know|remember] {o}? {callit} {n}
[you know|remember] {o}? [it should be {called}|we want it to be {called}|we decided to call it|well, call it] {n}
[who|why did someone|who on earth] [named|name] [this|it] {o}? {callit} {n}
why is {o} [called|named] [that|like that|this way|{b}]? [it should be|make it|should be|call it] {n}
[shouldn't|should not|couldn't] {o} be {called} {n}[?|? please fix|? change it please|]
[isn't {n}|wouldn't {n} be|is {n} not|wasn't {n}] a better name for {o}? [please change it|let's change it|rename it|do it]
[I think|I believe|I feel|imo|imho|in my view|personally I think|to me it seems] {o} {should} be {called} {n}
[I don't like|I hate|I'm not a fan of|not happy with|nobody understands|nobody likes|not fond of] [the name {oc}|{o}][, | - |; |. |, so ]{callit} {n}
[we|they|the team|the reviewers] [decided|agreed|voted|concluded] that {o} {should} be {called} {n}
[we|the team] [settled on|agreed on|decided on|went with|chose|picked] {n} as the [new |]name for {o}[. please apply it|, please change it|; make it so|]
[from now on|going forward|from today|as of now|starting now|in future|henceforth][,|] {o} [is|will be|shall be|should be] {called} {n}
[old name|old|before|was]: {oc}[, |; |⏎| / ][new name|new|after|now|becomes]: {n}
from {o} to {n}
[the old name is|currently the name is|it's now] {o}[, | and |; |. ][the new one is|the new name is|it should be|I want|the new one should be] {n}
[the new name is|new name will be|the name should be] {n}, [the old one is|the old one was|replacing|instead of|currently] {o}
[given|since there is|because of] {o}[,|:] [the better name is|the new name should be|I want to have it as] {n}
no [more|longer] {o}[, |; | - |. ][it's|from now on it's|now it's|it is|we say|we use] {n}[ now| from now on|]
{o} [no longer exists as such|is not the name any more|is history|must go|has to go][, | - |; |. ][it is|it's|use|the name is] [now |]{n}
{o} -> [please call this|should be called|make this|call it] {n}
everything that [uses|calls|references|mentions] {o} should [use|call|say] {n} instead[, it's a rename|, because we rename it|]
{o} to be {called} {n}
{o} must not be called {b} [any more|anymore|any longer][, | - |. ][it should be|instead|call it|use] {n}
the [thing|thingy|guy|one|part] [called|named] {oc} {should} be {called} {n}
[new|better|proposed|suggested] name for {o}: {n}
[rename|name change|renaming|naming|identifier rename|symbol rename]: {o} [to|->|=>|→|becomes|-->|>|into] {n}
the [rename|renaming|name change] of {o} to {n} [is still missing|is still open|has to be done|needs to be done|is what I need|should happen now|is overdue]
{o} [please |pls |]rename to {n}
{o} rename it to {n} please
{o}, rename this one to {n}
to {n} please rename {o}
as {n} {should} be known {o}
into {n} we want {o} to be renamed
{n}, that is what {o} {should} be called
{n} is how {o} {should} be called
{n} please, not {o}
{n} instead of {o}[ please| pls|, please|]
{n} not {o}
{n} ([currently|formerly|was|now|old name:|at the moment] {oc})
{n} <- {oc}
{n} ([was|previously|formerly|currently|now|before:] {oc})
""")
NOTATIONS = lines("""
{oc} -> {n}
{oc} => {n}
{oc} → {n}
{oc} --> {n}
{oc} ➜ {n}
{oc} ==> {n}
{oc} > {n}
{oc} >> {n}
{oc}->{n}
{oc}=>{n}
{oc} : {n}
{oc} = {n}
{oc} / {n}
{oc} to {n}
{oc} becomes {n}
{oc} now {n}
{oc} ~> {n}
s/{oc}/{n}/
s/{oc}/{n}/g
sed s/{oc}/{n}/g
:%s/{oc}/{n}/g
{type}: rename {oc} to {n}
{type}: rename {o} to {n}
{type}: {oc} -> {n}
{type}({area}): rename {oc} to {n}
{type}: use {n} instead of {oc}
{type}: renamed {o} to {n}
rename: {oc} -> {n}
rename {oc} -> {n}
rename {oc} => {n}
rename {oc} → {n}
rename {oc} {n}
rename {o}, {n}
rename {o}: {n}
rename {o} - {n}
rename {o} ([new name|to]: {n})
rename {o} >> {n}
rename ([from|old]) {oc} ([to|new]) {n}
mv {oc} {n}
git mv style: {oc} -> {n}
rn {oc} {n}
ren {oc} {n}
rename from {o} to {n}
rename to {n}: {o}
rename to {n} [the thing currently called |]{o}
to rename: {o} -> {n}
renaming {o} to {n}
renamed {o} to {n}
renames {o} to {n}
rename of {o} to {n}
{o} rename -> {n}
{o} - rename to {n}
{o}: rename to {n}
{o}: should be {n}
{o}: new name {n}
{o} (rename to {n})
{o} (should be {n})
{o} ‖ {n}
- {oc}⏎+ {n}
* rename {o} to {n}
- ⟦ ⟧ rename {o} to {n}
old={oc} new={n}
from={oc}, to={n}
--from {oc} --to {n}
⦃"{oc}": "{n}"⦄
title: rename {oc}⏎description: [the |]new name [is|should be] {n}
what: rename {o}⏎to: {n}
old name: {oc}⏎new name: {n}
was: {oc}⏎should be: {n}
current: {oc}⏎[expected|wanted|desired]: {n}
subject: {oc}⏎⏎{callit} {n}
@bot rename {oc} to {n}
/rename {oc} {n}
""")

RULES = {
    "should": lines("""
should
should
should really
must
needs to
has to
ought to
shall
could
might
would better
will
is to
is supposed to
will have to
had better
should now
should instead
can
"""),
    "called": ("called", "called", "named", "named", "renamed to", "renamed to", "renamed", "renamed as", "known as", "changed to",
               "referred to as", "titled", "labelled", "called just", "replaced by the name", "rebranded as", "spelled", "written"),
    "become": ("become", "become", "turn into", "change to", "switch to", "go by", "go by the name", "be", "read", "say", "have the name",
               "get the name", "use the name", "carry the name", "take the name", "bear the name", "move to"),
    "callit": lines("""
call it
call it
call that
call this
call this one
call that one
name it
rename it to
rename it to
rename it
rename that to
rename this to
rename to
rename this one to
rename that thing to
please rename it to
please call it
please change it to
pls rename it to
let's call it
let's rename it to
change it to
change that to
change its name to
change the name to
switch it to
make it
make that
it should be
it should be called
it should be named
that should be
should be
should be called
should be named
must be named
better call it
better name it
it needs to be
it has to be called
I want it to be
I want it called
I'd like to call it
I'd rather call it
I would rename it to
we want to call it
we should call it
we should rename it to
can you rename it to
could you call it
its new name is
its name should be
the new name is
the new name should be
the name should be
give it the name
turn it into
it is to be called
it will be called
use
use the name
use this name instead:
replace the name with
go with
"""),
    "useit": ("use that instead", "let's use it", "rename it", "please change it", "let's switch", "go for that", "take that one"),
    "type": ("refactor", "refactor", "chore", "style", "refac", "ref", "Refactor", "cleanup", "REF", "CLN", "MAINT", "API", "fix", "naming",
             "feat!", "refactor!", "⟦refactor⟧", "⟦core⟧", "misc", "internal", "tidy"),
    "area": ("core", "api", "naming", "cli", "internals", "lib", "utils", "models", "io", "db", "auth"),
}
