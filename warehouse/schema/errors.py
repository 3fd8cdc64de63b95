"""Every error Newsmill raises on purpose: one root, two families.

A message says what was wrong, where (file, line or record) and what to do; the command line prints it without a
traceback and exits with the family's code.
"""

REMEDY = "Free space, or choose a folder that you may write to, and run again."
"""What to do where something cannot be written."""


class NewsmillError(Exception):
    """Root of all errors that Newsmill raises on purpose; `str(error)` is fit to be shown to a user."""

    exit_code = 1


class RetryLater(NewsmillError):  # noqa: N818 - says what to do, which "Error" would not
    """Worth another try without any change: a locked catalog, a full queue, a file that is still being written."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h, which mailers and job schedulers know


class Outdated(RetryLater):
    """Another run changed the warehouse after this one was planned: with a new plan it may succeed."""


class GiveUp(NewsmillError):  # noqa: N818
    """Another try fails the same way: damaged data, a newer warehouse, a folder that cannot be written."""


class UsageError(GiveUp):
    """The command line, the settings, the lexicon or a user's own data file is wrong."""

    exit_code = 2
