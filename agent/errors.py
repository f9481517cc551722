"""What a user can put right: one clear sentence each, with what to do.

Raised anywhere in `agent`, caught in one place at the command line, which prints
the sentence and leaves with `exit_code`. Knows nothing of terminals.
"""

from __future__ import annotations

from pathlib import Path


class UserError(Exception):
    """Base of the family."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code


class NotARepository(UserError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not inside a git repository: run `git init` there or give --repo DIR.")


class BareRepository(UserError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a bare repository without files to edit: clone it and work in the clone.")


class MergeInProgress(UserError):
    def __init__(self, what: str) -> None:
        super().__init__(f"A {what} is in progress: finish or abort it, then try again.")


class OutsideRepository(UserError):
    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} leads outside the repository or into its git folder: "
                         "name a regular file of the repository.")


class OffLimits(UserError):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"Nothing was written: {path} {reason}. Name it in the instruction, as a path or with --only "
                         "(to `redraft apply`, with --only) to let it change.", exit_code=1)


class OtherRepository(UserError):
    def __init__(self, path: str, folder: str) -> None:
        super().__init__(f"Nothing was written: {path} belongs to another repository, {folder}: "
                         f"run redraft there, with --repo {folder}.", exit_code=1)


class LookAlikePath(UserError):
    def __init__(self, path: str, other: str) -> None:
        super().__init__(f"Nothing was written: {path!r} and {other!r} are one file on systems that ignore case, accents' "
                         "forms or invisible characters: choose another name.", exit_code=1)


class HiddenCharacters(UserError):
    def __init__(self, path: str, line: int, character: str) -> None:
        where = f"line {line} of what is added" if line else "its name"
        super().__init__(f"Nothing was written: {path!a} would hold {character} ({where}), which makes code read "
                         "differently from what it does: take it out.", exit_code=1)


class NoSandboxHere(UserError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The tests cannot be kept from the rest of this machine: {reason}. Install bubblewrap, "
                         "or give --no-sandbox to let them do whatever you can.")


class BadSettings(UserError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The settings in {path} cannot be used: {reason}. Correct the file or move it away.")


class UnreadableFile(UserError):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} cannot be read ({reason}): check that it exists and its permissions.")


class WriteFailed(UserError):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} cannot be written ({reason}): no file was changed; "
                         "make it writable, or free some room, and try again.")


class Unreadable(UserError):
    def __init__(self, source: str, form: str, line: int, reason: str) -> None:
        super().__init__(f"{source} cannot be applied, and nothing was written: line {line} of the {form}: {reason}.")


class NothingToUndo(UserError):
    def __init__(self) -> None:
        super().__init__("There is nothing to undo in this repository: see `redraft log`.", exit_code=1)


class UnknownEntry(UserError):
    def __init__(self, entry: str) -> None:
        super().__init__(f"There is no edit {entry!r} that can be undone or redone: see `redraft log`.")


class RepositoryBusy(UserError):
    def __init__(self) -> None:
        super().__init__("Another redraft is writing to this repository: wait until it is done and try again.")


class DamagedJournal(UserError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"The record {path} is damaged: move it away to go on without its undo history.")


class TooLargeToRecord(UserError):
    """What could not be read back later is not begun."""

    def __init__(self, most: int) -> None:
        super().__init__(f"The change and the files it changes take more than {most >> 20} MB, which the journal cannot hold: do it in parts.")


class GitFailed(UserError):
    """Git said no for a reason that none of the others names."""

    def __init__(self, command: str, complaint: str) -> None:
        super().__init__(f"git {command} failed: {complaint[:200] or 'it gave no reason'}.")


class NoLocks(UserError):
    """Without a lock two processes could write at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file system of the git folder gives no locks ({reason}): "
                         "work in a clone on a local disk.")


class JournalUnusable(UserError):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} cannot be used ({reason}): redraft keeps its record of edits there; "
                         "check its permissions and the room on the disk, and try again.")


class HalfWritten(UserError):
    """The one state in which files are neither before nor after: going back has failed as well."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"An interrupted edit cannot be taken back yet, because of {path} ({reason}): "
                         "put that right and run any redraft command, which will take it back.")


class NoLongerKept(UserError):
    def __init__(self, entry: str, kept: int) -> None:
        super().__init__(f"{entry} is too old: only the last {kept} edits can be taken back or put back.")


class NothingToRedo(UserError):
    def __init__(self) -> None:
        super().__init__("There is nothing to redo in this repository: see `redraft log`.", exit_code=1)


class OutOfTime(UserError):
    """Work that a user waits for took too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"It took more than {seconds:.1f} seconds, so nothing was looked at further.")


class HookInTheWay(UserError):
    """The hook can't be installed without touching what is not redraft's."""

    def __init__(self, place: Path, reason: str) -> None:
        super().__init__(f"Nothing was installed at {place}: {reason}.")
