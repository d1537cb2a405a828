# SPDX-License-Identifier: Apache-2.0
"""Sets of addresses, compared with the standard library's."""
import ipaddress
import random
import unittest

from iampolicy import IpSet, PolicyError, Status


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


if __name__ == "__main__":
    unittest.main()
