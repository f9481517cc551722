"""Where people want a rename: everywhere, only in some places `{P}`, or not in some; only words live here."""
from __future__ import annotations

from engine.train.wording_grammar import lines

WIDE = lines("""
everywhere
everywhere
everywhere it's used
everywhere it appears
everywhere it occurs
everywhere in the [code|codebase|repo|project|source]
across the [codebase|repo|project|code base|repository|board|whole project|entire codebase]
across all [files|modules|packages]
across the whole [repo|code base]
throughout the [project|codebase|code|repo|package|whole code]
throughout
in the [whole|entire|complete] [project|codebase|repo|code base|package|source tree]
in all [files|places|modules]
in every [file|place|module]
all over the [place|code|project]
all over
project-wide
project wide
repo-wide
codebase-wide
globally
in general
consistently
wherever [it's used|it appears|it occurs|it is called|it shows up|you find it]
in the code
in our code
in this [repo|project|codebase|library]
for the whole [project|repo]
from top to bottom
without exception
in one go
""")
ONLY = lines("""
only in {P}
only in {P}
in {P} only
in {P} only
just in {P}
only for {P}
but only in {P}
within {P} only
only within {P}
only inside {P}
inside {P} only
exclusively in {P}
solely in {P}
only inside of {P}
(only {P})
(only in {P})
({P} only)
(in {P} only)
- {P} only
- only {P}
, {P} only
, only {P}
, but just in {P}
, restricted to {P}
, limited to {P}
in {P} and nowhere else
inside {P}, nowhere else
but nowhere else than in {P}
in {P} but nowhere else
in {P} (nowhere else)
in {P}, not elsewhere
in nothing but {P}
only under {P}
just within {P}
""")
ONLY_SENTENCES = lines("""
only [touch|change|edit|modify|update|do it in|do this in|consider|look at|apply it to|rename it in] {P}
[limit|restrict|confine|keep|scope] [it|this|the change|the rename|that|yourself] to {P}
[the change|this|it|the rename] [should|must] [only affect|only touch|be limited to|be restricted to|stay within|stay inside] {P}
[nothing|no file|no line] outside [of |]{P} [should|must|may] [change|be touched|be changed|be modified]
[don't|do not|never] [touch|change|edit] anything outside [of |]{P}
[leave|keep] everything [outside|outside of|except|but] {P} [alone|as it is|untouched|unchanged]
scope: {P}
scope: {P} only
scope is {P}
only {P}
{P} only
this [only concerns|is only for|applies only to|only applies to|is just about] {P}
[I|we] only [want|need] [it|this|that] in {P}
the rest of the [code|project|repo] stays, [only|just] {P}
""")
ONLY_LEAD = lines("""
only in {P},
only in {P}:
in {P} only,
in {P} only:
in {P}, and only there,
within {P} only,
just in {P}:
for {P} only:
only for {P}:
⟦{P} only⟧
limited to {P}:
""")
EXCEPT = lines("""
everywhere except [in |]{P}
everywhere except [in |]{P}
everywhere but [in |]{P}
everywhere but not in {P}
, but not in {P}
but not in {P}
, not in {P}
(not in {P})
(not {P})
(except {P})
(except in {P})
(excluding {P})
except in {P}
, except in {P}
except for {P}
except {P}
excluding {P}
excl. {P}
, excluding {P}
apart from {P}
aside from {P}
other than in {P}
with the exception of {P}
outside of {P}
outside {P}
without touching {P}
without changing {P}
, without {P}
but leave {P} alone
but leave {P} as [is|it is]
but don't touch {P}
but skip {P}
but ignore {P}
but keep {P} [unchanged|as is]
, leaving {P} [alone|untouched|as is]
ignoring {P}
, skipping {P}
- not in {P}
minus {P}
all over the place, {P} excluded
""")
EXCEPT_SENTENCES = lines("""
leave {P} [alone|untouched|as is|as it is|unchanged|out|out of it|out of this]
[don't|do not|dont|please don't|never] [touch|change|edit|modify|update] {P}
[don't|do not] [do it|rename it|apply it|rename anything|change it|change anything] in {P}
{P} [should|must|can|may] [stay as is|stay the same|remain untouched|not change|not be touched|stay unchanged|be left alone]
skip {P}
ignore {P}
exclude {P}
keep {P} [as is|unchanged|the way it is]
hands off {P}
not in {P}
not {P}
no changes in {P}
exclude: {P}
except: {P}
[I'll|we'll|someone else will|I will] [do|handle|take care of] {P} [myself|ourselves|later|separately], so [leave it out|skip it|not now]
{P} [is|are] [off limits|out of scope|not affected|handled separately|someone else's|excluded|generated, don't edit it]
anything in {P} stays
""")
EXCEPT_LEAD = lines("""
everywhere except [in |]{P},
everywhere but [in |]{P},
except in {P},
outside [of |]{P},
apart from {P},
without touching {P},
leaving {P} alone,
""")
