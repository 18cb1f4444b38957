# shellcheck shell=sh disable=SC2034
# default_options.sh - how the shipped model is trained. To be sourced by sh: train_default.sh makes the model this way, and
# tests/bench/accuracy/run.sh measures it this way.

default_training="--table-size 4194304 --min-messages 3 --balance-kinds --embedding-width 4 --hidden-width 64 --epochs 3 --batch-size 64 --members 2 --linear-members 1 --tails 0.6"

# phishing-pot may not be used commercially: it is measured on and never learnt from.
default_mail="--without phishing-pot --phishing-corpus phishing-nazario"

# Mail of one origin or kind is left out together.
default_left_out="spamassassin csdmc2010-extra lists-misc,lists-sourceforge,lists-vger personal-2025
  fixtures-mixed,fixtures-transactional,newsletters-de enron-office phishing-nazario"
