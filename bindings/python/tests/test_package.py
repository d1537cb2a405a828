# SPDX-License-Identifier: Apache-2.0
"""The package: names, words of documentation, types, loading, packaging."""
import ctypes
import doctest
import enum
import importlib.util
import inspect
import os
import pathlib
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import iampolicy
from iampolicy import _ffi

from support import HERE, ROOT

PROJECT = HERE.parent
PACKAGE = pathlib.Path(iampolicy.__file__).parent


def modules():
    return [importlib.import_module("iampolicy." + found.name)
            for found in pkgutil.iter_modules([str(PACKAGE)])] + [iampolicy]


class Names(unittest.TestCase):
    def test_all(self):
        self.assertEqual(iampolicy.__all__, sorted(iampolicy.__all__))
        for name in iampolicy.__all__:
            self.assertTrue(hasattr(iampolicy, name), name)
        public = {name for name, value in vars(iampolicy).items()
                  if inspect.isclass(value) or inspect.isfunction(value)}
        self.assertEqual(public, set(iampolicy.__all__))

    def test_every_enumerator_has_its_member(self):
        """A number of the header that no enumeration here has is a word that
        Python programs cannot say."""
        ours = {member.value for kind in (iampolicy.Status,)
                for member in kind}
        for kind, names in (
                (iampolicy.Kind, "_POLICY"), (iampolicy.Kind, "BOUNDARY"),
                (iampolicy.Outcome, "_DENY"), (iampolicy.Question, "_FROM")):
            values = {value for name, value in vars(_ffi).items()
                      if name.startswith("IAM_") and name.endswith(names)
                      and name != "IAM_HAS_BOUNDARY"}
            self.assertLessEqual(values, {m.number for m in kind}, names)
        codes = {value for name, value in vars(_ffi).items()
                 if name.startswith("IAM_") and isinstance(value, int)
                 and value < 0}
        self.assertEqual(codes, ours)
        for status in iampolicy.Status:
            self.assertEqual(
                iampolicy._handle.lib.iam_status_name(status.value),
                str(status).encode())

    def test_everything_is_documented(self):
        for module in modules():
            self.assertTrue(module.__doc__, module.__name__)
            for name, thing in vars(module).items():
                if getattr(thing, "__module__", "") != module.__name__:
                    continue
                if inspect.isfunction(thing) or (
                        inspect.isclass(thing)
                        and not issubclass(thing, ctypes.Array)):
                    self.assertTrue(thing.__doc__, name)
                if inspect.isclass(thing) and not issubclass(
                        thing, (enum.Enum, tuple, ctypes.Structure)):
                    self.document_members(thing)

    def document_members(self, kind):
        for name, member in vars(kind).items():
            if name.startswith("_"):
                continue
            if inspect.isfunction(member) or isinstance(
                    member, (property, classmethod)):
                self.assertTrue(inspect.getdoc(getattr(kind, name)),
                                f"{kind.__name__}.{name}")

    def test_the_examples_of_the_documentation(self):
        tried = doctest.testmod(iampolicy)
        self.assertEqual(tried.failed, 0)
        self.assertGreater(tried.attempted, 2)

    @unittest.skipUnless((PROJECT / "README.md").exists(), "no README.md")
    def test_the_readme(self):
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                tried = doctest.testfile(str(PROJECT / "README.md"),
                                         module_relative=False)
            finally:
                os.chdir(before)
        self.assertEqual(tried.failed, 0)
        self.assertGreater(tried.attempted, 5)


class Types(unittest.TestCase):
    def test_the_marker(self):
        self.assertTrue((PACKAGE / "py.typed").exists())

    @unittest.skipUnless(importlib.util.find_spec("mypy"),
                         "mypy is not installed")
    def test_mypy(self):
        with tempfile.TemporaryDirectory() as cache:
            done = subprocess.run(
                [sys.executable, "-m", "mypy", "--strict", "--cache-dir",
                 cache, str(PACKAGE)], stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, universal_newlines=True)
        self.assertEqual(done.returncode, 0, done.stdout)


class Loading(unittest.TestCase):
    def import_with(self, library):
        return subprocess.run(
            [sys.executable, "-c", "import iampolicy"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True,
            env=dict(os.environ, PYTHONPATH=str(PACKAGE.parent),
                     IAMPOLICY_LIBRARY=library))

    def test_the_library_that_is_named_and_no_other(self):
        done = self.import_with("/no/such/library.so")
        self.assertEqual(done.returncode, 1)
        self.assertIn("ImportError", done.stderr)
        self.assertIn("/no/such/library.so", done.stderr)
        self.assertIn("IAMPOLICY_LIBRARY", done.stderr)

    def test_a_library_that_is_another(self):
        libc = next((name for name in ("libc.so.6", "libSystem.dylib")
                     if self.loads(name)), None)
        if not libc:
            self.skipTest("no C library by a name that is known here")
        done = self.import_with(libc)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"ImportError: {libc} has no function iam_version",
                      done.stderr)

    def loads(self, name):
        try:
            return ctypes.CDLL(name)
        except OSError:
            return None

    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_another_version_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            for version, message in (
                    ("0.2.0", "is version 0.2.0; this binding is for 0.1"),
                    ("1.1.0", "is version 1.1.0; this binding is for 0.1"),
                    ("0.1.9", "has no function ")):
                library = os.path.join(folder, f"lib{version}.so")
                source = (f'const char *iam_version(void);\n'
                          f'const char *iam_version(void)\n'
                          f'{{ return "{version}"; }}\n')
                subprocess.run(
                    ["cc", "-shared", "-fPIC", "-xc", "-", "-o", library],
                    input=source, universal_newlines=True, check=True)
                done = self.import_with(library)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"ImportError: {library} {message}",
                              done.stderr)

    def test_the_order_of_asking(self):
        named = os.environ.pop("IAMPOLICY_LIBRARY", None)
        try:
            self.assertEqual(_ffi.candidates()[-1], _ffi.SONAME)
            beside = str(PACKAGE / _ffi.SONAME)
            self.assertEqual(_ffi.candidates()[0] == beside,
                             os.path.exists(beside))
            os.environ["IAMPOLICY_LIBRARY"] = "x"
            self.assertEqual(_ffi.candidates(), ["x"])
        finally:
            os.environ.pop("IAMPOLICY_LIBRARY", None)
            if named is not None:
                os.environ["IAMPOLICY_LIBRARY"] = named

    def test_the_version(self):
        self.assertEqual(
            iampolicy.__version__.split(".")[:2],
            [str(_ffi.IAM_VERSION_MAJOR), str(_ffi.IAM_VERSION_MINOR)])


@unittest.skipUnless((PROJECT / "packaging").is_dir(), "no packaging here")
class Packaging(unittest.TestCase):
    """The backend but for the build itself, which tests/python/run_matrix
    does."""

    def backend(self, project):
        spec = importlib.util.spec_from_file_location(
            "iampolicy_build", project / "packaging" / "iampolicy_build.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def copied(self, folder):
        for name in ("iampolicy", "packaging", "pyproject.toml", "README.md"):
            path = PROJECT / name
            if path.is_dir():
                shutil.copytree(str(path), os.path.join(folder, name))
            else:
                shutil.copy(str(path), folder)
        return pathlib.Path(folder)

    def test_without_the_c_sources(self):
        with tempfile.TemporaryDirectory() as folder:
            deep = os.path.join(folder, "a", "b", "c")
            os.makedirs(deep)
            backend = self.backend(self.copied(deep))
            with self.assertRaises(SystemExit) as caught:
                backend.build_wheel(folder)
        self.assertIn("the C sources of libiampolicy are neither in",
                      str(caught.exception))

    def test_metadata(self):
        backend = self.backend(PROJECT)
        with tempfile.TemporaryDirectory() as folder:
            name = backend.prepare_metadata_for_build_wheel(folder)
            info = pathlib.Path(folder) / name
            metadata = (info / "METADATA").read_text(encoding="utf-8")
            self.assertIn("\nName: iampolicy\n", metadata)
            self.assertIn(f"\nVersion: {backend.version()}\n", metadata)
            self.assertIn("\nRequires-Python: >=", metadata)
            self.assertIn("Root-Is-Purelib: false",
                          (info / "WHEEL").read_text())
        self.assertRegex(backend.tag(), r"^py3-none-\w+$")

    @unittest.skipUnless((ROOT / "include/iampolicy.h").exists(),
                         "the C sources are not here")
    def test_a_wheel_of_a_library_that_is_there(self):
        backend = self.backend(PROJECT)
        with tempfile.TemporaryDirectory() as folder:
            library = pathlib.Path(folder) / "libiampolicy.so.0"
            library.write_bytes(b"library")

            class Built:
                def __init__(self, source):
                    pass

                def __enter__(self):
                    return library

                def __exit__(self, *unused):
                    pass

            backend.built_library = Built
            names = [backend.build_wheel(folder) for _ in range(2)]
            path = os.path.join(folder, names[0])
            with zipfile.ZipFile(path) as wheel:
                have = set(wheel.namelist())
                record = wheel.read(
                    f"{backend.dist_info()}/RECORD").decode()
        self.assertEqual(
            {line.split(",")[0] for line in record.splitlines()}, have)
        self.assertLessEqual(
            {"iampolicy/__init__.py", "iampolicy/py.typed",
             "iampolicy/libiampolicy.so.0",
             f"{backend.dist_info()}/LICENSE"}, have)
        self.assertEqual(
            {path.name for path in (PROJECT / "iampolicy").glob("*.py")},
            {name.split("/")[1] for name in have if name.endswith(".py")})


if __name__ == "__main__":
    unittest.main()
