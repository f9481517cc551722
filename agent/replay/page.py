"""A recorded run as one HTML file that needs nothing else: style, script and events lie in it.

The events stand in a JSON block that no text of theirs can end, and the page's own policy lets nothing run or load but the
one script and the one style whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from importlib.resources import files

from agent.recording import NAMES
from agent.replay.run_file import RecordedRun

# Inside a script element, `</script` and `<!--` would be read as markup; the separators end a line in old JavaScript.
_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def page(run: RecordedRun) -> str:
    """The HTML text."""
    style, script = _part("page.css"), _part("page.js")
    moments = [{"at": moment.at, "event": NAMES[type(moment.event)], **asdict(moment.event)} for moment in run.moments]
    # ASCII, so that neither an odd line separator nor half a surrogate pair reaches the page.
    data = json.dumps({"header": asdict(run.header), "moments": moments}, separators=(",", ":"), allow_nan=False)
    parts = {
        "{style_hash}": _digest(style),
        "{script_hash}": _digest(script),
        "{style}": style,
        "{data}": data.translate(_ESCAPED),
        "{script}": script,
    }
    text = _part("page.html")
    out: list[str] = []
    for name, value in parts.items():
        before, _, text = text.partition(name)
        out += [before, value]
    return "".join([*out, text])


def _part(name: str) -> str:
    return (files("agent.replay") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
