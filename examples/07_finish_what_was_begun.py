"""By example: a rename is begun in one file and staged, and the rest of the repository follows. `redraft hook` does the same before a commit."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from agent.like import STAGED, follow
from agent.outcome import Declined, EditRequest, Published
from engine import available

FILES = {
    "shop/__init__.py": "",
    "shop/basket.py": "def total_price(items):\n    return sum(item.price for item in items)\n",
    "shop/till.py": "from shop.basket import total_price\n\n\ndef pay(items):\n    return total_price(items)\n",
    "tests/test_till.py": "from unittest import mock\n\nfrom shop.till import pay\n\n\n"
    "def test_pay():\n    with mock.patch('shop.till.total_price', return_value=3):\n        assert pay([]) == 3\n",
}


def git(root: Path, *args: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *args], cwd=root, check=True)


def main() -> None:
    if not available()[0].present:
        sys.exit("The weights of the embedded engine are not installed: train them with `redraft train`.")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in FILES.items():
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(text)
        git(root, "init", "--quiet")
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message", "first")
        (root / "shop/basket.py").write_text(FILES["shop/basket.py"].replace("total_price", "amount_due"))
        git(root, "add", "--all")
        # STAGED is what is staged, LAST the last edit; an `Incoming` holds a diff.
        outcome = follow(EditRequest("as staged", root), STAGED, emit=lambda event: None, approve=lambda proposal: proposal.change)
        if not isinstance(outcome, Published):
            sys.exit(outcome.reason if isinstance(outcome, Declined) else "Nothing was published.")
        print(outcome.proposal.diff)
        print("the rest followed:", "total_price" not in "".join(path.read_text() for path in root.rglob("*.py")))


if __name__ == "__main__":
    main()
