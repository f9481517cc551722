"""A recipe from its file: checked against the published schema, every fault with its line and what to do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from agent.batch.recipe import Edit, OnFailure, Place, Recipe, RecipeError, To
from agent.batch.yaml_lines import MAX_BYTES, Lined, YamlFault, read
from agent.errors import UnreadableFile

SCHEMA = Path(__file__).parent / "recipe.schema.json"
MAX_FAULTS = 8
MAX_EXAMPLE = 4 << 20
"""Bytes of a diff that shows a change."""
_KINDS = {"string": "a text", "array": "a list", "object": "a mapping", "integer": "a whole number", "number": "a number"}


def schema_text() -> str:
    """The schema as it is committed."""
    return SCHEMA.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text()))


def load(file: Path) -> Recipe:
    """Raises RecipeError with everything that is wrong, UnreadableFile."""
    place = file.resolve()
    try:
        with place.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFile(str(file), getattr(error, "strerror", None) or str(error)) from error
    try:
        lined = read(data)
    except YamlFault as fault:
        raise RecipeError(file, [(fault.line, fault.reason)]) from fault
    faults = sorted(_faults(lined))
    examples = {} if faults else _examples(lined, place.parent)
    faults = faults or sorted(_contradictions(lined, examples))
    if faults:
        more = len(faults) - MAX_FAULTS
        raise RecipeError(file, faults[:MAX_FAULTS] + ([(0, f"and {more} more")] if more > 0 else []))
    whole = b"\0".join([data, *((examples[name] or "").encode() for name in sorted(examples))])
    digest = hashlib.sha256(str(place).encode("utf-8", "surrogateescape") + b"\0" + whole).hexdigest()
    return _recipe(place, digest, lined, examples)


def _examples(lined: Lined, folder: Path) -> dict[str, str | None]:
    """The diffs that a recipe names; None for what can't be read."""
    document: Any = lined.value
    found: dict[str, str | None] = {}
    for name in (edit["like"] for edit in document["edits"] if isinstance(edit, dict) and "like" in edit):
        try:
            data = (folder / name).read_bytes()
            found[name] = data.decode() if len(data) <= MAX_EXAMPLE else None
        except (OSError, ValueError):
            found[name] = None
    return found


def _faults(lined: Lined) -> Iterator[tuple[int, str]]:
    for error in _validator().iter_errors(lined.value):
        for inner in _innermost(error):
            path = tuple(inner.absolute_path)
            yield from ((lined.line((*path, *deeper)), text) for deeper, text in _sentences(inner, _named(path)))


def _innermost(error: ValidationError) -> Iterator[ValidationError]:
    """Of alternatives, the faults of those that have the shape of the value."""
    alternatives: Sequence[ValidationError] = error.context or ()
    if error.validator != "anyOf" or not alternatives:
        yield error
        return
    own = [inner for inner in alternatives if inner.validator != "type" or inner.absolute_path != error.absolute_path]
    strange = "enum" if isinstance(error.instance, Mapping) else "oneOf"
    fitting = [inner for inner in own if inner.validator != strange]
    if not fitting:
        yield error
    for inner in fitting:
        yield from _innermost(inner)


def _named(path: Sequence[str | int]) -> str:
    """`edits[0].request`; empty for the document itself."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _sentences(error: ValidationError, where: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong, and the key that is to blame below the place of the error."""
    here = where or "the recipe"
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "additionalProperties":
            known = list(schema["properties"])
            for key in value.keys() - set(known):
                close = get_close_matches(key, known, 1)
                hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
                yield (key,), f"{where + '.' if where else ''}{key} is not known: {hint}"
        case "required":
            for key in (key for key in rule if key not in value):
                example = " (version: 1)" if key == "version" else ""
                yield (), f"{here} needs {key}{example}"
        case "oneOf":
            yield (), f"{here} needs request or like, one of the two"
        case "type" | "anyOf":
            wanted = _KINDS.get(str(rule), "a text or a mapping")
            yield (), f"{here} has to be {wanted}, not {value!r:.60}"
        case "enum":
            yield (), f"{here} has to be one of {', '.join(map(str, rule))}, not {value!r:.60}" + _branch_hint(value)
        case "const":
            yield (), f"{here} has to be {rule}: this redraft reads no other"
        case "minItems":
            yield (), f"{here} is empty: name at least one"
        case "pattern" if ".paths[" in where:
            yield (), f"{here} has to lie inside the repository: {value!r:.60} does not"
        case "pattern":
            reason = "take letters, digits and . _ - only" if where.endswith(".name") else "it is empty"
            yield (), f"{here} cannot be {value!r:.60}: {reason}"
        case _:
            yield (), f"{here}: {error.message:.120}"


def _branch_hint(value: object) -> str:
    return ": give {to: branch, branch: NAME}" if value == "branch" else ""


def _contradictions(lined: Lined, examples: Mapping[str, str | None]) -> Iterator[tuple[int, str]]:
    """What a schema cannot say, or not in good words."""
    document: Any = lined.value
    result = document.get("result")
    if isinstance(result, dict):
        if result["to"] == "branch" and "branch" not in result:
            yield lined.line(("result", "to")), "result.branch is missing: a branch needs a name"
        uses = {"branch": ("branch",), "message": ("branch", "commit"), "patches": ("patch",)}
        for key in result.keys() - {"to"}:
            if result["to"] not in uses[key]:
                yield lined.line(("result", key)), f"result.{key} means nothing for {result['to']}: take it out"
        folder = PurePosixPath(result.get("patches", "x").replace("\\", "/"))
        if folder.is_absolute() or ".." in folder.parts:
            yield lined.line(("result", "patches")), "result.patches has to be a folder below the recipe's"
    for i, edit in enumerate(document["edits"]):
        if isinstance(edit, dict) and "like" in edit and examples[edit["like"]] is None:
            yield lined.line(("edits", i, "like")), f"{edit['like']:.200} cannot be read: name a diff in UTF-8, relative to the recipe"


def _recipe(place: Path, digest: str, lined: Lined, examples: Mapping[str, str | None]) -> Recipe:
    document: Any = lined.value
    checks, result = document.get("checks", {}), document.get("result", "leave")
    result = {"to": result} if isinstance(result, str) else result
    places = document.get("repositories", ["."])
    return Recipe(
        file=place,
        digest=digest,
        edits=tuple(_edit(item, examples) for item in document["edits"]),
        places=tuple(_place(item, lined.line(("repositories", i))) for i, item in enumerate(places)),
        only=tuple(document.get("only", ())),
        exclude=tuple(document.get("exclude", ())),
        tests=checks.get("tests"),
        max_seconds=float(checks.get("max-seconds", 600.0)),
        max_rounds=checks.get("max-rounds", 2),
        to=To(result["to"]),
        branch=result.get("branch", ""),
        message=result.get("message", ""),
        patches=result.get("patches", "patches"),
        on_failure=OnFailure(document.get("on-failure", "skip-edit")),
        engine=document.get("engine", "embedded"),
        seed=document.get("seed", 0),
        workers=document.get("workers", 0),
    )


def _edit(item: Any, examples: Mapping[str, str | None]) -> Edit:
    found = {"request": item} if isinstance(item, str) else item
    lists = {key: tuple(found.get(key, ())) for key in ("only", "exclude")}
    paths = tuple(PurePosixPath(path).as_posix() for path in found.get("paths", ()))
    like = found.get("like", "")
    return Edit(" ".join(found.get("request", "").split()), like, paths, **lists, example=examples.get(like) or "")


def _place(item: Any, line: int) -> Place:
    found = {"path": item} if isinstance(item, str) else item
    lists = {key: tuple(found.get(key, ())) for key in ("only", "exclude")}
    return Place(found["path"], found.get("name", ""), **lists, tests=found.get("tests"), line=line)
