#include "models/score_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string_view>

#include "engine/probability.h"
#include "models/tab_separated.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

std::string number_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.9g", value);
  return text.data();
}

std::string one_field(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::optional<double> probability_in(std::string_view text) {
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const auto probability = Probability::from(value);
  return probability ? std::optional(probability->value()) : std::nullopt;
}

/// "" or why the row is wrong.
std::string take_row(const TabRow& row, std::vector<ScoredMail>& mail) {
  const std::optional<Label> label = label_named(row["label"]);
  if (!label) return "label must be ham, spam or phishing";
  const auto probability = probability_in(row["probability"]);
  if (!probability) return "probability must be a number from 0 to 1";
  const auto uncalibrated = probability_in(row["uncalibrated"]);
  if (!uncalibrated && !row["uncalibrated"].empty()) return "uncalibrated must be empty or a number from 0 to 1";
  mail.push_back({std::string(row["path"]), std::string(row["corpus"]), *label, *probability, uncalibrated});
  return "";
}

}  // namespace

Status write_score_file(const std::filesystem::path& file, const std::vector<ScoredMail>& mail) {
  std::string text = "corpus\tpath\tlabel\tprobability\tuncalibrated\n";
  for (const ScoredMail& one : mail) {
    text += one_field(one.corpus) + "\t" + one_field(one.name) + "\t" + std::string(label_name(one.label)) + "\t" +
            number_text(one.probability) + "\t" + (one.uncalibrated ? number_text(*one.uncalibrated) : "") + "\n";
  }
  return write_whole_file(file, text);
}

std::vector<ScoredMail> read_score_file(const std::filesystem::path& file, Diagnostics& problems) {
  auto source = std::make_shared<SourceText>(SourceText{file.string(), {}});
  if (const Status read = read_whole_file(file, source->text); !read) {
    problems.error({source}, read.error());
    return {};
  }
  std::vector<ScoredMail> mail;
  const TabTable table{source, "the table of scores", {"corpus", "path", "label", "probability"}};
  read_tab_table(table, problems, [&](const TabRow& row) { return take_row(row, mail); });
  return mail;
}

}  // namespace winnow
