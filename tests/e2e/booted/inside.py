#!/usr/bin/env python3
"""What an administrator does by README.md's "Five minutes to Postfix", and what the service must then stand. Runs as root on a
system that systemd has booted and that is thrown away afterwards; see boot.py.

usage: inside.py SOURCE RESULT    RESULT gets a line for each check: "ok" or "FAILED", and its name
"""
import pathlib
import smtplib
import subprocess
import sys
import time
import traceback

SETTINGS = pathlib.Path("/etc/winnow/winnow.yaml")
RULES = pathlib.Path("/etc/winnow/rules.yaml")
POSTFIX = """
compatibility_level = 3.6
maillog_file = /var/log/postfix.log
mydestination = localhost
inet_interfaces = loopback-only
alias_maps =
alias_database =
"""


def run(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        subprocess.run(["systemctl", "list-jobs", "--no-pager", "--after"], check=False)
        raise
    print("+", *command, "->", done.returncode, done.stdout[-2000:], done.stderr[-2000:], flush=True)
    return done.returncode


def until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            run("journalctl", "--no-pager", "-n", "60")
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def state(unit="winnow"):
    return subprocess.run(["systemctl", "is-active", unit], capture_output=True, text=True, check=False).stdout.strip()


def shown(name):
    return subprocess.run(["systemctl", "show", "--value", "-p", name, "winnow"], capture_output=True, text=True,
                          check=True).stdout.strip()


def main_pid():
    return shown("MainPID")


def restarts():
    return int(shown("NRestarts"))


def the_service_starts_as_it_is_shipped(_source):
    assert run("winnow", "check") == 0
    assert run("systemctl", "enable", "--now", "winnow") == 0
    assert state() == "active"
    assert pathlib.Path("/run/winnow/winnow.sock").group() == "postfix"


def mail_through_a_chrooted_postfix_is_marked(source):
    run("install", "-d", "-o", "winnow", "-g", "postfix", "-m", "0750", "/var/spool/postfix/winnow")
    SETTINGS.write_text(SETTINGS.read_text().replace("socket: unix:/run/winnow/winnow.sock",
                                                     "socket: unix:/var/spool/postfix/winnow/winnow.sock"))
    assert run("systemctl", "restart", "winnow") == 0
    assert run("winnow", "send", "/usr/share/doc/winnow/examples/gtube.eml") == 0
    snippet = (source / "packaging/postfix/main.cf.snippet").read_text()
    pathlib.Path("/etc/postfix/main.cf").write_text(POSTFIX + snippet)
    run("systemctl", "daemon-reload")  # Debian's generator makes postfix@-.service where there is a main.cf
    assert run("systemctl", "start", "postfix") == 0
    assert state("postfix@-") == "active"
    with smtplib.SMTP("127.0.0.1", 25, timeout=30) as smtp:
        smtp.sendmail("anna@sender.example", ["root@localhost"], (source / "tests/data/mail/gtube.eml").read_bytes())
    mailbox = pathlib.Path("/var/mail/root")
    until(lambda: mailbox.exists() and "Subject: Testing the filter" in mailbox.read_text(), "the mail in the mailbox")
    assert "X-Spam-Flag: YES" in mailbox.read_text(), mailbox.read_text()


def a_reload_with_a_typo_fails_and_keeps_what_runs(_source):
    good, pid = RULES.read_text(), main_pid()
    RULES.write_text(good.replace("then: [junk]", "then: [jnuk]"))
    assert run("systemctl", "reload", "winnow") != 0
    RULES.write_text(good)
    assert run("systemctl", "reload", "winnow") == 0
    assert (state(), main_pid()) == ("active", pid)


def check_tells_root_what_the_daemon_cannot_read(_source):
    RULES.chmod(0o600)
    assert run("winnow", "check") == 1
    RULES.chmod(0o644)
    assert run("winnow", "check") == 0


def check_tells_root_where_the_daemon_can_make_no_socket(_source):
    good = SETTINGS.read_text()
    for socket in ("unix:/var/spool/postfix/winnow.sock", "inet:25@192.0.2.9"):
        SETTINGS.write_text(good.replace("socket: unix:/var/spool/postfix/winnow/winnow.sock", f"socket: {socket}"))
        assert run("winnow", "check") == 1
    SETTINGS.write_text(good)
    assert run("winnow", "check") == 0


def a_daemon_that_dies_again_and_again_comes_back(_source):
    for _ in range(7):  # systemd's own limit is 5 starts in 10 s
        until(lambda: state() == "active", "the service is active")
        run("kill", "-SEGV", main_pid())
        until(lambda: state() != "active", "the service has noticed")
    until(lambda: state() == "active", "the service is active again")


def a_typo_at_the_start_is_outlived_when_it_is_mended(_source):
    good = RULES.read_text()
    RULES.write_text("rules: [")
    run("systemctl", "reset-failed", "winnow")  # and the count of restarts
    assert run("systemctl", "restart", "winnow") != 0
    until(lambda: restarts() > 6 or state() == "failed", "six more starts")  # systemd's own limit is 5 in 10 s
    RULES.write_text(good)
    until(lambda: state() == "active", "the service is active")


CHECKS = [the_service_starts_as_it_is_shipped, mail_through_a_chrooted_postfix_is_marked,
          a_reload_with_a_typo_fails_and_keeps_what_runs, check_tells_root_what_the_daemon_cannot_read,
          check_tells_root_where_the_daemon_can_make_no_socket,
          a_daemon_that_dies_again_and_again_comes_back, a_typo_at_the_start_is_outlived_when_it_is_mended]


def main():
    source, result = map(pathlib.Path, sys.argv[1:])
    with result.open("w", buffering=1) as lines:
        for check in CHECKS:
            try:
                check(source)
                lines.write(f"ok {check.__name__}\n")
            except Exception:  # the others are told, too
                traceback.print_exc()
                run("journalctl", "--no-pager", "-u", "winnow", "-n", "30")
                lines.write(f"FAILED {check.__name__}\n")
        lines.write("end\n")


if __name__ == "__main__":
    main()
