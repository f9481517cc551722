"""Folders of weights as engines: a tiny DiffusionGemma is saved as safetensors, loaded by name and drafts; what may not run is refused."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchmarks.hub import tiny
from engine.errors import CheckpointError, EngineError
from engine.hub import local
from engine.hub.blocks import DiffusionDrafter
from engine.hub.chat import frame_of
from engine.hub.form import Form, read_form, write_form
from engine.hub.names import HubName, Where
from engine.hub.opening import open_drafter
from engine.hub.task import Drafted, NotDrafted, Options, Task
from tests.engine.hub.small_models import save

TOKENIZER = tiny.tokenizer(["def load(path): return path"], 300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    place = save(tmp_path_factory.mktemp("gemma"), tiny.model(len(TOKENIZER), hidden=32, layers=3), TOKENIZER)
    write_form(place, Form(tiny.LAYOUT, steps=3, mean_entropy=9.0, unsettled=9.0, is_bare=True))
    return place


def test_saved_model_drafts_again_the_same(folder: Path) -> None:
    assert (folder / "model.safetensors").is_file()
    task = Task("rename load to fetch", names=("load",), texts={"a.py": "def load(path):\n    return path\n"})
    drafts = [open_drafter(str(folder), Options()).draft(task, lambda op: None) for _ in range(2)]
    assert drafts[0] == drafts[1] and isinstance(drafts[0], Drafted) and drafts[0].passes > 3 and len(drafts[0].choices) == 1


def test_folder_without_a_tokenizer_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(EngineError, match="no tokenizer of its own"):
        open_drafter(str(tmp_path), Options())


def test_request_without_a_place_is_declined(folder: Path) -> None:
    found = open_drafter(str(folder), Options()).draft(Task("tidy up"), lambda op: None)
    assert isinstance(found, NotDrafted) and "no place" in found.sentence


def test_large_model_is_not_run_on_a_processor_unless_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "LARGE", 1000)
    monkeypatch.setattr(local, "device", lambda: "cpu")
    with pytest.raises(EngineError, match="no GPU here: use a server, or give -O cpu=yes"):
        open_drafter(str(folder), Options())
    assert isinstance(open_drafter(str(folder), Options(cpu=True)), DiffusionDrafter)


def test_code_that_comes_with_a_model_runs_only_by_name(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "remote"
    place.mkdir()
    (place / "config.json").write_text(json.dumps({"model_type": "odd", "auto_map": {"AutoConfig": "odd.Odd", "AutoModelForCausalLM": "odd.OddModel"}}))
    (place / "odd.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nraise ValueError('ran')\n")
    with pytest.raises(EngineError, match=f"not run: give -O trust={place}"):
        local.load(HubName(Where.LOCAL, str(place)), Options())
    assert not (tmp_path / "ran").exists()
    with pytest.raises(EngineError, match="ran"):
        local.load(HubName(Where.LOCAL, str(place)), Options(trust=(str(place),)))


def test_form_is_read_as_written_and_a_damaged_one_said(tmp_path: Path) -> None:
    form = Form(tiny.LAYOUT, steps=7, is_bare=True)
    write_form(tmp_path, form)
    assert read_form(tmp_path) == form and read_form(tmp_path / "none") is None
    (tmp_path / "redraft.json").write_text('{"layout": {"canvas": 3, "odd": 1}}')
    with pytest.raises(CheckpointError, match="is damaged"):
        read_form(tmp_path)


def test_chat_model_gets_the_window_inside_its_template() -> None:
    TOKENIZER.chat_template = "{% for m in messages %}<user>{{ m.content }}</user>{% endfor %}<model>"
    try:
        head, tail = frame_of(TOKENIZER, tiny.LAYOUT, Task("rename load to fetch", outline="a.py"))
    finally:
        TOKENIZER.chat_template = None
    assert head.startswith("<user>Request: rename load to fetch") and "a.py" in head and tail == "</user><model>"


def test_quantised_model_drafts_and_all_its_large_weights_are_in_fewer_bits(tmp_path: Path) -> None:
    pytest.importorskip("torchao")
    torch.set_num_threads(1)
    place = save(tmp_path, tiny.model(len(TOKENIZER), hidden=64, layers=2), TOKENIZER)
    write_form(place, Form(tiny.LAYOUT, steps=2, mean_entropy=99.0, unsettled=99.0, is_bare=True))
    drafter = open_drafter(str(place), Options(quantise="int8"))
    assert isinstance(drafter, DiffusionDrafter)
    model = drafter.filler.model.model
    whole = {name for name, weight in model.named_parameters() if weight.dim() > 1 and type(weight) is torch.nn.Parameter}
    assert not [name for name in whole if not any(part in name for part in ("embed", "router", "vision", "lm_head"))]
    # What the two modes share is quantised once, and shared still.
    one, two = model.model.decoder.layers[0].experts, model.model.encoder.language_model.layers[0].experts
    assert one.gate_up_proj is two.gate_up_proj
    assert isinstance(drafter.draft(Task("rename load to fetch", names=("load",), texts={"a.py": "load(1)\n"}), lambda op: None), Drafted)


def test_int4_without_its_library_is_one_sentence(folder: Path) -> None:
    pytest.importorskip("torchao")
    if find_spec("mslk") is not None:
        pytest.skip("its library is here")
    with pytest.raises(EngineError, match="int4 needs mslk"):
        open_drafter(str(folder), Options(quantise="int4"))
