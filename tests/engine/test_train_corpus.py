"""The corpus: what may be trained on, and which of its files."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from engine.train.corpus import (
    FORBIDDEN,
    MAX_FILE,
    Distribution,
    Package,
    download,
    drop_shared,
    find_archive,
    load_package,
    read_manifest,
    write_manifest,
)

LONG = "x = 1\n" * 60


def _entry(name: str, sha256: str = "0" * 64) -> Distribution:
    return Distribution(name, "1.0", "MIT", sha256, "train")


def _archive(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "some_thing-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"some_thing-1.0/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def test_manifest_is_read_back_in_the_order_of_names(tmp_path: Path) -> None:
    write_manifest(tmp_path / "m", [_entry("zeta"), _entry("alpha")])
    assert [entry.name for entry in read_manifest(tmp_path / "m")] == ["alpha", "zeta"]


@pytest.mark.parametrize("name", ["django", "requests", "scikit-learn", "torch"])
def test_manifest_with_a_package_kept_for_judging_is_refused(tmp_path: Path, name: str) -> None:
    write_manifest(tmp_path / "m", [_entry("alpha"), _entry(name)])
    with pytest.raises(ValueError, match=name):
        read_manifest(tmp_path / "m")


def test_shipped_manifest_names_thirty_packages_and_none_that_is_kept_for_judging() -> None:
    path = Path(__file__).parents[2] / "engine" / "train" / "corpus.jsonl"
    if not path.exists():
        pytest.skip("no manifest in this tree")
    entries = read_manifest(path)
    benchmark = {"click", "httpx", "marshmallow", "tinydb", "werkzeug", "arrow", "networkx", "mistune"}
    names = {entry.name.lower() for entry in entries}
    assert len(names) >= 30 and not names & (FORBIDDEN | benchmark)
    assert {entry.split for entry in entries} == {"train", "held-out"}
    assert all(len(entry.sha256) == 64 and entry.licence for entry in entries)


def test_package_holds_code_and_documentation_without_vendored_copies(tmp_path: Path) -> None:
    files = {
        "pkg/a.py": b"x = 1\n", "README.md": b"text\n", "pkg/_vendor/b.py": b"x\n", "third_party/c.py": b"x\n", "pkg/vendored/d.py": b"x\n",
        "pkg/vendors.py": b"x = 2\n", "data.bin": b"\0", "pkg/latin.py": "é".encode("latin-1"), "pkg/huge.py": b"#" * (MAX_FILE + 1),
    }  # fmt: skip
    package = load_package(_archive(tmp_path, files), "some-thing", "train")
    assert dict(package.texts) == {"pkg/a.py": "x = 1\n", "README.md": "text\n", "pkg/vendors.py": "x = 2\n"}


def test_zip_archives_are_read_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t-1.0.zip", "w") as file:
        file.writestr("t-1.0/t.py", "x = 1\n")
    assert dict(load_package(tmp_path / "t-1.0.zip", "t", "train").texts) == {"t.py": "x = 1\n"}


def test_archive_is_found_under_either_spelling(tmp_path: Path) -> None:
    made = _archive(tmp_path, {"a.py": b""})
    assert find_archive(tmp_path, "some-thing", "1.0") == made == find_archive(tmp_path, "Some_Thing", "1.0")
    assert find_archive(tmp_path, "some-thing", "2.0") is None


def test_archive_with_another_digest_is_refused(tmp_path: Path) -> None:
    made = _archive(tmp_path, {"a.py": b""})
    right = hashlib.sha256(made.read_bytes()).hexdigest()
    assert download([_entry("some-thing", right)], tmp_path) == [made]
    with pytest.raises(ValueError, match="not the one of the manifest"):
        download([_entry("some-thing")], tmp_path)


def test_files_that_two_packages_share_are_dropped_from_both() -> None:
    one = Package("one", "train", {"a.py": LONG, "b.py": "own = 1\n" * 50})
    two = Package("two", "held-out", {"c.py": LONG.replace(" ", "   "), "d.py": "short = 1\n"})
    kept = drop_shared([one, two])
    assert [sorted(package.texts) for package in kept] == [["b.py"], ["d.py"]]


def test_manifest_line_is_plain_json(tmp_path: Path) -> None:
    write_manifest(tmp_path / "m", [_entry("alpha")])
    line = json.loads((tmp_path / "m").read_text())
    assert line == {"name": "alpha", "version": "1.0", "licence": "MIT", "sha256": "0" * 64, "split": "train"}
