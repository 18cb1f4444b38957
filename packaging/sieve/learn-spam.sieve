# learn-spam.sieve - mail that a user moves to Junk is kept for the next training; see docs/learning.md.
require ["vnd.dovecot.pipe", "copy"];

pipe :copy "winnow-learn" ["spam"];
