"""What an operation refuses, and what a move carries."""

import pytest

from editops import (
    CreateFile,
    EditKind,
    OpError,
    PathError,
    RenameFile,
    Span,
    SpanError,
    SpanMove,
    TextEdit,
    check_path,
)


def move(text: bytes, indent: int, inner=(), src="m.py") -> SpanMove:
    return SpanMove(src, Span(0, len(text)), text, "other.py", 0, indent, tuple(inner))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a\0b",
        ".git/config",
        "sub/.GIT/x",
        "a/.Git",
        "\udcff",
    ],
)
def test_path_that_leads_astray_is_refused(path):
    with pytest.raises(PathError):
        check_path(path)
    with pytest.raises(PathError):
        CreateFile(path, b"")


@pytest.mark.parametrize("path", ["a", "a/b.py", ".github/x", "a b", "é", ".gitignore", "..a"])
def test_path_of_a_plain_file_is_accepted(path):
    check_path(path)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (b"", b"x", EditKind.INSERTION),
        (b"x", b"", EditKind.DELETION),
        (b"x", b"y", EditKind.REPLACEMENT),
    ],
)
def test_edit_kind_is_derived(before, after, kind):
    assert TextEdit("a", Span(0, len(before)), before, after).kind is kind


def test_edit_on_data_takes_before_from_it():
    assert TextEdit.on("a", b"hello", Span(1, 3), b"") == TextEdit("a", Span(1, 3), b"el", b"")
    with pytest.raises(SpanError):
        TextEdit.on("a", b"hello", Span(4, 6), b"")


@pytest.mark.parametrize(
    "build",
    [
        lambda: TextEdit("a", Span(0, 2), b"x", b"y"),
        lambda: TextEdit("a", Span(0, 1), b"x", b"x"),
        lambda: RenameFile("a", "a"),
        lambda: SpanMove("a", Span(0, 0), b"", "b", 0),
        lambda: SpanMove("a", Span(0, 1), b"x", "b", -1),
        lambda: SpanMove("a", Span(0, 3), b"xyz", "a", 1),
        lambda: SpanMove("a", Span(0, 4), b"\xef\xbb\xbfx", "b", 0),
        lambda: SpanMove("a", Span(0, 1), b"x", "b", 0, 0, (TextEdit("b", Span(0, 1), b"x", b""),)),
        lambda: SpanMove("a", Span(0, 1), b"x", "b", 0, 0, (TextEdit("a", Span(0, 1), b"y", b""),)),
        lambda: SpanMove(
            "a",
            Span(0, 2),
            b"xy",
            "b",
            0,
            0,
            (TextEdit("a", Span(0, 2), b"xy", b""), TextEdit("a", Span(1, 2), b"y", b"")),
        ),
    ],
)
def test_op_that_contradicts_itself_is_refused(build):
    with pytest.raises(OpError):
        build()


def test_move_applies_inner_edits_before_indenting():
    text = b"    def f(self):\n        return f\n"
    inner = [TextEdit("m.py", Span(31, 33), b" f", b" g"), TextEdit("m.py", Span(8, 9), b"f", b"g")]
    assert text[31:33] == b" f"
    assert move(text, -4, inner).moved == b"def g(self):\n    return g\n"


STRINGS = [
    b'"""one\n  two\n"""',
    b"'one\\\n  two'",
    b'f"""one\n  {x}\n two"""',
    b"f'''{f\"\"\"a\n  b\"\"\"}\n  c'''",
    b'rb"""\n\n x"""',
]


@pytest.mark.parametrize("string", STRINGS)
@pytest.mark.parametrize("indent", [1, 4, 8])
def test_reindent_leaves_strings_alone_and_turns_back(string, indent):
    text = b"# why\n@d\ndef f():\n    x = (" + string + b",\n1)\n\n    return x\n"
    there = move(text, indent).moved
    pad = b" " * indent
    assert string in there
    assert there.startswith(pad + b"# why\n" + pad + b"@d\n") and pad + b"1)\n\n" in there
    assert move(there, -indent).moved == text


def test_reindent_keeps_crlf_and_blank_lines():
    assert move(b"def f():\r\n\r\n    pass\r\n", 4).moved == b"    def f():\r\n\r\n        pass\r\n"


def test_reindent_counts_tabs_as_columns():
    text = b"\tdef f():\n\t\tpass\n"
    assert move(text, -1).moved == b"def f():\n\tpass\n"
    assert move(b"def f():\n\tpass\n", 1).moved == text


def test_reindent_of_other_text_has_no_strings():
    assert move(b'a """\nb\n"""\n', 2, src="a.md").moved == b'  a """\n  b\n  """\n'


@pytest.mark.parametrize("text", [b'x = """\n', b"f(\n", b"  a\n b\n", b"x = '\xff'\n"])
def test_reindent_of_broken_python_is_refused_unless_indent_is_zero(text):
    with pytest.raises(OpError, match="indent of 0"):
        move(text, 4)
    assert move(text, 0).moved == text


def test_reindent_lets_comments_stay_at_the_margin():
    assert move(b"# c\n    x = 1\n", -4).moved == b"# c\nx = 1\n"


def test_reindent_never_takes_more_than_the_first_statement_has():
    with pytest.raises(OpError, match="at most"):
        move(b"  # c\n  def f():\n    pass\n", -4)
