/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.c - what an engine library written in C shows to bench_ipset: the
 * functions of its `bench_exported`.
 */
#include "engine.h"

extern const bench_library bench_exported;

int bench_peer_count(void);
const char *bench_peer_name(int engine);
int bench_peer_has(int engine, int family, int mode);
void *bench_peer_build(
    int engine, int family, const bench_block *blocks, size_t count);
uint64_t bench_peer_run(
    int engine, void *set, int family, int mode, const bench_input *input);
size_t bench_peer_memory(int engine, void *set, int family);
void bench_peer_free(int engine, void *set, int family);

int bench_peer_count(void)
{
    return bench_exported.count();
}

const char *bench_peer_name(int engine)
{
    return bench_exported.name(engine);
}

int bench_peer_has(int engine, int family, int mode)
{
    return bench_exported.has(engine, family, mode);
}

void *bench_peer_build(
    int engine, int family, const bench_block *blocks, size_t count)
{
    return bench_exported.build(engine, family, blocks, count);
}

uint64_t bench_peer_run(
    int engine, void *set, int family, int mode, const bench_input *input)
{
    return bench_exported.run(engine, set, family, mode, input);
}

size_t bench_peer_memory(int engine, void *set, int family)
{
    return bench_exported.memory(engine, set, family);
}

void bench_peer_free(int engine, void *set, int family)
{
    bench_exported.free(engine, set, family);
}
