# SPDX-License-Identifier: Apache-2.0
"""Sets of addresses, compared with the standard library's."""
import array
import ctypes
import ipaddress
import itertools
import pathlib
import random
import sys
import tempfile
import unittest

from iampolicy import IpEntry, IpSet, Limits, PolicyError, Status
from iampolicy._buffer import Memory

RANGES = """{"syncToken": "1", "prefixes": [
 {"ip_prefix": "192.0.2.0/24", "region": "us-east-1", "service": "AMAZON"},
 {"ip_prefix": "192.0.2.0/25", "region": "us-east-1", "service": "EC2"},
 {"ip_prefix": "198.51.100.0/24", "region": "eu-west-1", "service": "S3"}],
 "ipv6_prefixes": [
 {"ipv6_prefix": "2001:db8::/36", "region": "us-east-1", "service": "EC2"}]}"""


class Membership(unittest.TestCase):
    def test_every_way_to_ask(self):
        addresses = IpSet(["192.0.2.0/24", "2001:db8::/32", "198.51.100.7"])
        for inside in ("192.0.2.1", b"192.0.2.255", "198.51.100.7",
                       "2001:db8::1", "2001:DB8:0::FFFF"):
            self.assertIn(inside, addresses)
        for outside in ("192.0.3.0", "198.51.100.8", "2001:db9::", "::1",
                        "::ffff:192.0.2.1", "", "nonsense", "192.0.2.1\0",
                        "192.0.2.1 ", "192.0.2.0/24", "192.0.2.01", "\ud800",
                        b"\xff", "fe80::1%eth0"):
            self.assertNotIn(outside, addresses)
        for text in ("192.0.2.1", "192.0.3.0", "2001:db8::1", "::1"):
            self.assertEqual(ipaddress.ip_address(text) in addresses,
                             text in addresses)
        for other in (0xc0000201, None, 1.5,
                      ipaddress.ip_network("192.0.2.0/24")):
            with self.assertRaises(TypeError, msg=repr(other)):
                other in addresses

    def test_a_scope_is_no_part_of_an_address(self):
        try:
            scoped = ipaddress.ip_address("fe80::1%eth0")
        except ValueError:
            self.skipTest("this Python knows no scopes")
        self.assertNotIn(scoped, IpSet(["fe80::/10"]))

    def test_against_the_standard_library(self):
        rng = random.Random(7)
        for size in (0, 1, 3, 40, 700):
            blocks = [ipaddress.IPv4Network(
                (rng.getrandbits(32), rng.randint(8, 32)), strict=False)
                for _ in range(size)]
            blocks += [ipaddress.IPv6Network(
                (rng.getrandbits(128), rng.randint(16, 128)), strict=False)
                for _ in range(size)]
            addresses = IpSet(blocks)
            merged = [
                str(block) for version in (4, 6)
                for block in ipaddress.collapse_addresses(
                    [b for b in blocks if b.version == version])]
            self.assertEqual(
                [ipaddress.ip_network(text) for text in addresses],
                [ipaddress.ip_network(text) for text in merged])
            asked = [ipaddress.ip_address(rng.getrandbits(32))
                     for _ in range(50)]
            asked += [block[edge] for block in blocks[:30] + blocks[-30:]
                      for edge in (0, -1)]
            for address in asked:
                wanted = any(address in block for block in blocks
                             if block.version == address.version)
                self.assertEqual(address in addresses, wanted, address)
                self.assertEqual(str(address) in addresses, wanted, address)


class Making(unittest.TestCase):
    def test_minimal_blocks(self):
        self.assertEqual(
            list(IpSet(["2001:db8::/33", "10.0.0.128/25", "10.0.0.77/25",
                        "2001:db8:8000::/33", "9.9.9.9"])),
            ["9.9.9.9/32", "10.0.0.0/24", "2001:db8::/32"])
        self.assertEqual(list(IpSet([])), [])

    def test_every_address(self):
        self.assertEqual(list(IpSet(["0.0.0.0/0", "::/0"])),
                         ["0.0.0.0/0", "::/0"])

    def test_what_is_refused(self):
        for block in ("", "nonsense", "10.0.0.0/33", "10.0.0.0/8\0", "::/129",
                      "10.0.0.0/-1", "10.0.0/8", "\ud800", b"\xff"):
            with self.assertRaises(PolicyError, msg=repr(block)) as caught:
                IpSet(["10.0.0.0/8", block])
            self.assertIs(caught.exception.status, Status.EINVAL)
        for blocks in ("10.0.0.0/8", b"10.0.0.0/8", None, 7, [7],
                       ipaddress.ip_network("10.0.0.0/8"),
                       ipaddress.ip_address("10.0.0.1")):
            with self.assertRaises(TypeError, msg=repr(blocks)):
                IpSet(blocks)

    def test_generators_and_repr(self):
        self.assertEqual(repr(IpSet(f"10.0.{n}.0/24" for n in (1, 3))),
                         "<iampolicy.IpSet 10.0.1.0/24 10.0.3.0/24>")
        self.assertEqual(repr(IpSet([])), "<iampolicy.IpSet empty>")
        self.assertEqual(
            repr(IpSet(f"10.0.{n}.0/24" for n in range(1, 19, 2))),
            "<iampolicy.IpSet 10.0.1.0/24 10.0.3.0/24 10.0.5.0/24 "
            "and 6 more>")


class Lists(unittest.TestCase):
    def test_lines(self):
        self.assertEqual(list(IpSet.parse(
            "# home\n192.0.2.0/25\r\n  192.0.2.128/25 ; all of it\n\n::1\n")),
            ["192.0.2.0/24", "::1/128"])
        self.assertEqual(list(IpSet.parse(b"")), [])

    def test_json(self):
        self.assertEqual(list(IpSet.parse('["::1", "10.0.0.0/8"]')),
                         ["10.0.0.0/8", "::1/128"])
        self.assertEqual(list(IpSet.parse(RANGES, services="ec2")),
                         ["192.0.2.0/25", "2001:db8::/36"])
        self.assertEqual(
            list(IpSet.parse(RANGES, services=["S3", b"EC2"],
                             regions=["us-east-1", "eu-west-1"])),
            ["192.0.2.0/25", "198.51.100.0/24", "2001:db8::/36"])
        self.assertEqual(list(IpSet.parse(RANGES, services="S3",
                                          regions="us-east-1")), [])

    def test_what_is_refused(self):
        for text, status, line, more in (
                ("::1\n::g", Status.EINVAL, 2, {}),
                ('["::g"]', Status.EINVAL, 1, {}),
                ("{}", Status.EINVAL, 1, {}),
                ("[", Status.EJSON, 1, {}),
                ("::1", Status.EINVAL, 0, {"services": "EC2"}),
                (RANGES, Status.EINVAL, 1, {"services": "EC3"}),
                (RANGES, Status.EINVAL, 1, {"regions": ["mars"]}),
                ("::1\n::2", Status.ELIMIT, 2, {"limits": Limits(values=1)}),
                ("::1\n::2", Status.ELIMIT, 0, {"limits": Limits(text=6)})):
            with self.assertRaises(PolicyError, msg=text) as caught:
                IpSet.parse(text, **more)
            self.assertIs(caught.exception.status, status)
            self.assertEqual(caught.exception.line, line)
        with self.assertRaises(TypeError):
            IpSet.parse(7)
        with self.assertRaises(PolicyError) as caught:
            IpSet(["::1", "::2"], limits=Limits(values=1))
        self.assertIs(caught.exception.status, Status.ELIMIT)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "ranges.json"
            path.write_text(RANGES)
            self.assertEqual(list(IpSet.load(path, regions="eu-west-1")),
                             ["198.51.100.0/24"])
            self.assertEqual(len(IpSet.load(str(path))), 3)
            path.write_text("::1\nhome\n")
            with self.assertRaises(PolicyError) as caught:
                IpSet.load(path)
            self.assertEqual(
                str(caught.exception),
                f'{path}:2:1: "home" is neither an address nor a CIDR block')
        with self.assertRaises(FileNotFoundError):
            IpSet.load("/no/such/file")


class Entries(unittest.TestCase):
    def test_the_longest(self):
        blocks = ["10.0.0.0/8", "10.0.0.9/16", "::/0", "10.0.0.0/16"]
        addresses = IpSet(blocks, entries=True)
        self.assertEqual(addresses.entry("10.0.0.1"),
                         IpEntry("10.0.0.0/16", 1, 0, 0))
        self.assertEqual(addresses.entry(ipaddress.ip_address("10.1.0.0")),
                         IpEntry("10.0.0.0/8", 0, 0, 0))
        self.assertEqual(addresses.entry(b"::1").block, "::/0")
        for other in ("11.0.0.1", "nonsense", ""):
            self.assertIsNone(addresses.entry(other))
        listed = IpSet.parse("# x\n 10.0.0.0/8\n10.1.0.0/16", entries=True)
        self.assertEqual(listed.entry("10.9.0.0"),
                         IpEntry("10.0.0.0/8", 0, 2, 2))
        self.assertEqual(IpSet.parse(RANGES, services="EC2", entries=True)
                         .entry("192.0.2.1"), IpEntry("192.0.2.0/25", 0, 3, 16))

    def test_a_set_without(self):
        for addresses in (IpSet(["::1"]), IpSet.parse("::1"),
                          ~IpSet(["::1"], entries=True)):
            with self.assertRaises(ValueError):
                addresses.entry("::1")
        with self.assertRaises(TypeError):
            IpSet(["::1"], entries=True).entry(7)


class Algebra(unittest.TestCase):
    def test_every_pair_of_a_small_universe(self):
        universe = ["0.0.0.0", "0.0.0.1", "255.255.255.255", "::",
                    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
        subsets = [frozenset(chosen) for count in range(6)
                   for chosen in itertools.combinations(universe, count)]
        made = {chosen: IpSet(chosen) for chosen in subsets}
        for a, b in itertools.product(subsets, repeat=2):
            one, two = made[a], made[b]
            self.assertEqual(one | two, made[a | b])
            self.assertEqual(one & two, made[a & b])
            self.assertEqual(one - two, made[a - b])
            self.assertEqual(one ^ two, made[a ^ b])
            self.assertEqual(
                (one <= two, one < two, one >= two, one > two, one == two,
                 one != two, one.isdisjoint(two)),
                (a <= b, a < b, a >= b, a > b, a == b, a != b,
                 a.isdisjoint(b)))
        for chosen, addresses in made.items():
            self.assertEqual([text for text in universe
                              if text in ~addresses],
                             [text for text in universe
                              if text not in chosen])
            self.assertEqual(~~addresses, addresses)
            self.assertEqual(addresses.size, len(chosen))
            self.assertEqual(bool(addresses), bool(chosen))

    def random_set(self, rng):
        blocks = []
        for _ in range(rng.randrange(40)):
            width, kind = rng.choice(((32, ipaddress.IPv4Network),
                                      (128, ipaddress.IPv6Network)))
            corner = rng.choice((0, (1 << width) - 1, 1 << (width - 1)))
            blocks.append(kind((corner ^ rng.getrandbits(12),
                                width - rng.randrange(14)), strict=False))
        return blocks

    def test_against_the_standard_library(self):
        """What comes out is minimal, and of the right size."""
        rng = random.Random(3)
        for _ in range(60):
            one, two = self.random_set(rng), self.random_set(rng)
            both = IpSet(one) | IpSet(two)
            merged = [block for version in (4, 6)
                      for block in ipaddress.collapse_addresses(
                          [b for b in one + two if b.version == version])]
            self.assertEqual([ipaddress.ip_network(text) for text in both],
                             merged)
            self.assertEqual(len(both), len(merged))
            self.assertEqual(both.size, sum(b.num_addresses for b in merged))
            for result in (IpSet(one) & IpSet(two), IpSet(one) - IpSet(two),
                           IpSet(one) ^ IpSet(two), ~IpSet(one)):
                blocks = [ipaddress.ip_network(text) for text in result]
                self.assertEqual(blocks, [
                    block for version in (4, 6)
                    for block in ipaddress.collapse_addresses(
                        [b for b in blocks if b.version == version])])
                self.assertEqual(
                    [ends for first, last in result.ranges()
                     for ends in ipaddress.summarize_address_range(
                         first, last)], blocks)

    def test_laws(self):
        rng = random.Random(5)
        for _ in range(40):
            a, b, c = (IpSet(self.random_set(rng)) for _ in range(3))
            self.assertEqual(a | (b & c), (a | b) & (a | c))
            self.assertEqual(a & (b | c), (a & b) | (a & c))
            self.assertEqual(~(a | b), ~a & ~b)
            self.assertEqual(~(a & b), ~a | ~b)
            self.assertEqual(a - b, a & ~b)
            self.assertEqual(a ^ b, (a | b) - (a & b))
            self.assertEqual((a ^ b) ^ b, a)
            self.assertEqual(a | (a & b), a)
            self.assertEqual((a | b).size + (a & b).size, a.size + b.size)
            self.assertEqual(a <= b, not a - b)
            self.assertTrue(a & b <= a <= a | b)

    def test_sizes(self):
        everything = ~IpSet()
        self.assertEqual(everything.size, 2 ** 128 + 2 ** 32)
        self.assertEqual(IpSet(["::/0"]).size, 2 ** 128)
        self.assertEqual(IpSet(["::/1"]).size, 2 ** 127)
        self.assertEqual(len(everything), 2)
        self.assertEqual(IpSet().size, 0)
        self.assertFalse(IpSet())
        self.assertEqual(IpSet().ranges(), [])
        self.assertEqual(
            IpSet(["10.0.0.1", "10.0.0.2", "::/0"]).ranges(),
            [(ipaddress.ip_address("10.0.0.1"),
              ipaddress.ip_address("10.0.0.2")),
             (ipaddress.IPv6Address(0), ipaddress.IPv6Address(2 ** 128 - 1))])

    def test_keys_of_a_dict(self):
        names = {IpSet(["10.0.0.0/8"]): "ten", IpSet(["::1"]): "one"}
        self.assertEqual(names[IpSet(["10.128.0.0/9", "10.0.0.0/9"])], "ten")
        self.assertEqual(names[IpSet(["::1", "10.0.0.1"])
                               - IpSet(["10.0.0.1"])], "one")
        self.assertNotIn(IpSet(["::2"]), names)

    def test_other_kinds(self):
        addresses = IpSet(["10.0.0.0/8"])
        self.assertNotEqual(addresses, {"10.0.0.0/8"})
        self.assertNotEqual(addresses, None)
        for attempt in (lambda: addresses | ["::1"], lambda: addresses & None,
                        lambda: addresses - {"::1"}, lambda: addresses ^ 1,
                        lambda: addresses < 1, lambda: addresses <= "::1",
                        lambda: addresses > (), lambda: addresses >= [],
                        lambda: addresses.isdisjoint([])):
            with self.assertRaises(TypeError):
                attempt()

    def test_closed_sets(self):
        closed, other = IpSet(["::1"]), IpSet(["::1"])
        closed.close()
        for attempt in (lambda: closed | other, lambda: other | closed,
                        lambda: ~closed, lambda: closed == other,
                        lambda: closed <= other, lambda: hash(closed),
                        lambda: len(closed), lambda: bool(closed),
                        lambda: closed.contains_many(b""),
                        lambda: closed.entry("::1")):
            with self.assertRaises(ValueError):
                attempt()


class Batches(unittest.TestCase):
    blocks = ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/33"]

    def setUp(self):
        self.addresses = IpSet(self.blocks)
        rng = random.Random(13)
        self.numbers = [rng.choice((rng.getrandbits(32),
                                    0x0a000000 | rng.getrandbits(24)))
                        for _ in range(5000)]
        self.wanted = bytes(ipaddress.IPv4Address(number) in self.addresses
                            for number in self.numbers)
        self.packed = b"".join(number.to_bytes(4, "big")
                               for number in self.numbers)

    def check(self, given, wanted=None, **more):
        wanted = self.wanted if wanted is None else wanted
        answers = self.addresses.contains_many(given, **more)
        self.assertIs(type(answers), bytearray)
        self.assertEqual(answers, wanted)
        self.assertEqual(self.addresses.count_many(given, **more),
                         sum(wanted))

    def test_packed(self):
        self.check(self.packed)
        self.check(bytearray(self.packed))
        self.check(memoryview(self.packed))
        self.check(memoryview(bytearray(self.packed)))
        self.check(memoryview(b"x" + self.packed)[1:])  # not aligned
        self.check(memoryview(self.packed)[4:400], self.wanted[1:100])
        self.check(b"", b"")
        self.check(memoryview(self.packed).cast("B", (5000, 4)))

    def test_numbers(self):
        self.check(array.array("I", self.numbers))
        self.check(memoryview(array.array("I", self.numbers)).toreadonly())
        self.check((ctypes.c_uint32 * 5000)(*self.numbers))
        self.check(array.array("I"), b"")
        self.check((ctypes.c_uint32.__ctype_be__ * 5000)(*self.numbers))

    def test_ipv6(self):
        rng = random.Random(17)
        packed = [(0x20010db8 << 96 | rng.getrandbits(96)).to_bytes(16, "big")
                  for _ in range(3000)] + [b"\xff" * 16, self.packed[:16]]
        self.check(b"".join(packed),
                   bytes(ipaddress.IPv6Address(item) in self.addresses
                         for item in packed), version=6)
        self.check(memoryview(b"x" + packed[0])[1:],
                   bytes([ipaddress.IPv6Address(packed[0])
                          in self.addresses]), version=6)

    def test_room_of_the_caller(self):
        room = bytearray(5002)
        with memoryview(room) as view:
            self.assertEqual(
                self.addresses.contains_many(self.packed, out=view[1:-1]),
                self.wanted)
        self.assertEqual(bytes(room), b"\0" + self.wanted + b"\0")
        room = array.array("B", bytes(5000))
        self.assertIs(
            self.addresses.contains_many(self.packed, out=room), room)
        self.assertEqual(room.tobytes(), self.wanted)

    def test_nothing_is_copied(self):
        if sys.implementation.name != "cpython":
            self.skipTest("another interpreter")
        given = bytes(64)
        with Memory(given) as memory:
            self.assertEqual(
                ctypes.addressof(memory.pointer(ctypes.c_char).contents),
                ctypes.cast(ctypes.c_char_p(given), ctypes.c_void_p).value)
        given = bytearray(64)
        with Memory(memoryview(given)[3:]) as memory:
            self.assertEqual(
                ctypes.addressof(memory.pointer(ctypes.c_char).contents),
                ctypes.addressof(ctypes.c_char.from_buffer(given)) + 3)
            with self.assertRaises(BufferError):
                given.append(1)
        given.append(1)

    def test_what_is_refused(self):
        for given, more, error in (
                (b"abc", {}, ValueError), (bytes(20), {"version": 6},
                                           ValueError),
                (b"", {"version": 5}, ValueError),
                (b"", {"version": "4"}, ValueError),
                ("text", {}, TypeError), (7, {}, TypeError),
                (["10.0.0.1"], {}, TypeError), (None, {}, TypeError),
                (array.array("i", [1]), {}, TypeError),
                (array.array("d", [1]), {}, TypeError),
                (array.array("H", [1, 2]), {}, TypeError),
                (array.array("I", [1]), {"version": 6}, ValueError),
                (memoryview(bytes(16))[::2], {}, BufferError),
                (bytes(8), {"out": bytearray(3)}, ValueError),
                (bytes(8), {"out": bytes(2)}, BufferError),
                (bytes(8), {"out": "ab"}, TypeError)):
            with self.assertRaises(error, msg=(given, more)):
                self.addresses.contains_many(given, **more)


if __name__ == "__main__":
    unittest.main()
