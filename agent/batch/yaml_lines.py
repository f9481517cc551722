"""YAML as plain values that remember their lines.

Text, numbers, booleans, lists and mappings only: no tags, no anchors, no key twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

Path = tuple[str | int, ...]
"""Keys and indices from the root of a document down to a value."""
MAX_BYTES = 1 << 20
MAX_NUMBER = 100
"""Characters of a number: YAML knows numbers to the base of sixty, and computing a long one takes minutes."""


class YamlFault(Exception):
    """What cannot be read, and on which line (from 1; 0: the whole document)."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Lined:
    value: object
    lines: Mapping[Path, int]
    """Line of every value; of a value in a mapping, that of its key."""

    def line(self, path: Path) -> int:
        """Of a value, or of the nearest one around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(data: bytes) -> Lined:
    """Raises YamlFault."""
    if len(data) > MAX_BYTES:
        raise YamlFault(0, f"larger than {MAX_BYTES >> 20} MB")
    try:
        root = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        lines: dict[Path, int] = {(): root.start_mark.line + 1 if root else 1}
        value = _value(root, (), lines, set()) if root else None
    except UnicodeDecodeError as error:
        raise YamlFault(0, "not UTF-8 text: save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFault(mark.line + 1 if mark else 0, _complaint(error)) from error
    except yaml.YAMLError as error:
        raise YamlFault(0, " ".join(str(error).split())) from error
    except RecursionError as error:
        raise YamlFault(0, "nested too deeply") from error
    return Lined(value, lines)


def _complaint(error: yaml.MarkedYAMLError) -> str:
    parts = (part for part in (error.problem, error.context) if part)
    hint = "; a text with ': ' in it needs quotes" if "mapping values" in (error.problem or "") else ""
    return f"not YAML: {', '.join(parts)}{hint}"


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], seen: set[int]) -> object:
    if id(node) in seen:
        raise YamlFault(node.start_mark.line + 1, "anchors and aliases are not taken here: write the value out")
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            lines[(*path, i)] = item.start_mark.line + 1
        return [_value(item, (*path, i), lines, seen) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, seen)
    # Dates, binary data and tags of other programs are read as what stands there.
    plain = node.tag.removeprefix("tag:yaml.org,2002:") in ("bool", "int", "float", "null")
    if plain and len(node.value) > MAX_NUMBER:
        raise YamlFault(node.start_mark.line + 1, f"{node.value[:40]!r}... is no number that is needed here")
    loader = yaml.SafeLoader("")
    try:
        value: object = loader.construct_object(node) if plain else node.value
    except ValueError as error:
        raise YamlFault(node.start_mark.line + 1, f"{node.value!r} is not a value") from error
    return value


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], seen: set[int]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFault(line, "a key has to be a word")
        if key.value in found:
            raise YamlFault(line, f"{key.value} is there twice: keep one of them")
        lines[(*path, key.value)] = line
        found[key.value] = _value(item, (*path, key.value), lines, seen)
    return found
