#include "rules/doubtful_comparison.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/ascii.h"
#include "config/diagnostics.h"
#include "config/text_checks.h"
#include "rules/thresholds.h"

namespace winnow {
namespace {

struct Results {
  std::string_view fact;
  std::vector<std::string> words;
};

/// "" aside, which stands for none that is known. bestguesspass is what Exchange Online says for domains without a policy.
const std::array<Results, 3>& known_results() {
  static const std::array<Results, 3> results{{
      {"spf", {"pass", "fail", "softfail", "neutral", "policy", "none", "temperror", "permerror"}},
      {"dkim", {"pass", "fail", "neutral", "policy", "none", "temperror", "permerror"}},
      {"dmarc", {"pass", "fail", "none", "temperror", "permerror", "bestguesspass"}},
  }};
  return results;
}

constexpr std::array<std::string_view, 7> kDomains{"mail_from.domain", "from.domain",  "reply_to.domain",
                                                   "recipient.domain", "urls.domains", "urls.hosts",
                                                   "client.name"};
constexpr std::array<std::string_view, 2> kProbabilities{"spam", "phishing"};
constexpr std::array<std::string_view, 3> kAddresses{"mail_from", "from.address", "recipient"};

template <typename Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_feature(const SyntaxNode& node) { return node.kind == SyntaxKind::Call && node.text == "feature"; }

/// A text beside a fact, in == or in a list.
struct Beside {
  std::string_view fact;
  const SyntaxNode& text;
  enum class As { Whole, Entry } as;
};

class Doubter {
 public:
  explicit Doubter(const ReportProblem& warn) : warn_(warn) {}

  void look_at(const SyntaxNode& node) const {
    if (node.kind == SyntaxKind::Compare) {
      look_at_comparison(node);
    } else {
      for (const SyntaxNode& child : node.children) look_at(child);
    }
  }

 private:
  void look_at_comparison(const SyntaxNode& node) const {
    const SyntaxNode &left = node.children[0], &right = node.children[1];
    look_at_feature(node);
    if (node.text == "==" || node.text == "!=") {
      look_at_texts(left, right, Beside::As::Whole);
      look_at_texts(right, left, Beside::As::Whole);
    } else if (node.text == "in" && right.kind == SyntaxKind::List) {
      for (const SyntaxNode& entry : right.children) look_at_texts(left, entry, Beside::As::Entry);
    } else if (node.text == ">=" || node.text == ">") {
      look_at_probability(left, right);
    }
  }

  /// Whoever reads "days between Date and arrival" compares with 7.
  void look_at_feature(const SyntaxNode& comparison) const {
    const SyntaxNode &left = comparison.children[0], &right = comparison.children[1];
    const bool stands_left = is_feature(left);
    const SyntaxNode& number = stands_left ? right : left;
    if (!(stands_left || is_feature(right)) || number.kind != SyntaxKind::Number) return;
    const bool is_above = comparison.text == (stands_left ? ">" : "<");
    if (number.number > 1 || (is_above && number.number == 1))
      warn_(number.span, "a feature is never above 1", "its values are scaled: features.md has their ranges");
  }

  void look_at_probability(const SyntaxNode& fact, const SyntaxNode& least) const {
    if (least.kind != SyntaxKind::Percent || !is_one_of(kProbabilities, fact.text)) return;
    const std::string doubt = doubt_about_probability(least.number);
    if (!doubt.empty()) warn_(least.span, "nearly all mail reaches " + format_percent(least.number), doubt);
  }

  void look_at_texts(const SyntaxNode& fact, const SyntaxNode& text, Beside::As as) const {
    if (fact.kind != SyntaxKind::Name || text.kind != SyntaxKind::Text || text.text.empty()) return;
    const Beside beside{fact.text, text, as};
    for (const Results& results : known_results()) {
      if (results.fact == fact.text) doubt_result(beside, results.words);
    }
    if (is_one_of(kDomains, fact.text)) doubt_domain(beside);
    if (is_one_of(kAddresses, fact.text)) doubt_address(beside);
  }

  void doubt_result(const Beside& beside, const std::vector<std::string>& words) const {
    const std::string& text = beside.text.text;
    const bool is_glob = beside.as == Beside::As::Entry && text.find_first_of("*?") != text.npos;
    if (is_glob || is_one_of(words, to_lower(text))) return;
    const std::string similar = did_you_mean(to_lower(text), words);
    doubt(beside, similar.empty() ? "the results are " + join(words, ", ") + ", and \"\" for none" : similar);
  }

  void doubt_domain(const Beside& beside) const {
    if (beside.text.text.find('@') != std::string::npos) {
      doubt(beside, "a domain has no '@'");
    } else {
      doubt_form_of_entry(beside, '.');
    }
  }

  void doubt_address(const Beside& beside) const {
    const std::string& text = beside.text.text;
    if (text == "<>") {
      doubt(beside, "an empty sender is written \"\"");
    } else if (text.starts_with('<') && text.ends_with('>')) {
      doubt(beside, "write the address without the brackets");
    } else {
      doubt_form_of_entry(beside, '@');
    }
  }

  /// Beside == a text has no forms, as entries of lists do: with a star, or with this letter first.
  void doubt_form_of_entry(const Beside& beside, char first) const {
    const std::string& text = beside.text.text;
    if (beside.as == Beside::As::Entry || !(text.starts_with(first) || text.find('*') != text.npos)) return;
    doubt(beside, "such a form is for lists: write in [\"" + printable(text) + "\"]");
  }

  void doubt(const Beside& beside, std::string hint) const {
    warn_(beside.text.span, std::string(beside.fact) + " is never " + quoted_for_message(beside.text.text),
          std::move(hint));
  }

  const ReportProblem& warn_;
};

}  // namespace

void doubt_comparisons(const SyntaxNode& condition, const ReportProblem& warn) { Doubter(warn).look_at(condition); }

}  // namespace winnow
