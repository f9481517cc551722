"""A recipe over two repositories: the result on a branch of its own, the working trees untouched; run again, nothing is done twice."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

RECIPE = """\
version: 1
edits:
  - rename total_price to amount_due
repositories: ["repositories/*"]
result: {to: branch, branch: redraft/amount-due}
"""
FILES = {
    "basket.py": "def total_price(items):\n    return sum(item.price for item in items)\n",
    "till.py": "from basket import total_price\n\n\ndef pay(items):\n    return total_price(items)\n",
}


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shop in ("corner-shop", "supermarket"):
            place = folder / "repositories" / shop
            place.mkdir(parents=True)
            for path, text in FILES.items():
                (place / path).write_text(text)
            git(place, "init", "--quiet")
            git(place, "config", "user.name", "example")
            git(place, "config", "user.email", "example@localhost")
            git(place, "add", "--all")
            git(place, "commit", "--quiet", "--message", "first")
        (folder / "recipe.yaml").write_text(RECIPE)
        batch = [sys.executable, "-m", "agent", "batch", str(folder / "recipe.yaml"), "--ledger", str(folder / "ledger"), "--json"]
        reports = [subprocess.run(batch, check=True, capture_output=True, text=True).stdout for _ in range(2)]
        print(reports[0])
        print("same report again:", reports[0] == reports[1])
        place = folder / "repositories/corner-shop"
        print("untouched:", git(place, "status", "--porcelain") == "", git(place, "diff", "--stat", "HEAD", "redraft/amount-due"))


if __name__ == "__main__":
    main()
