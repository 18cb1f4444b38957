#!/usr/bin/env python3
"""The installed service under a real systemd: boots a copy of this machine in a container and runs inside.py there.

usage: boot.py --build DIR [--source DIR]
exit:  0 passed, 1 failed, 77 not possible here (not root; systemd-nspawn, Postfix or overlayfs missing; nothing boots)

The copy is an overlay over this machine's files, in a mount namespace of its own, without network: nothing of the machine is
changed, and nothing is left behind.
"""
import argparse
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SECONDS = 240  # of all of it
PLACE = "/winnow-booted"  # there: the sources' parts, and what comes of it
CGROUPS = ("payload", "supervisor")
NAMESPACE = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"]
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


def mount(cleanup, *arguments):
    """Until `cleanup` ends; whether it could be done."""
    done = subprocess.run(["mount", *arguments], check=False).returncode == 0
    if done:
        cleanup.callback(subprocess.run, ["umount", "--lazy", arguments[-1]], check=False)
    return done


def overlay(cleanup):
    """A root folder that looks like this machine's and may be changed."""
    folder = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="winnow-booted-", dir="/var/tmp")))
    upper, root = folder / "upper", folder / "root"
    upper.mkdir()
    root.mkdir()
    if not mount(cleanup, "-t", "tmpfs", "tmpfs", upper):
        skip("nothing can be mounted here")
    (upper / "changes").mkdir()
    (upper / "work").mkdir()
    if not mount(cleanup, "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper}/changes,workdir={upper}/work", root):
        skip("no overlay over / can be mounted here")
    return root


def install(arguments, root):
    """As README.md says, by an administrator whose umask is strict."""
    for left_over in ("etc/winnow", "etc/postfix/main.cf", "etc/machine-id"):
        path = root / left_over
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    subprocess.run(["cmake", "--install", arguments.build.resolve(), "--prefix", "/usr"], check=True, umask=0o027,
                   env={**os.environ, "DESTDIR": str(root)}, stdout=subprocess.DEVNULL)
    subprocess.run(["systemd-sysusers", f"--root={root}"], check=True)
    subprocess.run(["systemd-tmpfiles", f"--root={root}", "--create", "winnow.conf"], check=True)
    source = root / PLACE[1:] / "source"  # where the sources lie, the container may have a file system of its own
    shutil.copytree(arguments.source / "packaging", source / "packaging")
    for part in ("tests/e2e/booted", "tests/data/mail"):
        shutil.copytree(arguments.source / part, source / part)
    (root / "etc/systemd/system/winnow-booted.service").write_text(
        SERVICE.format(place=PLACE))


def cgroups():
    """Those that systemd-nspawn leaves behind where no systemd keeps a scope for it."""
    return {group for pattern in ("", "*/") for name in CGROUPS for group in pathlib.Path("/sys/fs/cgroup").glob(pattern + name)}


def remove_new_cgroups(before):
    for group in cgroups() - before:
        for folder, _, _ in os.walk(group, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:  # still busy, or no longer there
                pass


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


def run_there(arguments, cleanup):
    cleanup.callback(remove_new_cgroups, cgroups())
    root = overlay(cleanup)
    install(arguments, root)
    place = root / PLACE[1:]
    result = boot(root, place)
    began, passed = (place / "result").exists(), result.endswith("end\n") and "FAILED" not in result
    log = place / ("log" if began else "console")
    if not passed and log.exists():
        print(log.read_text(errors="replace")[-20000:])
    print(result)
    if not began:
        skip("no system boots in a container here")
    return 0 if passed else 1


def main():
    arguments = parse_arguments()
    if os.geteuid() != 0 or any(shutil.which(tool) is None for tool in ("systemd-nspawn", "postfix", "systemd-sysusers")):
        skip("this needs root, systemd-nspawn and Postfix")
    if not arguments.in_namespace:
        if subprocess.run([*NAMESPACE, "true"], check=False).returncode != 0:
            skip("no mount namespace can be made here")
        os.execvp(NAMESPACE[0], [*NAMESPACE, sys.executable, *sys.argv, "--in-namespace"])
    with contextlib.ExitStack() as cleanup:
        return run_there(arguments, cleanup)


if __name__ == "__main__":
    sys.exit(main())
