# SPDX-License-Identifier: Apache-2.0
# The one list of sources, sorted; a new file is a line in a diff.
# tests/check_sources.py compares it with the tree, and --write renews it.
set(sources
    libiampolicy/base/arena.c
    libiampolicy/base/error.c
    libiampolicy/base/text.c
    libiampolicy/value/arn.c
    libiampolicy/value/glob_compile.c
    libiampolicy/value/glob_match.c
    libiampolicy/value/ipaddr.c
    libiampolicy/value/ipset.c
    libiampolicy/value/lexicon.c
    libiampolicy/value/scalar.c
    libiampolicy/value/template.c)
