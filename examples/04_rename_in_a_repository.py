"""The whole path as a library: an instruction in plain English, a real git repository, a validated change, published and undone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from agent.loop import edit
from agent.outcome import Declined, EditRequest, Published
from agent.publish import undo
from agent.worktree import Repository
from engine import available

FILES = {
    "shop/__init__.py": "",
    "shop/basket.py": "def total_price(items):\n    return sum(item.price for item in items)\n",
    "shop/till.py": "from shop.basket import total_price\n\n\ndef pay(items):\n    return total_price(items)\n",
    "tests/test_basket.py": "from shop.basket import total_price\n\n\ndef test_total_price():\n    assert total_price([]) == 0\n",
}


def main() -> None:
    if not available()[0].present:
        sys.exit("The weights of the embedded engine are not installed: train them with `redraft train`.")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in FILES.items():
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(text)
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        request = EditRequest("please rename total_price to amount_due", root)
        outcome = edit(request, emit=lambda event: None, approve=lambda proposal: proposal.change)
        if not isinstance(outcome, Published):
            sys.exit(outcome.reason if isinstance(outcome, Declined) else "Nothing was published.")
        print(outcome.proposal.diff)
        for site in outcome.proposal.report.receipt:
            print(f"{site.path}:{site.line} {site.before} {site.decision.value} ({site.confidence:.2f}, {site.reason})")
        undo(Repository.open(root), entry=outcome.entry)
        print("taken back:", all((root / path).read_text() == text for path, text in FILES.items()))


if __name__ == "__main__":
    main()
