"""Renaming end to end with a scripted denoiser: sites, decisions, operations, and a second look at what is blamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest

from editops import Applied, ChangeSet, apply
from engine.canvas import Batch, Floats
from engine.edits import Decided, operations
from engine.evidence import Project
from engine.features import Blame, Channel
from engine.plan import Concept, Intent, Place, Plan
from engine.rename import IntentSites, clash, denoise_sites, open_sites, reconsider
from engine.sampler import Sampler
from engine.testing import ScriptedDenoiser
from engine.values import SIZE, Value
from tests.engine.tiny import entity, project

TEXTS = {
    "pkg/__init__.py": "from .store import load\n\n__all__ = ['load']\n",
    "pkg/store.py": "def load(path):\n    return path\n\n\ndef load_all(paths):\n    return [load(path) for path in paths]\n",
    "pkg/other.py": "def load(x):\n    return x\n\n\nload(1)\n",
    "tests/test_store.py": "from pkg import load\n\n\ndef test_load():\n    assert load(1) == 1\n\n\ntest_load()\n",
}
GENERATOR = np.random.default_rng(0)


def opened(
    texts: Mapping[str, str], target: str, new: str, alias: bool = False, exclude: tuple[Place, ...] = ()
) -> tuple[Project, IntentSites]:
    made = project(texts)
    intent = Intent(entity(made, target), new)
    return made, open_sites(made, intent, Plan((intent,), exclude=exclude, keep_alias=alias), texts, texts.keys(), lambda path: True)


def decide(sites: IntentSites, denoiser: ScriptedDenoiser) -> list[Decided]:
    return denoise_sites(sites, denoiser, Sampler(), GENERATOR, lambda event: None)[0]


def after(decided: list[Decided], texts: Mapping[str, str]) -> dict[str, str]:
    """The files once the decisions are applied."""
    files = {path: text.encode() for path, text in texts.items()}
    done = apply(files, ChangeSet.of(operations(decided, texts, files, texts), files))
    assert isinstance(done, Applied)
    return {path: data.decode() for path, data in done.tree(files).items()}


def everywhere_but_in_other(lexemes: tuple[str, ...], at: int) -> Value:
    """The script of a good denoiser for the function of pkg/store.py."""
    return Value.KEEP if "other" in lexemes or lexemes[at] == "load_all" else Value.REPLACE


def test_function_is_renamed_over_three_files_and_its_homonym_kept() -> None:
    _, sites = opened(TEXTS, "pkg/store.py::load", "fetch")
    found = after(decide(sites, ScriptedDenoiser(everywhere_but_in_other)), TEXTS)
    assert found == {
        "pkg/__init__.py": TEXTS["pkg/__init__.py"].replace("load", "fetch"),
        "pkg/store.py": "def fetch(path):\n    return path\n\n\ndef load_all(paths):\n    return [fetch(path) for path in paths]\n",
        "pkg/other.py": TEXTS["pkg/other.py"],
        "tests/test_store.py": TEXTS["tests/test_store.py"].replace("load", "fetch"),
    }


def test_longer_name_is_decided_once_for_all_of_its_places() -> None:
    _, sites = opened(TEXTS, "pkg/store.py::load", "fetch")
    slots = [c.before for window in sites.windows for c in window.candidates]
    assert slots.count("test_load") == 1 == slots.count("load_all")
    decided = [d for d in decide(sites, ScriptedDenoiser(everywhere_but_in_other)) if d.candidate.before == "test_load"]
    assert len(decided) == 2 and all(d.value is Value.REPLACE and d.after == "test_fetch" for d in decided)


def test_excluded_places_are_kept_whatever_the_denoiser_says() -> None:
    _, sites = opened(TEXTS, "pkg/store.py::load", "fetch", exclude=(Place(concept=Concept.TESTS),))
    found = after(decide(sites, ScriptedDenoiser(lambda lexemes, at: Value.REPLACE)), TEXTS)
    assert found["tests/test_store.py"] == TEXTS["tests/test_store.py"]
    assert "fetch" in found["pkg/store.py"]


def test_kept_alias_stands_behind_the_definition_and_in_the_package() -> None:
    texts = {path: text for path, text in TEXTS.items() if path.startswith("pkg/") and "other" not in path}

    def script(lexemes: tuple[str, ...], at: int) -> Value:
        if "__init__" in lexemes:
            return Value.BOTH
        return {"\n": Value.INSERT, "load_all": Value.KEEP}.get(lexemes[at], Value.REPLACE)

    _, sites = opened(texts, "pkg/store.py::load", "fetch", alias=True)
    found = after(decide(sites, ScriptedDenoiser(script)), texts)
    assert found["pkg/__init__.py"] == "from .store import fetch, load\n\n__all__ = ['fetch', 'load']\n"
    assert found["pkg/store.py"].startswith("def fetch(path):\n    return path\n\n\nload = fetch\n\n\ndef load_all")


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("LOAD = 1\nx = 2\n", "a.py::LOAD", "FETCH = 1\nLOAD = FETCH\nx = 2\n"),
        ("@cache\ndef load():\n    return 1", "a.py::load", "@cache\ndef fetch():\n    return 1\n\n\nload = fetch"),
        ("class C:\n    def load(self):\n        pass\n", "a.py::C.load",
         "class C:\n    def fetch(self):\n        pass\n\n    load = fetch\n"),
        ("class Load:\n    x = 1\n\n\ny = 2\n", "a.py::Load", "class Fetch:\n    x = 1\n\n\nLoad = Fetch\n\n\ny = 2\n"),
    ],
)  # fmt: skip
def test_alias_is_written_where_its_definition_ends(text: str, target: str, expected: str) -> None:
    name = target.rsplit("::", 1)[1].rsplit(".", 1)[-1]
    new = name.replace("LOAD", "FETCH").replace("Load", "Fetch").replace("load", "fetch")
    _, sites = opened({"a.py": text}, target, new, alias=True)
    script = ScriptedDenoiser(lambda lexemes, at: Value.INSERT if lexemes[at] == "\n" else Value.REPLACE)
    assert after(decide(sites, script), {"a.py": text})["a.py"] == expected


def test_package_is_renamed_with_all_of_its_files_and_imports() -> None:
    texts = {
        "src/load/__init__.py": "",
        "src/load/deep/a.py": "from load import deep\nimport load.deep.a\n",
        "app.py": "import load\n\nload.x = 1\n",
    }
    _, sites = opened(texts, "src/load/", "fetch")
    found = after(decide(sites, ScriptedDenoiser(lambda lexemes, at: Value.REPLACE)), texts)
    assert found == {
        "src/fetch/__init__.py": "",
        "src/fetch/deep/a.py": "from fetch import deep\nimport fetch.deep.a\n",
        "app.py": "import fetch\n\nfetch.x = 1\n",
    }


def test_module_is_renamed_with_its_stub_and_its_test_file() -> None:
    texts = {"pkg/__init__.py": "", "pkg/load.py": "", "pkg/load.pyi": "", "tests/test_load.py": "from pkg import load\n"}
    _, sites = opened(texts, "pkg/load.py", "fetch")
    found = after(decide(sites, ScriptedDenoiser(lambda lexemes, at: Value.REPLACE)), texts)
    assert found == {"pkg/__init__.py": "", "pkg/fetch.py": "", "pkg/fetch.pyi": "", "tests/test_fetch.py": "from pkg import fetch\n"}


@dataclass(frozen=True, slots=True)
class Contrary:
    """Says of everything the contrary of what it says when a diagnostic blames the slot."""

    def logits(self, batch: Batch) -> Floats:
        """[N, V]"""
        blame = batch.features[batch.rows, batch.positions, Channel.DIAGNOSTIC]
        out = np.zeros((len(batch.rows), SIZE), np.float32)
        chosen = np.where(blame == Blame.NONE, Value.KEEP, np.where(blame == Blame.WHILE_KEPT, Value.REPLACE, Value.KEEP))
        out[np.arange(len(chosen)), chosen] = 9.0
        return out


def test_reconsidering_changes_the_blamed_slots_alone() -> None:
    _, sites = opened(TEXTS, "pkg/store.py::load", "fetch")
    before = decide(sites, ScriptedDenoiser(everywhere_but_in_other))
    guilty = {i for i, item in enumerate(before) if item.candidate.path == "pkg/other.py" or item.candidate.label == "string"}
    again, result = reconsider(sites, before, guilty, Contrary(), Sampler(), GENERATOR)
    for i, (one, two) in enumerate(zip(before, again, strict=True)):
        assert one.candidate == two.candidate
        assert (two.value is not one.value) if i in guilty else (two == one)
    assert guilty and result.forward_passes > 0


def test_reconsidering_nothing_changes_nothing() -> None:
    _, sites = opened(TEXTS, "pkg/store.py::load", "fetch")
    before = decide(sites, ScriptedDenoiser(everywhere_but_in_other))
    assert reconsider(sites, before, frozenset(), Contrary(), Sampler(), GENERATOR)[0] == before


def test_clash_is_the_definition_that_has_the_new_name_already() -> None:
    made = project({"a.py": "def load(): ...\n\n\nclass C:\n    def fetch(self): ...\n\n    def load(self): ...\n"})
    assert clash(made, Intent(entity(made, "a.py::load"), "fetch")) is None
    taken = clash(made, Intent(entity(made, "a.py::C.load"), "fetch"))
    assert taken is not None and taken.qualname == "C.fetch"


def test_file_that_does_not_parse_is_no_obstacle() -> None:
    texts = {"a.py": "def load(): ...\n", "b.py": "def (((load\n", "c.md": "call `load()`\n"}
    _, sites = opened(texts, "a.py::load", "fetch")
    found = after(decide(sites, ScriptedDenoiser(lambda lexemes, at: Value.KEEP if "b" in lexemes else Value.REPLACE)), texts)
    assert found == {"a.py": "def fetch(): ...\n", "b.py": texts["b.py"], "c.md": "call `fetch()`\n"}
