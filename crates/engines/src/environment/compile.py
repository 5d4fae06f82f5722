# Compiles an environment's modules to bytecode, on all cores: those that a file names, a path a line, or all of them; or all
# of them on half of the cores, behind whatever else there is to do. Where the environment is to be somewhere else it's copied
# there, and the bytecode is made while its files are copied.
# Arguments: the environment, where it is to be, "all", "idle" or the file of names, and a command to become then. What can't
# be compiled is left to whoever loads it.
import importlib.util
import os
import py_compile
import shutil
import signal
import sys
import sysconfig

source, target, which = sys.argv[1:4]
site = os.path.relpath(sysconfig.get_path("purelib"), sys.prefix)


def named(file):
    with open(file) as names:
        return [os.path.join(site, name) for name in names.read().split("\n") if name]


def all_modules():
    for folder, _, names in os.walk(os.path.join(source, "lib")):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".py"):
                yield os.path.relpath(path, source)
            elif ".pyc." in name and os.path.basename(folder) == "__pycache__":
                os.unlink(path)  # Left by one that was killed.


def is_compiled(module, bytecode):
    """As Python looks at it: whether the bytecode is of this Python, and of the module as it is."""
    try:
        with open(bytecode, "rb") as file:
            header = file.read(16)
    except OSError:
        return False
    found = os.stat(module)
    expected = b"".join(number.to_bytes(4, "little") for number in (0, int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF))
    return header == importlib.util.MAGIC_NUMBER + expected


def end_with_parent():
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass  # It is noticed with the next module.


def compile_all(modules, parent):
    end_with_parent()
    for path in modules:
        if os.getppid() != parent:
            return  # Whoever waited for this has ended.
        module = os.path.join(source, path)
        bytecode = importlib.util.cache_from_source(os.path.join(target, path))
        try:
            if not is_compiled(module, importlib.util.cache_from_source(module)):
                py_compile.compile(module, bytecode, os.path.join(target, path), doraise=True)
        except (OSError, SyntaxError, ValueError, RecursionError, py_compile.PyCompileError):
            pass


def in_processes(modules, count):
    """Begins the work in so many processes; gives their numbers."""
    parent, children = os.getpid(), []
    for number in range(count):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                compile_all(modules[number::count], parent)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    return children


def size(path):
    try:
        return os.path.getsize(os.path.join(source, path))
    except OSError:
        return 0


modules = list(all_modules()) if which in ("all", "idle") else named(which)
cores = len(os.sched_getaffinity(0))
if which == "idle":
    os.nice(5)  # Not last of all: an install may come to wait for it.
    cores = (cores + 1) // 2
# The largest first, so that all processes end at the same time.
children = in_processes(sorted(modules, key=size, reverse=True), cores)
if target != source:
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
if len(sys.argv) > 4:
    os.execv(sys.argv[4], sys.argv[4:])
sys.exit("the bytecode is incomplete" if failed else 0)
