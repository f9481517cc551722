"""What comes back from code outside the project: instances of its types, or anything at all.

Some modules of the standard library only ever make objects of their own; others hand back what they were given.
"""
from __future__ import annotations

import sys

from engine.evidence.values import BUILTIN, UNKNOWN, Value, ValueKind, Values

# Whatever is reached through these is theirs.
_PLAIN = frozenset({
    "io", "re", "os", "pathlib", "posixpath", "ntpath", "subprocess", "json", "time", "datetime", "math", "cmath",
    "string", "textwrap", "struct", "socket", "ssl", "hashlib", "hmac", "base64", "binascii", "zlib", "gzip", "bz2",
    "lzma", "zipfile", "tarfile", "csv", "uuid", "decimal", "fractions", "random", "tempfile", "shutil", "glob",
    "fnmatch", "platform", "locale", "getpass", "secrets", "urllib", "email", "html", "xml", "logging", "shlex",
    "signal", "stat", "errno", "codecs", "unicodedata", "difflib", "configparser", "calendar", "zoneinfo", "ipaddress",
    "mimetypes", "traceback", "linecache", "tokenize", "ast", "timeit", "threading", "resource", "pwd", "grp",
})
_HAND_BACK = frozenset({
    ("random", "choice"), ("random", "choices"), ("random", "sample"), ("threading", "local"), ("logging", "setLoggerClass"),
})
# Their instances answer to anything, or stand for something else.
_SHAPELESS = frozenset({
    "TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "Mock", "MagicMock", "AsyncMock", "NonCallableMock",
    "PropertyMock", "SimpleNamespace", "Namespace",
})
_STANDS_FOR = ("Proxy", "Lazy", "Mock", "Stub", "Wrapper")


def is_standard(path: str) -> bool:
    return path in sys.stdlib_module_names


def handed_back(path: str) -> Value:
    """Anything, by the hand of an outside package."""
    return Value(ValueKind.RETURNED, path=path)


def foreign(path: str) -> Value:
    return Value(ValueKind.FOREIGN, path=path)


def attribute_of(value: Value) -> Value:
    """`value.name`, where the value is outside the project."""
    if value.kind is ValueKind.EXTERNAL or value.path in _PLAIN and value.kind is ValueKind.FOREIGN:
        return value
    return handed_back(value.path)


def result_of(value: Value, name: str) -> Values:
    """What calling an outside value by this name gives."""
    if value.kind is ValueKind.EXTERNAL and (name in _SHAPELESS or any(word in name for word in _STANDS_FOR)):
        return UNKNOWN if name in _SHAPELESS else (handed_back(value.path),)
    if value.kind is ValueKind.RETURNED or (value.path, name) in _HAND_BACK:
        return (handed_back(value.path),)
    if value.path in _PLAIN or value.kind is ValueKind.EXTERNAL and name[:1].isupper():
        return (foreign(value.path),)
    return (handed_back(value.path),)


def entered(value: Value) -> Value:
    """`with value as x`, where the value is outside the project."""
    if value.kind is ValueKind.FOREIGN and is_standard(value.path):
        return value
    return handed_back(value.path)


def of_class_body(values: Values) -> Values:
    """What a class body binds may be a descriptor, which stands for something else on an instance."""
    return tuple(handed_back(value.path) if value.kind is ValueKind.FOREIGN and not is_standard(value.path) else value
                 for value in values)


def combined(values: Values) -> Values:
    """The result of an operator between values that are builtin or from outside."""
    if all(value.kind is ValueKind.BUILTIN for value in values):
        return BUILTIN
    theirs = [value for value in values if value.kind in (ValueKind.FOREIGN, ValueKind.RETURNED, ValueKind.EXTERNAL)]
    if not theirs or any(value.kind is not ValueKind.BUILTIN and value not in theirs for value in values):
        return UNKNOWN
    plain = all(value.kind is ValueKind.FOREIGN and value.path in _PLAIN for value in theirs)
    return (theirs[0],) if plain else (handed_back(theirs[0].path),)
