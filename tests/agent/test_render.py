"""What a person reads; consoles write to memory."""

from __future__ import annotations

import io

from rich.console import Console

from agent.events import Denoised, Diagnosed, PhaseStarted, Planned
from agent.outcome import Decision, Declined, IntentView, PlanView, Report, SiteDecision
from agent.render import Progress, intent_line, plan_lines, print_declined, print_diff, print_report, progress_line

INTENT = IntentView("method", "src/click/core.py::Client.send", "send", "dispatch", 0.9)
DIFF = "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-old\n+new\n"


def console(*, terminal: bool = False) -> Console:
    colours = "standard" if terminal else None
    return Console(file=io.StringIO(), force_terminal=terminal, color_system=colours, width=100, soft_wrap=True)


def text(target: Console) -> str:
    assert isinstance(target.file, io.StringIO)
    return target.file.getvalue()


def site(path: str, decision: Decision, reason: str = "") -> SiteDecision:
    return SiteDecision(path, 3, 7, "send", "dispatch", decision, 0.8, "attribute", reason)


def test_intent_line_names_the_definition_and_its_file() -> None:
    assert intent_line(INTENT) == "rename method Client.send -> dispatch (src/click/core.py)"


def test_intent_line_of_a_module_uses_the_old_name() -> None:
    line = intent_line(IntentView("module", "pkg/old.py", "old", "new", 1.0))
    assert line == "rename module old -> new (pkg/old.py)"


def test_plan_lines_state_the_restrictions() -> None:
    lines = plan_lines(PlanView((INTENT,), only=("src/**",), exclude=("tests/**",), keep_alias=True))
    assert lines[1:] == ["only in src/**", "not in tests/**", "the old name stays as an alias"]


def test_diff_is_plain_off_a_terminal() -> None:
    target = console()
    print_diff(target, DIFF)
    assert text(target) == DIFF


def test_diff_is_coloured_on_a_terminal() -> None:
    target = console(terminal=True)
    print_diff(target, DIFF)
    assert "\x1b[32m+new" in text(target)


def test_diff_spells_out_bytes_that_are_not_utf8() -> None:
    target = console()
    print_diff(target, "+caf\udce9\n")
    assert text(target) == "+caf\\xe9\n"


def test_diff_shows_control_characters_instead_of_sending_them() -> None:
    target = console()
    print_diff(target, "+\x1b[2Jgone\n")
    assert text(target) == "+\\x1b[2Jgone\n"


def test_diff_is_taken_literally() -> None:
    target = console()
    print_diff(target, "+x[bold]y :smile:\n")
    assert text(target) == "+x[bold]y :smile:\n"


def test_shortened_diff_says_what_is_left_out() -> None:
    target = console()
    print_diff(target, DIFF, limit=3)
    assert text(target).endswith("@@ -1 +1 @@\n... 2 more lines of the diff\n")


def test_report_counts_decisions_by_file() -> None:
    target = console()
    receipt = (
        site("a.py", Decision.CHANGE),
        site("a.py", Decision.KEEP, "another class"),
        site("b.py", Decision.UNSURE, "no evidence"),
    )
    print_report(target, Report("rename", receipt=receipt, timings={"plan": 1.0}, forward_passes=4))
    rows = [line.split() for line in text(target).splitlines()]
    assert ["a.py", "2", "1", "1", "0"] in rows
    assert ["b.py", "1", "0", "0", "1"] in rows
    assert ["2", "files", "3", "1", "1", "1"] in rows
    assert "unsure  b.py:3:7  send -> dispatch  (no evidence)" in text(target)
    assert "kept 1: another class" in text(target)
    assert "1.0 s, 4 forward passes" in text(target)


def test_declined_lists_the_candidates() -> None:
    target = console()
    print_declined(target, Declined("There are two.", Report("x"), ("a.py::f", "b.py::f")))
    assert text(target) == "redraft: There are two.\n  a.py::f\n  b.py::f\n"


def test_progress_prints_only_the_plan_off_a_terminal() -> None:
    target = console()
    with Progress(target, quiet=False) as progress:
        progress(PhaseStarted("locate"))
        progress(Planned(PlanView((INTENT,))))
        progress(Denoised(1, 9, 4, 0))
    assert text(target) == intent_line(INTENT) + "\n"


def test_progress_prints_nothing_when_quiet() -> None:
    target = console(terminal=True)
    with Progress(target, quiet=True) as progress:
        progress(Planned(PlanView((INTENT,))))
    assert text(target) == ""


def test_progress_lines_say_what_is_happening() -> None:
    assert progress_line(PhaseStarted("repair", "round 2")) == "Repairing round 2"
    assert progress_line(Denoised(2, 9, 4, 1)) == "Denoising: step 2, 4 of 9 slots settled, 1 revised"
    assert progress_line(Diagnosed(0, ())) == "Checks of round 0: passed"
