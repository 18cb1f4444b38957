"""A private Dovecot: takes mail by LMTP, files it with the shipped Sieve script, and answers Postfix's SASL questions.

Every local part is a user with the password `PASSWORD`; its Maildir is read from disk by Mailbox.
"""
import email
import email.policy
import os
import pathlib
import shutil
import subprocess

from harness.wait import until

PASSWORD = "correct-horse"  # no space: Dovecot splits the driver's arguments there
MAIL_UID = 65534  # nobody: owns the Maildirs, nothing else

# The settings whose names and forms Dovecot 2.4 left alone.
COMMON = """
base_dir = {root}/base
state_dir = {root}/state
instance_name = winnow-e2e
protocols = lmtp
listen = 127.0.0.1
ssl = no
auth_mechanisms = plain login
log_path = {root}/dovecot.log
mail_fsync = never
lmtp_save_to_detail_mailbox = yes
lda_mailbox_autocreate = yes
first_valid_uid = 1
service lmtp {{
  process_limit = 20
  unix_listener {root}/lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener {root}/auth {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""

UNTIL_2_3 = COMMON + """
default_vsz_limit = 0
disable_plaintext_auth = no
mail_location = maildir:{root}/mail/%Ln
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={root}/home/%Ln allow_all_users=yes
}}
protocol lmtp {{
  postmaster_address = postmaster@example.test
  mail_plugins = sieve
}}
plugin {{
  sieve_before = {root}/winnow.sieve
}}
"""

# The version that the settings are written for must come first. Users get many messages at a time here, of which 2.4 would
# put those past the tenth off.
FROM_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
""" + COMMON + """
default_vsz_limit = unlimited
lmtp_user_concurrency_limit = unlimited
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {root}/mail/%{{user | username | lower}}
passdb static {{
  passdb_static_password = {password}
}}
userdb static {{
  userdb_static_allow_all_users = yes
  fields {{
    uid = {uid}
    gid = {uid}
    home = {root}/home/%{{user | username | lower}}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@example.test
  mail_plugins {{
    sieve = yes
  }}
}}
sieve_script winnow {{
  sieve_script_type = before
  sieve_script_path = {root}/winnow.sieve
}}
"""


def is_2_4():
    """Whether the installed Dovecot reads settings in the form that began with 2.4."""
    said = subprocess.run(["dovecot", "--version"], check=True, timeout=30, capture_output=True, text=True).stdout
    major, minor = said.split(maxsplit=1)[0].split(".")[:2]
    return (int(major), int(minor)) >= (2, 4)


def settings_form():
    return FROM_2_4 if is_2_4() else UNTIL_2_3


class Mailbox:
    """The folders of one user, as they lie on disk."""

    def __init__(self, maildir):
        self._maildir = maildir

    def messages(self, folder="INBOX"):
        """The messages of a folder as email.message.EmailMessage, each with its octets in `.octets`."""
        place = self._maildir if folder == "INBOX" else self._maildir / f".{folder}"
        files = [f for kind in ("new", "cur") if (place / kind).is_dir() for f in sorted((place / kind).iterdir())]
        return [self._read(f) for f in files]

    def count(self):
        """Messages in all folders together."""
        return sum(1 for kind in ("new", "cur") for _ in self._maildir.glob(f"**/{kind}/*"))

    def only_message(self, folder):
        """The one message of the user, which must lie in `folder`."""
        until(self.count, f"a message in {self._maildir}")
        found = self.messages(folder)
        if len(found) != 1 or self.count() != 1:
            raise AssertionError(f"expected one message, in {folder}; "
                                 f"INBOX {len(self.messages())}, Junk {len(self.messages('Junk'))}")
        return found[0]

    @staticmethod
    def _read(file):
        octets = file.read_bytes()
        message = email.message_from_bytes(octets, policy=email.policy.compat32)
        message.octets = octets
        return message


class Dovecot:
    def __init__(self, root, sieve_script, more_settings=""):
        self.root = pathlib.Path(root)
        self.log = self.root / "dovecot.log"
        self.lmtp_socket = self.root / "lmtp"
        self.auth_socket = self.root / "auth"
        self._sieve_script = sieve_script
        self._more_settings = more_settings
        self._master = None

    def start(self):
        for name in ("mail", "home"):
            (self.root / name).mkdir(parents=True)
            os.chown(self.root / name, MAIL_UID, MAIL_UID)
        self.root.chmod(0o755)
        config = self.root / "dovecot.conf"
        config.write_text(settings_form().format(root=self.root, password=PASSWORD, uid=MAIL_UID) + self._more_settings)
        script = self.root / "winnow.sieve"
        shutil.copy(self._sieve_script, script)
        # LMTP runs as the user and could not write the compiled script.
        subprocess.run(["sievec", "-c", str(config), str(script)], check=True, timeout=30)
        self._master = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stdin=subprocess.DEVNULL)
        until(lambda: self.lmtp_socket.exists() and self.auth_socket.exists(), "Dovecot's sockets")

    def stop(self):
        if self._master is not None:
            self._master.terminate()
            self._master.wait(30)
            self._master = None

    def mailbox(self, user):
        return Mailbox(self.root / "mail" / user)
