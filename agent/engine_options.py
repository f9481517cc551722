"""`-O KEY=VALUE` and the environment as the options of an engine."""

from __future__ import annotations

import os
from collections.abc import Iterable

from agent.errors import UserError
from engine import Options

KEY = "REDRAFT_API_KEY"
"""Environment variable whose value is sent to the server that was named, and to no other."""
_SWITCHES = {"yes": True, "no": False}
_BITS = ("int4", "int8")


def engine_options(given: Iterable[str]) -> Options:
    """The options; a later one of a kind holds, `trust` adds up."""
    download = cpu = False
    quantise, trust = "", list[str]()
    for item in given:
        name, _, value = item.partition("=")
        match name:
            case "download" if value in _SWITCHES:
                download = _SWITCHES[value]
            case "cpu" if value in _SWITCHES:
                cpu = _SWITCHES[value]
            case "quantise" if value in _BITS:
                quantise = value
            case "trust" if value:
                trust.append(value)
            case _:
                raise UserError(
                    f"There is no engine option {item!r}: give download=yes, cpu=yes, quantise=int4, quantise=int8 or trust=MODEL."
                )
    return Options(download, cpu, quantise, tuple(trust), os.environ.get(KEY, ""))
