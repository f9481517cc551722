"""The user's test command in the staged worktree; what fails without the change too does not count."""

from __future__ import annotations

from pathlib import Path

from agent.validators.base import ValidationContext
from agent.validators.output import failures
from agent.validators.process import NOT_STARTED, run
from engine import Diagnostic, Source


_UNSAID = frozenset({"tests-timeout", "tests-limit", "tests-not-run"})


class TestsValidator:
    __test__ = False  # For pytest this is no test class.

    def check(self, context: ValidationContext) -> list[Diagnostic]:
        if context.tests is None:
            return []
        found = _failures(context, context.staged)
        # Tests that did not come to an end have said nothing, whatever they do without the change.
        if not found or context.baseline is None or any(failure.code in _UNSAID for failure in found):
            return found
        with context.baseline() as base:
            known = {_kind(failure, context) for failure in
                     _failures(context, base.path)}
        return [failure for failure in found if (failure.path, failure.code, failure.name) not in known]


def _failures(context: ValidationContext, folder: Path) -> list[Diagnostic]:
    result = run(context.tests or "", folder, context.timeout, context.isolation)
    if result.timed_out:
        return [Diagnostic("", 0, "tests-timeout", f"the tests did not end within {context.timeout:g} s", Source.TESTS)]
    if result.status == NOT_STARTED:
        return [Diagnostic("", 0, "tests-not-run", f"the tests could not be started: {result.output.strip()[-200:]}", Source.TESTS)]
    if result.ended:
        return [Diagnostic("", 0, "tests-limit", f"the tests were ended at their limit of {result.ended}", Source.TESTS)]
    return failures(result.output, folder) if result.status else []


def _kind(failure: Diagnostic, context: ValidationContext) -> tuple[str, str, str]:
    """What makes a failure before the change the same as one after it."""
    return context.renamed.get(failure.path, failure.path), failure.code, failure.name
