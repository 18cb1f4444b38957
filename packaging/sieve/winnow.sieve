# winnow.sieve - files mail that Winnow calls junk into the folder Junk.
#
# Only "X-Spam-Flag: YES" moves mail. Winnow removes that header from mail that comes in, so it can be trusted on mail
# that passed Winnow, but for what your own users sent who had logged in: theirs goes as it is, unless
# headers.show_authenticated says otherwise. Mail at the flag threshold ("X-Winnow-Flag: suspect") stays in the inbox.
#
# For every user of a Dovecot with Pigeonhole (packages dovecot-sieve and dovecot-lmtpd):
#   1. install -D -m 0644 winnow.sieve /etc/dovecot/sieve/winnow.sieve
#   2. sievec /etc/dovecot/sieve/winnow.sieve
#      (users' processes may not write there, so the script is compiled once, by root, after every change)
#   3. Dovecot 2.3 (Debian 12), in /etc/dovecot/conf.d/90-sieve.conf and 20-lmtp.conf:
#        plugin {
#          sieve_before = /etc/dovecot/sieve/winnow.sieve
#        }
#        protocol lmtp {
#          mail_plugins = $mail_plugins sieve
#        }
#      Dovecot 2.4 (Debian 13), in the same files:
#        sieve_script winnow {
#          type = before
#          path = /etc/dovecot/sieve/winnow.sieve
#        }
#        protocol lmtp {
#          mail_plugins {
#            sieve = yes
#          }
#        }
#   4. doveconf -n >/dev/null && doveadm reload
# Such a script runs ahead of the users' own. A user whose own script should see junk too gets this file as
# sieve_default (type = default) or includes it instead.
#
# Folder named otherwise ("Spam", "INBOX.Junk")? Change the one name below.
require ["fileinto", "mailbox"];

if header :is "X-Spam-Flag" "YES" {
  fileinto :create "Junk";
  stop;
}
