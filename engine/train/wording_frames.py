"""How people ask for another name: verb phrases, what they are wrapped in, and wishes without a new name.

`{o}` is the old thing as it is mentioned, `{oc}` its bare name, `{n}` the new name; only words live here.
"""
from __future__ import annotations

from engine.train.wording_grammar import lines

# Verb phrases with an inflected verb; they go into every wrapper below.
VERB_PHRASES = lines("""
@rename {o} to {n}
@rename {o} to {n}
@rename {o} to {n}
@rename {o} to {n}
@rename {o} [as|into|to be] {n}
@rename {o} so [that |]it's [called|named] {n}
@rename {o} from {b} to {n}
@rename {o} [with|using] the [new |]name {n}
@change {o} to {n}
@change {o} into {n}
@change the name of {o} to {n}
@change the name of {o} [from {b} |]to {n}
@change the identifier {oc} to {n}
@update {o} to be [called|named] {n}
@update the name of {o} to {n}
@call {o} {n} [instead|from now on|going forward|instead of {b}]
@name {o} {n} [instead|from now on]
@give {o} the name {n}
@give {o} [a|the] [better|new|clearer|more descriptive|proper|more sensible|nicer] name[:|, namely|, e.g.|,] {n}
@give {o} a new name, {n}
@switch {o} [over |]to {n}
@switch the name of {o} to {n}
@switch from {o} to {n}
@turn {o} into {n}
@convert {o} to {n}
@convert the name of {o} to {n}
@swap the name {oc} for {n}
@swap {o} [out |]for {n}
@replace the name [of {o}|{oc}] [with|by] {n}
@replace {o} [with|by] {n} as [the|its] name
@replace every [mention|occurrence|use|usage|instance|reference] of {o} [with|by] {n}
@replace all [occurrences|uses|usages|mentions|instances] of {o} [with|by] {n}
@substitute {n} for {o}
@use {n} instead of {o}
@use {n} in place of {o}
@use {n} as the [new |]name [for|of] {o}
@use the name {n} for {o}
@use the name {n} [rather than|over|instead of] {o}
@refactor {o} to {n}
@refactor the name of {o} to {n}
@refactor ⟦rename⟧ {o} to {n}
@relabel {o} [as|to] {n}
@retitle {o} [as|to] {n}
@rebrand {o} [as|to] {n}
@rechristen {o} [as |]{n}
@redesignate {o} as {n}
@do a [quick |simple |global |project-wide |]rename of {o} to {n}
@do a [quick |]rename from {o} to {n}
@do a rename refactor[ing|]: {o} to {n}
@perform a [safe |]rename of {o} to {n}
@perform the [following |]rename[:|,] {o} [to|->|=>] {n}
@make the [rename|name change] from {o} to {n}
@make {o} be [called|named] {n}
@make {o} go by [the name |]{n}
@make it so [that |]{o} is [called|named|known as] {n}
@make the name of {o} {n}
@make {n} the [new |]name [of|for] {o}
@get {o} renamed to {n}
@have {o} renamed [to|as] {n}
@have {o} [called|named] {n}
@let {o} be [called|named|known as] {n}
@let {n} be the name of {o}
@apply the rename {o} [to|->|→] {n}
@put {n} in place of {o}
@put the name {n} on {o}
@set the name of {o} to {n}
@move {o} over to the name {n}
@move {o} to its new name[, |: | ]{n}
@transition {o} to the name {n}
@migrate {o} to the [new |]name {n}
@migrate from {o} to {n}
@adjust the name of {o} to {n}
@amend the name of {o} to {n}
@alter the name of {o} to {n}
@modify the name of {o} to [be |]{n}
@correct the name of {o} to {n}
@correct the [typo in the |]name [of |]{o} to {n}
@fix the name of {o}[: it should be| to be|, should be|, make it| - it's supposed to be] {n}
@fix the naming of {o} ([should be|->|must be] {n})
@drop the name {oc} [in favour of|in favor of|for] {n}
@drop {oc} as a name and use {n} [instead|]
@ditch the name {oc} [in favour of|in favor of|for|and use] {n}
@abandon the name {oc} in favor of {n}
@take {o} and [call|name] it {n}
@take {o} and rename it [to |]{n}
@find {o} and [call it|rename it to|name it] {n}
@pick {n} as the new name for {o}
@adopt {n} as the name [for|of] {o}
@settle on {n} as the name [for|of] {o}
@go with {n} instead of {o}
@go with {n} as the name [for|of] {o}
@go from {o} to {n}
@assign {o} the new name {n}
@reword {o} to {n}
@refer to {o} as {n} [instead|from now on]
@start calling {o} {n}
@stop calling {o} {b} and [call it|start calling it|use] {n} [instead|]
@shorten {o} to [just |]{n}
@expand {o} to {n}
@run a rename of {o} to {n}
@carry out a rename: {o} to {n}
""")

# Wrappers, by the verb form they need and whether they ask.
SAY_BASE = lines("""
{vp}
{vp}
{vp}
{vp}
{vp}
[please|pls|plz|kindly|Please] {vp}
{vp}[,|] [please|pls|thanks|thx]
please [go ahead and|just|now|also] {vp}
[go ahead and|just|simply|now|next,|then|also|first,|quickly] {vp}
let's [just |]{vp}
lets {vp}
let us {vp}
[I|we] [need|want|have] [you |]to {vp}
I need you to {vp}
[I'd|I would|we'd|we would] like [you |]to {vp}
[I'd|we'd] [love|prefer] [for you |]to {vp}
I want [you |]to {vp}
[I am|I'm|we are|we're] [trying|looking|planning|hoping|going] to {vp}
[we|you|I] [should|must|ought to|have to|need to|really should|had better] {vp}
[could|can] you [please |]{vp}[,| -] thanks
it['s| is| would be] [time|best|better|good|nice|great|important|necessary] to {vp}
it would [make sense|help|be good|be nice] to {vp}
[the|your|my|next|first] [task|job|step|todo] [is|:] [to |]{vp}
[todo|TODO|task|action item|chore|request|ask]: {vp}
[your job|what I need|what I want|all I want|the goal|the idea|the plan] is to {vp}
what I [want|need] [here |]is for you to {vp}
[make sure|be sure|remember|don't forget] to {vp}
[feel free to|you may|you can] {vp}
[help me|help me to|help us|help] {vp}
[I was asked|I've been told|we decided|we agreed|the team decided|the decision was|reviewers asked me|product wants us] to {vp}
[if you could|if possible,|when you have time,|when you get a chance,|as a first step,|for now,|before anything else,] {vp}
[would appreciate it if you could|I'd be grateful if you could|I would be glad if you could|it'd be great if you could] {vp}
[would be nice|would be good|would be great|good] to {vp}
[maybe|perhaps] [we should|you should|you could|it's best to|] {vp}
[need|want|wanna|gotta|have] to {vp}
[I think|I guess|I feel like|in my opinion|imo] [we|you] should {vp}
[proposal|suggestion|idea|small thing|one thing|nit|minor|quick one|small refactor|cleanup|follow-up][:| -] {vp}
[to fix this|to clean this up|to be consistent|to avoid confusion|for consistency|for clarity|as agreed|as discussed|per review|as per the style guide], {vp}
[do me a favour and|do me a favor and|be so kind and|be so kind as to] {vp}
""")
ASK_BASE = lines("""
[can|could|would|will|can't|couldn't] you [please |kindly |quickly |just |maybe |possibly |]{vp}
[can|could] you {vp} [for me|for us|please|pls|real quick|when you have a moment]
[can|could|may|should] [we|I] [please |just |maybe |]{vp}
[could|can|would] someone [please |]{vp}
[would|do] you mind helping me {vp}
would it be [possible|ok|okay|feasible] to {vp}
is it possible to {vp}
is there [a way|any way|an easy way] to {vp}
[may|might|could] I ask you to {vp}
[any chance|any chance that] you could {vp}
[how|what] about we {vp}
why don't we [just |]{vp}
why not [just |]{vp}
shall we {vp}
shouldn't we {vp}
[do you think|don't you think] [we|you] [could|should] {vp}
[are|would] you [able|willing] to {vp}
[would|could] you be so kind as to {vp}
would you be able to {vp}
can u [pls |]{vp}
could u {vp}
[hey |]can we get you to {vp}
what if we {vp}
I was wondering if you could {vp}
I wonder if [we|you] could {vp}
mind if we {vp}
would it make sense to {vp}
how can [I|we] {vp}
how [do|would|should] [I|we] {vp}
""")
ASK_ING = lines("""
[how|what] about {vp}
[would|do] you mind {vp}
could you help [me |us |]with {vp}
[can|could] you [take care of|handle|look into|do] {vp}
mind {vp}
[what do you think of|thoughts on|any objections to] {vp} - if fine, do it
fancy {vp} for me
""")
SAY_ING = lines("""
[I|I'd|we] [suggest|propose|recommend|favour] {vp}
[I'm|we're] {vp}, please do it [for me|properly]
this [ticket|issue|task|change|PR|commit] is about {vp}
[help with|take care of|start by|start with|let's start by|begin by] {vp}
[I'm thinking of|we are considering|it's worth|let's try|consider] {vp}
the [change|refactoring|task|work] [here |]consists of {vp}
[I would appreciate|we'd appreciate|I'd appreciate] {vp}
[I need help|I need a hand|assist me] {vp}
[this can be fixed by|the fix is|solution:] {vp}
""")
SAY_THIRD = lines("""
this [commit|change|PR|patch] {vp}
[write|make|prepare|create|do] a [change|patch|refactoring|commit|change set] that {vp}
[I need|we need|I want|looking for] a [change|patch|refactoring|commit|codemod] which {vp}
""")

# A rename is wanted, but not to what.
WITHOUT_NEW = lines("""
rename {o}
rename {o}
rename {o} [please|pls]
rename {o} to something [better|clearer|more descriptive|shorter|sensible|else|less confusing|meaningful]
rename {o} to a [better|clearer|more descriptive|shorter|more fitting] name
please rename {o}
please rename {o} to something [better|clearer|else]
[can|could] you rename {o}?
[can|could] you find a [better|clearer|nicer] name for {o}?
{o} is a [bad|poor|terrible|confusing|misleading] name, rename it
{o} is a [bad|poor|terrible|confusing|misleading] name, [please change it|change it please|fix that|find a better one]
{o} is badly named
{o} needs [a better name|a new name|renaming|a rename|another name]
{o} should be [renamed|called something else|named differently|given another name]
{o} should have [a better|a different|another] name
I [don't|do not] like the name [of |]{o}
I don't like the name {o}, [change it|suggest another one|pick a better one]
[find|pick|choose|suggest|propose|think of|come up with] a [better|new|more descriptive|clearer] name for {o}
[give|find] {o} a [better|new|clearer|proper] name
what [should|could|would you] {o} be called?
what would be a [good|better] name for {o}?
what shall we call {o}?
how should {o} be named?
how would you name {o}?
change the name of {o}
change {o}'s name
I want to rename {o}
I want {o} renamed
I'd like to rename {o}
we need to rename {o}
we should rename {o}
let's rename {o}
let's find another name for {o}
any ideas for a better name for {o}?
the name of {o} is [misleading|wrong|confusing|unclear|outdated][, fix it|, please change|. change it|]
the name [of |]{o} must change
[who|why on earth did someone] named {o} like this? rename it
[rename|renaming]: {o}
todo: rename {o}
rename {o} properly
rename {o} so that it follows [PEP 8|our conventions|the naming convention]
rename {o} [according to our conventions|to match the rest|consistently]
{o} has a typo in its name
{o} is misspelled, fix the name
{o} - new name please
{o} -> ?
{o} -> ???
rename {o} -> ?
{o} => [TBD|tbd]
a new name for {o} would be [nice|good|great]
isn't there a better name for {o}?
shorten the name of {o}
make the name of {o} [shorter|clearer|more explicit]
""")
