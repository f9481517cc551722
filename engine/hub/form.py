"""The form of a model that was trained on windows, kept beside its weights as `redraft.json`; and the one of models that were not."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from engine.errors import CheckpointError
from engine.hub.denoising import Rules
from engine.hub.layout import Layout
from engine.stop import StableAndConfident

FILE = "redraft.json"


@dataclass(frozen=True, slots=True)
class Form:
    """Layout, sampler and wording that go with some weights."""

    layout: Layout = Layout()
    steps: int = 48
    mean_entropy: float = 0.005
    unsettled: float = 0.2
    is_bare: bool = False
    """Whether the request is given as it is, without a template or anything else of the repository."""

    @property
    def rules(self) -> Rules:
        """The sampler's."""
        return Rules(self.steps, stop=StableAndConfident(self.mean_entropy), unsettled=self.unsettled)


def read_form(folder: Path) -> Form | None:
    """The form that lies in a folder; raises CheckpointError where it is damaged."""
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        item = json.loads(file.read_text(encoding="utf-8"))
        layout = Layout(**item.pop("layout"))
        form = Form(layout=layout, **item)
        _check(layout)
        _check(form)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        known = ", ".join(field.name for field in fields(Form))
        raise CheckpointError(f"{file} is damaged ({error}): it holds {known}.") from error
    return form


def _check(found: Form | Layout) -> None:
    """Raise TypeError for a value of another type than the one that it stands in for."""
    for field in fields(found):
        value, wanted = getattr(found, field.name), type(field.default)
        if type(value) is not wanted and not (wanted is float and type(value) is int):
            raise TypeError(f"{field.name} is no {wanted.__name__}")


def write_form(folder: Path, form: Form) -> None:
    """Put a form beside its weights."""
    (folder / FILE).write_text(json.dumps(asdict(form), indent=1) + "\n", encoding="utf-8")
