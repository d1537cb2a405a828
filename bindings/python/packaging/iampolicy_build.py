# SPDX-License-Identifier: Apache-2.0
"""The PEP 517 backend of the Python package: builds the C library with CMake
and puts it beside the modules.  Needs nothing from a package index.

Wheels are for this platform and for every Python 3.  The library in them uses
jansson and PCRE2 of the system.  SOURCE_DATE_EPOCH is heeded.
"""
import base64
import contextlib
import gzip
import hashlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent.parent
MODULES = HERE / "iampolicy"
SONAMES = ("libiampolicy.so.0", "libiampolicy.0.dylib")

# What an sdist carries of the C project, under c-source/.
C_SOURCE = ("CMakeLists.txt", "LICENSE", "cmake", "data", "include",
            "libiampolicy")
# What it carries of this folder, so far as it is there.
OWN_SOURCE = ("README.md", "iampolicy", "packaging", "pyproject.toml", "tests")

NEEDED = ("a C compiler, CMake 3.21, pkg-config, jansson 2.14 and PCRE2 with "
          "their headers (Debian: apt-get install gcc cmake pkg-config "
          "libjansson-dev libpcre2-dev)")


# ---- The hooks of PEP 517 ------------------------------------------------

def get_requires_for_build_wheel(config_settings=None):
    return []


def get_requires_for_build_sdist(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = pathlib.Path(metadata_directory) / dist_info()
    folder.mkdir(parents=True)
    for name, content in metadata_files().items():
        (folder / name).write_bytes(content)
    return folder.name


def build_wheel(wheel_directory, config_settings=None,
                metadata_directory=None):
    files = module_files()
    with built_library(c_source()) as library:
        files["iampolicy/" + library.name] = library.read_bytes()
    info = dist_info()
    for name, content in metadata_files().items():
        files[f"{info}/{name}"] = content
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
    path = pathlib.Path(wheel_directory) / f"iampolicy-{version()}-{tag()}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zip_entry(name), content, zipfile.ZIP_DEFLATED)
    return path.name


def build_sdist(sdist_directory, config_settings=None):
    top = f"iampolicy-{version()}"
    path = pathlib.Path(sdist_directory) / (top + ".tar.gz")
    source = c_source()
    with open(path, "wb") as file, \
            gzip.GzipFile("", "wb", fileobj=file, mtime=moment()) as packed, \
            tarfile.open(fileobj=packed, mode="w",
                         format=tarfile.PAX_FORMAT) as archive:
        add_text(archive, f"{top}/PKG-INFO", metadata_files()["METADATA"])
        add_trees(archive, HERE, OWN_SOURCE, top)
        add_trees(archive, source, C_SOURCE, f"{top}/c-source")
    return path.name


# ---- What is in a wheel --------------------------------------------------

def module_files():
    """The modules, by their names in the wheel."""
    return {f"iampolicy/{path.name}": path.read_bytes()
            for path in sorted(MODULES.iterdir())
            if path.suffix == ".py" or path.name == "py.typed"}


def version():
    """The version of the table of functions, which is the header's."""
    text = (MODULES / "_ffi.py").read_text(encoding="utf-8")
    return ".".join(re.search(rf"^IAM_VERSION_{part} = (\d+)$", text, re.M)[1]
                    for part in ("MAJOR", "MINOR", "PATCH"))


def tag():
    """Any Python 3, no ABI of it, this platform."""
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    return f"py3-none-{platform}"


def dist_info():
    return f"iampolicy-{version()}.dist-info"


def metadata_files():
    """The files of the .dist-info folder but for RECORD."""
    field = dict(re.findall(
        r'^([a-z-]+) = "(.*)"$',
        (HERE / "pyproject.toml").read_text(encoding="utf-8"), re.M))
    readme = (HERE / field["readme"]).read_text(encoding="utf-8")
    metadata = (f"Metadata-Version: 2.1\nName: {field['name']}\n"
                f"Version: {version()}\nSummary: {field['description']}\n"
                "License: Apache-2.0\n"
                f"Requires-Python: {field['requires-python']}\n"
                "Description-Content-Type: text/markdown\n\n" + readme)
    wheel = ("Wheel-Version: 1.0\nGenerator: iampolicy_build\n"
             f"Root-Is-Purelib: false\nTag: {tag()}\n")
    files = {"METADATA": metadata.encode(), "WHEEL": wheel.encode()}
    for root in (HERE / "c-source", HERE.parent.parent):
        if (root / "LICENSE").is_file():
            files["LICENSE"] = (root / "LICENSE").read_bytes()
            break
    return files


def record(files, itself):
    """The digests of all files."""
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        lines.append(f"{name},sha256={digest.rstrip(b'=').decode()},"
                     f"{len(content)}\n")
    return ("".join(lines) + f"{itself},,\n").encode()


def moment():
    """The time of every file: equal input gives equal archives."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))  # 1980


def zip_entry(name):
    entry = zipfile.ZipInfo(name, time.gmtime(moment())[:6])
    library = name.endswith(SONAMES)
    entry.external_attr = (0o100755 if library else 0o100644) << 16
    return entry


# ---- What is in an sdist -------------------------------------------------

def add_text(archive, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mtime = moment()
    archive.addfile(entry, io.BytesIO(content))


def add_trees(archive, root, names, top):
    """Files and folders below `root`, what Python compiled left out."""
    for name in names:
        path = root / name
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in below:
            if file.is_file() and "__pycache__" not in file.parts:
                add_text(archive, f"{top}/{file.relative_to(root)}",
                         file.read_bytes())


# ---- The library ---------------------------------------------------------

def c_source():
    """The C project: in the sdist, or around this folder."""
    for root in (HERE / "c-source", HERE.parent.parent):
        if (root / "include" / "iampolicy.h").is_file() \
                and (root / "CMakeLists.txt").is_file():
            return root
    sys.exit(f"iampolicy: the C sources of libiampolicy are neither in "
             f"{HERE / 'c-source'} nor in {HERE.parent.parent}; build from a "
             "checkout of the whole project, or from an sdist made there")


@contextlib.contextmanager
def built_library(source):
    """The shared library, by the name that it is loaded by."""
    cmake = shutil.which("cmake")
    if not cmake:
        sys.exit(f"iampolicy: there is no cmake; to build needs {NEEDED}")
    with tempfile.TemporaryDirectory(prefix="iampolicy-build-") as name:
        folder = pathlib.Path(name)
        run([cmake, "-S", source, "-B", folder / "build",
             "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=ON",
             "-DIAMPOLICY_CLI=OFF", "-DIAMPOLICY_TESTS=OFF"])
        run([cmake, "--build", folder / "build", "--parallel",
             str(os.cpu_count() or 1)])
        run([cmake, "--install", folder / "build", "--strip",
             "--prefix", folder / "installed"])
        for soname in SONAMES:
            for path in sorted((folder / "installed").rglob(soname)):
                yield path
                return
        sys.exit(f"iampolicy: the build made none of {', '.join(SONAMES)}")


def run(command):
    """Run a step of the build; what it prints is shown by pip -v, and by pip
    itself if the build fails."""
    command = [str(part) for part in command]
    result = subprocess.run(command, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    print(result.stdout.decode("utf-8", "replace"), end="", flush=True)
    if result.returncode != 0:
        sys.exit(f"iampolicy: {' '.join(command)} failed; to build needs "
                 f"{NEEDED}")
