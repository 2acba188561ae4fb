"""Measures what Meet costs: time, calls, capacity, money."""

import os

os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"  # here; the processes that are measured do log
