"""The replay page: a recorded run, read and checked, as one self-contained HTML file."""

from agent.replay.page import page
from agent.replay.run_file import RecordedRun, read_run

__all__ = ["RecordedRun", "page", "read_run"]
