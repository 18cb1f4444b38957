#include "cli/replay_report.h"

#include <nlohmann/json.hpp>

#include "cli/judgement_text.h"
#include "cli/table.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;
using Counts = std::map<Verdict, std::size_t>;  // from the mildest to the strictest

std::string shown(const Decision& decision) {
  return std::string(verdict_name(decision.verdict)) + " (" + (decision.rule.empty() ? "no rule" : decision.rule) + ")";
}

Json counts_json(const Counts& counts) {
  Json json = Json::object();
  for (const auto& [verdict, count] : counts) json[std::string(verdict_name(verdict))] = count;
  return json;
}

Json decision_json(const Decision& decision) {
  Json actions = Json::array();
  for (const Action& action : decision.actions) actions.push_back(action_name(action.kind));
  return {{"verdict", verdict_name(decision.verdict)}, {"rule", decision.rule}, {"actions", actions}};
}

Counts counts_today(const std::map<std::pair<Verdict, Verdict>, std::size_t>& verdicts) {
  Counts counts;
  for (const auto& [pair, count] : verdicts) counts[pair.first] += count;
  return counts;
}

Counts counts_then(const std::map<std::pair<Verdict, Verdict>, std::size_t>& verdicts) {
  Counts counts;
  for (const auto& [pair, count] : verdicts) counts[pair.second] += count;
  return counts;
}

/// A rule that accepts does no more than no rule at all.
bool do_the_same(std::vector<Action> some, std::vector<Action> others) {
  const auto is_accept = [](const Action& action) { return action.kind == ActionKind::Accept; };
  std::erase_if(some, is_accept);
  std::erase_if(others, is_accept);
  return some == others;
}

}  // namespace

std::string grouped_number(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

void ReplayReport::add(ReplayedMail mail) {
  ++judged_;
  if (rules_ == Rules::TodaysOnly) mail.then = mail.today;
  ++verdicts_[{mail.today.verdict, mail.then.verdict}];
  if (mail.today.verdict == mail.then.verdict) {
    if (!do_the_same(mail.today.actions, mail.then.actions)) ++other_actions_;
    return;
  }
  ++changed_;
  if (changes_.size() < max_changes_) changes_.push_back(std::move(mail));
}

std::string ReplayReport::verdict_table() const {
  const Counts today = counts_today(verdicts_);
  std::vector<std::vector<std::string>> rows;
  if (rules_ == Rules::TodaysOnly) {
    for (const auto& [verdict, count] : today)
      rows.push_back({std::string(verdict_name(verdict)), grouped_number(count)});
    return format_table({{"verdict"}, {"messages", Align::Right}}, rows);
  }
  std::vector<Column> columns{{"today \\ then"}};
  const Counts then = counts_then(verdicts_);
  for (const auto& [verdict, count] : then) columns.push_back({std::string(verdict_name(verdict)), Align::Right});
  for (const auto& [verdict, count] : today) {
    std::vector<std::string> row{std::string(verdict_name(verdict))};
    for (const auto& [other, unused] : then) {
      const auto found = verdicts_.find({verdict, other});
      row.push_back(found == verdicts_.end() ? "-" : grouped_number(found->second));
    }
    rows.push_back(std::move(row));
  }
  return format_table(columns, rows);
}

std::string ReplayReport::change_table() const {
  std::vector<std::vector<std::string>> rows;
  for (const ReplayedMail& mail : changes_) {
    rows.push_back({percent_text(mail.probability), shown(mail.today), shown(mail.then), mail.file});
  }
  std::string text = "\n" + format_table({{"probability", Align::Right}, {"today"}, {"then"}, {"file"}}, rows);
  const std::size_t left_out = changed_ - changes_.size();
  if (left_out > 0) text += "... and " + grouped_number(left_out) + " more, which --all shows\n";
  return text;
}

std::string ReplayReport::summary() const {
  std::string text = grouped_number(judged_) + (judged_ == 1 ? " message" : " messages") + " judged";
  if (rules_ == Rules::TodaysAndOthers) text += ", " + grouped_number(changed_) + " would change";
  if (other_actions_ > 0)
    text += ", " + grouped_number(other_actions_) + " would keep the verdict but get other actions";
  if (failed_ > 0) text += ", " + grouped_number(failed_) + " could not be judged";
  return text + "\n";
}

std::string ReplayReport::text() const {
  const std::string tables = (judged_ > 0 ? verdict_table() : "") + (changes_.empty() ? "" : change_table());
  return tables + (tables.empty() ? "" : "\n") + summary();
}

std::string ReplayReport::json() const {
  Json json{{"judged", judged_}, {"failed", failed_}, {"today", counts_json(counts_today(verdicts_))}};
  if (rules_ == Rules::TodaysAndOthers) {
    json["then"] = counts_json(counts_then(verdicts_));
    Json& verdicts = json["verdicts"] = Json::array();
    for (const auto& [pair, count] : verdicts_) {
      verdicts.push_back(
          {{"today", verdict_name(pair.first)}, {"then", verdict_name(pair.second)}, {"messages", count}});
    }
    json["changed"] = changed_;
    json["other_actions"] = other_actions_;
    Json& changes = json["changes"] = Json::array();
    for (const ReplayedMail& mail : changes_) {
      changes.push_back({{"file", mail.file},
                         {"probability", mail.probability},
                         {"today", decision_json(mail.today)},
                         {"then", decision_json(mail.then)}});
    }
  }
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace winnow
