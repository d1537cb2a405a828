// SPDX-License-Identifier: Apache-2.0
//! prefix-trie and treebitmap (what ip_network_table is made of) as an engine
//! library: the functions that bench_ipset looks for, each loop on this side.

use ip_network_table_deps_treebitmap::address::Address;
use ip_network_table_deps_treebitmap::IpLookupTable;
use prefix_trie::PrefixMap;
use std::ffi::{c_char, c_int, c_void};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::slice::from_raw_parts;

const INDEPENDENT: c_int = 0;
const DEPENDENT: c_int = 1;
const ENTRY: c_int = 3;
const ENTRY_DEPENDENT: c_int = 4;
const ANSWERS: c_int = 5;

#[repr(C)]
pub struct Block {
    hi: u64,
    lo: u64,
    prefix: u32,
    entry: u32,
    text: [u8; 48],
}

#[repr(C)]
pub struct Input {
    v4: *const u32,
    v6: *const [u64; 2],
    v6_bytes: *const [u8; 16],
    answers: *mut u8,
    count: usize,
    zero: u64,
}

/// What the loops need of a table: the entry of the longest match.
trait Table4 {
    fn longest(&self, address: u32) -> Option<u32>;
}

trait Table6 {
    fn longest(&self, address: u128) -> Option<u32>;
}

impl Table4 for PrefixMap<(u32, u8), u32> {
    #[inline(always)]
    fn longest(&self, address: u32) -> Option<u32> {
        self.get_lpm(&(address, 32)).map(|(_, entry)| *entry)
    }
}

impl Table6 for PrefixMap<(u128, u8), u32> {
    #[inline(always)]
    fn longest(&self, address: u128) -> Option<u32> {
        self.get_lpm(&(address, 128)).map(|(_, entry)| *entry)
    }
}

impl Table4 for IpLookupTable<Ipv4Addr, u32> {
    #[inline(always)]
    fn longest(&self, address: u32) -> Option<u32> {
        self.longest_match(Ipv4Addr::from(address)).map(|(_, _, e)| *e)
    }
}

impl Table6 for IpLookupTable<Ipv6Addr, u32> {
    #[inline(always)]
    fn longest(&self, address: u128) -> Option<u32> {
        self.longest_match(Ipv6Addr::from(address)).map(|(_, _, e)| *e)
    }
}

enum Set {
    Trie4(PrefixMap<(u32, u8), u32>),
    Trie6(PrefixMap<(u128, u8), u32>),
    Bitmap4(IpLookupTable<Ipv4Addr, u32>),
    Bitmap6(IpLookupTable<Ipv6Addr, u32>),
}

/// The loops, for one address type; `$xor` makes an address wait for a word.
macro_rules! loops {
    ($name:ident, $table:ident, $type:ty) => {
        fn $name<T: $table>(
            table: &T,
            mode: c_int,
            count: usize,
            zero: u64,
            answers: *mut u8,
            at: impl Fn(usize) -> $type,
        ) -> u64 {
            let mut found = 0;
            let mut last = 0u64;
            match mode {
                INDEPENDENT => {
                    for i in 0..count {
                        found += u64::from(table.longest(at(i)).is_some());
                    }
                }
                DEPENDENT => {
                    for i in 0..count {
                        let address = at(i) ^ ((last & zero) as $type);
                        last = u64::from(table.longest(address).is_some());
                        found += last;
                    }
                }
                ENTRY => {
                    for i in 0..count {
                        if let Some(entry) = table.longest(at(i)) {
                            found += u64::from(entry) + 1;
                        }
                    }
                }
                ENTRY_DEPENDENT => {
                    for i in 0..count {
                        let address = at(i) ^ ((last & zero) as $type);
                        last = match table.longest(address) {
                            Some(entry) => u64::from(entry) + 1,
                            None => 0,
                        };
                        found += last;
                    }
                }
                _ => {
                    for i in 0..count {
                        let hit = table.longest(at(i)).is_some();
                        unsafe { *answers.add(i) = u8::from(hit) };
                    }
                }
            }
            found
        }
    };
}

loops!(run4, Table4, u32);
loops!(run6, Table6, u128);

#[no_mangle]
pub extern "C" fn bench_peer_count() -> c_int {
    2
}

#[no_mangle]
pub extern "C" fn bench_peer_name(engine: c_int) -> *const c_char {
    match engine {
        0 => c"Rust prefix-trie".as_ptr(),
        _ => c"Rust treebitmap".as_ptr(),
    }
}

#[no_mangle]
pub extern "C" fn bench_peer_has(_: c_int, _: c_int, mode: c_int) -> c_int {
    matches!(
        mode,
        INDEPENDENT | DEPENDENT | ENTRY | ENTRY_DEPENDENT | ANSWERS
    )
    .into()
}

fn trie4(blocks: &[Block]) -> Set {
    let mut map = PrefixMap::new();
    for b in blocks {
        map.insert((b.lo as u32, b.prefix as u8), b.entry);
    }
    Set::Trie4(map)
}

fn wide(b: &Block) -> u128 {
    u128::from(b.hi) << 64 | u128::from(b.lo)
}

fn trie6(blocks: &[Block]) -> Set {
    let mut map = PrefixMap::new();
    for b in blocks {
        map.insert((wide(b), b.prefix as u8), b.entry);
    }
    Set::Trie6(map)
}

fn bitmap<A: Address>(
    blocks: &[Block],
    address: impl Fn(&Block) -> A,
) -> IpLookupTable<A, u32> {
    let mut table = IpLookupTable::new();
    for b in blocks {
        table.insert(address(b), b.prefix, b.entry);
    }
    table
}

/// # Safety
/// `blocks` are `count` blocks.
#[no_mangle]
pub unsafe extern "C" fn bench_peer_build(
    engine: c_int,
    family: c_int,
    blocks: *const Block,
    count: usize,
) -> *mut c_void {
    let blocks = from_raw_parts(blocks, count);
    let set = match (engine, family) {
        (0, 4) => trie4(blocks),
        (0, _) => trie6(blocks),
        (_, 4) => Set::Bitmap4(bitmap(blocks, |b| Ipv4Addr::from(b.lo as u32))),
        _ => Set::Bitmap6(bitmap(blocks, |b| Ipv6Addr::from(wide(b)))),
    };
    Box::into_raw(Box::new(set)).cast()
}

/// # Safety
/// `set` is of bench_peer_build(), `input` as in engine.h.
#[no_mangle]
pub unsafe extern "C" fn bench_peer_run(
    _: c_int,
    set: *mut c_void,
    _: c_int,
    mode: c_int,
    input: *const Input,
) -> u64 {
    let input = &*input;
    let (count, zero, out) = (input.count, input.zero, input.answers);
    let v4 = from_raw_parts(input.v4, count);
    let v6 = from_raw_parts(input.v6, count);
    let at4 = |i: usize| v4[i];
    let at6 = |i: usize| u128::from(v6[i][0]) << 64 | u128::from(v6[i][1]);
    match &*set.cast::<Set>() {
        Set::Trie4(t) => run4(t, mode, count, zero, out, at4),
        Set::Trie6(t) => run6(t, mode, count, zero, out, at6),
        Set::Bitmap4(t) => run4(t, mode, count, zero, out, at4),
        Set::Bitmap6(t) => run6(t, mode, count, zero, out, at6),
    }
}

/// # Safety
/// Asks nothing of its arguments: malloc is asked instead.
#[no_mangle]
pub unsafe extern "C" fn bench_peer_memory(
    _: c_int,
    _: *mut c_void,
    _: c_int,
) -> usize {
    0
}

/// # Safety
/// `set` is of bench_peer_build() and never used again.
#[no_mangle]
pub unsafe extern "C" fn bench_peer_free(_: c_int, set: *mut c_void, _: c_int) {
    drop(Box::from_raw(set.cast::<Set>()));
}
