# SPDX-License-Identifier: Apache-2.0
# The one list of sources, sorted; a new file is a line in a diff.
# tests/check_sources.py compares it with the tree, and --write renews it.
set(sources
    libiampolicy/base/arena.c
    libiampolicy/base/error.c
    libiampolicy/base/text.c)
