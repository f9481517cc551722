"""A run is recorded as it goes and becomes a web page that plays it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from agent.events import SlotsSeen
from agent.loop import edit
from agent.outcome import EditRequest
from agent.recording import recording
from agent.replay import page, read_run
from engine import available

SOURCE = "def load(path):\n    return open(path).read()\n\n\ndef load_all(paths):\n    return [load(path) for path in paths]\n"


def main() -> None:
    if not available()[0].present:
        sys.exit("The weights of the embedded engine are not installed: train them with `redraft train`.")
    with tempfile.TemporaryDirectory() as folder:
        root, run = Path(folder) / "project", Path(folder) / "run.jsonl"
        root.mkdir()
        (root / "files.py").write_text(SOURCE)
        subprocess.run(["git", "init", "--quiet", str(root)], check=True)
        request = EditRequest("rename load to read_text", root)
        with recording(request, run, note=print) as recorder:
            recorder.finish(edit(request, emit=recorder, approve=lambda proposal: proposal.change, watched=True))
        recorded = read_run(run)
        for moment in recorded.moments:
            if isinstance(moment.event, SlotsSeen):
                states = ", ".join(f"{state.number} -> {state.becomes or 'stays'} {state.confidence:.2f}" for state in moment.event.states)
                print(f"{moment.at:.2f} s, step {moment.event.step}: {states}")
        text = page(recorded)
        (Path(folder) / "run.html").write_text(text, encoding="utf-8")
        print(f"a page of {len(text) // 1000} kB, which asks the network for {text.count('https://')} things")


if __name__ == "__main__":
    main()
