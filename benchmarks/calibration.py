"""How far a plan's confidence can be trusted: generated requests over packages that nothing was trained on, and the hand-written ones.

    python -m benchmarks.calibration --archives DIR --sources DIR [--requests 1000] [--picture docs/reliability.svg]

An eighth of the generated requests and more can't be answered: they lack something, or ask for what redraft does not do. A plan is right if every
field is. For every threshold: the share of requests that are acted upon, and the share of those that are wrong, with the upper end of its
95 % interval (Clopper and Pearson, 1934). The picture is a reliability diagram (DeGroot and Fienberg, 1983).
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.loop import plan
from agent.outcome import Declined, EditRequest, PlanView
from benchmarks.judging.run_kinds import SETS, Fact, code_of_expression, elsewhere, found_facts, resulting, same
from benchmarks.judging.run import repository_of
from engine import Action, Denoiser, EmbeddedDenoiser, Order, qualified
from engine.train.corpus import drop_shared, find_archive, load_package, read_manifest
from engine.train.index import Index
from engine.train.plan_examples import asked_for, meant, scope_of
from engine.train.prepare import name_pool
from engine.train.surroundings import others_of
from engine.train.wish_examples import wish_of
from engine.train.wishes import Drawn, Wisher
from engine.train.wording import Wording, unsupported
from engine.train.wording_action_phrases import Wish
from engine.train.wording_actions import incomplete, request

MANIFEST = Path(__file__).parent.parent / "engine" / "train" / "corpus.jsonl"
UNANSWERABLE = 0.15
THRESHOLDS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request."""

    confidence: float
    """Of its plan; 0 where it was declined."""
    right: bool
    answerable: bool


def upper_bound(wrong: int, count: int, level: float = 0.95) -> float:
    """The upper end of the two-sided interval of Clopper and Pearson for a share, by bisection."""
    if count == 0 or wrong == count:
        return 1.0
    low, high = wrong / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        tail = sum(math.exp(_log_choose(count, k) + k * math.log(middle) + (count - k) * math.log1p(-middle)) for k in range(wrong + 1))
        low, high = (middle, high) if tail > (1 - level) / 2 else (low, middle)
    return high


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _wish(item: Drawn, index: Index) -> Wish:
    return wish_of(item, [asked_for(target, item.new, {}) for target in item.targets], {}, index)


def _is_plain(item: Drawn, number: int, said: Wording, index: Index) -> bool:
    """Whether the text leaves no doubt which definitions are meant."""
    found = (meant(stated, target, index, {}, said.excluded, item.action) for stated, target in zip(said.targets[number], item.targets, strict=True))
    return said.again[number] or all(len(keys) == 1 for keys in found)


def facts_of(item: Drawn, keyword: bool, text: str, tree: Path) -> Iterator[Fact]:
    """What a drawn request asks for, as `run_kinds` has it."""
    values = tuple(sorted((f"value in {calls.value}", code_of_expression(value)) for calls, value in (item.values or {}).items()))
    to = place_of(qualified(item.at) if item.at is not None else item.to, text)
    for target in item.targets:
        name = qualified(target)
        match item.action:
            case Action.RENAME:
                yield item.action, name, item.new
            case Action.MOVE | Action.REPLACE:
                yield item.action, name, to
            case Action.DELETE:
                yield item.action, name
            case Action.ADD:
                yield item.action, name, item.new, code_of_expression(item.type), code_of_expression(item.default), keyword, values
            case Action.REORDER:
                yield item.action, name, resulting(tree, name, item.parameters, Order.WHOLE)
            case Action.KEYWORD:
                yield item.action, name, frozenset(item.parameters)
            case Action.BUNDLE:
                yield item.action, name, frozenset(item.parameters), item.new
            case Action.GROUP:
                yield item.action, name, "", "", f"{target.path}::{item.new}"
            case Action.METHOD:
                yield item.action, name, item.new, "", to
            case _:
                yield item.action, name, *elsewhere(name, item.new, to, "")


def place_of(to: str, text: str) -> str:
    """A destination as far as the text says it: of a path that it does not write out, the last part."""
    bare = to.rstrip("/")
    return bare if bare in text else bare.rpartition("/")[2]


def _told(fact: Fact, text: str) -> Fact:
    """A fact whose destination is cut to what the text says."""
    if fact[0] in (Action.MOVE, Action.REPLACE):
        return (*fact[:2], place_of(str(fact[2]), text))
    if fact[0] is Action.METHOD:
        return (*fact[:4], place_of(str(fact[4]), text))
    return (fact[0], fact[1], fact[2], place_of(str(fact[3]), text), fact[4]) if fact[0] is Action.FUNCTION else fact


def _answer(found: PlanView | Declined, wanted: set[Fact] | None, text: str, tree: Path) -> Answer:
    if isinstance(found, Declined):
        return Answer(0.0, wanted is None, wanted is not None)
    confidence = min(intent.confidence for intent in found.intents)
    got = {_told(fact, text) for intent in found.intents for fact in found_facts(intent, True, tree)}
    return Answer(confidence, wanted is not None and got == wanted, wanted is not None)


def generated(package_index: Index, names: Sequence[str], tree: Path, count: int, seed: int, denoiser: Denoiser) -> Iterator[Answer]:
    """Answers to requests drawn over one package."""
    rng, index = random.Random(seed), package_index
    wisher = Wisher.of(index, names, rng)
    while count > 0:
        drawn = wisher.draw()
        if not drawn:
            continue
        wanted: set[Fact] | None = None
        if rng.random() < UNANSWERABLE:
            lacking = incomplete([_wish(drawn[0], index)], rng) if rng.random() < 0.5 else None
            text = lacking.text if lacking else unsupported([target.name for item in drawn for target in item.targets], rng)
        else:
            scope = scope_of(index, rng, 0.9)
            others = others_of(index, {}, [(target, item.new or target.name) for item in drawn for target in item.targets], rng)
            said = request([_wish(item, index) for item in drawn], scope, False, others, rng)
            if said is None or not all(_is_plain(drawn[at], number, said, index) for number, at in enumerate(said.order)):
                continue
            text, keyword = said.text, dict(zip(said.order, said.keyword, strict=True))
            wanted = {_told(fact, text) for at, item in enumerate(drawn) for fact in facts_of(item, keyword[at], text, tree)}
        count -= 1
        yield _answer(plan(EditRequest(text, tree), emit=lambda event: None, denoiser=denoiser), wanted, text, tree)


def hand_written(sources: Path, folder: Path, denoiser: Denoiser) -> Iterator[Answer]:
    """Answers to the hand-written requests of every kind."""
    for line in SETS["kinds"].read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        tree = repository_of(sources / f"{item['package']}-{item['version']}", folder)
        found = plan(EditRequest(item["instruction"], tree), emit=lambda event: None, denoiser=denoiser)
        answerable = bool(item.get("plan", {}).get("intents"))
        if isinstance(found, Declined):
            yield Answer(0.0, not answerable, answerable)
        else:
            right = answerable and same(item["plan"], found, True, tree)
            yield Answer(min(intent.confidence for intent in found.intents), right, answerable)


def table(answers: Sequence[Answer]) -> Iterator[str]:
    """One line a threshold."""
    yield f"{'at least':>9} {'acted on':>9} {'share':>7} {'wrong':>6} {'share':>7} {'95 % bound':>11} {'right, of answerable':>21}"
    possible = max(sum(answer.answerable for answer in answers), 1)
    for least in THRESHOLDS:
        acted = [answer for answer in answers if answer.confidence >= least]
        wrong = sum(not answer.right for answer in acted)
        share, right = len(acted) / max(len(answers), 1), (len(acted) - wrong) / possible
        yield f"{least:9.2f} {len(acted):9} {share:7.1%} {wrong:6} {wrong / max(len(acted), 1):7.1%} {upper_bound(wrong, len(acted)):11.1%} {right:21.1%}"


def bins(answers: Sequence[Answer]) -> list[tuple[float, float, int]]:
    """Mean confidence, share of right plans and count of each tenth of the scale that holds any."""
    out = []
    for number in range(_BINS):
        held = [a for a in answers if a.confidence > 0 and min(int(a.confidence * _BINS), _BINS - 1) == number]
        if held:
            out.append((sum(a.confidence for a in held) / len(held), sum(a.right for a in held) / len(held), len(held)))
    return out


def picture(series: Sequence[tuple[str, Sequence[Answer]]]) -> str:
    """The reliability diagram as SVG."""
    size, edge = 320, 46
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 2 * edge} {size + 2 * edge}" font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="white"/><path d="M{edge} {edge + size}H{edge + size}M{edge} {edge + size}V{edge}" stroke="black"/>',
        f'<path d="M{edge} {edge + size}L{edge + size} {edge}" stroke="gray" stroke-dasharray="4"/>',
        f'<text x="{edge + size / 2}" y="{edge + size + 34}" text-anchor="middle">confidence of the plan</text>',
        f'<text x="14" y="{edge + size / 2}" text-anchor="middle" transform="rotate(-90 14 {edge + size / 2})">share that is right</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{edge + tick * size}" y="{edge + size + 16}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{edge - 6}" y="{edge + size - tick * size + 4}" text-anchor="end">{tick:g}</text>')
    for at, (label, answers) in enumerate(series):
        colour = ("#1f77b4", "#d62728")[at]
        points = [(edge + x * size, edge + size - y * size, count) for x, y, count in bins(answers)]
        parts.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)}" fill="none" stroke="{colour}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + math.sqrt(count) / 3:.1f}" fill="{colour}" fill-opacity="0.6"/>' for x, y, count in points]
        parts.append(f'<text x="{edge + 12}" y="{edge + 14 + 16 * at}" fill="{colour}">{label} ({len(answers)})</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archives", type=Path, required=True, help="source distributions of the corpus")
    parser.add_argument("--sources", type=Path, required=True, help="unpacked packages of the hand-written requests")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    denoiser = EmbeddedDenoiser.load()
    entries = [entry for entry in read_manifest(MANIFEST) if entry.split == "held-out"]
    packages = drop_shared([load_package(archive, e.name, e.split) for e in entries if (archive := find_archive(options.archives, e.name, e.version))])
    names = name_pool(packages, options.seed)
    drawn: list[Answer] = []
    with tempfile.TemporaryDirectory() as temporary:
        for number, package in enumerate(packages):
            source = Path(temporary) / "sources" / package.name
            for path, text in package.texts.items():
                (source / path).parent.mkdir(parents=True, exist_ok=True)
                (source / path).write_text(text, encoding="utf-8", newline="")
            tree = repository_of(source, Path(temporary))
            drawn += generated(Index.of(package), names, tree, options.requests // len(packages), options.seed + number, denoiser)
        written = list(hand_written(options.sources, Path(temporary), denoiser))
    for label, answers in (("generated", drawn), ("hand-written", written), ("together", drawn + written)):
        print(f"{label}: {len(answers)} requests, {sum(not answer.answerable for answer in answers)} without an answer")
        print("\n".join(table(answers)))
    if options.picture:
        options.picture.write_text(picture((("generated", drawn), ("hand-written", written))), encoding="utf-8")


if __name__ == "__main__":
    main()
