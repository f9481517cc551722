"""Plans of several actions: each works on what the one before left, and the whole is one change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from agent.loop import carry_out, edit, start
from agent.outcome import Declined, EditRequest, Outcome, Published
from engine import Action, Intent, Plan, find
from engine.canvas import Batch, Floats
from engine.features import Channel, Evidence, Region
from engine.values import SIZE, Value
from tests.agent.repos import make_repository
from tests.agent.test_loop import texts

FILES: dict[str, str | bytes] = {
    "pkg/__init__.py": "",
    "pkg/store.py": "def load(path):\n    return open(path)\n\n\ndef both():\n    return load('a'), load('b')\n",
    "pkg/other.py": "def load(x):\n    return x\n\n\nload(1)\n",
    "tests/test_store.py": "from pkg.store import load\n\n\ndef test_load():\n    assert load('setup.py')\n",
}


@dataclass(slots=True)
class Planner:
    """A denoiser that reads a given plan and follows the evidence at the sites."""

    globals_: Mapping[int, Value]
    words: Mapping[str, Value]
    home: str
    """File of the candidate that is meant."""
    target: str = "load"
    blind: frozenset[str] = frozenset()
    """Files whose places are all kept."""
    seen: list[str] = field(default_factory=list)

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        out = np.zeros((len(batch.rows), SIZE), np.float32)
        for i, (row, at) in enumerate(zip(batch.rows, batch.positions, strict=True)):
            out[i, self._value(batch, batch.lexemes[row], int(row), int(at))] = 12.0
        return out

    def _value(self, batch: Batch, lexemes: tuple[str, ...], row: int, at: int) -> Value:
        channels = batch.features[row, at]
        match int(channels[Channel.REGION]):
            case Region.GLOBAL:
                quiet = {4: Value.NO_ALIAS, 5: Value.ANYWHERE}
                return self.globals_.get(at, quiet.get(at, Value.NOTHING))
            case Region.INSTRUCTION:
                return self.words.get(lexemes[at], Value.OTHER)
            case Region.ENTITY:
                meant = lexemes[at] == self.target and self.home in lexemes[at : at + 5]
                return Value.TARGET_1 if meant else Value.LEAVE
        self.seen.append(lexemes[at])
        is_blind = any(word in lexemes for word in self.blind)
        return Value.REPLACE if channels[Channel.EVIDENCE] == Evidence.YES and not is_blind else Value.KEEP


def run(root: Path, denoiser: Planner, say: str) -> Outcome:
    return edit(EditRequest(say, root), emit=lambda event: None, approve=lambda proposal: proposal.change, denoiser=denoiser)


def test_added_parameter_reaches_definition_and_calls(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    words = {"load": Value.OLD_1, "mode": Value.NEW_1, "int": Value.TYPE_1, "3": Value.DEFAULT_1, "4": Value.VALUE_1}
    outcome = run(tmp_path, Planner({0: Value.ADD}, words, "store"), "load in pkg/store.py takes mode, an int, 3 when not given, calls pass 4")
    assert isinstance(outcome, Published), outcome
    found = texts(tmp_path)
    assert "def load(path, mode: int = 3):" in found["pkg/store.py"] and "load('a', 4), load('b', 4)" in found["pkg/store.py"]
    assert found["pkg/other.py"] == FILES["pkg/other.py"] and found["tests/test_store.py"] == FILES["tests/test_store.py"]


def test_each_intent_works_on_what_the_one_before_left(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    words = {"load": Value.OLD_1, "mode": Value.NEW_1, "3": Value.DEFAULT_1, "fetch": Value.NEW_2}
    outcome = run(tmp_path, Planner({0: Value.ADD, 1: Value.RENAME}, words, "store"), "load in pkg/store.py takes mode, 3 by default, and becomes fetch")
    assert isinstance(outcome, Published), outcome
    found = texts(tmp_path)
    assert "def fetch(path, mode=3):" in found["pkg/store.py"] and "return fetch('a'), fetch('b')" in found["pkg/store.py"]
    assert "import fetch" in found["tests/test_store.py"] and found["pkg/other.py"] == FILES["pkg/other.py"]
    assert [intent.action for intent in outcome.proposal.report.plan.intents] == ["add parameter", "rename"]


def test_what_an_action_refuses_is_declined_and_nothing_changes(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    words = {"load": Value.OLD_1, "path": Value.NEW_1}
    outcome = run(tmp_path, Planner({0: Value.ADD}, words, "store"), "load in pkg/store.py takes path")
    assert isinstance(outcome, Declined) and "path" in outcome.reason and texts(tmp_path) == FILES


def test_what_the_denoiser_keeps_is_not_touched(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    words = {"load": Value.OLD_1, "mode": Value.NEW_1, "3": Value.DEFAULT_1, "4": Value.VALUE_1}
    blind = Planner({0: Value.ADD}, words, "store", blind=frozenset({"store"}))
    outcome = run(tmp_path, blind, "load in pkg/store.py takes mode, 3 by default, calls pass 4")
    assert isinstance(outcome, Declined) and texts(tmp_path) == FILES


def test_parameter_and_member_follow_what_they_belong_to(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "pkg/__init__.py": "",
        "pkg/store.py": "class Store:\n    def load(self, path, mode=1):\n        return path\n\n\nStore().load(2, 3)\n",
    }
    make_repository(tmp_path, files)
    request = EditRequest("Rename, move, remove.", tmp_path)
    state = start(request, lambda event: None, Planner({}, {}, "store"))
    store, load, mode = (find(state.tree.project, f"pkg/store.py::{name}") for name in ("Store", "Store.load", "Store.load(mode)"))
    assert store and load and mode
    plan = Plan((
        Intent(store, "Shop"),
        Intent(store, action=Action.MOVE, to="pkg/shop.py"),
        Intent(load, "fetch"),
        Intent(mode, action=Action.DELETE),
    ))  # fmt: skip
    outcome = carry_out(state, plan, lambda proposal: proposal.change)
    assert isinstance(outcome, Published), outcome
    found = texts(tmp_path)
    assert found["pkg/shop.py"] == "class Shop:\n    def fetch(self, path):\n        return path\n"
    assert found["pkg/store.py"] == "from pkg.shop import Shop\n\nShop().fetch(2)\n"


def test_definition_follows_the_module_that_was_renamed(tmp_path: Path) -> None:
    make_repository(tmp_path, FILES)
    state = start(EditRequest("Rename both.", tmp_path), lambda event: None, Planner({}, {}, "store"))
    module, mode = (find(state.tree.project, name) for name in ("pkg/store.py", "pkg/store.py::both"))
    assert module and mode
    plan = Plan((Intent(module, "shop"), Intent(mode, "mode", action=Action.ADD, default="1")))
    outcome = carry_out(state, plan, lambda proposal: proposal.change)
    assert isinstance(outcome, Published), outcome
    assert "def both(mode=1):" in texts(tmp_path)["pkg/shop.py"]
