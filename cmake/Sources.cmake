# SPDX-License-Identifier: Apache-2.0
# The one list of sources, sorted; a new file is a line in a diff.
# tests/check_sources.py compares it with the tree, and --write renews it.
set(sources
    libiampolicy/base/arena.c
    libiampolicy/base/error.c
    libiampolicy/base/text.c
    libiampolicy/document/json.c
    libiampolicy/document/json_explain.c
    libiampolicy/document/json_percent.c
    libiampolicy/document/json_pointer.c
    libiampolicy/document/json_print.c
    libiampolicy/document/json_walk.c
    libiampolicy/document/parse.c
    libiampolicy/document/parse_condition.c
    libiampolicy/document/parse_finding.c
    libiampolicy/document/parse_principal.c
    libiampolicy/document/parse_statement.c
    libiampolicy/document/parse_value.c
    libiampolicy/document/parse_whole.c
    libiampolicy/reference/api.c
    libiampolicy/reference/bedrock.c
    libiampolicy/reference/bedrock_target.c
    libiampolicy/reference/key.c
    libiampolicy/reference/operation.c
    libiampolicy/reference/operator.c
    libiampolicy/reference/service.c
    libiampolicy/value/arn.c
    libiampolicy/value/glob_compile.c
    libiampolicy/value/glob_match.c
    libiampolicy/value/ipaddr.c
    libiampolicy/value/ipset.c
    libiampolicy/value/lexicon.c
    libiampolicy/value/scalar.c
    libiampolicy/value/template.c)
