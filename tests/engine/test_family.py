"""Longer names that contain the old one."""

from __future__ import annotations

from engine.family import MAX_FAMILY, apart, family


def test_family_holds_every_style_with_all_places() -> None:
    texts = {"a.py": "def test_load_user(): load_user()\nclass TestLoadUser: ...\n", "b.py": "LOAD_USER_TIMEOUT = test_load_user\n"}
    found = family(texts, "load_user", "fetch_user")
    assert {name for name, _ in found} == {"test_load_user", "TestLoadUser", "LOAD_USER_TIMEOUT"}
    assert [path for path, _, _ in found["test_load_user", False]] == ["a.py", "b.py"]
    assert all(texts[path][start:end] == name for (name, _), spots in found.items() for path, start, end in spots)


def test_family_leaves_out_the_name_itself_and_mere_substrings() -> None:
    assert family({"a.py": "get = target + budget + getter + widget\n"}, "get", "fetch") == {}
    assert set(family({"a.py": "get_all(get, forget)\n"}, "get", "fetch")) == {("get_all", False)}


def test_family_takes_each_word_once_and_whole() -> None:
    texts = {"a.py": "get_get_x = _get_ + 1get_2 + \u00fcget_y\n"}
    found = family(texts, "get", "fetch")
    assert all(texts[path][start:end] == name for (name, _), spots in found.items() for path, start, end in spots)
    assert len(found["get_get_x", False]) == 1


def test_family_is_bounded_with_tests_first() -> None:
    text = " ".join([f"get_thing{i:03}" for i in range(80)] + ["test_get"])
    found = family({"a.py": text}, "get", "fetch")
    assert len(found) == MAX_FAMILY and next(iter(found)) == ("test_get", False)


def test_family_of_a_name_without_words_is_empty() -> None:
    assert family({"a.py": "__x = _"}, "_", "x") == {}


def test_places_in_a_changelog_are_decided_apart() -> None:
    found = family({"a.py": "def test_load(): load()\n", "CHANGES.rst": "Fix test_load.\n"}, "load", "fetch")
    assert set(found) == {("test_load", False), ("test_load", True)}
    assert [path for path, _, _ in found["test_load", True]] == ["CHANGES.rst"]


def test_family_leaves_places_to_the_name_that_stands_there_between_other_letters() -> None:
    texts = {"a.md": "\u8c03\u7528load\u51fd\u6570 and test_load\n"}
    found = {("\u8c03\u7528load\u51fd\u6570", False): [("a.md", 0, 8)], **family(texts, "load", "fetch")}
    assert apart(found, [("a.md", 2), ("b.md", 14)]) == {("test_load", False): (("a.md", 13, 22),)}
