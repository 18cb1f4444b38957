#include "models/model_card.h"

#include <cmath>
#include <sstream>

namespace winnow {
namespace {

std::string linear_note(std::size_t members) {
  return members == 0 ? "" : " and, counting as much together, of " + std::to_string(members) + " linear";
}

/// A model that goes on from a base has the base's widths.
std::string widths(const TrainOptions& options) {
  if (!options.base.empty()) return ", as wide as its base";
  return " x " + std::to_string(options.architecture.embedding_width) + " beside a linear part; " +
         std::to_string(options.architecture.hidden_width) + " hidden units";
}

std::string members_of(const TrainOptions& options) {
  const std::string count = std::to_string(options.members);
  if (options.base.empty()) return "mean of " + count + " models" + linear_note(options.linear_members);
  return (options.members == 1 ? "one model that goes" : "mean weights of " + count + " models that went") +
         " on from the base `" + options.base.filename().string() + "`";
}

void write_identity(std::ostream& out, const ModelCard& card) {
  const Manifest& manifest = card.manifest;
  const bool on_base = !card.options.base.empty();
  out << "# Model " << manifest.name << "\n\n"
      << "A spam classifier for Winnow: TorchScript, " << card.bytes / 1024 << " KiB, made on " << manifest.created
      << " by `winnow train`.\n\n"
      << "| | |\n| --- | --- |\n"
      << "| sha256 | `" << card.report.sha256 << "` |\n"
      << "| features | schema " << manifest.schema_id << ", hash `" << manifest.schema_hash << "` |\n"
      << "| shape | table of " << manifest.table_size << " rows" << widths(card.options) << "; "
      << manifest.dense_names.size() << " dense features |\n"
      << "| tokens | those " << (on_base ? "of the base and those " : "") << "of at least " << card.options.min_messages
      << (card.options.min_messages == 1 ? " message" : " messages") << " |\n"
      << "| training | " << members_of(card.options) << "; " << card.options.batch_size << " messages a step, at most "
      << card.options.epochs << " epochs" << (card.options.balance_kinds ? ", kinds of mail balanced" : "")
      << ", learning rates " << card.options.optimizer.learning_rate * (on_base ? kBaseTablePace : 1) << " (table) and "
      << card.options.optimizer.dense_learning_rate * (on_base ? kBaseDensePace : 1) << " (rest), dropout "
      << card.options.optimizer.token_dropout << " (tokens) and " << card.options.optimizer.dense_dropout
      << " (dense), seed " << card.options.optimizer.seed << " |\n"
      << "| calibration | ";
  for (std::size_t i = 0; i < manifest.labels.size(); ++i) {
    const Calibration& calibration = manifest.calibration[i];
    out << (i == 0 ? "" : "; ") << manifest.labels[i] << " = sigmoid(" << calibration.slope << " x logit + "
        << calibration.intercept << ")";
  }
  out << ", for a mailbox with " << 100 * manifest.prior_spam << " % spam |\n"
      << "| mail | digest `" << manifest.corpora_digest << "` |\n\n";
}

void write_count(std::ostream& out, const std::string& name, const GroupCount& count) {
  out << "| " << name << " | " << count.ham << " | " << count.spam << " |\n";
}

void add(GroupCount& sum, const GroupCount& count) {
  sum.ham += count.ham;
  sum.spam += count.spam;
}

void write_kinds(std::ostream& out, const std::map<std::string, KindBalance>& kinds) {
  if (kinds.empty()) return;
  out << "| kind | ham and copies | spam and copies | weight of spam |\n| --- | ---: | ---: | ---: |\n";
  GroupCount others;
  for (const auto& [kind, balance] : kinds) {
    if (balance.spam_factor < 1) {
      out << "| " << kind << " | " << balance.messages.ham << " | " << balance.messages.spam << " | "
          << balance.spam_factor << " |\n";
    } else {
      add(others, balance.messages);
    }
  }
  out << "| others | " << others.ham << " | " << others.spam << " | 1 |\n\n";
}

void write_mail(std::ostream& out, const ModelCard& card) {
  out << "## Learnt from\n\n| corpus | ham | spam |\n| --- | ---: | ---: |\n";
  GroupCount all;
  for (const auto& [corpus, count] : card.learnt) {
    write_count(out, corpus, count);
    add(all, count);
  }
  write_count(out, "all", all);
  out << "\nEach group (corpus x label) counts with its size to the power of " << kGroupExponent
      << ", and ham and spam count the same"
      << (card.kinds.empty()
              ? ".\n\n"
              : ". After that, spam of a kind of mail (language, HTML or plain) that outweighs its ham is "
                "learnt with less weight:\n\n");
  write_kinds(out, card.kinds);
}

void write_comparison(std::ostream& out, const ModelCard& card) {
  if (!card.report.comparison) return;
  out << "## Beside its base\n\n"
      << "On the held-out mail, which also chose how far it went: " << card.report.comparison->text() << ". It went "
      << std::lround(100 * card.way_from_base)
      << " % of the way from the base to what\nthis mail alone would make of it. It knows mail of other kinds less "
         "well than its base "
         "does.\n\n";
}

}  // namespace

void count_learnt(const TrainingSet& set, ModelCard& card) {
  for (const std::size_t at : set.parts().learnt) {
    if (!set.is_copy(at)) card.learnt[set.corpus(at)].count(is_spam(set.label(at)));
  }
  card.kinds = set.balance_of_kinds(set.parts().learnt);
}

std::string write_model_card(const ModelCard& card) {
  std::ostringstream out;
  write_identity(out, card);
  write_mail(out, card);
  if (!card.report.left_out.empty()) {
    out << "## On mail of unknown origin\n\n"
        << "Each group of corpora judged by a model that learnt without it, calibrated by the other groups.\n\n"
        << evaluation_table(card.report.left_out) << "\n";
  }
  write_comparison(out, card);
  out << "## On held-out mail\n\n"
      << "This mail is of the same origin as what was learnt and chose the epoch; mail of other origin does worse.\n\n"
      << evaluation_table(card.report.held_out) << "\n"
      << "Rates in percent. \"recall at\": spam found while at most that share of the ham is called spam.\n\n"
      << "## Good to know\n\n"
      << "A model knows the mail it was made from. Mail of other kinds, languages and years is judged less "
         "surely: look at\n"
      << "the mail near the thresholds before anything stricter than a Junk folder depends on it.\n";
  return out.str();
}

}  // namespace winnow
