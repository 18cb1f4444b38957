#include "rules/text_template.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "config/text_checks.h"
#include "config/units.h"
#include "rules/checker.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxFactBytes = 100;

/// Two figures at most, in the largest unit that it fills.
std::string rounded_size(double bytes) {
  constexpr double kKib = 1024;
  if (bytes < kKib) return format_rounded_down(bytes, 0) + "B";
  if (bytes < kKib * kKib) return format_rounded_down(bytes / kKib, bytes < 10 * kKib ? 1 : 0) + "KiB";
  return format_rounded_down(bytes / kKib / kKib, bytes < 10 * kKib * kKib ? 1 : 0) + "MiB";
}

std::string rounded_duration(double seconds) {
  constexpr double kMinute = 60, kHour = 3600, kDay = 86400;
  if (seconds < kMinute) return format_rounded_down(seconds, 0) + "s";
  if (seconds < kHour) return format_rounded_down(seconds / kMinute, 0) + "min";
  if (seconds < 2 * kDay) return format_rounded_down(seconds / kHour, 0) + "h";
  return format_rounded_down(seconds / kDay, 0) + "d";
}

std::string short_number(double number) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

/// What came with the mail, fit to stand in a header or a reply.
std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < kMaxFactBytes;) {
    const std::size_t length = std::max<std::size_t>(1, utf8_length_at(text, at));
    const char c = text[at];
    out += length == 1 && c >= 0x20 && c <= 0x7E ? c : (c == '\t' || c == '\n' || c == '\r' ? ' ' : '?');
    at += length;
  }
  for (std::size_t at = out.find("=?"); at != out.npos; at = out.find("=?", at)) out[at] = '_';
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += (out.empty() ? "" : ", ") + text;
    if (out.size() > kMaxFactBytes) break;
  }
  return out;
}

}  // namespace

class TextTemplate::Parser {
 public:
  Parser(std::string_view text, const ReportProblem& report) : text_(text), report_(report) {}

  std::optional<TextTemplate> run() {
    while (at_ < text_.size()) {
      const std::size_t brace = std::min(text_.find_first_of("{}", at_), text_.size());
      add_literal(text_.substr(at_, brace - at_));
      at_ = brace;
      if (at_ < text_.size()) read_brace();
    }
    return fine_ ? std::optional(std::move(result_)) : std::nullopt;
  }

 private:
  void read_brace() {
    if (text_.substr(at_, 2) == "{{" || text_.substr(at_, 2) == "}}") {
      add_literal(text_.substr(at_, 1));
      at_ += 2;
      return;
    }
    const std::size_t end = text_.find('}', at_);
    if (text_[at_] == '}' || end == text_.npos) {
      fail({at_, 1}, "this brace has no other half", "a brace as such is written twice");
      at_ = text_.size();
      return;
    }
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.empty()) {
      fail({at_, 2}, "there is no fact between these braces", "a brace as such is written twice");
    } else {
      read_fact(inside);
    }
    at_ = end + 1;
  }

  void read_fact(std::string_view inside) {
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    const std::string_view format = inside.substr(std::min(colon + 1, inside.size()));
    Part part;
    part.value = check_fact_name(inside.substr(0, colon), {at_ + 1, std::max<std::size_t>(1, colon)}, report_);
    fine_ = fine_ && part.value.has_value();
    if (part.value && colon < inside.size())
      read_format(format, {at_ + 2 + colon, std::max<std::size_t>(1, format.size())}, part);
    result_.parts_.push_back(std::move(part));
  }

  void read_format(std::string_view format, Span where, Part& part) {
    const FactType type = part.value->type;
    if (format != "percent" && format != "number") {
      fail(where, "unknown format " + quoted_for_message(format), "there are percent and number");
    } else if (!is_numeric(type) || (format == "percent" && type != FactType::Percent && type != FactType::Number)) {
      fail(where, "a " + std::string(type_name(type)) + " cannot be written as " + std::string(format), "");
    } else {
      part.format = format == "percent" ? Format::Percent : Format::Number;
    }
  }

  void add_literal(std::string_view text) {
    if (text.empty()) return;
    if (result_.parts_.empty() || result_.parts_.back().value) result_.parts_.emplace_back();
    result_.parts_.back().text += text;
  }

  void fail(Span where, std::string text, std::string hint) {
    report_(where, std::move(text), std::move(hint));
    fine_ = false;
  }

  std::string_view text_;
  const ReportProblem& report_;
  std::size_t at_ = 0;
  bool fine_ = true;
  TextTemplate result_;
};

std::optional<TextTemplate> TextTemplate::parse(std::string_view text, const ReportProblem& report) {
  return Parser(text, report).run();
}

std::string TextTemplate::shown(const Part& part, const EvaluationInput& input) {
  const Expression& value = *part.value;
  if (!is_numeric(value.type)) {
    switch (value.type) {
      case FactType::Bool:
        return holds(value, input) ? "yes" : "no";
      case FactType::TextList:
        return harmless(joined(texts_of(value, input)));
      case FactType::Ip:
        return address_text(value, input);
      default:
        return harmless(text_of(value, input));
    }
  }
  const double number = number_of(value, input);
  if (part.format == Format::Number && value.type == FactType::Percent) return format_rounded_down(number, 5);
  if (part.format == Format::Number) return short_number(number);
  if (part.format == Format::Percent || value.type == FactType::Percent)
    return format_rounded_down(number * 100, 1) + "%";
  if (value.type == FactType::Size) return rounded_size(number);
  if (value.type == FactType::Duration) return rounded_duration(number);
  return short_number(number);
}

std::string TextTemplate::render(const EvaluationInput& input) const {
  std::string out;
  for (const Part& part : parts_) out += part.value ? shown(part, input) : part.text;
  return out;
}

bool TextTemplate::asks_for(std::span<const Fact> facts) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [facts](const Part& part) { return part.value && winnow::asks_for(*part.value, facts); });
}

bool TextTemplate::is_plain() const {
  return std::none_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.value.has_value(); });
}

}  // namespace winnow
