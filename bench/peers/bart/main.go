// SPDX-License-Identifier: Apache-2.0

// Command bart is github.com/gaissmai/bart as an engine library: built with
// -buildmode=c-shared, it has the functions that bench_ipset looks for.  The
// loops are on this side, so that the call across is made once a loop.
package main

/*
#include "engine.h"
*/
import "C"

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"unsafe"

	"github.com/gaissmai/bart"
)

const (
	fast = iota
	lite
	engines
)

type set struct {
	fast  *bart.Fast[uint32]
	lite  *bart.Lite
	bytes uint64
}

var (
	sets  = map[uintptr]*set{}
	last  uintptr
	names = [engines]*C.char{C.CString("Go bart.Fast"),
		C.CString("Go bart.Lite, aggregated")}
)

//export bench_peer_count
func bench_peer_count() C.int { return engines }

//export bench_peer_name
func bench_peer_name(engine C.int) *C.char { return names[engine] }

//export bench_peer_has
func bench_peer_has(engine, family, mode C.int) C.int {
	switch mode {
	case C.BENCH_INDEPENDENT, C.BENCH_DEPENDENT, C.BENCH_ANSWERS:
		return 1
	case C.BENCH_ENTRY, C.BENCH_ENTRY_DEPENDENT:
		if engine == fast {
			return 1
		}
	}
	return 0
}

func held() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func address4(a uint32) netip.Addr {
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], a)
	return netip.AddrFrom4(bytes)
}

func prefixOf(b *C.bench_block, family C.int) netip.Prefix {
	if family == 4 {
		return netip.PrefixFrom(address4(uint32(b.lo)), int(b.prefix))
	}
	var bytes [16]byte
	binary.BigEndian.PutUint64(bytes[:8], uint64(b.hi))
	binary.BigEndian.PutUint64(bytes[8:], uint64(b.lo))
	return netip.PrefixFrom(netip.AddrFrom16(bytes), int(b.prefix))
}

//export bench_peer_build
func bench_peer_build(engine, family C.int, blocks *C.bench_block,
	count C.size_t) C.uintptr_t {
	before := held()
	s := &set{}
	if engine == fast {
		s.fast = new(bart.Fast[uint32])
	} else {
		s.lite = new(bart.Lite)
	}
	for _, b := range unsafe.Slice(blocks, int(count)) {
		if engine == fast {
			s.fast.Insert(prefixOf(&b, family), uint32(b.entry))
		} else {
			s.lite.Insert(prefixOf(&b, family))
		}
	}
	if engine == lite {
		s.lite.Aggregate()
	}
	if after := held(); after > before {
		s.bytes = after - before
	}
	last++
	sets[last] = s
	return C.uintptr_t(last)
}

//export bench_peer_memory
func bench_peer_memory(engine C.int, id C.uintptr_t, family C.int) C.size_t {
	return C.size_t(sets[uintptr(id)].bytes)
}

//export bench_peer_free
func bench_peer_free(engine C.int, id C.uintptr_t, family C.int) {
	delete(sets, uintptr(id))
	runtime.GC()
}

func number(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// Each loop is written out: a lookup behind a function value would be slower
// than what a user of bart writes.

func fast4(t *bart.Fast[uint32], in []uint32) (found uint64) {
	for _, a := range in {
		found += number(t.Contains(address4(a)))
	}
	return
}

func fast4Dependent(t *bart.Fast[uint32], in []uint32, zero uint64) (found uint64) {
	hit := uint64(0)
	for _, a := range in {
		hit = number(t.Contains(address4(a ^ uint32(hit&zero))))
		found += hit
	}
	return
}

func fast6(t *bart.Fast[uint32], in [][16]byte) (found uint64) {
	for i := range in {
		found += number(t.Contains(netip.AddrFrom16(in[i])))
	}
	return
}

func fast6Dependent(t *bart.Fast[uint32], in [][16]byte, zero uint64) (found uint64) {
	hit := uint64(0)
	for i := range in {
		a := in[i]
		a[0] ^= byte(hit & zero)
		hit = number(t.Contains(netip.AddrFrom16(a)))
		found += hit
	}
	return
}

func lite4(t *bart.Lite, in []uint32) (found uint64) {
	for _, a := range in {
		found += number(t.Contains(address4(a)))
	}
	return
}

func lite4Dependent(t *bart.Lite, in []uint32, zero uint64) (found uint64) {
	hit := uint64(0)
	for _, a := range in {
		hit = number(t.Contains(address4(a ^ uint32(hit&zero))))
		found += hit
	}
	return
}

func lite6(t *bart.Lite, in [][16]byte) (found uint64) {
	for i := range in {
		found += number(t.Contains(netip.AddrFrom16(in[i])))
	}
	return
}

func lite6Dependent(t *bart.Lite, in [][16]byte, zero uint64) (found uint64) {
	hit := uint64(0)
	for i := range in {
		a := in[i]
		a[0] ^= byte(hit & zero)
		hit = number(t.Contains(netip.AddrFrom16(a)))
		found += hit
	}
	return
}

func entry4(t *bart.Fast[uint32], in []uint32, zero uint64) (sum uint64) {
	before := uint64(0)
	for _, a := range in {
		v, ok := t.Lookup(address4(a ^ uint32(before&zero)))
		if ok {
			sum += uint64(v) + 1
		}
		before = uint64(v)
	}
	return
}

func entry6(t *bart.Fast[uint32], in [][16]byte, zero uint64) (sum uint64) {
	before := uint64(0)
	for i := range in {
		a := in[i]
		a[0] ^= byte(before & zero)
		v, ok := t.Lookup(netip.AddrFrom16(a))
		if ok {
			sum += uint64(v) + 1
		}
		before = uint64(v)
	}
	return
}

func entry4Independent(t *bart.Fast[uint32], in []uint32) (sum uint64) {
	for _, a := range in {
		if v, ok := t.Lookup(address4(a)); ok {
			sum += uint64(v) + 1
		}
	}
	return
}

func entry6Independent(t *bart.Fast[uint32], in [][16]byte) (sum uint64) {
	for i := range in {
		if v, ok := t.Lookup(netip.AddrFrom16(in[i])); ok {
			sum += uint64(v) + 1
		}
	}
	return
}

func answers(s *set, family C.int, v4 []uint32, v6 [][16]byte, out []byte) {
	for i := range out {
		var a netip.Addr
		if family == 4 {
			a = address4(v4[i])
		} else {
			a = netip.AddrFrom16(v6[i])
		}
		if s.fast != nil {
			out[i] = byte(number(s.fast.Contains(a)))
		} else {
			out[i] = byte(number(s.lite.Contains(a)))
		}
	}
}

func runFast(t *bart.Fast[uint32], family, mode C.int, v4 []uint32,
	v6 [][16]byte, zero uint64) uint64 {
	switch {
	case mode == C.BENCH_INDEPENDENT && family == 4:
		return fast4(t, v4)
	case mode == C.BENCH_INDEPENDENT:
		return fast6(t, v6)
	case mode == C.BENCH_DEPENDENT && family == 4:
		return fast4Dependent(t, v4, zero)
	case mode == C.BENCH_DEPENDENT:
		return fast6Dependent(t, v6, zero)
	case mode == C.BENCH_ENTRY && family == 4:
		return entry4Independent(t, v4)
	case mode == C.BENCH_ENTRY:
		return entry6Independent(t, v6)
	case family == 4:
		return entry4(t, v4, zero)
	}
	return entry6(t, v6, zero)
}

func runLite(t *bart.Lite, family, mode C.int, v4 []uint32, v6 [][16]byte,
	zero uint64) uint64 {
	switch {
	case mode == C.BENCH_INDEPENDENT && family == 4:
		return lite4(t, v4)
	case mode == C.BENCH_INDEPENDENT:
		return lite6(t, v6)
	case family == 4:
		return lite4Dependent(t, v4, zero)
	}
	return lite6Dependent(t, v6, zero)
}

//export bench_peer_run
func bench_peer_run(engine C.int, id C.uintptr_t, family, mode C.int,
	input *C.bench_input) C.uint64_t {
	s := sets[uintptr(id)]
	n := int(input.count)
	v4 := unsafe.Slice((*uint32)(unsafe.Pointer(input.v4)), n)
	v6 := unsafe.Slice((*[16]byte)(unsafe.Pointer(input.v6_bytes)), n)
	zero := uint64(input.zero)
	if mode == C.BENCH_ANSWERS {
		out := unsafe.Slice((*byte)(unsafe.Pointer(input.answers)), n)
		answers(s, family, v4, v6, out)
		return 0
	}
	if s.fast != nil {
		return C.uint64_t(runFast(s.fast, family, mode, v4, v6, zero))
	}
	return C.uint64_t(runLite(s.lite, family, mode, v4, v6, zero))
}

func main() {}
