"""Checks the alert rules and runs their tests with promtool, in two seconds; `make check` runs this module.

On a machine without promtool, it prints a sentence and exits with 0; only the tests that need no promtool check rules.
"""

import sys

from harness.alarms.promtool import RULES, TESTS, run
from harness.tools import ToolMissing


def main() -> int:
    """Print the errors of promtool; return 1 when the alert rules have errors or fail their tests, else 0."""
    try:
        checks = [run("check", "rules", str(RULES)), run("test", "rules", str(TESTS))]
    except ToolMissing:
        print("alarms: the rule tests were left out, because there is no promtool: `make tools TOOLS=promtool` gets it")
        return 0
    wrong = [text for good, text in checks if not good]
    print("\n".join(wrong) or f"alarms: the rules in {RULES.name} are valid and pass their tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
