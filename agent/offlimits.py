"""Files that a change leaves alone unless the user names them, and how a user names a file.

*Off limits* is what makes other programs do things: hooks, CI, configuration of editors, shells, package tools and
coding agents. A change that reaches them is refused. *Kept* is what is somebody else's text: vendored and
generated files, large-file pointers. Places in them are skipped, with the reason. Pure: looks at paths and bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from agent.spelling import folded, folded_path

_REASONS: dict[str, tuple[str, ...]] = {
    "configures version control": (
        ".gitattributes", ".gitmodules", ".gitconfig", ".lfsconfig", ".hg", ".hgrc", ".svn", ".jj", ".bzr",
    ),
    "holds hooks": (
        ".husky", ".githooks", ".git-hooks", ".hooks", ".lefthook", ".lefthook-local", "lefthook.yml", "lefthook.yaml", "lefthook-local.yml",
        ".lefthook.yml", ".pre-commit-config.yaml", ".pre-commit-config.yml", ".pre-commit-hooks.yaml", ".overcommit.yml",
    ),
    "configures continuous integration": (
        ".github", ".gitlab", ".gitlab-ci.yml", ".gitlab-ci.yaml", ".ci", ".circleci", ".travis.yml", ".travis", ".buildkite", ".drone.yml",
        ".cirrus.yml", ".cirrus.star", ".woodpecker", ".woodpecker.yml", ".appveyor.yml", "appveyor.yml", ".teamcity", ".forgejo", ".gitea",
        "azure-pipelines.yml", "azure-pipelines.yaml", ".azure-pipelines", ".azuredevops", "bitbucket-pipelines.yml", "jenkinsfile",
        ".jenkins", "cloudbuild.yaml", "cloudbuild.yml", "buildspec.yml", ".semaphore", ".tekton", ".zuul.yaml", ".zuul.d",
        ".readthedocs.yml", ".readthedocs.yaml", "codemagic.yaml", "wercker.yml",
    ),
    "instructs coding agents": (
        "agents.md", "agents.override.md", "agent.md", "claude.md", "claude.local.md", "gemini.md", "codex.md", "copilot-instructions.md",
        ".claude", ".codex", ".gemini", ".agents", ".agent", ".cursor", ".cursorrules", ".cursorignore", ".windsurf", ".windsurfrules",
        ".clinerules", ".cline", ".roo", ".roorules", ".roomodes", ".continue", ".continuerules", ".kiro", ".amazonq", ".junie", ".goose",
        ".goosehints", ".opencode", "opencode.json", "opencode.jsonc", ".mcp.json", "mcp.json", ".aider*", ".openhands", ".openhands_instructions",
        ".trae", ".augment", ".augment-guidelines", ".rules", ".redraft", ".redraft.toml", "redraft.toml", "skill.md",
    ),
    "configures an editor or debugger": (
        ".vscode", ".vscode-test", ".vs", ".idea", ".fleet", ".zed", ".sublime", "*.code-workspace", "*.sublime-project", ".devcontainer",
        ".devcontainer.json", ".vim", ".vimrc", ".gvimrc", ".nvimrc", ".nvim.lua", ".exrc", ".nexrc", ".dir-locals.el", ".dir-locals-2.el",
        ".emacs", ".emacs.d", ".gdbinit", ".lldbinit", ".pdbrc", ".pdbrc.py", ".projectile", ".helix",
    ),
    "configures a shell or a tool that runs commands": (
        ".envrc", ".env", ".env.*", ".direnv", ".bashrc", ".bash_profile", ".bash_aliases", ".bash_login", ".bash_logout", ".profile",
        ".zshrc", ".zshenv", ".zprofile", ".zlogin", ".kshrc", ".inputrc", ".tmux.conf", ".mise.toml", "mise.toml", ".mise", ".tool-versions",
        ".rtx.toml", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", ".pypirc", ".netrc", "_netrc", ".ssh", ".gnupg", ".aws", ".docker",
        ".kube", ".curlrc", ".wgetrc", ".pip", "pip.conf", ".condarc", "sitecustomize.py", "usercustomize.py", "*.pth", ".ripgreprc",
    ),
}
_EXACT = {name: reason for reason, names in _REASONS.items() for name in names if "*" not in name}
_GLOBS = tuple((name, reason) for reason, names in _REASONS.items() for name in names if "*" in name)

_VENDORED = frozenset(
    ["vendor", "vendored", "_vendor", "_vendored", "third_party", "third-party", "thirdparty", "3rdparty", "node_modules", "bower_components",
     "site-packages", "dist-packages", ".venv", "venv", ".tox", ".nox", ".eggs", "jspm_packages"]
)  # fmt: skip
_GENERATED_NAMES = (
    "*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py", "*.min.js", "*.min.css", "*.js.map", "*.css.map", "*.lock", "package-lock.json",
    "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "*.ipynb_checkpoints",
)  # fmt: skip
_GENERATED = re.compile(
    rb"@generated\b|<auto-?generated|\b(?:auto-?|code |file )?generated\b[^\n]{0,100}(?:\n[^\n]{0,100}){0,2}?"
    rb"\b(?:do not|don't) (?:edit|modify|change|touch)|\bdo not (?:edit|modify)\b[^\n]{0,100}\bgenerated\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"\s*(?:#|//|/\*|\*|--|;|<!--|\"\"\"|'''|%|\.\.)")
_HEAD_LINES = 12
_AROUND = "\"'`()[]{}<>,;:!?"
"""What may stand around a name in a sentence; a dot only after it."""
_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Ward:
    """Why a path is special, and from which of its components on."""

    reason: str
    place: str
    """The path down to that component: naming this, or something in it, is naming the file."""


def off_limits(path: str) -> Ward | None:
    """Whether a path belongs to what other programs obey."""
    parts = path.split("/")
    for depth, part in enumerate(parts, 1):
        name = folded(part)
        reason = _EXACT.get(name) or next((why for glob, why in _GLOBS if fnmatchcase(name, glob)), None)
        if reason:
            return Ward(reason, "/".join(parts[:depth]))
    return None


def kept(path: str, data: bytes | None) -> Ward | None:
    """Whether a file's text is nobody's to edit here: vendored, generated, or a pointer to a large file."""
    parts = path.split("/")
    for depth, part in enumerate(parts[:-1], 1):
        if folded(part) in _VENDORED:
            return Ward("vendored", "/".join(parts[:depth]))
    if any(fnmatchcase(folded(parts[-1]), glob) for glob in _GENERATED_NAMES) or data is not None and _says_generated(data):
        return Ward("generated", path)
    if data is not None and data.startswith(_LFS):
        return Ward("a pointer to a large file", path)
    return None


def _says_generated(data: bytes) -> bool:
    """Whether the comment at the head of a file says that a program wrote it."""
    lines = data[:4096].splitlines()[:_HEAD_LINES]
    return bool(_GENERATED.search(b"\n".join(line for line in lines if _COMMENT.match(line))))


@dataclass(frozen=True, slots=True)
class Named:
    """What the user named: paths, globs, and the words of the instruction."""

    places: frozenset[str] = frozenset()
    """Folded paths and words."""
    globs: tuple[str, ...] = ()

    @classmethod
    def by(cls, instruction: str = "", paths: Iterable[str] = (), globs: Iterable[str] = ()) -> Named:
        words = (word.lstrip(_AROUND).rstrip(_AROUND + ".") for word in instruction.split())
        named = (folded_path(word) for word in (*words, *paths))
        return cls(frozenset(place for place in named if place not in ("", ".")), tuple(globs))

    def allows(self, path: str, ward: Ward) -> bool:
        """Whether naming reached the special component itself: `src` does not name `src/.vscode`."""
        whole, special = folded_path(path), folded_path(ward.place)
        component = special.rpartition("/")[2]
        for place in self.places:
            if place in (component, whole) or (whole + "/").startswith(place + "/") and (place + "/").startswith(special + "/"):
                return True
        # A glob that merely happens to match, such as *.md, names nothing.
        return any(fnmatchcase(path, glob) and component in _folded_glob(glob) for glob in self.globs)


def _folded_glob(glob: str) -> frozenset[str]:
    """The components of a glob that are plain names."""
    return frozenset(folded(part) for part in glob.split("/"))
