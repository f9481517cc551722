"""One rename or move by rope or jedi: `python -m benchmarks.peers_worker PEER rename|move ROOT PATH OFFSET NEW`."""

from __future__ import annotations

import sys
from pathlib import Path


def rope_does(action: str, root: str, path: str, offset: int, new: str, restricted: bool) -> None:
    """By rope's own refactorings; restricted: only the files that hold the word are looked at."""
    from rope.base.project import Project
    from rope.refactor.move import create_move
    from rope.refactor.rename import Rename

    project = Project(root, ropefolder=None)
    resource = project.get_resource(path)
    text = resource.read()
    if action == "move":
        destination = Path(root) / new
        if not destination.exists():
            destination.write_text("", encoding="utf-8")
        changes = create_move(project, resource, offset).get_changes(project.get_resource(new))
    else:
        word = text[offset:].split(" ")[0]
        name = "".join(c if c.isalnum() or c == "_" else " " for c in word).split(" ")[0]
        files = [item for item in project.get_python_files() if name in item.read()] if restricted else None
        changes = Rename(project, resource, offset).get_changes(new, resources=files)
    project.do(changes)
    project.close()


def jedi_does(root: str, path: str, offset: int, new: str) -> None:
    """By jedi's rename."""
    import jedi

    file = Path(root) / path
    text = file.read_text(encoding="utf-8")
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1)
    jedi.Script(path=file, project=jedi.Project(root)).rename(line, column, new_name=new).apply()


def main() -> None:
    peer, action, root, path, offset, new = sys.argv[1:]
    if peer == "jedi":
        jedi_does(root, path, int(offset), new)
    else:
        rope_does(action, root, path, int(offset), new, peer == "rope-restricted")


if __name__ == "__main__":
    main()
