#!/usr/bin/perl
# Learns and judges mail with SpamAssassin's library, without network.
# usage: spamassassin.pl SETTINGS.cf FOLDER, with lines "spam|ham|check TAB file" on standard input
# prints "file TAB score" for each check
use strict;
use warnings;
use Mail::SpamAssassin;

my ($settings, $folder) = @ARGV;
my $filter = Mail::SpamAssassin->new({
  rules_filename => '/usr/share/spamassassin',
  site_rules_filename => '/etc/spamassassin',
  post_config_text => read_file($settings),
  userprefs_filename => '/dev/null',
  userstate_dir => $folder,
  local_tests_only => 1,
  dont_copy_prefs => 1,
});
my ($learnt, @files) = (0);
while (my $line = <STDIN>) {
  chomp $line;
  my ($what, $file) = split /\t/, $line, 2;
  if ($what eq 'check') { push @files, $file; next; }
  unless ($learnt) { $filter->init_learner({ learn_to_journal => 0, wait_for_lock => 1 }); }
  my $mail = $filter->parse(read_file($file));
  $filter->learn($mail, undef, $what eq 'spam' ? 1 : 0, 0)->finish();
  $mail->finish();
  $learnt = 1;
}
$filter->rebuild_learner_caches() if $learnt;
$filter->finish_learner() if $learnt;
for my $file (@files) {
  my $mail = $filter->parse(read_file($file));
  my $status = $filter->check($mail);
  printf "%s\t%.3f\n", $file, $status->get_score();
  $status->finish();
  $mail->finish();
}
$filter->finish();

sub read_file {
  my ($name) = @_;
  open my $in, '<:raw', $name or die "$name: $!\n";
  local $/;
  return scalar <$in>;
}
