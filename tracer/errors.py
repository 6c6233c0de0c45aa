"""The one error that users see. Everything else that escapes is a bug of ours and shows its traceback."""

from __future__ import annotations


class RepoTourError(Exception):
    """A known failure: what happened, why, and what to do next, in one line.

    `slug` names the failure for searching (`error[no-entry-point]`); `hint` is the next thing to try; `exit_code` is
    what the command line returns (1 known error, 2 wrong usage, 3 nothing to tour).
    """

    def __init__(self, message: str, *, slug: str, hint: str = "", exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.slug = slug
        self.hint = hint
        self.exit_code = exit_code

    def __str__(self) -> str:
        """The line that the user reads."""
        return f"error[{self.slug}]: {self.message}" + (f" {self.hint}" if self.hint else "")
