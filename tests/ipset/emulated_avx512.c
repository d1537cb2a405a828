/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AVX-512 lookups, their vectors emulated: for machines that have none.
 */
#include <immintrin.h>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

#include "value/ipindex.h"

#define IPENGINE_EMULATED
#define TARGET      __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define ENGINE      emulated_avx512
#define ENGINE_NAME "emulated avx512"
extern const ipengine emulated_avx512;

#include "value/ipindex_avx512.c"
