"""What the journal writes down: the record of one edit, and the line that says what became of it, packed and read back.

Reading is strict, as a disk may fail and a folder may be copied: what could not have been written is damaged, and says so before any
file is looked at.
"""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import DamagedJournal, TooLargeToRecord
from agent.history import Entry, State
from agent.writes import FileImage, Folder, Images
from editops import PathError, check_path

LAST_TIME = 253_402_214_400.0
"""Seconds since the epoch; calendars end there."""

MAX_RECORD = 1 << 30
"""Bytes of an unpacked record. Files are read to 4 MB and changes to 256 MB; before and after, in base64, and the inverse fit."""

_ID = re.compile("[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class Record:
    """What an entry did, for whoever takes it back."""

    entry: Entry
    inverse: str
    """The change stream that takes it back from the files that it left."""
    images: Images


def packed(record: Record, most: int = MAX_RECORD) -> bytes:
    """TooLargeToRecord where `unpacked` would not take it."""
    files = [[image.path, _text(image.before), _text(image.after), image.mode_before, image.mode_after]
             for image in record.images.files]
    folders = {name: [[folder.path, folder.mode] for folder in folders]
               for name, folders in (("made", record.images.made), ("dropped", record.images.dropped))}
    value = {"entry": asdict(record.entry), "inverse": record.inverse, "files": files, **folders}
    data = json.dumps(value).encode()
    if len(data) > most:
        raise TooLargeToRecord(most)
    return zlib.compress(data, 1)


def unpacked(data: bytes, most: int = MAX_RECORD) -> bytes:
    """What was packed; ValueError where it is more than `most` bytes, which are all that is ever held, or is cut short."""
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(data, most + 1)
    if len(found) > most:
        raise ValueError("too large")
    if not unpacker.eof:
        raise ValueError("cut short")
    return found


def read_record(place: Path) -> Record:
    """The record in a file; DamagedJournal when it is none."""
    try:
        value = json.loads(unpacked(place.read_bytes()))
        files = tuple(FileImage(_path(path), _bytes(before), _bytes(after), _mode(mode_before), _mode(mode_after))
                      for path, before, after, mode_before, mode_after in value["files"])
        made, dropped = (tuple(Folder(_path(path), _mode(mode)) for path, mode in value[name]) for name in ("made", "dropped"))
        return Record(read_entry(value["entry"]), _string(value["inverse"]), Images(files, made, dropped))
    except (zlib.error, ValueError, KeyError, TypeError, RecursionError, PathError) as error:
        raise DamagedJournal(place) from error


def read_line(raw: bytes) -> Entry | None:
    """An entry with its state; None for a line that a kill has torn. Raises ValueError or TypeError for any other line."""
    try:
        value = json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError:
        return None
    return read_entry(value)


def read_entry(value: object) -> Entry:
    """Raises ValueError or TypeError where it is none."""
    if not isinstance(value, Mapping):
        raise TypeError("an entry is an object")
    undoes, when, files = value.get("undoes"), value.get("time"), value.get("files")
    plain = isinstance(when, float) and math.isfinite(when) or isinstance(when, int)
    return Entry(
        id=_name(value.get("id")),
        time=min(max(when, 0.0), LAST_TIME) if plain and when is not None else 0.0,
        instruction=str(value.get("instruction", "")).encode("utf-8", "backslashreplace").decode(),
        files=tuple(map(_string, files)) if isinstance(files, list) else (),
        undoes=_name(undoes) if undoes else None,
        state=State(_string(value.get("state"))),
    )


def _name(value: object) -> str:
    """Of an entry: files are called by it."""
    name = _string(value)
    if not _ID.fullmatch(name):
        raise ValueError("no name of an entry")
    return name


def _path(value: object) -> str:
    path = _string(value)
    check_path(path)
    return path


def _string(value: object) -> str:
    """A text that can be written and shown."""
    if not isinstance(value, str):
        raise TypeError("expected a text")
    value.encode()
    return value


def _mode(value: object) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value <= 0o7777):
        raise TypeError("expected permissions")
    return value


def _text(data: bytes | None) -> str | None:
    return base64.b64encode(data).decode() if data is not None else None


def _bytes(text: str | None) -> bytes | None:
    return base64.b64decode(text, validate=True) if text is not None else None
