"""The configuration: what a user writes, checked, and what the daemon is then told.

A file takes this way::

    loading.py       bytes -> TOML or JSON data, with the lines its keys stand on (toml_lines.py)
    cluster_expansion.py
                     [cluster], [[pools]] and [[blocks]] become neighbors, static routes and filters of this
                     node (cluster.py: their models, cluster_model.py: what bgpd/cluster makes of them,
                     nodes_file.py; the rules: cluster_checks.py, block_checks.py)
    inheritance.py   neighbors are completed with the settings of their groups
    configuration.py the pydantic models, one file a subject (router.py, control.py, kernel.py, ...);
                     their types say what a value may be (values.py, addresses.py)
    checks.py        rules between several values (name_checks.py, neighbor_checks.py, relation_checks.py,
                     static_checks.py, table_checks.py)
    filter_sources.py, filter_reading.py
                     texts in the filter language, here and in files of their own, read and checked
    validation.py    runs these and raises every problem at once (problems.py), as ConfigurationError
    build.py         models -> bgpd/settings.py: plain frozen values without defaults to look up
                     (names.py: what protocols without a name are called; effective.py: the defaults of a
                     neighbor that depend on other values; build_*.py: one for each kind of settings)

pydantic is known in this package only. A new key is a field of a model, with a docstring for the
operator and a line in ``build.py``; a key that is announced but not supported yet stands in
``planned`` of its model. ``docs/configuration.md`` is made from the models by ``reference.py``.
"""

from bgpd.config.build import build
from bgpd.config.configuration import Configuration
from bgpd.config.faults import ConfigurationError, Problem
from bgpd.config.loading import load
from bgpd.config.printing import print_config
from bgpd.config.validation import validate
from bgpd.settings import (
    Confederation,
    DaemonSettings,
    DecisionSettings,
    DeviceSettings,
    DirectSettings,
    KernelSettings,
    LogSettings,
    NeighborSettings,
    PipeSettings,
    PrefixLimit,
    StaticNextHop,
    StaticRoute,
    StaticSettings,
    TimeFormat,
)

__all__ = [
    "Confederation",
    "Configuration",
    "ConfigurationError",
    "DaemonSettings",
    "DecisionSettings",
    "DeviceSettings",
    "DirectSettings",
    "KernelSettings",
    "LogSettings",
    "NeighborSettings",
    "PipeSettings",
    "PrefixLimit",
    "Problem",
    "StaticNextHop",
    "StaticRoute",
    "StaticSettings",
    "TimeFormat",
    "build",
    "load",
    "print_config",
    "validate",
]
