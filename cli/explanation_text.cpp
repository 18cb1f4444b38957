#include "cli/explanation_text.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "cli/judgement_text.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kTextWidth = 70;  // code points; long URLs would run over the edge of the screen

std::string number(const char* form, double value) {
  char text[32];
  std::snprintf(text, sizeof text, form, value);
  return text;
}

std::string log_odds(double value) { return number("%+.2f", value); }

/// The lines of a table whose figure is above 0 in red, those below 0 in green.
std::string coloured(const std::string& table, Colour colour) {
  if (colour == Colour::None) return table;
  std::string out;
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = table.find('\n', at);
    const std::string_view line = std::string_view(table).substr(at, end - at);
    const std::size_t sign = line.find_first_not_of(' ');
    const bool speaks_for = sign != std::string_view::npos && line[sign] == '+';
    out.append(speaks_for ? "\033[31m" : "\033[32m").append(line).append("\033[0m\n");
    at = end + 1;
  }
  return out;
}

Rows contribution_rows(const Explanation& e, std::size_t top) {
  Rows rows;
  double others = 0;
  std::size_t left_out = 0;
  for (const Contribution& contribution : e.contributions) {
    if (rows.size() < top) {
      rows.push_back({log_odds(contribution.log_odds), cut_to_width(contribution.text, kTextWidth)});
    } else {
      others += contribution.log_odds;
      ++left_out;
    }
  }
  if (left_out > 0) rows.push_back({log_odds(others), std::to_string(left_out) + " weaker ones together"});
  return rows;
}

std::string percent(double odds) { return percent_text(1 / (1 + std::exp(-odds))); }

}  // namespace

Colour colour_of(int descriptor) {
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (refused != nullptr && *refused != '\0') return Colour::None;
  const bool can = terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
  return can && isatty(descriptor) == 1 ? Colour::RedAndGreen : Colour::None;
}

std::string explanation_text(const Explanation& e, std::size_t top, Colour colour) {
  const std::vector<Column> columns{{"", Align::Right}, {""}};
  Rows rows{{log_odds(e.start), "before anything is known"}};
  if (e.prior_shift != 0) rows.push_back({log_odds(e.prior_shift), "your own share of spam (engine.prior_spam)"});
  const Rows contributions = contribution_rows(e, top);
  rows.insert(rows.end(), contributions.begin(), contributions.end());
  if (std::abs(e.remainder) >= 0.005) rows.push_back({log_odds(e.remainder), "that the contributions miss"});
  std::string text = "why: log-odds of " + escape_for_terminal(e.label, LineBreaks::Escape) +
                     ", + speaks for it, - against\n" + coloured(format_table(columns, rows), colour) + "= " +
                     log_odds(e.log_odds) + "  " + percent(e.log_odds) + "\n";
  if (!e.adds_up) text += "note: the contributions miss the score by more than 1 %; this model bends too much\n";
  return text;
}

std::string feature_text(const Explanation& e, bool all) {
  Rows rows;
  const auto& declared = dense_features();
  for (std::size_t i = 0; i < e.features.size(); ++i) {
    const NamedContribution& feature = e.features[i];
    if (feature.value == 0 && !all) continue;
    rows.push_back({log_odds(feature.log_odds), number("%.3g", feature.value), std::string(declared[i].range),
                    std::string(feature.name), std::string(declared[i].meaning)});
  }
  return format_table({{"log-odds", Align::Right}, {"value", Align::Right}, {"range"}, {"feature"}, {"meaning"}}, rows);
}

std::string explanation_json(const Explanation& e) {
  Json contributions = Json::array(), features = Json::array();
  for (const Contribution& c : e.contributions) contributions.push_back({{"text", c.text}, {"log_odds", c.log_odds}});
  for (const NamedContribution& f : e.features)
    features.push_back({{"name", f.name}, {"value", f.value}, {"log_odds", f.log_odds}});
  const Json json{{"label", e.label},
                  {"log_odds", e.log_odds},
                  {"start", e.start},
                  {"prior_shift", e.prior_shift},
                  {"contributions", contributions},
                  {"remainder", e.remainder},
                  {"adds_up", e.adds_up},
                  {"points", e.points},
                  {"features", features}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace winnow
