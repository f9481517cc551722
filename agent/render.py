"""Values of a run as text for a person: plan, diff, receipt, diagnostics, progress.

Colours only on a terminal and never with NO_COLOR; a diff that is piped is byte for byte the patch. Decides
nothing and asks nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from agent.events import (
    Denoised,
    Diagnosed,
    Escalated,
    Event,
    OperationRead,
    PhaseStarted,
    Planned,
    Recovered,
    SlotsOpened,
    SlotsRenoised,
    SlotsSeen,
)
from agent.outcome import Decision, Declined, IntentView, PlanView, Report, SiteDecision
from agent.settings import SURE
from agent.spelling import BIDI
from engine import Diagnostic

PHASES = {
    "locate": "Looking for the places",
    "plan": "Understanding the request",
    "sites": "Denoising the sites",
    "draft": "Drafting the change",
    "validate": "Checking",
    "repair": "Repairing",
    "publish": "Writing",
}
_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_HEADERS = ("+++ ", "--- ", "diff ", "rename ", "similarity ", "new file ", "deleted file ", "old mode ", "new mode ")
# A file may hold escape sequences, and characters that reorder a line; they must not reach the terminal.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t\r"} | {13: None}
_VISIBLE |= {ord(char): f"\\u{ord(char):04x}" for char in BIDI}
# Bytes that are not UTF-8 come as surrogate escapes, which no terminal takes.
_VISIBLE |= {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(128, 256)}


def output() -> Console:
    """Standard output, for results."""
    return Console(highlight=False, soft_wrap=True)


def notes() -> Console:
    """Standard error, for everything that is said about a result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def visible(text: str) -> str:
    """The text with everything spelled out that a terminal would obey or that reorders a line."""
    return text.translate(_VISIBLE)


def say(console: Console, text: str, style: str | None = None) -> None:
    """One line, taken literally."""
    console.print(Text(visible(text), style=style or ""))


def intent_line(intent: IntentView) -> str:
    """`rename method Client.send -> dispatch (src/click/core.py)`."""
    path, _, name = intent.target.partition("::")
    if intent.action == "rename":
        return f"rename {intent.kind} {name or intent.old} -> {intent.new} ({path})"
    others = "".join(f", {other.partition('::')[2] or other}" for other in intent.others)
    new = f" -> {intent.new}" if intent.new else ""
    details = "".join(f"; {key} {value}" for key, value in intent.details.items())
    return f"{intent.action}: {intent.kind} {name or intent.old}{others}{new} ({path}){details}"


def plan_lines(plan: PlanView) -> list[str]:
    """What was understood, one line an intent, then the restrictions."""
    lines = [intent_line(intent) for intent in plan.intents]
    lines += [f"only in {', '.join(plan.only)}"] if plan.only else []
    lines += [f"not in {', '.join(plan.exclude)}"] if plan.exclude else []
    lines += ["the old name stays as an alias"] if plan.keep_alias else []
    lines += [f"not sure that this is meant ({plan.confidence:.0%})"] if plan.confidence < SURE else []
    lines += [f"nothing is asked of {', '.join(plan.unread)}"] if plan.unread else []
    return lines


def print_plan(console: Console, plan: PlanView) -> None:
    for line in plan_lines(plan):
        say(console, line, "bold")


def print_diff(console: Console, diff: str, limit: int | None = None) -> None:
    """The diff, coloured on a terminal; at most `limit` lines, with a note of what is left out."""
    lines = diff.split("\n")[:-1]
    shown = lines if limit is None else lines[:limit]
    for line in shown:
        console.print(Text(line.translate(_VISIBLE), style=_style(line)))
    if len(shown) < len(lines):
        say(console, f"... {len(lines) - len(shown)} more lines of the diff", "dim")


def write_exactly(text: str) -> None:
    """To standard output as UTF-8, with no newline translation: a patch must survive the pipe, bytes of another encoding too."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def print_report(console: Console, report: Report) -> None:
    """The receipt by file, what was left alone and why, and the cost."""
    if report.receipt:
        console.print(receipt_table(report.receipt))
    print_notes(console, report)
    say(console, cost_line(report), "dim")


def print_notes(console: Console, report: Report) -> None:
    """What a person should look at: unsure places, what was kept and skipped and why, failures."""
    for site in report.receipt:
        if site.decision is Decision.UNSURE:
            say(console, f"unsure  {site.path}:{site.line}:{site.column}  {_decided(site)}  ({site.reason})", "yellow")
    for reason, count in Counter(s.reason for s in report.receipt if s.decision is Decision.KEEP).most_common():
        say(console, f"kept {count}: {reason}", "dim")
    for note in report.notes:
        say(console, f"note: {note}", "yellow")
    print_skipped(console, report.skipped)
    for found in report.allowed:
        say(console, f"tests say less, as you allowed: {found.message} ({found.path or 'whole tree'})", "yellow")
    print_diagnostics(console, report.diagnostics)


def _decided(site: SiteDecision) -> str:
    return f"{site.before} -> {site.after}" if site.after else f"{site.before} kept"


def receipt_table(receipt: Iterable[SiteDecision]) -> Table:
    counts: dict[str, Counter[Decision]] = {}
    for site in receipt:
        counts.setdefault(site.path, Counter())[site.decision] += 1
    total = sum(counts.values(), Counter[Decision]())
    table = Table(box=None, pad_edge=False, header_style="bold", footer_style="bold", show_footer=len(counts) > 1)
    table.add_column("file", f"{len(counts)} files", overflow="fold")
    for name, decisions in _COLUMNS.items():
        table.add_column(name, str(_sum(total, decisions)), justify="right", no_wrap=True)
    for path, found in sorted(counts.items()):
        table.add_row(Text(path.translate(_VISIBLE)), *(str(_sum(found, kinds)) for kinds in _COLUMNS.values()))
    return table


_COLUMNS = {
    "found": tuple(Decision),
    "changed": (Decision.CHANGE,),
    "kept on purpose": (Decision.KEEP,),
    "unsure": (Decision.UNSURE,),
}


def _sum(counts: Counter[Decision], decisions: Iterable[Decision]) -> int:
    return sum(counts[decision] for decision in decisions)


def print_diagnostics(console: Console, diagnostics: Iterable[Diagnostic]) -> None:
    for found in diagnostics:
        place = ":".join(str(part) for part in (found.path, found.line) if part)
        say(console, f"{place or 'whole tree'}: {found.message} [{found.code}]", "red")


def print_declined(console: Console, declined: Declined) -> None:
    """Why nothing was published, and what may have been meant."""
    print_diagnostics(console, declined.report.diagnostics)
    print_skipped(console, declined.report.skipped)
    say(console, f"redraft: {declined.reason}")
    for candidate in declined.candidates:
        say(console, f"  {candidate}")


def print_skipped(console: Console, skipped: Mapping[str, str]) -> None:
    for path, reason in skipped.items():
        say(console, f"skipped {path}: {reason}", "yellow")


def cost_line(report: Report) -> str:
    """Seconds, forward passes and repair rounds."""
    parts = [f"{report.timings.get('total', sum(report.timings.values())):.1f} s", f"{report.forward_passes} forward passes"]
    parts += [f"repaired in {report.rounds} rounds"] if report.rounds else []
    parts += [f"engine {report.engine}"] if report.engine != "embedded" else []
    return ", ".join(parts)


def _style(line: str) -> str:
    return "bold" if line.startswith(_HEADERS) else _STYLES.get(line[:1], "")


class Progress:
    """The events of a run as one changing line on a terminal, and as the plan once it is known."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        if self._console.is_terminal and not self._quiet:
            self._status = self._console.status("Starting")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Planned):
            if not self._quiet:
                print_plan(self._console, event.plan)
        elif isinstance(event, Recovered):
            say(self._console, f"redraft: {event.sentence}", "yellow")
        elif isinstance(event, Escalated):
            if not self._quiet:
                say(self._console, escalation_line(event), "yellow")
        elif self._status:
            self._status.update(Text(progress_line(event).translate(_VISIBLE)))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While a person is asked, the line must stand still."""
        if self._status:
            self._status.stop()
        try:
            yield
        finally:
            if self._status:
                self._status.start()


def escalation_line(event: Escalated) -> str:
    """That another engine is asked, and why."""
    return f"redraft: {event.reason} Asking {event.engine}."


def progress_line(event: Event) -> str:
    match event:
        case PhaseStarted(phase, detail):
            return f"{PHASES.get(phase, phase)} {detail}".rstrip()
        case Recovered(sentence):
            return sentence
        case Escalated():
            return escalation_line(event)
        case OperationRead(path):
            return f"Drafting the change: {path}"
        case Planned(plan):
            return "; ".join(plan_lines(plan))
        case Denoised(step, slots, settled, revised):
            return f"Denoising: step {step}, {settled} of {slots} slots settled, {revised} revised"
        case Diagnosed(round_number, diagnostics):
            found = f"{len(diagnostics)} failures" if diagnostics else "passed"
            return f"Checks of round {round_number}: {found}"
        case SlotsOpened(slots):
            return f"{len(slots)} places on the canvas"
        case SlotsSeen(step, states):
            return f"Denoising: step {step}, {sum(state.held for state in states)} of {len(states)} places held"
        case SlotsRenoised(numbers, reason):
            return f"{len(numbers)} places are noise again: {reason}"
