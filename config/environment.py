"""How the environment is read: plain variables, or files named by `NAME_FILE`."""

from environ import Env
from environ.fileaware_mapping import FileAwareMapping


class TrimmedMapping(FileAwareMapping):
    """The process environment in which `NAME_FILE` names a file that holds the value of `NAME`.

    Secret files usually end in a line break that is no part of the secret.
    """

    def __getitem__(self, key: str) -> str:
        """Return the value of `key` without surrounding white space."""
        return str(super().__getitem__(key)).strip()


class Environment(Env):
    """Typed access to the trimmed, file-aware environment."""

    ENVIRON = TrimmedMapping()
