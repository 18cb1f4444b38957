# learn-ham.sieve - mail that a user moves out of Junk, but not into the bin, is kept for the next training; see docs/learning.md.
require ["vnd.dovecot.pipe", "copy", "imapsieve", "environment", "variables"];

if environment :matches "imap.mailbox" "*" {
  set "mailbox" "${1}";
}
# Folder named otherwise? Change it here.
if string :is "${mailbox}" "Trash" {
  stop;
}
pipe :copy "winnow-learn" ["ham"];
