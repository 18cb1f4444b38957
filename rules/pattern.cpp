#include "rules/pattern.h"

#include <re2/re2.h>

namespace winnow {
namespace {

constexpr std::size_t kMaxPatternBytes = 2000;
constexpr std::int64_t kPatternMemory = 1 << 20;  // bytes that one pattern and its automata may use

class Re2Pattern final : public TextPattern {
 public:
  Re2Pattern(const std::string& pattern, std::int64_t memory) : expression_(pattern, options(memory)) {}

  bool found_in(std::string_view text) const override {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression_);
  }
  bool ok() const { return expression_.ok(); }
  std::string error() const { return expression_.error(); }

 private:
  static RE2::Options options(std::int64_t memory) {
    RE2::Options options;
    options.set_case_sensitive(false);
    options.set_max_mem(memory);
    options.set_log_errors(false);
    options.set_never_capture(true);
    return options;
  }

  RE2 expression_;
};

std::shared_ptr<const TextPattern> compiled(const std::string& pattern, std::int64_t memory, std::string& why_not) {
  auto program = std::make_shared<Re2Pattern>(pattern, memory);
  if (program->ok()) return program;
  why_not = program->error();
  return nullptr;
}

}  // namespace

std::shared_ptr<const TextPattern> make_pattern(const std::string& pattern, std::string& why_not) {
  if (pattern.empty() || pattern.size() > kMaxPatternBytes) {
    why_not = pattern.empty() ? "it is empty" : "it is longer than " + std::to_string(kMaxPatternBytes) + " bytes";
    return nullptr;
  }
  return compiled(pattern, kPatternMemory, why_not);
}

std::shared_ptr<const TextPattern> make_plain_pattern(const std::string& text, TextPlace place, std::string& why_not) {
  const bool from_start = place == TextPlace::Start || place == TextPlace::Whole;
  const bool to_end = place == TextPlace::End || place == TextPlace::Whole;
  const std::string pattern = (from_start ? "\\A" : "") + RE2::QuoteMeta(text) + (to_end ? "\\z" : "");
  return compiled(pattern, kPatternMemory, why_not);
}

}  // namespace winnow
