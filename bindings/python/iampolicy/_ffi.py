# SPDX-License-Identifier: Apache-2.0
"""The C API of libiampolicy, one line a function.  No logic lives here.

tests/check_api.py compares every line with the header: functions and their
types, enumerators, flags, the fields of structs.
"""
import ctypes
import os
import sys
from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char, c_char_p,
                    c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p)
from typing import Any, Dict, List, Optional, Tuple

# ---- Numbers -------------------------------------------------------------

IAM_NTS = 2 ** (8 * ctypes.sizeof(c_size_t)) - 1

IAM_VERSION_MAJOR = 0
IAM_VERSION_MINOR = 1
IAM_VERSION_PATCH = 0
IAM_VERSION_NUMBER = (
    IAM_VERSION_MAJOR << 16 | IAM_VERSION_MINOR << 8 | IAM_VERSION_PATCH)

IAM_OK = 0
IAM_ENOMEM = -1
IAM_EINVAL = -2
IAM_EJSON = -3
IAM_EPOLICY = -4
IAM_ELIMIT = -5
IAM_EUNSUPPORTED = -6
IAM_ESTOPPED = -7
IAM_ESCENARIO = -8

IAM_STRICT = 1
IAM_KEEP_ENTRIES = 2

IAM_ERROR = 1
IAM_WARNING = 2
IAM_SUGGESTION = 3
IAM_OPEN_RULE = 4

IAM_IDENTITY_POLICY = 1
IAM_RESOURCE_POLICY = 2
IAM_PERMISSIONS_BOUNDARY = 3
IAM_SESSION_POLICY = 4
IAM_SERVICE_CONTROL_POLICY = 5
IAM_RESOURCE_CONTROL_POLICY = 6
IAM_ENDPOINT_POLICY = 7
IAM_TRUST_POLICY = 8

IAM_MANAGEMENT_ACCOUNT = 1
IAM_SERVICE_LINKED_ROLE = 2
IAM_HAS_BOUNDARY = 4
IAM_VIA_ENDPOINT = 8
IAM_EXPLICIT_TRUST = 16
IAM_RESOURCE_IN_MANAGEMENT_ACCOUNT = 32
IAM_NO_DERIVED_KEYS = 64

IAM_IMPLICIT_DENY = 0
IAM_EXPLICIT_DENY = 1
IAM_ALLOW = 2

IAM_NO_PREFIX = 255
IAM_IP_RANGE_TEXT = 96
IAM_IP_COUNT_TEXT = 64

IAM_ONLY_FROM = 1
IAM_ALWAYS_FROM = 2
IAM_EXACTLY_FROM = 3
IAM_NEVER = 4
IAM_ALWAYS = 5
IAM_WITHIN = 6
IAM_NOT_PUBLIC = 7

IAM_UNKNOWN = 0
IAM_PROVED = 1
IAM_REFUTED = 2

IAM_ANY_STRINGS = 0
IAM_WELL_FORMED = 1
IAM_KNOWN_ACTION = 2

IAM_RELATION_UNKNOWN = 0
IAM_EQUIVALENT = 1
IAM_NARROWER = 2
IAM_WIDER = 3
IAM_INCOMPARABLE = 4

IAM_OPEN_WORLD = 1
IAM_ANY_CONTEXT = 2
IAM_WITH_CERTIFICATE = 1

# ---- Types ---------------------------------------------------------------

# A callback gets its bytes as an address: they do not end in a NUL.
iam_sink = CFUNCTYPE(c_bool, c_void_p, POINTER(c_char), c_size_t)


class iam_policy(Structure):
    """Opaque."""


class iam_request(Structure):
    """Opaque."""


class iam_operation(Structure):
    """Opaque."""


class iam_stack(Structure):
    """Opaque."""


class iam_decision(Structure):
    """Opaque."""


class iam_scenario(Structure):
    """Opaque."""


class iam_ipset(Structure):
    """Opaque."""


class iam_catalog(Structure):
    """Opaque."""


class iam_scope(Structure):
    """Opaque."""


class iam_prover(Structure):
    """Opaque."""


class iam_proof(Structure):
    """Opaque."""


class iam_sources(Structure):
    """Opaque."""


class iam_diff(Structure):
    """Opaque."""


class iam_review(Structure):
    """Opaque."""


class iam_error(Structure):
    """Where and why something failed."""

    _fields_ = [
        ("status", c_int),
        ("line", c_uint32),
        ("column", c_uint32),
        ("reserved", c_uint32),
        ("offset", c_size_t),
        ("where", c_char * 128),
        ("message", c_char * 256),
    ]


class iam_allocator(Structure):
    """Where memory comes from."""

    _fields_ = [
        ("acquire", CFUNCTYPE(c_void_p, c_void_p, c_size_t)),
        ("release", CFUNCTYPE(None, c_void_p, c_void_p)),
        ("user", c_void_p),
    ]


class iam_options(Structure):
    """Limits and flags; zero means the default."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("allocator", POINTER(iam_allocator)),
        ("max_text", c_size_t),
        ("max_depth", c_size_t),
        ("max_values", c_size_t),
        ("max_steps", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class iam_text(Structure):
    """A text by address and length."""

    _fields_ = [
        ("ptr", c_char_p),
        ("len", c_size_t),
    ]


class iam_finding(Structure):
    """Something worth telling about a document or a decision."""

    _fields_ = [
        ("severity", c_int),
        ("line", c_uint32),
        ("column", c_uint32),
        ("reserved", c_uint32),
        ("offset", c_size_t),
        ("code", c_char_p),
        ("where", c_char_p),
        ("message", c_char_p),
    ]


class iam_statement(Structure):
    """A statement of a policy."""

    _fields_ = [
        ("sid", c_char_p),
        ("deny", c_bool),
        ("undecidable", c_bool),
        ("line", c_uint32),
        ("column", c_uint32),
        ("reserved", c_uint32),
        ("offset", c_size_t),
    ]


class iam_stack_entry(Structure):
    """A policy in its role."""

    _fields_ = [
        ("policy", POINTER(iam_policy)),
        ("name", c_char_p),
        ("level", c_uint32),
        ("reserved", c_uint32),
    ]


class iam_match(Structure):
    """A statement that applied to a request."""

    _fields_ = [
        ("entry", c_size_t),
        ("statement", c_size_t),
    ]


class iam_near_miss(Structure):
    """A statement that would have applied but for one element."""

    _fields_ = [
        ("entry", c_size_t),
        ("statement", c_size_t),
        ("element", c_char_p),
        ("key", c_char_p),
        ("operator_name", c_char_p),
        ("message", c_char_p),
    ]


class iam_expectation(Structure):
    """What a request of a scenario is expected to get."""

    _fields_ = [
        ("given", c_bool),
        ("outcome", c_int),
        ("by", c_char_p),
        ("message", c_char_p),
    ]


class iam_ip_range(Structure):
    """Addresses of one family, from the first to the last."""

    _fields_ = [
        ("first_high", c_uint64),
        ("first_low", c_uint64),
        ("last_high", c_uint64),
        ("last_low", c_uint64),
        ("family", c_uint32),
        ("prefix", c_uint32),
    ]


class iam_ip_filter(Structure):
    """Which of a list's blocks to take."""

    _fields_ = [
        ("services", POINTER(iam_text)),
        ("service_count", c_size_t),
        ("regions", POINTER(iam_text)),
        ("region_count", c_size_t),
    ]


class iam_ip_entry(Structure):
    """A block that a set was made from."""

    _fields_ = [
        ("index", c_size_t),
        ("line", c_uint32),
        ("column", c_uint32),
        ("block", iam_ip_range),
    ]


class iam_ip_count(Structure):
    """How many addresses."""

    _fields_ = [
        ("top", c_uint64),
        ("high", c_uint64),
        ("low", c_uint64),
    ]


iam_ip_sink = CFUNCTYPE(c_bool, c_void_p, POINTER(iam_ip_range))


class iam_question(Structure):
    """What a prover is asked."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int),
        ("flags", c_uint32),
        ("addresses", POINTER(iam_ipset)),
        ("old", POINTER(iam_stack)),
        ("scope", POINTER(iam_scope)),
        ("progress", CFUNCTYPE(c_bool, c_void_p, c_uint64)),
        ("user", c_void_p),
    ]


class iam_witness(Structure):
    """A request that shows something."""

    _fields_ = [
        ("request", POINTER(iam_request)),
        ("id", c_char_p),
        ("meaning", c_char_p),
        ("level", c_int),
        ("outcome", c_int),
        ("old_outcome", c_int),
        ("because_count", c_size_t),
    ]


class iam_change(Structure):
    """What changed for a group of actions and resources."""

    _fields_ = [
        ("actions", c_char_p),
        ("resources", c_char_p),
        ("summary", c_char_p),
        ("gained", POINTER(iam_ipset)),
        ("lost", POINTER(iam_ipset)),
        ("gained_without_address", c_bool),
        ("lost_without_address", c_bool),
        ("gained_other", c_bool),
        ("lost_other", c_bool),
    ]


class iam_reviewed(Structure):
    """A statement and what it is good for."""

    _fields_ = [
        ("statement", iam_match),
        ("dead", c_int),
        ("effect", c_int),
        ("request", POINTER(iam_request)),
        ("summary", c_char_p),
        ("shadowed_count", c_size_t),
    ]


class iam_shadowed(Structure):
    """A condition that could be left out."""

    _fields_ = [
        ("operator_name", c_char_p),
        ("key", c_char_p),
    ]


# ---- Functions -----------------------------------------------------------

PROTOTYPES: Dict[str, Tuple[Any, List[Any]]] = {
    # name: (result, arguments)
    "iam_version": (c_char_p, []),
    "iam_status_name": (c_char_p, [c_int]),
    "iam_policy_kind_name": (c_char_p, [c_int]),
    "iam_policy_kind_from_name": (c_int, [c_char_p, c_size_t]),
    "iam_policy_compile": (c_int, [
        c_int, c_char_p, c_size_t, POINTER(iam_options),
        POINTER(POINTER(iam_policy)), POINTER(iam_error)]),
    "iam_policy_ref": (POINTER(iam_policy), [POINTER(iam_policy)]),
    "iam_policy_free": (None, [POINTER(iam_policy)]),
    "iam_policy_kind_of": (c_int, [POINTER(iam_policy)]),
    "iam_policy_memory": (c_size_t, [POINTER(iam_policy)]),
    "iam_policy_statement_count": (c_size_t, [POINTER(iam_policy)]),
    "iam_policy_statement": (iam_statement, [POINTER(iam_policy), c_size_t]),
    "iam_policy_finding_count": (c_size_t, [POINTER(iam_policy)]),
    "iam_policy_finding": (iam_finding, [POINTER(iam_policy), c_size_t]),
    "iam_policy_print": (c_int, [POINTER(iam_policy), iam_sink, c_void_p]),
    "iam_policy_list": (c_int, [POINTER(iam_policy), iam_sink, c_void_p]),
    "iam_request_new": (c_int, [
        POINTER(iam_options), POINTER(POINTER(iam_request))]),
    "iam_request_free": (None, [POINTER(iam_request)]),
    "iam_request_copy": (c_int, [
        POINTER(iam_request), POINTER(iam_options),
        POINTER(POINTER(iam_request))]),
    "iam_request_reset": (None, [POINTER(iam_request)]),
    "iam_request_set_principal": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_service": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_role": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_user": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_action": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_resource": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_resource_account": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_resource_policy_name": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_request_set_flags": (None, [POINTER(iam_request), c_uint32]),
    "iam_request_set_value": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, c_char_p, c_size_t,
        POINTER(iam_error)]),
    "iam_request_set_values": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_text), c_size_t,
        POINTER(iam_error)]),
    "iam_request_unset": (None, [POINTER(iam_request), c_char_p, c_size_t]),
    "iam_request_principal": (c_char_p, [POINTER(iam_request)]),
    "iam_request_action": (c_char_p, [POINTER(iam_request)]),
    "iam_request_resource": (c_char_p, [POINTER(iam_request)]),
    "iam_request_value_count": (c_size_t, [
        POINTER(iam_request), c_char_p, c_size_t]),
    "iam_request_value": (c_char_p, [
        POINTER(iam_request), c_char_p, c_size_t, c_size_t]),
    "iam_request_print": (c_int, [POINTER(iam_request), iam_sink, c_void_p]),
    "iam_operation_resolve": (c_int, [
        POINTER(iam_request), c_char_p, c_size_t, POINTER(iam_text), c_size_t,
        POINTER(iam_options), POINTER(POINTER(iam_operation)),
        POINTER(iam_error)]),
    "iam_operation_free": (None, [POINTER(iam_operation)]),
    "iam_operation_check_count": (c_size_t, [POINTER(iam_operation)]),
    "iam_operation_check": (POINTER(iam_request), [
        POINTER(iam_operation), c_size_t]),
    "iam_outcome_name": (c_char_p, [c_int]),
    "iam_policy_check": (c_int, [POINTER(iam_policy), POINTER(iam_request)]),
    "iam_stack_new": (c_int, [
        POINTER(iam_stack_entry), c_size_t, POINTER(iam_options),
        POINTER(POINTER(iam_stack)), POINTER(iam_error)]),
    "iam_stack_free": (None, [POINTER(iam_stack)]),
    "iam_stack_entry_count": (c_size_t, [POINTER(iam_stack)]),
    "iam_stack_entry_at": (iam_stack_entry, [POINTER(iam_stack), c_size_t]),
    "iam_stack_check": (c_int, [POINTER(iam_stack), POINTER(iam_request)]),
    "iam_stack_check_many": (c_size_t, [
        POINTER(iam_stack), POINTER(POINTER(iam_request)), c_size_t,
        POINTER(c_int)]),
    "iam_request_check_many": (c_size_t, [
        POINTER(iam_request), POINTER(POINTER(iam_stack)), c_size_t,
        POINTER(c_int)]),
    "iam_stack_check_operation": (c_int, [
        POINTER(iam_stack), POINTER(iam_operation)]),
    "iam_stack_decide": (c_int, [
        POINTER(iam_stack), POINTER(iam_request), POINTER(iam_options),
        POINTER(POINTER(iam_decision)), POINTER(iam_error)]),
    "iam_stack_decide_operation": (c_int, [
        POINTER(iam_stack), POINTER(iam_operation), POINTER(iam_options),
        POINTER(POINTER(iam_decision)), POINTER(iam_error)]),
    "iam_decision_free": (None, [POINTER(iam_decision)]),
    "iam_decision_outcome": (c_int, [POINTER(iam_decision)]),
    "iam_decision_by": (c_char_p, [POINTER(iam_decision)]),
    "iam_decision_message": (c_char_p, [POINTER(iam_decision)]),
    "iam_decision_match_count": (c_size_t, [POINTER(iam_decision)]),
    "iam_decision_match": (iam_match, [POINTER(iam_decision), c_size_t]),
    "iam_decision_near_miss_count": (c_size_t, [POINTER(iam_decision)]),
    "iam_decision_near_miss": (iam_near_miss, [
        POINTER(iam_decision), c_size_t]),
    "iam_decision_missing_count": (c_size_t, [POINTER(iam_decision)]),
    "iam_decision_missing": (c_char_p, [POINTER(iam_decision), c_size_t]),
    "iam_decision_finding_count": (c_size_t, [POINTER(iam_decision)]),
    "iam_decision_finding": (iam_finding, [POINTER(iam_decision), c_size_t]),
    "iam_decision_check_count": (c_size_t, [POINTER(iam_decision)]),
    "iam_decision_check": (POINTER(iam_decision), [
        POINTER(iam_decision), c_size_t]),
    "iam_decision_request": (POINTER(iam_request), [POINTER(iam_decision)]),
    "iam_decision_print": (c_int, [
        POINTER(iam_decision), c_char_p, iam_sink, c_void_p]),
    "iam_scenario_parse": (c_int, [
        c_char_p, c_size_t, POINTER(iam_stack), POINTER(iam_options),
        POINTER(POINTER(iam_scenario)), POINTER(iam_error)]),
    "iam_scenario_free": (None, [POINTER(iam_scenario)]),
    "iam_scenario_about": (c_char_p, [POINTER(iam_scenario)]),
    "iam_scenario_stack": (POINTER(iam_stack), [POINTER(iam_scenario)]),
    "iam_scenario_request_count": (c_size_t, [POINTER(iam_scenario)]),
    "iam_scenario_id": (c_char_p, [POINTER(iam_scenario), c_size_t]),
    "iam_scenario_operation": (POINTER(iam_operation), [
        POINTER(iam_scenario), c_size_t]),
    "iam_scenario_expectation": (iam_expectation, [
        POINTER(iam_scenario), c_size_t]),
    "iam_ip_range_parse": (c_bool, [
        c_char_p, c_size_t, POINTER(iam_ip_range)]),
    "iam_ip_range_print": (c_size_t, [
        POINTER(iam_ip_range), POINTER(c_char)]),
    "iam_ipset_new": (c_int, [
        POINTER(iam_text), c_size_t, POINTER(iam_options),
        POINTER(POINTER(iam_ipset)), POINTER(iam_error)]),
    "iam_ipset_parse": (c_int, [
        c_char_p, c_size_t, POINTER(iam_ip_filter), POINTER(iam_options),
        POINTER(POINTER(iam_ipset)), POINTER(iam_error)]),
    "iam_ipset_free": (None, [POINTER(iam_ipset)]),
    "iam_ipset_memory": (c_size_t, [POINTER(iam_ipset)]),
    "iam_ipset_union": (c_int, [
        POINTER(iam_ipset), POINTER(iam_ipset), POINTER(iam_options),
        POINTER(POINTER(iam_ipset)), POINTER(iam_error)]),
    "iam_ipset_intersection": (c_int, [
        POINTER(iam_ipset), POINTER(iam_ipset), POINTER(iam_options),
        POINTER(POINTER(iam_ipset)), POINTER(iam_error)]),
    "iam_ipset_difference": (c_int, [
        POINTER(iam_ipset), POINTER(iam_ipset), POINTER(iam_options),
        POINTER(POINTER(iam_ipset)), POINTER(iam_error)]),
    "iam_ipset_symmetric_difference": (c_int, [
        POINTER(iam_ipset), POINTER(iam_ipset), POINTER(iam_options),
        POINTER(POINTER(iam_ipset)), POINTER(iam_error)]),
    "iam_ipset_complement": (c_int, [
        POINTER(iam_ipset), POINTER(iam_options),
        POINTER(POINTER(iam_ipset)), POINTER(iam_error)]),
    "iam_ipset_equal": (c_bool, [POINTER(iam_ipset), POINTER(iam_ipset)]),
    "iam_ipset_subset": (c_bool, [POINTER(iam_ipset), POINTER(iam_ipset)]),
    "iam_ipset_disjoint": (c_bool, [POINTER(iam_ipset), POINTER(iam_ipset)]),
    "iam_ipset_contains": (c_bool, [POINTER(iam_ipset), c_char_p, c_size_t]),
    "iam_ipset_contains_v4": (c_bool, [POINTER(iam_ipset), c_uint32]),
    "iam_ipset_contains_v6": (c_bool, [POINTER(iam_ipset), POINTER(c_uint8)]),
    "iam_ipset_contains_many_v4": (c_size_t, [
        POINTER(iam_ipset), POINTER(c_uint32), c_size_t, POINTER(c_uint8)]),
    "iam_ipset_contains_many": (c_size_t, [
        POINTER(iam_ipset), c_uint32, POINTER(c_uint8), c_size_t,
        POINTER(c_uint8)]),
    "iam_ipset_entry": (c_bool, [
        POINTER(iam_ipset), c_char_p, c_size_t, POINTER(iam_ip_entry)]),
    "iam_ipset_entry_v4": (c_bool, [
        POINTER(iam_ipset), c_uint32, POINTER(iam_ip_entry)]),
    "iam_ipset_entry_v6": (c_bool, [
        POINTER(iam_ipset), POINTER(c_uint8), POINTER(iam_ip_entry)]),
    "iam_ipset_count": (iam_ip_count, [POINTER(iam_ipset), c_uint32]),
    "iam_ip_count_print": (c_size_t, [iam_ip_count, POINTER(c_char)]),
    "iam_ipset_range_count": (c_size_t, [POINTER(iam_ipset)]),
    "iam_ipset_ranges": (c_int, [POINTER(iam_ipset), iam_ip_sink, c_void_p]),
    "iam_ipset_block_count": (c_size_t, [POINTER(iam_ipset)]),
    "iam_ipset_blocks": (c_int, [POINTER(iam_ipset), iam_ip_sink, c_void_p]),
    "iam_ipset_print": (c_int, [POINTER(iam_ipset), iam_sink, c_void_p]),
    "iam_question_name": (c_char_p, [c_int]),
    "iam_question_from_name": (c_int, [c_char_p, c_size_t]),
    "iam_verdict_name": (c_char_p, [c_int]),
    "iam_witness_level_name": (c_char_p, [c_int]),
    "iam_relation_name": (c_char_p, [c_int]),
    "iam_catalog_new": (c_int, [
        c_char_p, c_size_t, POINTER(iam_options),
        POINTER(POINTER(iam_catalog)), POINTER(iam_error)]),
    "iam_catalog_free": (None, [POINTER(iam_catalog)]),
    "iam_catalog_source": (c_char_p, [POINTER(iam_catalog)]),
    "iam_catalog_service_count": (c_size_t, [POINTER(iam_catalog)]),
    "iam_catalog_action_count": (c_size_t, [POINTER(iam_catalog)]),
    "iam_catalog_memory": (c_size_t, [POINTER(iam_catalog)]),
    "iam_scope_new": (c_int, [
        POINTER(iam_options), POINTER(POINTER(iam_scope))]),
    "iam_scope_free": (None, [POINTER(iam_scope)]),
    "iam_scope_set_principal": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_scope_set_service": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_scope_add_action": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_scope_add_resource": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_scope_set_value": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, c_char_p, c_size_t,
        POINTER(iam_error)]),
    "iam_scope_set_values": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, POINTER(iam_text), c_size_t,
        POINTER(iam_error)]),
    "iam_scope_set_absent": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_scope_set_present": (c_int, [
        POINTER(iam_scope), c_char_p, c_size_t, POINTER(iam_error)]),
    "iam_scope_set_flags": (None, [POINTER(iam_scope), c_uint32]),
    "iam_scope_set_catalog": (
        None, [POINTER(iam_scope), POINTER(iam_catalog)]),
    "iam_prover_new": (c_int, [
        POINTER(iam_stack), POINTER(iam_options), POINTER(POINTER(iam_prover)),
        POINTER(iam_error)]),
    "iam_prover_free": (None, [POINTER(iam_prover)]),
    "iam_prover_ask": (c_int, [
        POINTER(iam_prover), POINTER(iam_question),
        POINTER(POINTER(iam_proof)), POINTER(iam_error)]),
    "iam_prove": (c_int, [
        POINTER(iam_stack), POINTER(iam_question), POINTER(iam_options),
        POINTER(POINTER(iam_proof)), POINTER(iam_error)]),
    "iam_proof_free": (None, [POINTER(iam_proof)]),
    "iam_proof_verdict": (c_int, [POINTER(iam_proof)]),
    "iam_proof_question": (c_int, [POINTER(iam_proof)]),
    "iam_proof_reason": (c_char_p, [POINTER(iam_proof)]),
    "iam_proof_witness_count": (c_size_t, [POINTER(iam_proof)]),
    "iam_proof_witness": (iam_witness, [POINTER(iam_proof), c_size_t]),
    "iam_proof_because": (iam_match, [POINTER(iam_proof), c_size_t, c_size_t]),
    "iam_proof_addresses": (POINTER(iam_ipset), [POINTER(iam_proof)]),
    "iam_proof_without_address": (c_bool, [POINTER(iam_proof)]),
    "iam_proof_fact_count": (c_size_t, [POINTER(iam_proof)]),
    "iam_proof_fact": (c_char_p, [POINTER(iam_proof), c_size_t]),
    "iam_proof_finding_count": (c_size_t, [POINTER(iam_proof)]),
    "iam_proof_finding": (iam_finding, [POINTER(iam_proof), c_size_t]),
    "iam_proof_part_count": (c_size_t, [POINTER(iam_proof)]),
    "iam_proof_part": (POINTER(iam_proof), [POINTER(iam_proof), c_size_t]),
    "iam_proof_steps": (c_uint64, [POINTER(iam_proof)]),
    "iam_proof_micros": (c_uint64, [POINTER(iam_proof)]),
    "iam_proof_print": (c_int, [POINTER(iam_proof), iam_sink, c_void_p]),
    "iam_proof_print_scenario": (c_int, [
        POINTER(iam_proof), iam_sink, c_void_p]),
    "iam_proof_certificate": (c_int, [POINTER(iam_proof), iam_sink, c_void_p]),
    "iam_proof_no_certificate": (c_char_p, [POINTER(iam_proof)]),
    "iam_prover_print_smt2": (c_int, [
        POINTER(iam_prover), POINTER(iam_question), iam_sink, c_void_p,
        POINTER(iam_error)]),
    "iam_prover_sources": (c_int, [
        POINTER(iam_prover), POINTER(iam_question),
        POINTER(POINTER(iam_sources)), POINTER(iam_error)]),
    "iam_sources_free": (None, [POINTER(iam_sources)]),
    "iam_sources_verdict": (c_int, [POINTER(iam_sources)]),
    "iam_sources_reason": (c_char_p, [POINTER(iam_sources)]),
    "iam_sources_addresses": (POINTER(iam_ipset), [POINTER(iam_sources)]),
    "iam_sources_unsure": (POINTER(iam_ipset), [POINTER(iam_sources)]),
    "iam_sources_without_address": (c_bool, [POINTER(iam_sources)]),
    "iam_sources_without_address_unsure": (c_bool, [POINTER(iam_sources)]),
    "iam_sources_match_count": (c_size_t, [POINTER(iam_sources)]),
    "iam_sources_match": (iam_match, [POINTER(iam_sources), c_size_t]),
    "iam_sources_fact_count": (c_size_t, [POINTER(iam_sources)]),
    "iam_sources_fact": (c_char_p, [POINTER(iam_sources), c_size_t]),
    "iam_sources_finding_count": (c_size_t, [POINTER(iam_sources)]),
    "iam_sources_finding": (iam_finding, [POINTER(iam_sources), c_size_t]),
    "iam_sources_print": (c_int, [POINTER(iam_sources), iam_sink, c_void_p]),
    "iam_prover_diff": (c_int, [
        POINTER(iam_prover), POINTER(iam_question), POINTER(POINTER(iam_diff)),
        POINTER(iam_error)]),
    "iam_diff_free": (None, [POINTER(iam_diff)]),
    "iam_diff_relation": (c_int, [POINTER(iam_diff)]),
    "iam_diff_reason": (c_char_p, [POINTER(iam_diff)]),
    "iam_diff_only_old": (POINTER(iam_request), [POINTER(iam_diff)]),
    "iam_diff_only_new": (POINTER(iam_request), [POINTER(iam_diff)]),
    "iam_diff_old_match_count": (c_size_t, [POINTER(iam_diff)]),
    "iam_diff_old_match": (iam_match, [POINTER(iam_diff), c_size_t]),
    "iam_diff_new_match_count": (c_size_t, [POINTER(iam_diff)]),
    "iam_diff_new_match": (iam_match, [POINTER(iam_diff), c_size_t]),
    "iam_diff_change_count": (c_size_t, [POINTER(iam_diff)]),
    "iam_diff_change": (iam_change, [POINTER(iam_diff), c_size_t]),
    "iam_diff_fact_count": (c_size_t, [POINTER(iam_diff)]),
    "iam_diff_fact": (c_char_p, [POINTER(iam_diff), c_size_t]),
    "iam_diff_print": (c_int, [POINTER(iam_diff), iam_sink, c_void_p]),
    "iam_prover_review": (c_int, [
        POINTER(iam_prover), POINTER(iam_question),
        POINTER(POINTER(iam_review)), POINTER(iam_error)]),
    "iam_review_free": (None, [POINTER(iam_review)]),
    "iam_review_count": (c_size_t, [POINTER(iam_review)]),
    "iam_review_item": (iam_reviewed, [POINTER(iam_review), c_size_t]),
    "iam_review_shadowed": (iam_shadowed, [
        POINTER(iam_review), c_size_t, c_size_t]),
    "iam_review_fact_count": (c_size_t, [POINTER(iam_review)]),
    "iam_review_fact": (c_char_p, [POINTER(iam_review), c_size_t]),
    "iam_review_print": (c_int, [POINTER(iam_review), iam_sink, c_void_p]),
}

# ---- The library ---------------------------------------------------------

# By the name which changes when the ABI does.
SONAME = ("libiampolicy.0.dylib" if sys.platform == "darwin"
          else "libiampolicy.so.0")


def candidates() -> List[str]:
    """Where the library may be, in the order of asking: the one that
    IAMPOLICY_LIBRARY names, and no other; else the one beside this file;
    else what the system's loader finds."""
    named = os.environ.get("IAMPOLICY_LIBRARY")
    if named:
        return [named]
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), SONAME)
    return ([beside] if os.path.exists(beside) else []) + [SONAME]


def load(path: Optional[str] = None) -> ctypes.CDLL:
    """The library at `path`, or the first of candidates() that loads, with
    its functions declared.  ImportError if there is none, or if its version
    is not the one of this table."""
    library = open_first([path] if path else candidates())
    refuse_other_version(library)
    for name, (result, arguments) in PROTOTYPES.items():
        function = function_of(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


def function_of(library: ctypes.CDLL, name: str) -> Any:
    """A function by its name, which must be there."""
    try:
        return getattr(library, name)
    except AttributeError:
        raise ImportError(
            f"{library._name} has no function {name}") from None


def open_first(paths: List[str]) -> ctypes.CDLL:
    """The first of these libraries that the system's loader takes."""
    reasons = []
    for path in paths:
        try:
            return ctypes.CDLL(path)
        except OSError as error:
            reasons.append(str(error))
    raise ImportError("libiampolicy does not load (the environment variable "
                      "IAMPOLICY_LIBRARY may name it): " + "; ".join(reasons))


def refuse_other_version(library: ctypes.CDLL) -> None:
    """Until 1.0 the minor version is the one that tells of other ABIs."""
    function = function_of(library, "iam_version")
    function.restype = c_char_p
    version = function().decode()
    wanted = f"{IAM_VERSION_MAJOR}.{IAM_VERSION_MINOR}"
    if version.split(".")[:2] != wanted.split("."):
        raise ImportError(f"{library._name} is version {version}; "
                          f"this binding is for {wanted}")
