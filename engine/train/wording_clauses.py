"""What people add to a rename: openers, closers, reasons, callers to update, an alias to keep, and names to leave alone.

Only words; which of them fit one request is decided elsewhere.
"""
from __future__ import annotations

from engine.train.wording_grammar import lines

OPENERS = lines("""
hi[,|!|] 
hi there[,|!]
hi all,
hello[,|!|.]
hello there,
hey[,|!|]
hey there[,|]
hey folks,
hey team,
yo,
good morning[,|!]
good evening,
greetings.
dear agent,
dear all,
ok[,|]
okay[,|] [so|]
ok so
alright[,|.]
right,
so[,|]
now[,|]
well,
cool,
great,
nice,
perfect[,|.]
thanks[,|.] [now|next][,|]
and now
also[,|]
next[,|:]
next step:
then
one more [thing|change|rename][:|,|.]
another [one|rename]:
last [one|thing]:
quick [one|request|task|question|favour|favor][:|.|,]
small [thing|request|favor|change|task]:
[a |]little cleanup:
tiny [refactor|nit]:
[a |]question:
sorry, one more:
sorry to bother [you|], but
excuse me,
btw,
fyi
by the way,
as [discussed|agreed|mentioned|promised] [yesterday|in standup|in the meeting|earlier|in the PR|],
following up on [the review|our chat|the discussion|yesterday]:
after [the review|a long discussion|some thought|talking to the team|the last meeting]:
from the code review:
review comment:
PR feedback:
while you're at it,
while we are here,
when you have a [moment|minute|second],
when you get [a chance|to it],
if you have time,
if it's not too much [trouble|work|to ask],
if [that's|it's|that is] ok [with you|],
before [the release|we merge|I forget|we continue],
for the [next|upcoming|2.0|3.0] release
as part of [the cleanup|the refactoring|the migration|the v2 work|our naming effort]:
in preparation for the [release|next version|migration|rewrite]:
urgent:
asap:
low priority:
important:
[I have|I've got] a [small|simple|quick] [request|task] [for you|]:
I need [some|your|a little] help[.|:|,]
need [a hand|help] with something:
please help[.|:|,]
could you do me a [favour|favor]?
here's what I need:
here is the [task|plan|change|request]:
this should be [simple|easy|straightforward|quick]:
hope you're [well|doing fine].
I am new to this code base.
I just read through the code.
been reading the code and
we talked about this:
ticket [1432|#87|ABC-12|PROJ-311]:
[fixes|closes|refs|see|re|issue] #[12|341|1078|77]:
step 1:
1.
p1:
""")
CLOSERS = lines("""
thanks
thanks!
thank you
thank you!
thank you very much
thank you in advance
thanks in advance
thanks a lot
many thanks
thx
thx!
ty
tia
cheers
cheers!
please
please!
pls
much appreciated
appreciated
that's all
that's it
that is all
nothing else
no other changes
no other changes please
don't change anything else
do not change behaviour
don't change any behavior
no behaviour change intended
no functional changes
pure rename
it's a pure rename
just a rename, nothing more
keep everything else as it is
keep the diff small
keep the diff minimal
make sure the tests [still pass|pass|stay green|keep passing]
tests [must|should] still pass
run the tests afterwards
and run the tests
check that nothing breaks
make sure nothing [breaks|is broken|is left behind|gets lost]
be careful
careful, it's used a lot
it is used in many places
should be easy
shouldn't be hard
take your time
no rush
no hurry
asap please
asap
it's urgent
we need this today
I need it before lunch
let me know [if|when] [there are problems|it's done|you are done|anything is unclear]
tell me when done
ask if unclear
ok?
okay?
[sounds good|makes sense|agreed|right]?
what do you think?
is that possible?
can you do that?
do it
do it please
go ahead
go
you know the drill
:)
🙏
best, Sam
regards
best regards
-- jan
""")
NOUN_REASONS = lines("""
[for|for better|for more] [consistency|clarity|readability]
[for the sake of|in the interest of] [consistency|clarity|brevity|readability|uniformity]
for consistency with [the rest of the code|the rest of the module|{d}|our other {kinds}|the docs|the API]
to be consistent [with {d}|with the rest|with the other {kinds}|]
to match [the style guide|{d}|the naming of {d}|the other {kinds}|the docs|the spec|what the docs say|the convention]
to follow [PEP 8|pep8|our naming convention|our conventions|the naming guidelines|the style guide|best practices]
to avoid [confusion|ambiguity|a clash|a name clash|name clashes|shadowing|confusion with {d}|conflicts with {d}|shadowing a builtin|misunderstandings]
to make it [clearer|more explicit|easier to read|more readable|easier to find|easier to grep|more obvious|less confusing|less ambiguous|shorter|more pythonic]
to better [reflect|describe|express|convey|show] [what it does|what it is|its purpose|its meaning|its role|the intent|its actual behaviour]
to get rid of the [abbreviation|acronym|prefix|suffix|old name|legacy name|typo|hungarian notation|jargon]
to fix [a|the] typo
to [reduce|limit|prevent] confusion
to say what it [really |actually |]does
to align with [the spec|{d}|upstream|the backend|the frontend|our glossary|the domain language]
to free up the [old |]name
to prepare for [the next release|the refactoring|a second implementation|{d}]
[as per|per|following] [the review|the style guide|our naming convention|PEP 8|the discussion|the ADR]
[according to|in line with] [PEP 8|our conventions|the guidelines|the naming scheme]
so [that |]it [matches|fits|is in line with] [the docs|{d}|the rest|our naming|the others]
so [that |]people [understand it|find it|know what it does|don't get confused|stop asking]
so it's clear what it does
so we don't confuse it with {d}
so [it|the name] [says what it does|tells what it is|is self-explanatory]
""")
BECAUSE = ("because", "because", "because", "since", "as", "cause", "cuz", "given that", "seeing that", "considering", "because I think", "as I feel",
           "the reason is that", "for the reason that", "b/c", "due to the fact that")
REASONS = lines("""
{subject} {flaw}
{subject} {flaw}
{subject} {flaw}
{subject} {flaw}
{subject} {flaw} and {flaw}
{subject} {flaw}, and it {flaw}
[people|users|new developers|newcomers|reviewers|colleagues|customers|everybody|my team] [keep|keeps] [confusing it with {d}|asking what it means|getting it wrong|mixing it up with {d}|misreading it|stumbling over it]
[nobody|no one|hardly anyone] [knows|understands|remembers] what [it|{b}|that|the name] [means|stands for|does|is for]
we [already have|also have|have also|have] [{d}|{d} and {d2}|a {d}][ and they look too similar|, that's confusing|, so this is confusing|]
[all|most of] the other {kinds} [use|follow|have] [another|a different|the same|our] [style|scheme|convention|pattern][, e.g. {d}| like {d}|]
I [always|keep|constantly] [forget what it means|mistype it|mix it up with {d}|have to look it up|misread it]
the [docs|spec|paper|standard|RFC|UI|API docs] [calls|call|says|use|uses] it {n}
the term [changed|has changed|is no longer used] [in the product|upstream|in the spec|last year|]
it [does more than that now|does not only do that any more|has grown|was renamed upstream|doesn't do that anymore|changed its meaning]
{n} [says|tells|describes] [what it does|it better|what it is|exactly what happens]
{n} is [shorter|clearer|more explicit|more accurate|what everybody calls it|the correct term|the official term|the right word|more idiomatic]
the name {b} [is|was] [taken from the old code|a leftover from the prototype|only temporary|chosen in a hurry|a mistake]
{b} [shadows a builtin|is too long|is too short|is too generic|means something else in our domain|is ambiguous|sounds like {d}|clashes with {d}]
it [was|is] [flagged in review|a leftover|legacy naming|against our conventions|confusing for new people]
we are [standardising|standardizing|unifying|cleaning up] [our|the] [names|naming|API|vocabulary|terminology]
this has [bugged me for ages|caused two bugs already|been on my list for long|confused me more than once]
the linter [complains|is complaining|does not like it|flags it]
""")
UPDATES = lines("""
and update all [callers|call sites|usages|uses|references|imports|importers|users|places|the imports|places that use it]
and [fix|adjust|adapt|change|correct] [all|every|any|the] [references|usages|imports|call sites|mentions|uses]
and [fix|adjust|adapt] the imports [accordingly|too|as well|]
and everything that [uses it|depends on it|imports it|calls it|references it]
and all [references|usages|its usages|calls|callers|imports|mentions|occurrences]
and everywhere it is [used|called|imported|referenced|mentioned]
and change every [call|use|import|reference|caller] [too|as well|accordingly|]
along with [all |]its [callers|usages|references|uses|call sites|imports]
together with [all |][usages|references|imports|callers]
including [all |][references|callers|imports|call sites|usages|subclasses|overrides|re-exports|the exports]
including [all |][usages|references|imports]
with all [references|usages|imports|callers] [updated|adjusted|]
making sure [all |][callers|imports|references] [are updated|follow|still work]
plus [references|usages|imports|callers|all usages]
and make sure [all |][imports|callers|references|call sites] [are updated|still work|use the new name|get updated]
and propagate [the change|it|the rename] [everywhere|to all callers|]
and don't forget [the imports|the callers|__all__|the re-exports|the subclasses]
""")
UPDATE_SENTENCES = lines("""
update all [callers|usages|references|imports|call sites] [accordingly|too|as well|]
[please |]update [every|each] [caller|usage|reference|import|call site]
[all |][callers|imports|references|usages] [must|should|need to] [be updated|follow|be adapted|use the new name]
don't [forget|miss] [the imports|any callers|the re-exports|any reference|__all__|any call site]
fix [up |]the [imports|callers|references|call sites]
adapt the [callers|imports|usages]
change all the [places|spots] where [it is|it's] used
it is [used|called|imported] in [many|several|a few|a couple of] [places|files|modules], [update them|fix those|adapt them] [too|as well|]
make sure [no reference|nothing] [to the old name |][remains|is left]
no [reference to the old name|mention of the old name|trace of the old name|old reference] should [remain|be left|stay]
[the old name|it] should not [appear|show up|be found] [anywhere|any more|anymore]
""")
UPDATE_WIDE = lines("""
and update [the |][tests|docs|tests and docs|docs and tests|docstrings|comments|changelog|README] [too|as well|accordingly|]
and update all callers, [tests and docs|imports and tests|docs and comments|tests and imports]
including [the |][tests|docs|tests and docs|docstrings|comments|docs and the tests|strings and comments]
in [code, tests and docs|code and docs|code and tests|docs and code|all source files and the docs]
and [also|also in] the [tests|docs|comments|docstrings]
[also|and] [adapt|adjust|fix] the [tests|documentation|docs|docstrings]
""")
ALIAS = lines("""
keep [the old name|{b}] [as an alias|as a deprecated alias|as alias|as a backwards compatible alias|around as an alias|working|available|around|importable|usable|valid]
keep [an|a deprecated|a backwards-compatible|a backward compatible|a thin] alias [for|under|with|named] [the old name|{b}|compatibility]
keep [an|a deprecated] alias
leave [the old name|{b}] [as an alias|as a deprecated alias|in place as an alias|working|behind as an alias|usable|there as an alias]
leave [an|a deprecated|a compatibility] alias [behind|in place|for the old name|for {b}|for backward compatibility|]
[add|provide|create|define|include|set up] [an|a deprecated|a backward compatible|a compat] alias [for|under|from] [the old name|{b}|{b} so old code works]
[the old name|{b}] [should|must|has to|needs to] [keep working|still work|stay available|remain as an alias|remain usable|stay importable|continue to work]
[the old name|{b}] [still works|stays as an alias|remains available|stays importable|keeps working|remains as alias]
[existing|old|user|third-party|downstream|client] code [using|that uses|which uses|calling|with] [the old name|{b}] [must|should] [keep working|not break|still work|continue to work]
don't break [existing code|users|downstream|old callers|the public API][, keep an alias|: leave an alias|, so keep the old name too|; the old name stays as an alias]
do not [remove|drop|delete] the old name[, make it an alias|, it becomes an alias| yet, alias it| completely: it should be an alias|]
[backwards compatible|backward compatible|backwards-compatible|with backward compatibility|in a backward compatible way][, please|]
[make it|do it|this has to be|it must be] [backwards compatible|backward compatible|backwards-compatible|b/w compatible] [with an alias|]
[preserve|maintain|keep|ensure|retain] [backward compatibility|backwards compatibility|backward compat|backcompat|b/c]
[make|turn] [the old name|{b}] [an alias of|into an alias for|an alias for|into a deprecated alias of] [the new one|{n}|the new name]
[{b}|the old name] [becomes|shall become|should be] [an alias|a deprecated alias|just an alias] [of|for] [{n}|the new one|the new name]
{b} = {n} [for compatibility|should stay|at the bottom|for old users]
alias the old name [to the new one|to {n}|]
alias [{b}|the old name] to [{n}|the new name]
deprecate [the old name|{b}] [but keep it|, don't remove it|instead of removing it|but leave it working]
[have|let] [the old name|{b}] [point to|forward to|refer to] [the new one|{n}]
old name as [an |a deprecated |]alias
[both|both names|old and new name] [should|must|have to] work [for now|for a while|for one release|]
support [both names|the old name too|the old name as well|the old spelling too] [for a while|for now|until 3.0|]
so that [the old name|{b}|old code|existing imports] still [works|work]
with [an alias|a deprecated alias|a compatibility alias|an alias for the old name|an alias under the old name|the old name kept as an alias]
[but |]the old one [should still work|must still work|stays as alias|should remain for compatibility|must not disappear]
[users|people|plugins|others] [still |][import|use|call|rely on] [{b}|the old name], so [keep an alias|leave an alias|it has to keep working|alias it|it must still work]
public api, so [keep an alias|the old name must stay|leave the old name working|don't drop the old name]
old imports must not break
keep old name too
alias: [yes|keep|old name]
""")
NO_ALIAS = lines("""
no alias needed
no alias
no need [for|to keep] an alias
don't keep [the old name|an alias|{b} around|an alias for the old name]
[no|without] [backwards compatibility|backward compatibility|compat shim|deprecation period] [needed|required|]
without [leaving |keeping |]an alias
the old name can go
drop the old name completely
remove the old name [entirely|completely|for good|]
we don't need [backwards compatibility|the old name any more|an alias|to support the old name]
breaking change is fine
it's [private|internal|not public], so no alias
clean break
""")
NEAR = lines("""
leave {d} [alone|as it is|as is|untouched]
don't [touch|rename|change] {d}
do not [touch|rename|confuse it with|mix it up with] {d}
not to be confused with {d}
not {d}
{d} [stays|keeps its name|is fine|should stay|must not change|is a different thing]
[unlike|not like] {d}
{d} and {d2} [stay|keep their names|are fine as they are]
""")
RULES = {
    "subject": ("the name", "the current name", "the old name", "that name", "this name", "it", "it", "the name {b}", "{b}", "{b}", "the naming",
                "{b} as a name", "the present name", "the existing name"),
    "flaw": lines("""
is [misleading|confusing|unclear|ambiguous|vague|cryptic|too generic|too long|too short|outdated|inconsistent|wrong|ugly|silly|weird|awkward|not descriptive|hard to read]
is [really|very|a bit|quite|kind of|just|rather|pretty|totally|so] [misleading|confusing|unclear|ambiguous|vague|cryptic|generic|long|outdated|bad]
is [an abbreviation|jargon|a leftover|legacy|a typo|not english|not pythonic|an internal term|a historical accident|a relic]
[says|tells] nothing
[doesn't|does not|didn't] [say|tell|reflect|describe|match|express] [what it does|what it is|its purpose|what happens there|anything|the intent]
[clashes|conflicts|collides] with {d}
is too [close|similar] to {d}
[sounds like|looks like|reads like] [{d}|a class|a verb|a boolean|something else|a property]
[violates|breaks|doesn't follow] [PEP 8|our conventions|the naming convention|the style guide]
[hides|shadows] a builtin
[lies|hurts|confuses everyone|makes no sense|does not help|could be better|is not great]
no longer [fits|matches|applies|makes sense|describes what it does]
[suggests|implies] [something else|that it returns a list|a side effect|it is private|it's a class|that it is public]
[came|comes] from [the prototype|an old version|the java port|the first version|a copy and paste]
"""),
    "kinds": ("functions", "methods", "classes", "names", "helpers", "modules", "parameters", "attributes", "constants", "APIs"),
}
