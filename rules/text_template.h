// text_template.h - texts of actions with facts in braces: "scored {spam}, from {from.domain}".
//
// Owns:    its parts.
// Threads: immutable after parsing.
// Fails:   parse reports every problem at its place in the text; the result is then nullopt. render never fails.
// Format:  {fact}, {fact:percent} and {fact:number}; "{{" is a brace. What a fact says is cut after 100 bytes and made
//          printable ASCII on one line, so that mail can neither end a header nor begin an encoded word (RFC 2047).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/evaluator.h"
#include "rules/lexer.h"

namespace winnow {

class TextTemplate {
 public:
  /// `span`s of problems count bytes of `text`.
  static std::optional<TextTemplate> parse(std::string_view text, const ReportProblem& report);

  std::string render(const EvaluationInput& input) const;
  /// Whether it shows one of these.
  bool asks_for(std::span<const Fact> facts) const;
  bool is_plain() const;  // no fact in it

 private:
  enum class Format { AsItsType, Percent, Number };
  struct Part {
    std::string text;                 // literal
    std::optional<Expression> value;  // instead of it
    Format format = Format::AsItsType;
  };
  class Parser;

  static std::string shown(const Part& part, const EvaluationInput& input);

  std::vector<Part> parts_;
};

}  // namespace winnow
