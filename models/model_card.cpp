#include "models/model_card.h"

#include <sstream>

#include "models/training_set.h"

namespace winnow {
namespace {

void write_identity(std::ostream& out, const ModelCard& card) {
  const Manifest& manifest = card.manifest;
  out << "# Model " << manifest.name << "\n\n"
      << "A spam classifier for Winnow: TorchScript, " << card.bytes / 1024 << " KiB, made on " << manifest.created
      << " by `winnow train`.\n\n"
      << "| | |\n| --- | --- |\n"
      << "| sha256 | `" << card.sha256 << "` |\n"
      << "| features | schema " << manifest.schema_id << ", hash `" << manifest.schema_hash << "` |\n"
      << "| shape | table of " << manifest.table_size << " rows x " << card.architecture.embedding_width
      << " beside a linear part; " << manifest.dense_names.size() << " dense features; "
      << card.architecture.hidden_width << " hidden units |\n"
      << "| training | at most " << card.batch_size << " messages a step, " << card.epochs << " epochs, learning rates "
      << card.optimizer.learning_rate << " (table) and " << card.optimizer.dense_learning_rate << " (rest), dropout "
      << card.optimizer.token_dropout << " (tokens) and " << card.optimizer.dense_dropout << " (dense), seed "
      << card.optimizer.seed << " |\n"
      << "| calibration | probability = sigmoid(" << manifest.calibration.front().slope << " x logit + "
      << manifest.calibration.front().intercept << "), for a mailbox with " << 100 * manifest.prior_spam
      << " % spam |\n"
      << "| mail | digest `" << manifest.corpora_digest << "` |\n\n";
}

void write_mail(std::ostream& out, const std::map<std::string, GroupCount>& learnt) {
  out << "## Learnt from\n\n| corpus | ham | spam |\n| --- | ---: | ---: |\n";
  GroupCount all;
  for (const auto& [corpus, count] : learnt) {
    out << "| " << corpus << " | " << count.ham << " | " << count.spam << " |\n";
    all.ham += count.ham;
    all.spam += count.spam;
  }
  out << "| all | " << all.ham << " | " << all.spam << " |\n\n"
      << "Each group (corpus x label) counts with its size to the power of " << kGroupExponent
      << ", and both labels count the same.\n\n";
}

}  // namespace

std::string write_model_card(const ModelCard& card) {
  std::ostringstream out;
  write_identity(out, card);
  write_mail(out, card.learnt);
  out << "## On held-out mail\n\n"
      << "This mail also fitted the calibration and chose the epoch, so mail of other origin will do "
         "worse.\n\n"
      << evaluation_table(card.held_out) << "\n"
      << "Rates in percent. \"recall at\": spam found while at most that share of the ham is called spam.\n\n"
      << "## Good to know\n\n"
      << "A model knows the mail it was made from. Mail of other kinds, languages and years is judged less "
         "surely: look at\n"
      << "the mail near the thresholds before anything stricter than a Junk folder depends on it.\n";
  return out.str();
}

}  // namespace winnow
