"""Tests of filters: ``bgpd --test-filters FILE``.

The file is read by ``bgpd/config/filter_tests.py``. Each test becomes a route (``routes.py``), the filter is
run over it and compared with what was expected (``running.py``), and the outcome is told (``report.py``), for
a failure with the way that the filter took.
"""

from bgpd.filter_tests.report import report

__all__ = ["report"]
