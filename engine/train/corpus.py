"""The training corpus: source distributions of permissively licensed packages, by name and version, with a manifest.

None of that code is committed; the manifest (name, version, licence, sha256) is.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FORBIDDEN = frozenset(
    ["ansible", "ansible-core", "celery", "django", "fastapi", "flask", "requests", "salt", "scrapy", "tornado", "home-assistant", "homeassistant", "matplotlib", "pandas", "torch", "scikit-learn", "spyder", "spyder-kernels", "tensorflow", "tensorflow-cpu"]
)
"""Kept for judging: never trained on, nor tuned on."""
VENDORED = re.compile(r"(^|/)(_?vendor(ed)?|third_party|extern|ext|_vendored_packages|node_modules)(/|$)")
_TEXT = (".py", ".pyi", ".md", ".rst", ".txt", ".toml", ".cfg", ".ini", ".yaml", ".yml")
MAX_FILE = 120_000
MAX_PACKAGE = 3_500_000


@dataclass(frozen=True, slots=True)
class Distribution:
    """One entry of the manifest."""

    name: str
    version: str
    licence: str
    sha256: str
    split: str
    """train or held-out; split by package"""


@dataclass(frozen=True, slots=True)
class Package:
    """The texts of one distribution, by path relative to its root."""

    name: str
    split: str
    texts: Mapping[str, str]


def read_manifest(path: Path) -> list[Distribution]:
    """The manifest's entries; refuses a distribution that is kept for judging."""
    entries = [Distribution(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    forbidden = sorted({entry.name for entry in entries} & FORBIDDEN)
    if forbidden:
        raise ValueError(f"kept for judging, not for training: {', '.join(forbidden)}")
    return entries


def write_manifest(path: Path, entries: Iterable[Distribution]) -> None:
    """One JSON line per distribution, sorted by name."""
    lines = [json.dumps(asdict(entry)) for entry in sorted(entries, key=lambda entry: entry.name)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def download(entries: Iterable[Distribution], folder: Path) -> list[Path]:
    """Fetch the pinned source distributions with pip and check their digests."""
    folder.mkdir(parents=True, exist_ok=True)
    archives = []
    for entry in entries:
        archive = find_archive(folder, entry.name, entry.version)
        if archive is None:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder)]
            subprocess.run([*command, f"{entry.name}=={entry.version}"], check=True)
            archive = find_archive(folder, entry.name, entry.version)
        if archive is None or hashlib.sha256(archive.read_bytes()).hexdigest() != entry.sha256:
            raise ValueError(f"{entry.name} {entry.version}: the archive is not the one of the manifest")
        archives.append(archive)
    return archives


def find_archive(folder: Path, name: str, version: str) -> Path | None:
    """The archive of a distribution in a folder."""
    wanted = f"{name}-{version}".replace("-", "_").lower()
    for path in sorted(folder.iterdir()):
        if path.name.replace("-", "_").lower().startswith((wanted + ".tar", wanted + ".zip")):
            return path
    return None


def load_package(archive: Path, name: str, split: str) -> Package:
    """Texts of an archive: its Python and documentation, vendored copies and very large files left out, smaller files first."""
    texts: dict[str, str] = {}
    for path, data in _members(archive):
        relative = path.split("/", 1)[-1]
        if relative.endswith(_TEXT) and len(data) <= MAX_FILE and not VENDORED.search(relative):
            try:
                texts[relative] = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
    total, kept = 0, {}
    for path in sorted(texts, key=lambda p: (not p.endswith(".py"), hashlib.sha1(p.encode()).hexdigest())):
        total += len(texts[path])
        if total > MAX_PACKAGE:
            break
        kept[path] = texts[path]
    return Package(name, split, kept)


def _members(archive: Path) -> Iterable[tuple[str, bytes]]:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as file:
            for item in file.infolist():
                yield item.filename, file.read(item)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            handle = tar.extractfile(member) if member.isfile() and member.size <= MAX_FILE else None
            if handle is not None:
                yield member.name, handle.read()


def normalised_digest(text: str) -> str:
    """Digest of a text without its white space, to find files that two packages share."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()


def drop_shared(packages: list[Package]) -> list[Package]:
    """Packages without the files whose normalised text stands in two of them."""
    owners: dict[str, set[str]] = {}
    for package in packages:
        for text in package.texts.values():
            if len(text) > 200:
                owners.setdefault(normalised_digest(text), set()).add(package.name)
    shared = {digest for digest, names in owners.items() if len(names) > 1}
    return [
        Package(p.name, p.split, {path: t for path, t in p.texts.items() if normalised_digest(t) not in shared}) for p in packages
    ]
