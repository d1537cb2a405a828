# SPDX-License-Identifier: Apache-2.0
"""python_ipset.py BINDING LIBRARY SOURCE FAMILY BLOCKS ROUNDS: the binding's
IpSet, pytricia, py-radix and netaddr over the same blocks and addresses, timed
in turn; one JSON object a line.  See bench/suites/python.py."""
import ipaddress
import json
import os
import random
import sys
import time

ADDRESSES = 4000


def blocks_of(source, family, count, generator):
    if source == "made":
        return made(family, count, generator)
    with open(source, encoding="utf-8") as file:
        texts = [line.strip() for line in file
                 if (":" in line) == (family == 6)]
    return generator.sample(texts, count)


def made(family, count, generator):
    """Without a table: /24s, and /48s of 2000::/3."""
    found = set()
    while len(found) < count:
        if family == 4:
            found.add(str(ipaddress.IPv4Network(
                (generator.getrandbits(24) << 8, 24))))
        else:
            found.add(str(ipaddress.IPv6Network(
                (1 << 125 | generator.getrandbits(45) << 80, 48))))
    return sorted(found)


def addresses_of(blocks, family, generator):
    """Half inside, half anywhere, as texts."""
    found = []
    for i in range(ADDRESSES):
        if i % 2:
            network = ipaddress.ip_network(generator.choice(blocks))
            number = int(network.network_address) | generator.getrandbits(
                network.max_prefixlen) & int(network.hostmask)
        else:
            number = (generator.getrandbits(32) if family == 4
                      else 1 << 125 | generator.getrandbits(125))
        make = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
        found.append(str(make(number)))
    return found


def engines(blocks, family, packed):
    """(name, mode, ask): ask gives one boolean an address."""
    import iampolicy
    own = iampolicy.IpSet(blocks)
    yield "iampolicy", "one", lambda texts: [text in own for text in texts]
    yield "iampolicy", "batch", lambda texts: own.contains_many(
        packed, version=family)
    import pytricia
    tree = pytricia.PyTricia(32 if family == 4 else 128)
    for block in blocks:
        tree[block] = True
    yield "pytricia", "one", lambda texts: [text in tree for text in texts]
    import radix
    rtree = radix.Radix()
    for block in blocks:
        rtree.add(block)
    search = rtree.search_best
    yield "py-radix", "one", lambda texts: [search(text) is not None
                                            for text in texts]
    if len(blocks) <= 1024:
        import netaddr
        ipset = netaddr.IPSet(blocks)
        yield "netaddr", "one", lambda texts: [text in ipset
                                               for text in texts]


def main():
    binding, library, source = sys.argv[1:4]
    family, count, rounds = map(int, sys.argv[4:7])
    sys.path.insert(0, binding)
    os.environ["IAMPOLICY_LIBRARY"] = library
    generator = random.Random(20261124)
    blocks = blocks_of(source, family, count, generator)
    texts = addresses_of(blocks, family, generator)
    packed = b"".join(ipaddress.ip_address(text).packed for text in texts)
    found = list(engines(blocks, family, packed))
    right = found[0][2](texts)
    for name, mode, ask in found[1:]:
        wrong = sum(bool(a) != b for a, b in zip(ask(texts), right))
        if wrong:
            print(json.dumps({"engine": name, "mode": "answers",
                              "wrong": wrong}))
    samples = {(name, mode): [] for name, mode, _ in found}
    for _ in range(rounds):
        for name, mode, ask in found:
            few = texts[:200] if name == "netaddr" else texts
            start = time.process_time_ns()
            ask(few)
            samples[name, mode].append(
                (time.process_time_ns() - start) / len(few))
    for (name, mode), ns in samples.items():
        print(json.dumps({"engine": name, "mode": mode, "ns": ns}))


if __name__ == "__main__":
    main()
