#!/usr/bin/env python3
"""The installed service under a real systemd: boots a copy of this machine in a container and runs inside.py there.

usage: boot.py --build DIR [--source DIR]
exit:  0 passed, 1 failed, 77 not possible here (not root; systemd-nspawn, Postfix or overlayfs missing; nothing boots)

The copy is an overlay over this machine's files, in a mount namespace of its own, without network: nothing of the machine is
changed, and nothing is left behind.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SECONDS = 240  # of all of it
PLACE = "/winnow-booted"  # there: the sources' parts, and what comes of it
NETWORKS = ("systemd-networkd", "ifupdown", "NetworkManager")  # that would be waited for, and there is none
SERVICE = """[Unit]
SuccessAction=poweroff
FailureAction=poweroff
[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {place}/source/tests/e2e/booted/inside.py {place}/source {place}/result
StandardOutput=append:{place}/log
StandardError=append:{place}/log
"""


def skip(why):
    print(why)
    sys.exit(SKIPPED)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--source", default=pathlib.Path(__file__).resolve().parents[3], type=pathlib.Path)
    parser.add_argument("--in-namespace", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def overlay(folder):
    """A root folder that looks like this machine's and may be changed."""
    for name in ("upper", "work", "root"):
        (folder / name).mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder / "upper"], check=True)
    for name in ("changes", "work"):
        (folder / "upper" / name).mkdir()
    options = f"lowerdir=/,upperdir={folder}/upper/changes,workdir={folder}/upper/work"
    if subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, folder / "root"], check=False).returncode != 0:
        skip("no overlay over / can be mounted here")
    return folder / "root"


def install(arguments, root):
    """As README.md says, by an administrator whose umask is strict."""
    for left_over in ("etc/winnow", "etc/postfix/main.cf", "etc/machine-id"):
        path = root / left_over
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    subprocess.run(["cmake", "--install", arguments.build.resolve(), "--prefix", "/usr"], check=True, umask=0o027,
                   env={**os.environ, "DESTDIR": str(root)}, stdout=subprocess.DEVNULL)
    subprocess.run(["systemd-sysusers", f"--root={root}"], check=True)
    source = root / PLACE[1:] / "source"  # where the sources lie, the container may have a file system of its own
    shutil.copytree(arguments.source / "packaging", source / "packaging")
    for part in ("tests/e2e/booted", "tests/data/mail"):
        shutil.copytree(arguments.source / part, source / part)
    (root / "etc/systemd/system/winnow-booted.service").write_text(
        SERVICE.format(place=PLACE))


def boot(root, place):
    """What inside.py wrote; "" when nothing booted."""
    command = ["systemd-nspawn", "--quiet", f"--directory={root}", "--register=no", "--keep-unit", "--link-journal=no",
               "--private-network", "--boot", "--", "systemd.unit=winnow-booted.service",
               *(f"systemd.mask={unit}-wait-online.service" for unit in NETWORKS)]
    try:
        with open(place / "console", "wb") as console:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print(f"not done within {SECONDS} s")
    result = place / "result"
    return result.read_text() if result.exists() else ""


def main():
    arguments = parse_arguments()
    if os.geteuid() != 0 or any(shutil.which(tool) is None for tool in ("systemd-nspawn", "postfix", "systemd-sysusers")):
        skip("this needs root, systemd-nspawn and Postfix")
    if not arguments.in_namespace:
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc",
                              sys.executable, *sys.argv, "--in-namespace"])
    with tempfile.TemporaryDirectory(prefix="winnow-booted-", dir="/var/tmp") as name:
        root = overlay(pathlib.Path(name))
        install(arguments, root)
        place = root / PLACE[1:]
        result = boot(root, place)
        log = place / ("log" if result else "console")
        if not result.endswith("end\n") or "FAILED" in result:
            print(log.read_text(errors="replace")[-20000:] if log.exists() else "no log")
        print(result)
        for mounted in (root, root.parent / "upper"):
            subprocess.run(["umount", "--lazy", mounted], check=False)
    if not result:
        skip("no system boots in a container here")
    return 0 if result.endswith("end\n") and "FAILED" not in result else 1


if __name__ == "__main__":
    sys.exit(main())
