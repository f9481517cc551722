"""Sub-words and styles of names, and one name inside another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.naming import Style, contains, is_identifier, join, replaced_inside, style_of, subwords, variants

WORDS = st.lists(st.from_regex(r"[a-z]{2,6}", fullmatch=True), min_size=2, max_size=4)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("load_user", ("load", "user")),
        ("HTTPClient_v2", ("http", "client", "v2")),
        ("__all__", ("all",)),
        ("MAX_SIZE", ("max", "size")),
        ("loadUser2", ("load", "user2")),
        ("_", ()),
    ],
)
def test_subwords_split_at_case_and_underscores(name: str, words: tuple[str, ...]) -> None:
    assert subwords(name) == words


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("load_user", Style.SNAKE),
        ("load", Style.SNAKE),
        ("_load", Style.SNAKE),
        ("LoadUser", Style.CAMEL),
        ("loadUser", Style.MIXED),
        ("LOAD_USER", Style.UPPER),
        ("load-user", Style.KEBAB),
        ("T", Style.CAMEL),
    ],
)
def test_style_is_read_off_the_case(name: str, style: Style) -> None:
    assert style_of(name) is style


@settings(max_examples=60)
@given(WORDS, st.sampled_from(list(Style)))
def test_join_and_subwords_are_inverse(words: list[str], style: Style) -> None:
    assert subwords(join(words, style)) == tuple(words)
    assert style_of(join(words, style)) is style


@settings(max_examples=60)
@given(WORDS)
def test_variants_hold_the_name_and_every_style(words: list[str]) -> None:
    name = join(words, Style.SNAKE)
    found = variants(name)
    assert found[0] == name and {join(words, style) for style in Style} == set(found)


@pytest.mark.parametrize(
    ("longer", "after"),
    [
        ("test_load_user", "test_fetch_account"),
        ("TestLoadUser", "TestFetchAccount"),
        ("load_user_by_id", "fetch_account_by_id"),
        ("LOAD_USER_TIMEOUT", "FETCH_ACCOUNT_TIMEOUT"),
        ("load_user", None),
        ("user_load_test", None),
        ("download_user", None),
    ],
)
def test_replaced_inside_writes_the_new_name_in_the_style_of_the_run(longer: str, after: str | None) -> None:
    assert replaced_inside(longer, "load_user", "fetch_account") == after
    assert contains(longer, "load_user") is (after is not None)


EARLY = st.lists(st.from_regex(r"[a-f]{2,5}", fullmatch=True), min_size=2, max_size=3)
LATE = st.lists(st.from_regex(r"[g-m]{2,5}", fullmatch=True), min_size=2, max_size=3)


@settings(max_examples=60)
@given(EARLY, LATE, st.sampled_from((Style.SNAKE, Style.CAMEL, Style.UPPER)))
def test_replaced_inside_is_undone_by_replacing_back(old: list[str], new: list[str], style: Style) -> None:
    before, after, longer = join(old, Style.SNAKE), join(new, Style.SNAKE), join(["zzz", *old, "yyy"], style)
    there = replaced_inside(longer, before, after)
    assert there == join(["zzz", *new, "yyy"], style)
    assert replaced_inside(there, after, before) == longer


@pytest.mark.parametrize(("text", "yes"), [("load_user", True), ("2nd", False), ("a-b", False), ("a b", False), ("a\n", False), ("naïve", True)])
def test_is_identifier_accepts_one_whole_name(text: str, yes: bool) -> None:
    assert is_identifier(text) is yes


@pytest.mark.parametrize(
    "name, words",
    [("größe", ("größe",)), ("MAX_GRÖSSE", ("max", "grösse")), ("caféMenü", ("café", "menü")), ("HTTPÜbersicht", ("http", "übersicht")), ("調用load", ("調用load",))],
)
def test_letters_of_any_script_count_by_their_case(name: str, words: tuple[str, ...]) -> None:
    assert subwords(name) == words


def test_a_name_without_words_is_written_inside_another_as_it_stands() -> None:
    assert replaced_inside("test_load_user", "load_user", "_") == "test_"
    assert join((), Style.MIXED) == ""
