#include "rules/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "config/units.h"

namespace winnow {
namespace {

bool is_letter(char c) { return is_alpha(c) || c == '_'; }
/// What other languages write, and what it is here.
struct Foreign {
  std::string_view written, hint;
};
constexpr std::array<Foreign, 20> kForeign{{{"<>", "write '!='"},
                                            {"=>", "write '>='"},
                                            {"=<", "write '<='"},
                                            {"=~", "write 'matches'"},
                                            {"&&", "write 'and'"},
                                            {"||", "write 'or'"},
                                            {"=", "equality is written '=='"},
                                            {"!", "negation is written 'not'"},
                                            {"&", "write 'and'"},
                                            {"|", "write 'or'"},
                                            {"%", "a percentage has no blank in it: 90%"},
                                            {"-", "there are no negative numbers"},
                                            {"\u201C", "texts stand in straight quotes"},
                                            {"\u201D", "texts stand in straight quotes"},
                                            {"\u201E", "texts stand in straight quotes"},
                                            {"\u2018", "texts stand in straight quotes"},
                                            {"\u2019", "texts stand in straight quotes"},
                                            {"\u00AB", "texts stand in straight quotes"},
                                            {"\u00BB", "texts stand in straight quotes"},
                                            {"\u00A0", "a no-break space; write a plain blank"}}};

constexpr const char* kNoBackslashLast =
    "a backslash before the quote gives the quote, so a text cannot end in one; a pattern can, with [\\\\]";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  Lexer(std::string_view text, const ReportProblem& report) : text_(text), report_(report) {}

  std::optional<std::vector<Token>> run() {
    while (true) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (at_ == text_.size()) break;
      if (!read_one()) return std::nullopt;
    }
    // Behind the last token, not behind the line end of a block scalar, which would be in the next line.
    const std::size_t end = tokens_.empty() ? 0 : tokens_.back().span.offset + tokens_.back().span.length;
    tokens_.push_back({TokenKind::End, {end, 1}, "", 0});
    return std::move(tokens_);
  }

 private:
  bool read_one() {
    const char c = text_[at_];
    if (is_letter(c)) return read_name();
    if (is_digit(c)) return read_number();
    if (c == '"' || c == '\'') return read_text(c);
    return read_operator();
  }

  bool read_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.' || text_[at_] == '-')) {
      ++at_;
    }
    return push(TokenKind::Name, start, std::string(text_.substr(start, at_ - start)));
  }

  bool read_number() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || is_letter(text_[at_]) || text_[at_] == '.' ||
                                  text_[at_] == '%' || text_[at_] == ':' || text_[at_] == '/')) {
      ++at_;
    }
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.back() == '%') {
      const std::optional<double> percent = parse_percent(word);
      if (!percent) return fail(start, "a percentage is between 0% and 100%, got " + quoted_for_message(word));
      return push(TokenKind::Percent, start, "", *percent);
    }
    double number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, std::chars_format::fixed);
    if (error == std::errc() && end == word.data() + word.size()) return push(TokenKind::Number, start, "", number);
    if (const std::optional<std::uint64_t> size = parse_size(word)) {
      return push(TokenKind::Size, start, "", static_cast<double>(*size));
    }
    if (const std::optional<std::chrono::microseconds> duration = parse_duration(word)) {
      return push(TokenKind::Duration, start, "", std::chrono::duration<double>(*duration).count());
    }
    return fail(start, quoted_for_message(word) + " is not a number, percentage, size or duration",
                "texts and addresses stand in quotes; sizes are written 10KiB, 5MiB, durations 30min, 2d");
  }

  /// A backslash before the quote gives the quote; any other backslash stays, so patterns need no doubling.
  bool read_text(char quote) {
    const std::size_t start = at_++;
    std::string value;
    bool holds_quote = false;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
        holds_quote = true;
        ++at_;
      }
      value += text_[at_];
    }
    if (at_ == text_.size()) {
      return fail(start, "this text has no closing quote", holds_quote ? kNoBackslashLast : "");
    }
    ++at_;
    return push(TokenKind::Text, start, std::move(value));
  }

  bool read_operator() {
    const std::size_t start = at_;
    for (const std::string_view word : {"==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","}) {
      if (text_.substr(at_, word.size()) != word || text_.substr(at_, 2) == "<>") continue;
      at_ += word.size();
      return push(TokenKind::Operator, start, std::string(word));
    }
    const auto foreign = std::find_if(kForeign.begin(), kForeign.end(),
                                      [&](const Foreign& one) { return text_.substr(at_).starts_with(one.written); });
    const bool is_known = foreign != kForeign.end();
    at_ += is_known ? foreign->written.size() : std::max<std::size_t>(1, utf8_length_at(text_, at_));
    return fail(start, "unexpected " + quoted_for_message(text_.substr(start, at_ - start)),
                std::string(is_known ? foreign->hint : ""));
  }

  bool push(TokenKind kind, std::size_t start, std::string text, double number = 0) {
    tokens_.push_back({kind, {start, at_ - start}, std::move(text), number});
    return true;
  }

  bool fail(std::size_t start, std::string text, std::string hint = {}) {
    report_({start, at_ - start}, std::move(text), std::move(hint));
    return false;
  }

  std::string_view text_;
  const ReportProblem& report_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::optional<std::vector<Token>> read_tokens(std::string_view expression, const ReportProblem& report) {
  if (expression.size() > kMaxExpressionBytes) {
    report({0, 1}, "an expression may have " + std::to_string(kMaxExpressionBytes) + " bytes at most",
           "long lists belong under lists:");
    return std::nullopt;
  }
  return Lexer(expression, report).run();
}

}  // namespace winnow
