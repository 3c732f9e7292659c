"""The audit comes after all stories, so that it judges what they left on the topics."""

import pytest

LAST = "test_live_audit.py"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Behind the last item of this folder; the stack's own tests, which follow, write what is no event."""
    here = [place for place, item in enumerate(items) if item.path.parent.name == "e2e"]
    audit = [items[place] for place in here if items[place].path.name == LAST]
    if audit:
        items[here[0] : here[-1] + 1] = [items[place] for place in here if items[place] not in audit] + audit
