# SPDX-License-Identifier: Apache-2.0
"""Catalogs: read, refused with a place, closed."""
import pathlib
import tempfile
import unittest

from iampolicy import Catalog, Limits, PolicyError, Status

TEXT = """iampolicy-catalog 1
source by hand
S alpha
K String alpha:Colour
T 0 arn:aws:alpha:::a/* a
A R 0* 0 Get
A L - - List
"""


class Catalogs(unittest.TestCase):
    def test_text_bytes_and_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "catalog.txt"
            path.write_bytes(TEXT.encode())
            for catalog in (Catalog(TEXT), Catalog(TEXT.encode()),
                            Catalog.load(path), Catalog.load(str(path))):
                self.assertEqual(catalog.source, "by hand")
                self.assertEqual(catalog.service_count, 1)
                self.assertEqual(catalog.action_count, 2)
                self.assertEqual(repr(catalog),
                                 "<iampolicy.Catalog 2 actions>")

    def test_what_is_wrong_has_a_place(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "catalog.txt"
            path.write_text(TEXT.replace("A R", "A X"), encoding="ascii")
            with self.assertRaises(PolicyError) as caught:
                Catalog.load(path)
            self.assertIs(caught.exception.status, Status.EINVAL)
            self.assertEqual((caught.exception.line, caught.exception.column),
                             (6, 3))
            self.assertIn(str(path), str(caught.exception))
        with self.assertRaises(PolicyError) as caught:
            Catalog(TEXT, limits=Limits(text=10))
        self.assertIs(caught.exception.status, Status.ELIMIT)
        with self.assertRaises(TypeError):
            Catalog(None)
        with self.assertRaises(FileNotFoundError):
            Catalog.load("/no/such/file")

    def test_closed(self):
        with Catalog(TEXT) as catalog:
            self.assertFalse(catalog.closed)
        with self.assertRaises(ValueError):
            catalog.source
        self.assertEqual(repr(catalog), "<iampolicy.Catalog closed>")


if __name__ == "__main__":
    unittest.main()
