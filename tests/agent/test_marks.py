"""Places that are followed through a change of their text."""

from __future__ import annotations

from agent.marks import carried


def test_places_are_found_again_in_changed_lines_and_behind_them() -> None:
    before, after = "é = load(1)\nload(2)\n", "import x\né = load(1, 'é')\nload(2)\n"
    places = frozenset({before.index("load"), before.rindex("load"), before.index("1"), -1})
    found = carried({"a.py": places, "b.py": frozenset({3})}, {"a.py": after.encode()}, {"a.py": before}.get)
    assert found == {"a.py": frozenset({after.index("load"), after.rindex("load"), after.index("1"), -1}), "b.py": frozenset({3})}


def test_places_of_a_file_that_is_gone_are_gone() -> None:
    assert carried({"a.py": frozenset({3})}, {"a.py": None}, {"a.py": "text"}.get) == {}
