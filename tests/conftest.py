"""In CI nothing may be missing: there a test that would be skipped fails instead.  No test measures time."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# What is found at random has its place in `make differential`: two runs of one commit say the same.
settings.register_profile("khabar", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("khabar")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where the environment says CI=true."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
