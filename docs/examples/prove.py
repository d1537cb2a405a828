# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import unittest

from iampolicy import prove_exactly_from

POLICY = json.loads((pathlib.Path(__file__).parent / "bedrock-eip" /
                     "policy.json").read_text())


class OurPolicy(unittest.TestCase):
    def test_it_is_for_our_two_addresses(self):
        assert prove_exactly_from(
            POLICY, ["13.230.101.201", "13.230.101.202"],
            action="bedrock:InvokeModel",
            resource="arn:aws:bedrock:*::foundation-model/*")


if __name__ == "__main__":
    unittest.main()
