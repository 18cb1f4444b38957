#include "rules/doubtful_comparison.h"

#include <gtest/gtest.h>

#include "rules/parser.h"

namespace winnow {
namespace {

/// Each doubt as "text at offset: what (hint)".
std::string doubts_about(std::string_view condition) {
  const auto fail = [&](Span, const std::string& text, const std::string&) {
    ADD_FAILURE() << condition << ": " << text;
  };
  const auto tree = parse_expression(condition, fail);
  std::string doubts;
  if (!tree) return doubts;
  doubt_comparisons(*tree, [&](Span where, const std::string& text, const std::string& hint) {
    doubts += (doubts.empty() ? "" : "; ") + std::to_string(where.offset) + ": " + text + " (" + hint + ")";
  });
  return doubts;
}

TEST(DoubtfulComparison, IsWarnedOf) {
  const std::pair<const char*, const char*> cases[] = {
      {"spf == \"passed\"", "7: spf is never 'passed' (did you mean 'pass'?)"},
      {"dkim != \"ok\"",
       "8: dkim is never 'ok' (the results are pass, fail, neutral, policy, none, temperror, permerror, "
       "and \"\" for none)"},
      {"dmarc in [\"pass\", \"softfial\"]",
       "18: dmarc is never 'softfial' (the results are pass, fail, none, temperror, "
       "permerror, bestguesspass, and \"\" for none)"},
      {"mail_from == \"<>\"", "13: mail_from is never '<>' (an empty sender is written \"\")"},
      {"\"<a@b.example>\" == from.address",
       "0: from.address is never '<a@b.example>' (write the address without the brackets)"},
      {"recipient == \"@b.example\"",
       "13: recipient is never '@b.example' (such a form is for lists: write in [\"@b.example\"])"},
      {"from.domain == \"*.evil.example\"",
       "15: from.domain is never '*.evil.example' (such a form is for lists: write in [\"*.evil.example\"])"},
      {"reply_to.domain != \".evil.example\"",
       "19: reply_to.domain is never '.evil.example' (such a form is for lists: write in [\".evil.example\"])"},
      {"from.domain in [\"@evil.example\", \"*@.evil.example\"]",
       "16: from.domain is never '@evil.example' (a domain has no '@'); 33: from.domain is never '*@.evil.example' (a "
       "domain has "
       "no '@')"},
      {"\"*.evil.example\" == urls.hosts",
       "0: urls.hosts is never '*.evil.example' (such a form is for lists: write in [\"*.evil.example\"])"},
      {"feature(\"date_skew\") > 7",
       "23: a feature is never above 1 (its values are scaled: features.md has their ranges)"},
      {"feature(\"links\") > 1",
       "19: a feature is never above 1 (its values are scaled: features.md has their ranges)"},
      {"1 < feature(\"links\")", "0: a feature is never above 1 (its values are scaled: features.md has their ranges)"},
      {"10 <= feature(\"links\")",
       "0: a feature is never above 1 (its values are scaled: features.md has their ranges)"},
      {"spam >= 0.9%", "8: nearly all mail reaches 0.9% (did you mean 90%?)"},
      {"tls or not (size > 1MiB and spf == \"nome\")", "35: spf is never 'nome' (did you mean 'none'?)"},
  };
  for (const auto& [condition, doubts] : cases) EXPECT_EQ(doubts_about(condition), doubts) << condition;
}

TEST(DoubtfulComparison, IsNotWhatMayHold) {
  for (const char* condition : {"spf == \"\"",
                                "spf == \"Pass\"",
                                "spf in [\"pass\", \"*fail\"]",
                                "dkim == spf",
                                "mail_from == \"\"",
                                "mail_from in [\"@evil.example\", \"*.evil.example\"]",
                                "from.domain in [\".evil.example\", \"*.evil.example\"]",
                                "from.domain == \"evil.example\"",
                                "recipient == \"postmaster\"",
                                "subject == \"<>\"",
                                "subject == \"*.exe\"",
                                "attachments.names in [\"@a\"]",
                                "header(\"X-Spf\") == \"passed\"",
                                "spf contains \"ass\"",
                                "urls.domains contains \"@\"",
                                "spam > 1%",
                                "feature(\"links\") >= 1",
                                "1 > feature(\"links\")",
                                "spam >= 0%",
                                "spam < 0.5%",
                                "sample(0.5%)",
                                "spam >= junk"}) {
    EXPECT_EQ(doubts_about(condition), "") << condition;
  }
}

}  // namespace
}  // namespace winnow
