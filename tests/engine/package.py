"""A small made-up package, large enough for the teachers to find targets and collisions in it."""

from __future__ import annotations

from engine.train.corpus import Package

STORE = '''"""Records on disk."""

MAX_RECORDS = 100


class RecordStore:
    """Keeps records; see `read_record`."""

    def __init__(self, folder_path):
        self.folder_path = folder_path
        self.cached_rows = {}

    def read_record(self, record_key):
        """Read one record."""
        found_row = self.cached_rows.get(record_key)
        return found_row or parse_line(record_key)

    def write_record(self, record_key, row_value):
        self.cached_rows[record_key] = row_value


def parse_line(raw_line):
    """One line into a row; `parse_line("")` is empty."""
    return raw_line.split()


def open_store(folder_path):
    # open_store is the way in
    return RecordStore(folder_path)
'''

REPORT = '''from warehouse.store import RecordStore, open_store, parse_line


def print_summary(record_store, wide_columns=False):
    total_rows = 0
    for key_name in ("a", "b"):
        total_rows += len(record_store.read_record(key_name))
    return format_total(total_rows)


def format_total(row_total):
    return f"{row_total} rows"


class SummaryWriter:
    column_width = 12

    def emit_header(self):
        return "=" * self.column_width

    def run_report(self, folder_path):
        store_opened = open_store(folder_path)
        print_summary(store_opened, wide_columns=True)
        return parse_line(self.emit_header())
'''

TESTS = '''from warehouse import open_store, parse_line
from warehouse.report import SummaryWriter, format_total


def test_parse_line():
    assert parse_line("a b") == ["a", "b"]


def test_format_total():
    assert format_total(2) == "2 rows"


def test_run_report():
    opened_here = open_store("x")
    opened_here.write_record("a", ["b"])
    assert SummaryWriter().run_report("x")
'''

PACKAGE = Package(
    "warehouse",
    "train",
    {
        "warehouse/__init__.py": 'from warehouse.store import open_store, parse_line\n\n__all__ = ["open_store", "parse_line"]\n',
        "warehouse/store.py": STORE,
        "warehouse/report.py": REPORT,
        "tests/test_warehouse.py": TESTS,
        "README.md": "# warehouse\n\nUse `open_store()` and `RecordStore.read_record`; parse_line() splits.\n",
        "CHANGELOG.md": "- 1.0: parse_line added\n",
    },
)
NAMES = ("find_widget", "update_colour", "ShapePainter", "draw_border", "MAX_DEPTH", "pick_layer", "rotate_axis", "LayerIndex", "zoom_level")
