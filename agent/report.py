"""Outcomes as the JSON objects of `--json`: plain values in, plain values out."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

from agent.outcome import Declined, Outcome, PlanView, Proposal, Proposed, Published, Report
from editops import serialise

_LONE = re.compile("[\ud800-\udfff]")


def json_line(found: object) -> str:
    """One line of JSON that a strict reader takes: what stands for a byte that is not UTF-8 becomes the replacement character."""
    return _LONE.sub("\ufffd", json.dumps(found, ensure_ascii=False)) + "\n"


def outcome_object(outcome: Outcome, reason: str = "") -> dict[str, object]:
    """One object with the same keys whatever became of the request."""
    match outcome:
        case Published(proposal, entry, commit):
            return _object("published", reason, proposal.report, proposal, entry=entry, commit=commit)
        case Proposed(proposal):
            return _object("proposed", reason, proposal.report, proposal)
        case Declined(why, report, candidates):
            return _object("declined", why, report, None, candidates=candidates)


def plan_object(plan: PlanView) -> dict[str, object]:
    """What was understood, as `redraft plan --json` prints it."""
    return {"outcome": "planned", "reason": "", "plan": asdict(plan), "candidates": []}


def _object(
    name: str,
    reason: str,
    report: Report,
    proposal: Proposal | None,
    *,
    entry: str | None = None,
    commit: str | None = None,
    candidates: tuple[str, ...] = (),
) -> dict[str, object]:
    known = asdict(report)
    return {
        "outcome": name,
        "reason": reason,
        "entry": entry,
        "commit": commit,
        "candidates": list(candidates),
        **known,
        "diff": proposal.diff if proposal else "",
        "change": serialise(proposal.change) if proposal else "",
    }
