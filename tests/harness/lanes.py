"""Which process of a run takes which tests, so that each kind of server is started once.

The tests that need the stack go to one process and those that need the servers to another; every other file goes to
whichever process is free.
"""

from xdist.scheduler import LoadScopeScheduling

LANES = {
    "tests/e2e": "stack",
    "tests/integration": "servers",
    "tests/faults": "servers",
    "tests/contract/test_starters.py": "servers",
    "tests/contract/test_tail.py": "servers",
}
"""By directory, or by file where a directory has few that need one."""
ALONE = ("test_stack.py", "test_demo.py")
"""They start what they need themselves."""


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Hands out lanes, the longest first; the rest file by file."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        directory, _, name = path.rpartition("/")
        return path if name in ALONE else LANES.get(directory, LANES.get(path, path))
