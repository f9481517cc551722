"""Each folder of tests/scenarios/editops: an input tree, a change stream, the expected tree."""

from pathlib import Path

import pytest

from editops import Applied, ChangeSet, apply, invert, parse, serialise

ROOT = Path(__file__).parents[1] / "scenarios" / "editops"
FOLDERS = sorted(path for path in ROOT.iterdir() if path.is_dir())


def read_tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenario_gives_the_expected_tree_and_turns_back(folder):
    files, expected = read_tree(folder / "input"), read_tree(folder / "expected")
    text = (folder / "edits.jsonl").read_bytes().decode()
    change = parse(text)
    assert isinstance(change, ChangeSet)
    assert serialise(change) == text
    outcome = apply(files, change)
    assert isinstance(outcome, Applied)
    assert outcome.tree(files) == expected
    back = apply(expected, invert(change, files))
    assert isinstance(back, Applied) and back.tree(expected) == files
