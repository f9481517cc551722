"""The change stream: whole, in pieces, and what is read of it applied."""

from __future__ import annotations

from benchmarks.fuzz.material import drawn, hostile
from editops import Applied, Broken, ChangeSet, Invalid, Malformed, Stale, StreamReader, apply, invert, parse, recognise, serialise

MAX_LENGTH = 4096
SEEDS = [serialise(change).encode("utf-8") for change, _ in drawn(60)]
SEEDS += [str(spec["run"]["stream"]).encode("utf-8", "surrogateescape") for spec in hostile() if "stream" in spec.get("run", {})]
WORDS = [b'"redraft":1', b'"base":{', b'"safety":"ask"', b'"op":"text"', b'"op":"move"', b'"op":"create"', b'"op":"delete"', b'"op":"rename"',
         b'"op":"mode"', b'"path":', b'"span":[0,1]', b'"before":', b'"after":', b'"src":', b'"dst":', b'"at":', b'"indent":', b'"inner":[',
         b'"content":', b'"executable":true', b'"base64":', b"\\ud800", b"\\u0000", b"1e999", b"-0", b"\xef\xbb\xbf", b"\n"]  # fmt: skip


def check(data: bytes) -> None:
    recognise(data)
    whole = _read(data, len(data) or 1)
    assert _read(data, 7) == whole
    assert isinstance(whole, ChangeSet | Malformed)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        assert isinstance(whole, Malformed)
        return
    parsed = parse(text)
    assert isinstance(parsed, Malformed) == isinstance(whole, Malformed)
    if isinstance(whole, ChangeSet):
        assert parsed == whole == parse(serialise(whole))
        assert serialise(parse_again(whole)) == serialise(whole)
        _applied(whole)


def parse_again(change: ChangeSet) -> ChangeSet:
    read = parse(serialise(change))
    assert isinstance(read, ChangeSet)
    return read


def _read(data: bytes, size: int) -> ChangeSet | Malformed:
    reader = StreamReader()
    broken = False
    for at in range(0, len(data), size):
        events = reader.push(data[at : at + size])
        assert not (broken and events), "a broken stream goes on"
        broken = broken or any(isinstance(event, Broken) for event in events)
    return reader.finish()


def _applied(change: ChangeSet) -> None:
    """Against nothing, and against files that its own operations make up, with digests that are true or not."""
    assert isinstance(apply({}, change), Applied | Stale | Invalid)
    files = made_up(change)
    fitting = fitted(change, files)
    outcome = apply(files, fitting)
    assert isinstance(outcome, Applied | Invalid)
    if isinstance(outcome, Applied):
        back = invert(fitting, files)
        undone = apply(outcome.tree(files), back)
        assert isinstance(undone, Applied), undone
        assert undone.tree(outcome.tree(files)) == files
        modes = frozenset(path for path, executable in fitting.modes.items() if not executable)
        modes |= {path for path, op in fitting.deleted.items() if op.executable}
        assert undone.executables(outcome.executables(modes)) == modes


def made_up(change: ChangeSet) -> dict[str, bytes]:
    """Texts in which every operation finds its `before`, as far as there can be any."""
    found: dict[str, bytearray] = {path: bytearray() for path in change.base}
    for op in change.ops:
        span, before = getattr(op, "span", None), getattr(op, "before", b"")
        path = getattr(op, "path", getattr(op, "src", ""))
        if span is None or path not in found or span.end > 10_000:
            continue
        text = found[path]
        text.extend(b"\n" * max(0, span.end - len(text)))
        text[span.start : span.end] = before
    texts = {path: bytes(text) for path, text in found.items()}
    return texts | {path: op.before for path, op in change.deleted.items()}


def fitted(change: ChangeSet, files: dict[str, bytes]) -> ChangeSet:
    return ChangeSet.of(change.ops, files, change.safety)
