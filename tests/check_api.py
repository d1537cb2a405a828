#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Header, symbol map, library and Python binding have the same API: names,
types of arguments and results, enumerators, flags, and the fields of structs.

--library FILE also looks into a shared or static library."""
import argparse
import ctypes
import importlib.util
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ROOT / "include" / "iampolicy.h"
MAP = ROOT / "libiampolicy" / "libiampolicy.map"
BINDING = ROOT / "bindings" / "python" / "iampolicy" / "_ffi.py"

PLAIN = {
    "void": None,
    "bool": ctypes.c_bool,
    "char": ctypes.c_char,
    "int": ctypes.c_int,
    "size_t": ctypes.c_size_t,
    "uint8_t": ctypes.c_uint8,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
}


# ---- The header ----------------------------------------------------------

class Header:
    """What the header declares, as text; and its types by those of ctypes."""

    def __init__(self, text, binding):
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = text.replace("\\\n", " ")
        self.binding = binding
        self.macros = dict(re.findall(
            r"^#define (IAM_\w+)[ \t]+(\S.*?)[ \t]*$", text, re.M))
        text = re.sub(r"^[ \t]*#.*$", "", text, flags=re.M)
        self.enums = dict(re.findall(
            r"typedef enum (\w+) \{(.*?)\}\s*\1;", text, re.S))
        self.structs = dict(re.findall(
            r"typedef struct (\w+) \{(.*?)\}\s*\1;", text, re.S))
        self.opaque = [name for name, again in re.findall(
            r"typedef struct (\w+) (\w+);", text) if name == again]
        self.callbacks = {name: (result, arguments)
                          for result, name, arguments in re.findall(
            r"typedef ([\w\s*]+?)\(\*(\w+)\)\(([^;]*)\);", text)}
        self.functions = {name: (result, arguments)
                          for result, name, arguments in re.findall(
            r"^IAM_API\s([^;{}]*?)\b(iam_\w+)\(([^;{}]*?)\)"
            r"(?:\s*IAM_NODISCARD)?;", text, re.M)}
        self.declared = len(re.findall(r"^IAM_API\s", text, re.M))

    def numbers(self):
        """Enumerators and those macros that are numbers."""
        found = {}
        for body in self.enums.values():
            value = -1
            for item in filter(None, map(str.strip, body.split(","))):
                name, _, given = item.partition("=")
                value = self.value(given) if given.strip() else value + 1
                found[name.strip()] = value
        for name, text in self.macros.items():
            value = self.value(text)
            if value is not None:
                found[name] = value
        return found

    def value(self, text):
        """A constant expression of C, or None for anything else."""
        everything = 2 ** (8 * ctypes.sizeof(ctypes.c_size_t))
        text, casts = re.subn(r"\(size_t\)", "", text)
        text = re.sub(r"\b(0x[0-9a-fA-F]+|\d+)[uUlL]+\b", r"\1", text)
        for _ in range(8):
            text = re.sub(r"\bIAM_\w+",
                          lambda m: self.macros.get(m[0], m[0]), text)
        if not re.fullmatch(r"(0x[0-9a-fA-F]+|[\d\s()|<~+-])+", text):
            return None
        value = eval(text)  # numbers and operators alone, by the line above
        return value % everything if casts else value

    def type(self, text, incoming=False):
        """The ctypes type of a declared type.  Text that is passed to Python
        by address and length must not become a NUL-terminated one."""
        text = re.sub(r"\s+", "", re.sub(r"\bconst\b", "", text))
        if text == "char*":
            return (ctypes.POINTER(ctypes.c_char) if incoming
                    else ctypes.c_char_p)
        if text == "void*":
            return ctypes.c_void_p
        if text.endswith("*"):
            return ctypes.POINTER(self.type(text[:-1]))
        if text in self.enums:
            return ctypes.c_int
        if text in PLAIN:
            return PLAIN[text]
        return getattr(self.binding, text)

    def argument(self, text, incoming=False):
        """The type of one declared argument, its name left out."""
        match = re.fullmatch(r"(.*?)(\w+)\s*(\[\w*\])?", text.strip(), re.S)
        kind = self.type(match[1], incoming)
        return ctypes.POINTER(kind) if match[3] else kind

    def arguments(self, text, incoming=False):
        if text.strip() == "void":
            return []
        return [self.argument(item, incoming)
                for item in text.split(",")]

    def callback(self, result, arguments):
        return ctypes.CFUNCTYPE(self.type(result),
                                *self.arguments(arguments, True))

    def fields(self, name):
        """(name, type) of each field of a struct, in order."""
        found = []
        for item in filter(None, map(str.strip,
                                     self.structs[name].split(";"))):
            match = re.fullmatch(r"(.*?)\(\*(\w+)\)\((.*)\)", item, re.S)
            if match:
                found.append((match[2], self.callback(match[1], match[3])))
                continue
            match = re.fullmatch(r"(.*?)(\w+)(?:\[(\w+)\])?", item, re.S)
            kind = self.type(match[1])
            if match[3]:
                kind = kind * self.value(match[3])
            found.append((match[2], kind))
        return found


# ---- Names ---------------------------------------------------------------

def name_faults(where, have, wanted):
    for name in sorted(wanted - have):
        yield f"{where}: lacks {name}"
    for name in sorted(have - wanted):
        yield f"{where}: has {name}, which the header does not declare"


def map_faults(wanted):
    """Each function under one version; everything else hidden."""
    text = re.sub(r"/\*.*?\*/", " ", MAP.read_text(), flags=re.S)
    listed = re.findall(r"^\t(iam_\w+);$", text, re.M)
    yield from name_faults("map", set(listed), wanted)
    for name in sorted({name for name in listed if listed.count(name) > 1}):
        yield f"map: has {name} twice"
    rest = re.sub(r"^\t(?:iam_\w+|\*);$", "", text, flags=re.M).split()
    versions = [word for word in rest if word.startswith("IAMPOLICY_")]
    if not versions or not re.search(r"^local:\s*\t\*;\s*\};", text, re.M):
        yield "map: does not hide what it does not list"
    strange = set(rest) - set(versions) - {"{", "global:", "local:", "};"} \
        - {version + ";" for version in versions} - {"}"}
    for word in sorted(strange):
        yield f"map: what is {word}?"


def library_faults(path, wanted):
    """What a library shows to the linker.  A static one cannot hide what is
    private, so that must have the private prefix."""
    shared = not path.endswith(".a")
    lines = subprocess.run(
        ["nm", "--defined-only", "-D" if shared else "-g", path],
        stdout=subprocess.PIPE, check=True, universal_newlines=True,
    ).stdout.splitlines()
    words = [line.split() for line in lines if len(line.split()) == 3]
    symbols = {word[2].split("@")[0] for word in words if word[1] != "A"}
    if not shared:
        symbols = {name for name in symbols if not name.startswith("iamp_")}
    yield from name_faults("library", symbols, wanted)


def version_faults(header):
    """The version of the build is the one of the header."""
    numbers = header.numbers()
    wanted = ".".join(str(numbers.get(f"IAM_VERSION_{part}"))
                      for part in ("MAJOR", "MINOR", "PATCH"))
    match = re.search(r"^project\(libiampolicy VERSION (\S+)",
                      (ROOT / "CMakeLists.txt").read_text(), re.M)
    if not match or match[1] != wanted:
        yield (f"CMakeLists.txt: version {match and match[1]}; the header "
               f"says {wanted}")


# ---- The binding ---------------------------------------------------------

def load_binding():
    """The table by itself, without the package that loads the library."""
    spec = importlib.util.spec_from_file_location("iampolicy_ffi", BINDING)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


def told(kind):
    return "void" if kind is None else kind.__name__


def function_faults(header, table):
    """Results and arguments of the functions that both have."""
    for name in sorted(set(header.functions) & set(table)):
        result, arguments = header.functions[name]
        wanted = [header.type(result)] + header.arguments(arguments)
        have = [table[name][0]] + list(table[name][1])
        if len(wanted) != len(have):
            yield (f"binding: {name} takes {len(have) - 1} arguments; the "
                   f"header says {len(wanted) - 1}")
            continue
        for index, (here, there) in enumerate(zip(have, wanted)):
            if here is not there:
                what = f"argument {index}" if index else "result"
                yield (f"binding: {what} of {name} is {told(here)}; the "
                       f"header says {told(there)}")


def number_faults(header, binding):
    declared = header.numbers()
    copied = {name: value for name, value in vars(binding).items()
              if re.fullmatch(r"IAM_[A-Z0-9_]+", name)}
    yield from name_faults("binding", set(copied), set(declared))
    for name in sorted(set(declared) & set(copied)):
        if declared[name] != copied[name]:
            yield (f"binding: {name} is {copied[name]}; the header says "
                   f"{declared[name]}")


def struct_faults(header, binding):
    """Opaque ones without fields, the others with the header's, in order."""
    copied = {name: kind for name, kind in vars(binding).items()
              if isinstance(kind, type) and name.startswith("iam_")
              and issubclass(kind, ctypes.Structure)}
    wanted = set(header.structs) | set(header.opaque)
    yield from name_faults("binding", set(copied), wanted)
    if wanted - set(copied):
        return  # the fields of one may be of the type of another
    for name in sorted(wanted):
        fields = getattr(copied[name], "_fields_", [])
        declared = header.fields(name) if name in header.structs else []
        if [field[0] for field in fields] != [row[0] for row in declared]:
            yield (f"binding: {name} has {[field[0] for field in fields]}; "
                   f"the header says {[row[0] for row in declared]}")
            continue
        for (field, have), (_, there) in zip(fields, declared):
            if have is not there:
                yield (f"binding: {name}.{field} is {told(have)}; the header "
                       f"says {told(there)}")


def callback_faults(header, binding):
    for name, (result, arguments) in sorted(header.callbacks.items()):
        if getattr(binding, name, None) \
                is not header.callback(result, arguments):
            yield f"binding: {name} is not the header's callback"


def faults(library):
    binding = load_binding()
    header = Header(HEADER.read_text(), binding)
    wanted = set(header.functions)

    # A declaration that this program cannot read must not go unseen.
    if len(wanted) != header.declared or not wanted:
        yield (f"header: read {len(wanted)} functions of "
               f"{header.declared} marked IAM_API")
    yield from map_faults(wanted)
    yield from name_faults("binding", set(binding.PROTOTYPES), wanted)
    if library:
        yield from library_faults(library, wanted)
    yield from version_faults(header)
    yield from number_faults(header, binding)
    bad_structs = list(struct_faults(header, binding))
    yield from bad_structs
    if not bad_structs:
        yield from callback_faults(header, binding)
        yield from function_faults(header, binding.PROTOTYPES)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library")
    bad = list(faults(parser.parse_args().library))
    print("\n".join(bad) if bad else "one API")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
