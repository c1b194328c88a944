"""Inputs that are no files, outputs that cannot be written, and what a terminal must never see: always one line."""

import contextlib
import errno
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from measured import FREQUENCY, IMPEDANCE, table

from constriction.base import files
from constriction.base.errors import LONGEST_MESSAGE, UNPRINTABLE, InputError
from constriction.base.files import check_file
from constriction.cli import main

ROOT = Path(__file__).parents[2]
CASE = """
[interface]
pattern = "single"
cell_shape = "circular"
pitch = "10 um"
contact_fraction = 0.2
[accuracy]
method = "spectral"
relative_error = 0.1
"""
STUDY = f'{CASE.replace("[", "[base.")}[grid]\n"interface.contact_fraction" = [0.1, 0.2]\n'
SPECTRUM = table("freq/Hz\tRe(Z)/Ohm\tIm(Z)/Ohm", (FREQUENCY, IMPEDANCE.real, IMPEDANCE.imag))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a case, a study and a spectrum."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("case.toml", CASE), ("study.toml", STUDY), ("in.csv", SPECTRUM)):
        (tmp_path / name).write_text(text)
    return tmp_path


def one_line(capfd):
    """The only line on stderr."""
    out, err = capfd.readouterr()
    err = re.sub(r"^(reading|fitting)\n", "", err, flags=re.MULTILINE)  # what `analyze` is doing
    assert out == "" and re.fullmatch(r"constriction: [^\n]+\n", err), (out, err)
    assert not UNPRINTABLE.search(err[:-1]) and len(err) < LONGEST_MESSAGE + 30
    return err.removeprefix("constriction: ").rstrip("\n")


# --- what is no file -------------------------------------------------------------------------------------------------


def no_file(name):
    """Something that is no regular file, at its name."""
    path = Path(name)
    match name:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(name)
        case "loop":
            path.symlink_to("loop")
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to("/dev/zero")
        case "huge":
            with path.open("wb") as file:
                file.truncate(10**12)  # sparse: takes no space
    return path


READERS = [
    "run {0}",
    "mesh {0} -o x.msh",
    "picture {0} -o x.png",
    "convert {0} -o x.csv",
    "analyze {0} --out x",
    "analyze in.csv --deposition {0} --area 1cm2 --out x",
    "analyze in.csv --pristine {0} --conductivity 1S/cm --out x --circuit R-RQ",
    "compare {0} in.csv --area 1cm2 --out x",
    "compare case.toml {0} --area 1cm2 --out x",
    "study plan {0}",
    "study run {0} --out x",
    "study plan base.toml",
    "study plan list.toml",
]
NO_FILES = {
    "/dev/zero": "is a device or a pipe",
    "fifo": "is a device or a pipe",
    "socket": "is a device or a pipe",
    "link": "is a device or a pipe",
    "loop": "Too many levels of symbolic links",
    "folder": "Is a directory|holds no case.toml",
    "huge": "1000000 MB, expected at most 32 MB",
}


@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_file_is_refused_at_once_by_every_command(here, capfd, name):
    no_file(name)
    (here / "base.toml").write_text(f'base = "{name}"\n[grid]\n"gap.height" = ["1 nm"]\n')
    (here / "list.toml").write_text(f'base = "case.toml"\n[list]\nfile = "{name}"\n')
    for command in READERS:
        assert main([word.format(name) for word in command.split()]) == 2, command
        line = one_line(capfd)
        assert re.search(NO_FILES[name], line) and name in line, (command, line)
    assert not (here / "x").exists()


def test_a_pipe_of_the_shell_is_refused_and_a_file_behind_stdin_is_read(here):
    command = f"{sys.executable} -m constriction convert"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for line, code in (
        (f"cat in.csv | {command} /dev/stdin -o x.csv", 2),
        (f"{command} /dev/stdin -o x.csv <in.csv", 0),
    ):
        done = subprocess.run(
            ["bash", "-c", line], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == code, done.stderr
        assert ("/dev/stdin: is a device or a pipe" in done.stderr) == (code == 2)
    assert (here / "x.csv").exists()


@pytest.mark.parametrize("name", ["fifo", "socket", "loop", "folder", "link"])
def test_no_output_goes_onto_what_is_no_file(here, capfd, name):
    no_file(name)
    Path("x.csv").symlink_to(name)
    with pytest.raises(InputError, match=r"x.csv: cannot be written \(.*\); expected a file in a writable place"):
        check_file(Path("x.csv"))
    commands = ["convert in.csv -o x.csv", f"examples {name}/there"]
    if name != "folder":
        commands += [f"run case.toml --out {name}", f"study run study.toml --out {name}", f"examples {name}"]
        commands += [f"analyze in.csv --out {name}"]
    for command in commands if name != "folder" else commands[:1]:
        assert main(command.split()) == 2, command
        one_line(capfd)
    assert Path("x.csv").is_symlink()


# --- full disks ------------------------------------------------------------------------------------------------------


def tree(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


WRITERS = {
    "run case.toml --out out": "out",
    "convert in.csv -o out/x.csv": "x.csv",
    "analyze in.csv --circuit R-RQ --out out": "out",
    "study collect study": "study",
    "study plot study": "study",
    "examples out": "out",
    "study run more.toml --out study --quiet": "study",
}


@contextlib.contextmanager
def largest_file(size):
    """No file may grow beyond so many bytes: the kernel cuts a write short, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("command", WRITERS)
def test_what_was_there_before_survives_a_full_disk(here, capsys, command):
    if "study" in command:
        assert main("study run study.toml --out study --quiet".split()) == 0
        Path("more.toml").write_text(STUDY.replace("0.2]", "0.2, 0.3]"))
    if "more" not in command:
        assert main(command.split()) == 0
    before = tree(here)
    for path in here.glob("out/*.toml"):
        path.write_text("changed") if "examples" in command else None
    before = tree(here)
    capsys.readouterr()
    for size in (0, 300):
        with largest_file(size):
            code = main([*command.split(), *(["--force"] if "examples" in command else [])])
        line = capsys.readouterr().err.splitlines()[-1]
        assert code == 1 and WRITERS[command] in line and "cannot be written (File too large)" in line, line
        after = tree(here)
        # The log and the lock of a run come and go; every earlier output is as it was.
        assert {path: after[path] for path in before if path.name != "log.jsonl"} == {
            path: content for path, content in before.items() if path.name != "log.jsonl"
        }
        new = {path.name for path in after.keys() - before.keys()}
        assert new <= {".constriction-guard"}, new


def test_a_full_disk_before_anything_is_computed_is_no_wrong_input(here, capfd, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.tempfile, "mkdtemp", full)
    for command in ("run case.toml --out new/out", "mesh case.toml -o x.msh", "study run study.toml --out new"):
        assert main(command.split()) == 1, command
        assert re.search(r"(new|out|x\.msh): cannot be written \(No space left", one_line(capfd))


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="mounting needs root")
def test_a_real_full_disk(here, capfd):
    disk = here / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "none", disk], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        assert main(["run", "case.toml", "--out", "disk/out"]) == 0
        before = tree(disk)
        with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        capfd.readouterr()
        for command, place in (("run case.toml --out disk/out", "disk/out"), ("convert in.csv -o disk/x.csv", "x.csv")):
            assert main(command.split()) == 1
            assert re.search(rf"{place}\S*: cannot be written \(No space left on device\)", capfd.readouterr().err)
        (disk / "filler").unlink()
        assert tree(disk) == before
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("command", ["--version", "convert in.csv -o x.csv"])
def test_a_full_stdout_is_one_line_and_a_closed_pipe_none(here, command):
    line = [sys.executable, "-m", "constriction", *command.split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            line, stdout=full, stderr=subprocess.PIPE, env=environment, text=True, timeout=60, check=False
        )
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1 and "/dev/full: cannot be written (No space left on device)" in last
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(
            line, stdout=pipe, stderr=subprocess.PIPE, env=environment, text=True, timeout=60, check=False
        )
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


HOSTILE = {
    "text": '[interface]\npattern = "square"\npitch = "\\u001b[31m1 um\\u001b[2J\\n\\u0007\\u202e\\u009b"\n',
    "long text": f'[interface]\npattern = "square"\npitch = "{"9" * 50000}"\n',
    "long key": f'[interface]\n"{"k" * 9999}" = 1\n',
    "key of controls": '[interface]\n"\\u001b[2J" = 1\n',
    "section of controls": '["\\u001b[2J"]\na = 1\n',
    "nest": f"[interface]\npitch = {'[' * 60}{']' * 60}\n",
    "huge integer": f"[interface]\npitch = [0x{'f' * 9000}]\n",
    "date": "[interface]\npitch = 1979-05-27\n",
    "no TOML": "\x1b[31m = = \x07",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_message_is_long_or_obeyed_by_a_terminal(here, capfd, text):
    Path("bad.toml").write_text(text)
    Path("study.toml").write_text('base = "bad.toml"\n[grid]\n"gap.height" = ["1 nm"]\n')
    for command in ("run bad.toml", "study plan study.toml", "compare bad.toml in.csv --out x"):
        assert main(command.split()) == 2
        one_line(capfd)


def test_names_of_files_are_only_shown(here, capfd):
    for name in ("new\nline.toml", "\x1b[2J.csv", os.fsdecode(b"\xff.csv"), "[red].toml", "x" * 5000):
        for command in (["run", name], ["convert", name, "-o", "x.csv"], ["study", "plan", name]):
            assert main(command) == 2
            one_line(capfd)


def test_names_that_are_no_text_are_refused_and_stop_no_library(here, capfd):
    name = os.fsdecode(b"\xff")
    shutil.copy("in.csv", f"{name}.csv")
    for command in (["convert", f"{name}.csv", "-o", "x.csv"], ["run", "case.toml", "--out", name]):
        assert main(command) == 2
        assert r"\udcff" in (line := one_line(capfd)) and "no UTF-8 in its name" in line
    line = [sys.executable, "-m", "constriction", "compare", "case.toml", f"{name}.csv", "--area", "1cm2", "--out", "x"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 2 and "no UTF-8 in its name" in done.stderr


@pytest.mark.filterwarnings("ignore:Glyph")  # of the picture's font
def test_titles_are_only_shown(here, capfd):
    title = "[red]one[/] [/] \x1b[31mtwo\x07\u202e" + "x" * 5000
    Path("titled.toml").write_text(
        f'title = "{title.encode("unicode_escape").decode()}"\n'.replace(r"\x", r"\u00") + CASE
    )
    assert main(["run", "titled.toml", "--out", "out"]) == 0
    out = capfd.readouterr().out
    assert not UNPRINTABLE.search(out.replace("\n", "")) and max(map(len, out.splitlines())) < 300
    assert out.startswith(r"[red]one[/] [/] \x1b[31mtwo\x07\u202exxx")
    assert main(["run", "titled.toml", "--out", "out", "--json"]) == 0
    assert not UNPRINTABLE.search(capfd.readouterr().out.replace("\n", ""))


def test_what_no_command_catches_is_one_line_too(here, capfd, monkeypatch):
    def broken(*_):
        raise RuntimeError("one\ntwo \x1b[2J" + "x" * 9999)

    monkeypatch.setattr("constriction.commands.examples.copy_examples", broken)
    assert main(["examples"]) == 1
    assert one_line(capfd).startswith(r"error: RuntimeError: one two \x1b[2Jxxx")
