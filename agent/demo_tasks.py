"""What `redraft demo` may do: real renames in packages that redraft itself installs, each in several files.

Only a table and a draw; the packages are neither imported nor read here.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoTask:
    """One rename and one way to ask for it."""

    package: str
    """Name it is imported by."""
    target: str
    """`path::Qual.name` of the definition, or the path alone for a module; paths start at the package."""
    instruction: str


TASKS = (
    DemoTask("rich", "rich/_loop.py::loop_last", "Rename the function loop_last to iterate_last everywhere"),
    DemoTask("rich", "rich/color_triplet.py::ColorTriplet", "please call the class ColorTriplet RgbTriplet instead"),
    DemoTask("rich", "rich/color.py::blend_rgb", "blend_rgb should be named mix_rgb"),
    DemoTask("rich", "rich/_pick.py::pick_bool", "could you rename pick_bool to first_bool?"),
    DemoTask("rich", "rich/measure.py::Measurement.with_maximum",
             "Change the name of Measurement.with_maximum to limit_width"),
    DemoTask("rich", "rich/terminal_theme.py::DEFAULT_TERMINAL_THEME",
             "rename the constant DEFAULT_TERMINAL_THEME to STANDARD_TERMINAL_THEME"),
    DemoTask("rich", "rich/text.py::Text.with_indent_guides",
             "the method Text.with_indent_guides should be called add_indent_guides"),
    DemoTask("rich", "rich/errors.py::NotRenderableError",
             "Rename the exception NotRenderableError to CannotRenderError"),
    DemoTask("rich", "rich/color.py::blend_rgb.cross_fade", "rename the parameter cross_fade of blend_rgb to ratio"),
    DemoTask("rich", "rich/_loop.py", "rename the module rich/_loop.py to rich/_iteration.py"),
    DemoTask("typer", "typer/core.py::HAS_RICH", "rename HAS_RICH in typer/core.py to RICH_IS_INSTALLED"),
    DemoTask("typer", "typer/models.py::ParamMeta", "I want the class ParamMeta to be called ParameterMeta"),
    DemoTask("typer", "typer/models.py::DeveloperExceptionConfig",
             "use the name ExceptionDisplayConfig instead of DeveloperExceptionConfig"),
    DemoTask("git", "git/util.py::join_path_native", "rename join_path_native to native_join_path"),
    DemoTask("git", "git/util.py::unbare_repo", "The decorator unbare_repo needs a better name: require_worktree"),
    DemoTask("git", "git/exc.py::CheckoutError", "Please rename class CheckoutError to CheckoutFailed"),
    DemoTask("git", "git/objects/util.py::parse_actor_and_date",
             "rename function parse_actor_and_date to split_actor_and_date"),
    DemoTask("gitdb", "gitdb/util.py::LazyMixin", "replace the class name LazyMixin by LazyAttributes"),
    DemoTask("gitdb", "gitdb/util.py::to_bin_sha", "to_bin_sha -> binary_sha"),
    DemoTask("gitdb", "gitdb/const.py::NULL_HEX_SHA", "change the constant NULL_HEX_SHA to ZERO_HEX_SHA"),
    DemoTask("gitdb", "gitdb/exc.py::AmbiguousObjectName",
             "rename the exception AmbiguousObjectName to AmbiguousName"),
    DemoTask("smmap", "smmap/util.py::MapWindow", "rename class MapWindow to MemoryWindow"),
    DemoTask("smmap", "smmap/util.py::align_to_mmap", "can you rename align_to_mmap to align_to_page"),
    DemoTask("smmap", "smmap/mman.py::WindowCursor.use_region", "rename WindowCursor.use_region to map_region"),
    DemoTask("smmap", "smmap/buf.py", "rename the module smmap/buf.py to smmap/buffers.py"),
    DemoTask("pyflakes", "pyflakes/api.py::checkPath", "Rename the function checkPath to check_path"),
    DemoTask("pyflakes", "pyflakes/messages.py::UnusedVariable", "rename UnusedVariable to VariableNeverUsed"),
    DemoTask("pyflakes", "pyflakes/checker.py::FunctionScope", "the class FunctionScope should become CallableScope"),
    DemoTask("pygments", "pygments/util.py::looks_like_xml", "rename looks_like_xml to resembles_xml"),
    DemoTask("pygments", "pygments/lexer.py::do_insertions", "Please give do_insertions the name insert_tokens"),
    DemoTask("markdown_it", "markdown_it/common/utils.py::isStrSpace", "rename isStrSpace to is_space_char"),
    DemoTask("markdown_it", "markdown_it/rules_inline/state_inline.py::StateInline",
             "rename the class StateInline to InlineState"),
    DemoTask("markdown_it", "markdown_it/rules_block/state_block.py::StateBlock.is_code_block",
             "rename the method StateBlock.is_code_block to looks_like_code"),
    DemoTask("markdown_it", "markdown_it/common/utils.py::normalizeReference",
             "normalizeReference must be called normalize_reference"),
)


def draw(seed: int, tasks: Sequence[DemoTask] = TASKS) -> DemoTask:
    """The task of this seed."""
    return random.Random(seed).choice(tasks)
