"""The checks of a staged change, over any text before and after: each says something or nothing, and none breaks."""

from __future__ import annotations

import tempfile
from pathlib import Path

from agent.validators import ValidationContext, validate
from agent.validators.calls import CallsValidator
from agent.validators.facts import facts_of
from agent.validators.imports import ImportsValidator
from agent.validators.names import NamesValidator
from agent.validators.oracles import OraclesValidator
from agent.validators.public import PublicValidator
from agent.validators.signatures import changed_signatures
from agent.validators.syntax import SyntaxValidator
from benchmarks.fuzz.evidence import WORDS as PYTHON
from benchmarks.fuzz.material import hostile_texts, sources
from benchmarks.fuzz.target import cut
from engine import Diagnostic

MAX_LENGTH = 3072
MARK = b"\0\0"
NAMES = ("pkg/a.py", "tests/test_a.py", "pkg/__init__.py", "pyproject.toml")
_STAGED = Path(tempfile.mkdtemp(prefix="redraft-fuzz-"))
_TESTS = [text.encode("utf-8", "surrogateescape") for text in hostile_texts() if "def test" in text]
SEEDS = [MARK.join([test, test.replace(b"assert", b"pass #")]) for test in _TESTS]
SEEDS += [MARK.join([source, source.replace(b"def ", b"async def ", 1), b"from pkg.a import f\n__all__ = ['f']\n"]) for source in sources()]
WORDS = [*PYTHON, b"assert ", b"pytest.raises(E)", b"@pytest.mark.skip\n", b"@pytest.mark.parametrize('a', [1, 2])\n", b"self.assertEqual(1, 2)", b"addopts = -k x"]


def check(data: bytes) -> None:
    parts = cut(data, MARK)
    before = dict(zip(NAMES, parts[::2], strict=False))
    after = dict(zip(NAMES, parts[1::2], strict=False))
    context = ValidationContext(before, after, {}, set(after), lambda path: after.get(path), _STAGED, None, 1.0)
    for validator in (SyntaxValidator(), NamesValidator(), ImportsValidator(), CallsValidator(), PublicValidator(), OraclesValidator()):
        _sound(validator.check(context))
    _sound(validate(context))
    for path, text in before.items():
        facts_of(text)
        changed_signatures(text, after.get(path, b""))


def _sound(found: list[Diagnostic]) -> None:
    for failure in found:
        assert failure.message and failure.line >= 0 and failure.path in (*NAMES, "")
