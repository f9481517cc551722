"""Does every changed file still parse? Python is compiled; JSON and TOML are read.

Other languages are not looked at.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator

from agent.validators.base import ValidationContext, new_failures
from engine import Diagnostic, Source

if sys.version_info >= (3, 11):
    import tomllib


class SyntaxValidator:
    def check(self, context: ValidationContext) -> list[Diagnostic]:
        return new_failures(context, syntax_errors, neighbours=False)


def syntax_errors(path: str, data: bytes) -> Iterator[Diagnostic]:
    if path.endswith((".py", ".pyi")):
        yield from _python(path, data)
    elif path.endswith(".json"):
        yield from _json(path, data)
    elif path.endswith(".toml"):
        yield from _toml(path, data)


def _python(path: str, data: bytes) -> Iterator[Diagnostic]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        yield _failure(path, error.lineno or 0, error.msg)
    except (ValueError, RecursionError) as error:
        yield _failure(path, 0, str(error))


def _json(path: str, data: bytes) -> Iterator[Diagnostic]:
    try:
        json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        yield _failure(path, error.lineno, error.msg)
    except (ValueError, RecursionError) as error:  # Not UTF-8, or a number of thousands of digits.
        yield _failure(path, 0, str(error))


def _toml(path: str, data: bytes) -> Iterator[Diagnostic]:
    if sys.version_info < (3, 11):
        return
    try:
        tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        yield _failure(path, 0, str(error))


def _failure(path: str, line: int, message: str) -> Diagnostic:
    return Diagnostic(path, line, "syntax-error", message, Source.PARSER)
