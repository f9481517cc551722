"""Any text as lexemes, names and spellings."""

from __future__ import annotations

from benchmarks.fuzz.material import hostile_texts, sources
from engine.lexemes import lex
from engine.naming import Style, is_identifier, join, replaced_inside, style_of, subwords, variants
from engine.retrieval import looks_like_code, spellings
from engine.wordpiece import MAX_PIECES, WordPiece

MAX_LENGTH = 4096
SEEDS = [text.encode("utf-8", "surrogateescape") for text in hostile_texts()][:150] + list(sources())[:60]
WORDS = [b"_", b"__", b"load_user", b"LoadUser", b"XMLParser2", b"\xc3\x9f", b"\xc4\xb0", b"\xef\xac\x81", b"1e5_0", b"....", b"\xe0\xa5\x8d", b"\xed\xa0\x80"]
_PIECES = WordPiece(("[PAD]", "[UNK]", "[SEP]", "load", "user", "##er", "s"))


def check(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    lexemes = lex(text)
    end = 0
    for lexeme in lexemes:
        assert text[lexeme.start : lexeme.end] == lexeme.text and lexeme.start >= end
        assert not text[end : lexeme.start].strip(), "something is between two lexemes"
        end = lexeme.end
    assert not text[end:].strip()
    for lexeme in lexemes[:200]:
        if lexeme.is_word:
            _name(lexeme.text, lexemes[0].text)
        assert 1 <= len(_PIECES.pieces(lexeme.text)) <= MAX_PIECES
    assert len(spellings(lexemes[:160])) < 160 * 14


def _name(name: str, other: str) -> None:
    words = subwords(name)
    looks_like_code(name)
    is_identifier(name)
    style_of(name)
    assert all(isinstance(found, str) for found in variants(name))
    for style in Style if words else ():
        join(words, style)
    replaced = replaced_inside(f"x_{name}_y", name, other)
    assert replaced is None or isinstance(replaced, str)
