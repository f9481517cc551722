"""Download and unpack the pinned source releases that the rename tasks are written against.

Knows pip and tar, nothing of tasks. Every release lands in `DIR/<package>-<version>/`, exactly as published.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PINNED: dict[str, str] = {
    "arrow": "1.3.0",
    "click": "8.1.8",
    "httpx": "0.27.2",
    "marshmallow": "3.23.1",
    "mistune": "3.0.2",
    "networkx": "3.4.2",
    "tinydb": "4.8.2",
    "werkzeug": "3.1.3",
}


def release_folder(sources: Path, package: str, version: str) -> Path:
    """Where an unpacked release lives below the sources folder."""
    return sources / f"{package}-{version}"


def fetch(package: str, version: str, sources: Path) -> Path:
    """Unpack one release unless it is there already; the folder appears only when it is whole."""
    target = release_folder(sources, package, version)
    if target.is_dir():
        return target
    sources.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=sources) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "--dest", scratch, f"{package}=={version}"], check=True)
        (archive,) = Path(scratch).glob("*.tar.gz")
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        (unpacked,) = (path for path in Path(scratch).iterdir() if path.is_dir())
        unpacked.rename(target)
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path, help="folder that receives the unpacked releases")
    for package, version in PINNED.items():
        print(fetch(package, version, parser.parse_args().sources))
    return 0


if __name__ == "__main__":
    sys.exit(main())
