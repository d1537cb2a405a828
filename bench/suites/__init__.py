# SPDX-License-Identifier: Apache-2.0
"""What bench/run can measure, by name.  A suite is a module with

    ABOUT             one line
    measure(options)  a generator of results, each a dictionary with at least
                      "suite", "engine", "mode" and "ns", a list of samples
    tables(results)   Markdown, from all results of a run
"""
from . import decide, ipset, match, prove, python

SUITES = {"ipset": ipset, "decide": decide, "python": python,
          "match": match, "prove": prove}
