"""Parameters to draw from: names, types, defaults and values are code."""
from __future__ import annotations

import ast
import random

from engine.train.wording_effects import Parameter, effects, parameter, parameters


def _code(drawn: Parameter) -> tuple[str, ...]:
    return (drawn.type, drawn.default, *drawn.values)


def test_every_parameter_is_code() -> None:
    assert len({drawn.name for drawn in (*effects(), *parameters())}) > 80
    for drawn in (*effects(), *parameters()):
        assert drawn.name.isidentifier()
        for source in _code(drawn):
            ast.parse(source, mode="eval")


def test_effects_read_as_what_the_function_does() -> None:
    assert len({drawn.effect for drawn in effects()}) > 90
    for drawn in effects():
        assert drawn.effect and not drawn.effect.endswith((".", ",")) and not drawn.effect.startswith("to ")


def test_draws_depend_on_the_generator_alone() -> None:
    assert [parameter(random.Random(seed), seed % 2 == 0) for seed in range(50)] == [parameter(random.Random(seed), seed % 2 == 0) for seed in range(50)]
    assert len({parameter(random.Random(seed)).name for seed in range(200)}) > 30
