"""The checks that a staged change has to pass, cheap to dear."""

from collections.abc import Collection

from agent.validators.base import ValidationContext, Validator
from agent.validators.calls import CallsValidator
from agent.validators.importable import ImportableValidator
from agent.validators.imports import ImportsValidator
from agent.validators.names import NamesValidator
from agent.validators.oracles import OraclesValidator
from agent.validators.public import PublicValidator
from agent.validators.syntax import SyntaxValidator
from agent.validators.tests import TestsValidator
from engine import Diagnostic

VALIDATORS: dict[str, tuple[Validator, ...]] = {
    "parse": (SyntaxValidator(),),
    "names": (NamesValidator(), ImportsValidator()),
    "calls": (CallsValidator(), PublicValidator()),
    "oracles": (OraclesValidator(),),
    "imported": (ImportableValidator(),),
    "tests": (TestsValidator(),),
}
"""Groups in the order in which they run."""


def validate(context: ValidationContext, without: Collection[str] = ()) -> list[Diagnostic]:
    """The new failures of the first group that has any; `without` names groups that are left out."""
    for name, group in VALIDATORS.items():
        if name in without:
            continue
        failures = [failure for validator in group for failure in validator.check(context)]
        if failures:
            return failures
    return []


def weaker(context: ValidationContext) -> list[Diagnostic]:
    """What tests say less than before, for a user who asked for that."""
    return [failure for validator in VALIDATORS["oracles"] for failure in validator.check(context)]


__all__ = ["VALIDATORS", "ValidationContext", "Validator", "validate", "weaker"]
