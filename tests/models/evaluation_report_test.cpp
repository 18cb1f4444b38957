#include "models/evaluation_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace winnow {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

std::string page_of(const std::vector<ScoredMail>& mail, const std::string& title = "Model test") {
  return write_evaluation_report({title, {{"sha256", "1234"}}, mail, evaluate_in_full(mail, {.prior = 0.5})});
}

std::vector<ScoredMail> two_corpora() {
  std::vector<ScoredMail> mail;
  for (const char* corpus : {"first", "second"}) {
    for (int i = 0; i < 30; ++i) {
      const std::string number = std::string(corpus) + "-" + std::to_string(i);
      mail.push_back({"ham/" + number, corpus, Label::Ham, i / 50.0, i / 40.0});
      mail.push_back({"spam/" + number, corpus, Label::Spam, 1 - i / 50.0, 1 - i / 40.0});
    }
  }
  return mail;
}

TEST(EvaluationReport, HasEveryPart) {
  const std::string page = page_of(two_corpora());
  for (const char* part : {"<h1>Model test</h1>", "1234", "<h2>Figures</h2>", "<h2>Calibration</h2>", "<h2>ROC</h2>",
                           "<h2>first</h2>", "<h2>second</h2>", "<h2>all</h2>", "<h2>Thresholds</h2>"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_EQ(count(page, "aria-label=\"reliability diagram\""), 3u);
  EXPECT_EQ(count(page, "aria-label=\"score histogram\""), 3u);
  EXPECT_EQ(count(page, "aria-label=\"ROC curves\""), 1u);
  EXPECT_THAT(page, HasSubstr("<td>99 %</td>"));
}

TEST(EvaluationReport, FetchesNothingAndRunsNothing) {
  const std::string page = page_of(two_corpora());
  for (const char* way : {"http:", "https:", "url(", "src=", "href=", "<script", "@import", "<link", "<iframe"}) {
    EXPECT_THAT(page, Not(HasSubstr(way)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(EvaluationReport, EscapesNamesThatWouldBeMarkup) {
  const std::string page = page_of(
      {{"<script>x</script>&\".eml", "<b>c", Label::Ham, 0.9, {}}, {"s", "<b>c", Label::Spam, 0.8, {}}}, "<i>'t");
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;x&lt;/script&gt;&amp;&quot;.eml"));
  EXPECT_THAT(page, HasSubstr("<h2>&lt;b&gt;c</h2>"));
  EXPECT_THAT(page, HasSubstr("<h1>&lt;i&gt;&#39;t</h1>"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
}

TEST(EvaluationReport, ListsTheWorstMistakesFirstAndNoMoreThanSome) {
  std::vector<ScoredMail> mail;
  for (int i = 0; i < 40; ++i) mail.push_back({"ham-" + std::to_string(i), "c", Label::Ham, 0.5 + i / 100.0, {}});
  mail.push_back({"missed-1", "c", Label::Spam, 0.3, {}});
  mail.push_back({"missed-2", "c", Label::Spam, 0.1, {}});
  mail.push_back({"found", "c", Label::Spam, 0.7, {}});
  const std::string page = page_of(mail);
  EXPECT_THAT(page, HasSubstr("Ham judged spam at 50 %: 40"));
  EXPECT_LT(page.find("ham-39<"), page.find("ham-38<"));
  EXPECT_THAT(page, HasSubstr("ham-25<"));
  EXPECT_THAT(page, Not(HasSubstr("ham-24<")));
  EXPECT_LT(page.find("missed-2<"), page.find("missed-1<"));
  EXPECT_THAT(page, Not(HasSubstr("found<")));
}

// Scores of another filter often name no corpus: their mistakes were not shown.
TEST(EvaluationReport, ListsTheMistakesOfMailThatIsOfNoCorpus) {
  const std::string page = page_of({{"wrong", "", Label::Ham, 0.9, {}}, {"right", "", Label::Spam, 0.9, {}}});
  EXPECT_THAT(page, HasSubstr("wrong<"));
  EXPECT_EQ(count(page, "<h2>all</h2>"), 1u);
}

TEST(EvaluationReport, ShowsAllTogetherWhereOneCorpusIsNotAll) {
  const std::string page = page_of({{"named", "c", Label::Ham, 0.8, {}}, {"wrong", "", Label::Ham, 0.9, {}}});
  EXPECT_THAT(page, HasSubstr("<h2>c</h2>"));
  EXPECT_THAT(page, HasSubstr("<h2>all</h2>"));
  EXPECT_THAT(page, HasSubstr("wrong<"));
  EXPECT_THAT(page_of({{"named", "c", Label::Ham, 0.8, {}}}), Not(HasSubstr("<h2>all</h2>")));
}

TEST(EvaluationReport, DrawsTheRocOnALogarithmicAxis) {
  // 1 % lies half way between 0.01 % and 100 %: the curve jumps there from 0 to 100 % recall.
  std::vector<ScoredMail> mail = {{"s", "c", Label::Spam, 0.5, {}}, {"h", "c", Label::Ham, 0.9, {}}};
  for (int i = 0; i < 99; ++i) mail.push_back({"h", "c", Label::Ham, 0.1, {}});
  EXPECT_THAT(page_of(mail),
              ContainsRegex("<polyline class=\"series s0\" points=\"58.0,392.0 378.0,392.0 378.0,12.0 698.0,12.0\"/>"));
}

TEST(EvaluationReport, LeavesOutCurvesOfCorporaThatLackALabel) {
  const std::string page = page_of({{"a", "only-ham", Label::Ham, 0.2, {}}, {"b", "only-ham", Label::Ham, 0.4, {}}});
  EXPECT_THAT(page, Not(HasSubstr("<h2>ROC</h2>")));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, HasSubstr("Missed spam at 50 %: 0"));
}

TEST(EvaluationReport, IsTheSameForTheSameMail) { EXPECT_EQ(page_of(two_corpora()), page_of(two_corpora())); }

}  // namespace
}  // namespace winnow
