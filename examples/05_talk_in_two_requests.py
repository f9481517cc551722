"""What `redraft pair` does behind its prompt: a request, then one that only makes sense together with it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from agent.outcome import EditRequest, Published
from agent.pair.conversation import start
from agent.pair.review import Desk
from agent.pair.session import Draft, Session
from agent.pair.warm import Warm
from engine import available

FILES = {
    "shop/__init__.py": "",
    "shop/basket.py": "def total_price(items):\n    return sum(item.price for item in items)\n",
    "shop/till.py": "from shop.basket import total_price\n\n\ndef pay(items):\n    return total_price(items)\n",
}


@contextmanager
def unseen():
    yield lambda event: None


def main() -> None:
    if not available()[0].present:
        sys.exit("The weights of the embedded engine are not installed: train them with `redraft train`.")
    with tempfile.TemporaryDirectory() as folder:
        for path, text in FILES.items():
            (Path(folder) / path).parent.mkdir(exist_ok=True)
            (Path(folder) / path).write_text(text)
        for command in (["init", "--quiet"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "start"]):
            subprocess.run(["git", "-C", folder, *command], check=True)
        session = Session(EditRequest("", Path(folder)), Warm(Path(folder)), start(None), unseen)
        desk = Desk(ask=lambda question: "y", show=print, edit=lambda text, name: None)
        for words in ("rename total_price to amount_due", "keep the old name as an alias"):
            draft = session.draft(words)
            if not isinstance(draft, Draft):
                sys.exit(draft.reason)
            print(f"{words}\n  read as: {draft.run.request.instruction}\n{draft.review.proposal.diff}")
            print("written:", isinstance(session.talk(draft, desk, whole=True), Published))


if __name__ == "__main__":
    main()
