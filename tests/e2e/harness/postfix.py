"""A private Postfix: own configuration, queue and ports, started as root, with Winnow as its milter.

One smtpd per way to behave (see SERVICES), so that tests choose by port and never reload. Tests present clients of any
address by XCLIENT.
"""
import pathlib
import shutil
import smtplib
import socket
import subprocess

from harness.wait import until

# Options of each smtpd beside the common ones. The default action is the service's name where nothing else is said.
SERVICES = {
    "tempfail": {"milter_default_action": "tempfail"},
    "accept": {"milter_default_action": "accept"},
    "impatient": {"milter_default_action": "tempfail", "milter_command_timeout": "2s", "milter_content_timeout": "2s"},
    "submission": {"milter_default_action": "tempfail", "smtpd_sasl_auth_enable": "yes"},
}

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/mail.log
maillog_file_prefixes = {root}
myhostname = mx.example.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
lmtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
virtual_mailbox_domains = example.test
virtual_transport = lmtp:unix:{lmtp}
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 104857600
alias_maps =
alias_database =
biff = no
"""

MASTER = """
pickup     unix  n  -  n  60   1  pickup
cleanup    unix  n  -  n  -    0  cleanup
qmgr       unix  n  -  n  300  1  qmgr
rewrite    unix  -  -  n  -    -  trivial-rewrite
bounce     unix  -  -  n  -    0  bounce
defer      unix  -  -  n  -    0  bounce
trace      unix  -  -  n  -    0  bounce
flush      unix  n  -  n  1000? 0 flush
error      unix  -  -  n  -    -  error
retry      unix  -  -  n  -    -  error
lmtp       unix  -  -  n  -    -  lmtp
proxymap   unix  -  -  n  -    -  proxymap
showq      unix  n  -  n  -    -  showq
anvil      unix  -  -  n  -    1  anvil
postlog    unix-dgram n - n -  1  postlogd
"""


def free_ports(count):
    """Loopback ports that nobody listened on a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Postfix:
    """`snippet` is the file that administrators are told to put into their main.cf."""

    def __init__(self, root, snippet, lmtp_socket, auth_socket, milter_socket):
        self.root = pathlib.Path(root)
        self._snippet = snippet
        self.log = self.root / "mail.log"
        self.ports = {}
        self._sockets = {"lmtp": lmtp_socket, "auth": auth_socket}
        self._milter_socket = milter_socket

    def start(self):
        for name in ("", "conf", "queue", "data"):
            (self.root / name).mkdir(mode=0o755, exist_ok=True)
            (self.root / name).chmod(0o755)
        shutil.chown(self.root / "data", "postfix")
        # A port may be taken between the choice and the start, so the choice is made anew then.
        for _ in range(3):
            self.ports = dict(zip(SERVICES, free_ports(len(SERVICES))))
            self._write_config()
            self._command("start", check=True)
            if until(self._listening_or_failed, "Postfix to listen") == "listening":
                return
            self._command("abort")
        raise AssertionError(f"Postfix does not start, see {self.log}")

    def stop(self):
        self._command("stop")
        if self._command("status") == 0:
            self._command("abort")
        until(lambda: self._command("status") != 0, "Postfix to stop")

    def client(self, service="tempfail", address="198.51.100.25", name="mail.sender.example"):
        """An SMTP session that Postfix takes for one from `address`. Use it in a `with`."""
        client = smtplib.SMTP("127.0.0.1", self.ports[service], local_hostname=name, timeout=60)
        client.ehlo()
        code, text = client.docmd("XCLIENT", f"NAME={name} ADDR={address}")
        if code != 220:
            raise AssertionError(f"XCLIENT refused: {code} {text!r}")
        client.ehlo()
        return client

    def submit_locally(self, sender, recipient, octets):
        """Hands mail to sendmail(1), as a program on the same machine does."""
        subprocess.run(["/usr/sbin/sendmail", "-C", str(self.root / "conf"), "-i", "-f", sender, recipient],
                       input=octets, check=True, timeout=60)

    def wait_until_queue_is_empty(self, seconds=60):
        until(lambda: not self.queued("maildrop", "incoming", "active", "deferred"), "an empty queue", seconds)

    def queued(self, *queues):
        """The queue files in these queues."""
        return [f for q in queues for f in (self.root / "queue" / q).glob("**/*") if f.is_file()]

    def held(self, recipient):
        """True when a message to this recipient is on hold."""
        return any(recipient.encode() in f.read_bytes() for f in self.queued("hold"))

    def release_held(self):
        """Lets all held mail go, as `postsuper -H ALL` does for an administrator; what it does then is delivered."""
        subprocess.run(["/usr/sbin/postsuper", "-c", str(self.root / "conf"), "-H", "ALL"], check=True, timeout=60,
                       stderr=subprocess.DEVNULL)
        self._command("flush")

    def _write_config(self):
        snippet = self._snippet.read_text().replace("unix:winnow/winnow.sock", f"unix:{self._milter_socket}")
        snippet = snippet.replace("#non_smtpd_milters", "non_smtpd_milters")
        (self.root / "conf" / "main.cf").write_text(MAIN.format(root=self.root, **self._sockets) + snippet)
        services = "".join(
            f"127.0.0.1:{self.ports[name]} inet n - n - - smtpd\n"
            f"  -o syslog_name=postfix/{name}\n" + "".join(f"  -o {key}={value}\n" for key, value in options.items())
            for name, options in SERVICES.items())
        (self.root / "conf" / "master.cf").write_text(services + MASTER)

    def _listening_or_failed(self):
        try:
            for port in self.ports.values():
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return "listening"
        except OSError:
            return "failed" if self._command("status") != 0 else None

    def _command(self, verb, check=False):
        return subprocess.run(["/usr/sbin/postfix", "-c", str(self.root / "conf"), verb], check=check, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode
