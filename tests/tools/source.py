"""What the rules share: the project's files, C text without comments and strings, findings.

A rule runs in the repository's root, prints "file:line: what is wrong; how to mend it" for each
breach and exits 1 when there was one.
"""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True

SKIPPED = 77  # what ctest takes for "could not be run here"
PRODUCT = ("agent", "builder", "common")

_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_findings = 0


def report(path, line, what):
    """Prints one breach."""
    global _findings
    _findings += 1
    print("%s:%d: %s" % (path, line, what))


def finish():
    """Ends the rule."""
    sys.exit(1 if _findings else 0)


def skip(why):
    """Ends a rule that needs what is not installed."""
    print("skipped: " + why)
    sys.exit(SKIPPED)


def files(*suffixes, below=()):
    """Paths of the project's files, sorted: those in git or about to be, or all in a bare tree."""
    names = _git_files() if os.path.exists(".git") else _walk()
    for name in sorted(names):
        if suffixes and not name.endswith(suffixes):
            continue
        if below and not name.startswith(tuple(folder + "/" for folder in below)):
            continue
        if os.path.isfile(name) and not os.path.islink(name):
            yield name


def _git_files():
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
        check=True, stdout=subprocess.PIPE).stdout
    return {name for name in os.fsdecode(listing).split("\0") if name}


def _walk():
    for folder, folders, names in os.walk("."):
        folders[:] = [name for name in folders if name not in ("build", ".git")]
        for name in names:
            yield os.path.normpath(os.path.join(folder, name))


def read(path):
    """A file's text; what is not UTF-8 reads as a replacement character."""
    with open(path, encoding="utf-8", errors="replace", newline="") as source:
        return source.read()


def is_text(path):
    """False for pictures, archives and other files with a NUL byte in them."""
    with open(path, "rb") as source:
        return b"\0" not in source.read(8192)


def line_of(text, offset):
    """The number of the line that holds `offset`."""
    return text.count("\n", 0, offset) + 1


def without_comments(text):
    """C text of the same length and lines, comments blanked, strings kept."""
    return _TOKEN.sub(lambda m: _blank(m) if m.group(0).startswith("/") else m.group(0), text)


def code_only(text):
    """C text of the same length and lines, comments and what strings hold blanked."""
    return _TOKEN.sub(_blank, text)


def _blank(match):
    token = match.group(0)
    blanked = re.sub(r"[^\n]", " ", token)
    return blanked if token[0] == "/" else token[0] + blanked[1:-1] + token[-1]


def call_text(code, start):
    """The arguments of the call whose opening parenthesis stands at `start`."""
    depth = 0
    for offset in range(start, len(code)):
        if code[offset] == "(":
            depth += 1
        elif code[offset] == ")":
            depth -= 1
            if depth == 0:
                return code[start + 1:offset]
    return code[start + 1:]
