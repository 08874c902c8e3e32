"""Commits one file of the knowledge where the folder is kept in git; nothing is ever pushed."""

import contextlib
import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from handoff.keeping_values import GitState, Remark

#: A hook may run the check over a large folder.
_SECONDS = 30.0
#: A server that was itself started by a git hook must not write into that repository's index.
_NOT_OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
_UNNAMEABLE = re.compile(r"[<>\x00-\x1f\x7f]")
#: A file is named by its name, whatever signs are in it.
_LITERAL = ("--literal-pathspecs",)
#: Words of git for "there is nothing to commit".
_NOTHING = ("nothing to commit", "no changes added", "nothing added to commit")


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who made the change, as git keeps it: a name, and no address that leads anywhere."""

    agent_id: int
    name: str

    def line(self) -> str:
        """As `git commit --author` takes it."""
        name = " ".join(_UNNAMEABLE.sub(" ", self.name).split())
        return f"{name or 'agent'} <agent-{self.agent_id}@madoguchi.invalid>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed:
    """What came of it."""

    commit: str = ""
    remark: Remark | None = None


def find_git(folder: Path, setting: str) -> GitState:
    """Whether changes of this folder are committed."""
    if setting == "off":
        return GitState.OFF
    try:
        found = _git(folder, "rev-parse", "--is-inside-work-tree", seconds=5)
    except FileNotFoundError:
        return GitState.NO_PROGRAM
    except (OSError, subprocess.TimeoutExpired):
        return GitState.NO_WORK_TREE
    if "dubious ownership" in found.stderr:
        return GitState.NOT_OURS
    is_inside = found.returncode == 0 and found.stdout.strip() == "true"
    return GitState.ON if is_inside else GitState.NO_WORK_TREE


def commit_file(folder: Path, file: str, author: Author, message: str) -> Committed:
    """Commit this file alone; what else is staged stays staged."""
    try:
        # takes no pathspecs that are literal by order
        if _git(folder, "check-ignore", "--quiet", "--", f"./{file}").returncode == 0:
            return Committed(remark=Remark.GIT_IGNORED)
        # a new file must be known to git before it can be named in a commit
        added = _git(folder, *_LITERAL, "add", "--intent-to-add", "--", file)
        if added.returncode:
            return Committed(remark=Remark.GIT_FAILED)
        made = _git(
            folder,
            *_LITERAL,
            "-c",
            "commit.gpgSign=false",
            "commit",
            "--quiet",
            "--only",
            f"--author={author.line()}",
            f"--message={message}",
            "--",
            file,
        )
        if made.returncode:
            nothing = any(words in made.stdout + made.stderr for words in _NOTHING)
            return Committed(remark=None if nothing else Remark.GIT_FAILED)
        head = _git(folder, "rev-parse", "HEAD")
        return Committed(commit=head.stdout.strip() if head.returncode == 0 else "")
    except subprocess.TimeoutExpired:
        return Committed(remark=Remark.GIT_TIMED_OUT)
    except OSError:
        return Committed(remark=Remark.GIT_FAILED)


def _git(
    folder: Path, *arguments: str, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run git without a shell, a terminal or a question; hooks run, but not for ever."""
    command = ["git", "-C", str(folder), *arguments]
    with subprocess.Popen(  # noqa: S603 - a fixed program, and every name stands behind `--`
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env=_environment(),
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds or _SECONDS)
        except subprocess.TimeoutExpired:
            # with its hooks, which else would hold our pipes
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    return kept | {
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "true",
        "GIT_COMMITTER_NAME": "Madoguchi",
        "GIT_COMMITTER_EMAIL": "madoguchi@madoguchi.invalid",
    }
