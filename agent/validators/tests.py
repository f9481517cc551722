"""The user's test command in the staged worktree; what fails without the change too does not count."""

from __future__ import annotations

from pathlib import Path

from agent.validators.base import ValidationContext
from agent.validators.output import failures
from agent.validators.process import run
from engine import Diagnostic, Source


class TestsValidator:
    __test__ = False  # For pytest this is no test class.

    def check(self, context: ValidationContext) -> list[Diagnostic]:
        if context.tests is None:
            return []
        found = _failures(context.tests, context.staged, context.timeout)
        if not found or context.baseline is None:
            return found
        with context.baseline() as base:
            known = {_kind(failure, context) for failure in
                     _failures(context.tests, base.path, context.timeout)}
        return [failure for failure in found if (failure.path, failure.code, failure.name) not in known]


def _failures(command: str, folder: Path, timeout: float) -> list[Diagnostic]:
    result = run(command, folder, timeout)
    if result.timed_out:
        return [Diagnostic("", 0, "tests-timeout", f"the tests did not end within {timeout:g} s", Source.TESTS)]
    return failures(result.output, folder) if result.status else []


def _kind(failure: Diagnostic, context: ValidationContext) -> tuple[str, str, str]:
    """What makes a failure before the change the same as one after it."""
    return context.renamed.get(failure.path, failure.path), failure.code, failure.name
