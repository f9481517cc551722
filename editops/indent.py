"""Shift the indentation of moved text without touching the inside of strings.

For Python text the tokenizer says which lines start inside a string; other
text has none. Knows nothing of where the text comes from or goes to.
"""

import io
import tokenize

from .errors import OpError

MAX_REINDENTED = 4 * 1024 * 1024
"""Bytes of Python text that are read for their strings; a definition is shorter."""
# Since Python 3.12 an f-string is a run of tokens between a start and an end.
_STRING_START = frozenset({"FSTRING_START", "TSTRING_START"})
_STRING_END = frozenset({"FSTRING_END", "TSTRING_END"})


def reindent(text: bytes, columns: int, *, python: bool) -> bytes:
    """Add (or, when negative, take away) `columns` leading blanks on every code line.

    A column is one blank character. Text indented by tabs gains tabs. A line with
    fewer blanks than are to go (a comment at the margin) loses those it has, but the
    first statement must have them all, or the nesting would change.
    """
    if columns == 0:
        return text
    kept = _rows_inside_strings(text) if python else frozenset()
    lines = io.BytesIO(text).readlines()
    code = [row not in kept and bool(line.strip()) for row, line in enumerate(lines, 1)]
    code_lines = [line for line, is_code in zip(lines, code, strict=True) if is_code]
    margin = next((_blanks(line) for line in code_lines if not line.lstrip().startswith(b"#")), 0)
    if margin + columns < 0:
        raise OpError(f"moved text is indented by {margin}: take away at most that, not {-columns}")
    pad = _pad(code_lines) * columns
    return b"".join(
        (pad + line if columns > 0 else _dedent(line, -columns)) if is_code else line
        for line, is_code in zip(lines, code, strict=True)
    )


def _pad(code_lines: list[bytes]) -> bytes:
    """The blank this text indents with: that of its first indented line, else a space."""
    return next((line[:1] for line in code_lines if line[:1] in (b" ", b"\t")), b" ")


def _dedent(line: bytes, columns: int) -> bytes:
    return line[min(_blanks(line), columns) :]


def _blanks(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))


def _rows_inside_strings(text: bytes) -> frozenset[int]:
    """The lines, from 1, whose first byte belongs to a string that began on an earlier line."""
    if len(text) > MAX_REINDENTED:
        raise OpError(f"moved text has {len(text)} bytes: move more than {MAX_REINDENTED} with an indent of 0")
    try:
        source = text.decode().replace("\r\n", "\n").replace("\r", " ")
        tokens = list(tokenize.generate_tokens(io.StringIO(source, newline="\n").readline))
    except (UnicodeDecodeError, tokenize.TokenError, SyntaxError) as error:
        raise OpError(
            f"moved text is not whole Python statements ({error}): "
            "move complete definitions, or move with an indent of 0"
        ) from error
    rows: set[int] = set()
    open_rows: list[int] = []
    for token in tokens:
        name = tokenize.tok_name[token.type]
        if name in _STRING_START:
            open_rows.append(token.start[0])
        elif name in _STRING_END:
            rows.update(range(open_rows.pop() + 1, token.end[0] + 1))
        elif name == "STRING":
            rows.update(range(token.start[0] + 1, token.end[0] + 1))
    return frozenset(rows)
