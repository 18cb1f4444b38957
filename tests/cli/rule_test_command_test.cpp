// winnow test: the site's tests of its rules, as a person or a build server runs them.
#include <gtest/gtest.h>

#include "cli/junit_report.h"
#include "tests/cli/run_tool.h"
#include "tests/cli/small_model.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

const char* const kRules =
    "version: 1\nrules:\n"
    "  - {id: own-users, when: authenticated, then: [accept]}\n"
    "  - {id: caps, when: feature(\"subject_capitals\") > 0.5, then: [flag]}\n"
    "  - {id: junk, when: spam >= 90%, then: [junk]}\n";

class CliTest : public testing::Test {
 protected:
  void SetUp() override { folder_.write("rules.yaml", kRules); }

  /// A file of tests that names rules.yaml; one line a test.
  std::string tests(const std::string& lines) const {
    return folder_.write("tests.yaml", "version: 1\nrules: [rules.yaml]\ntests:\n" + lines).string();
  }

  const ScratchFolder folder_;
};

TEST_F(CliTest, ExitsWithZeroWhenAllPassed) {
  const ToolRun run =
      run_tool({"test", tests("  - {name: a, facts: {spam: 95%}, expect: {verdict: junk, rule: junk}}\n"
                              "  - {name: b, facts: {spam: 95%, authenticated: true}, expect: {verdict: accept}}\n")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "2 passed, 0 failed\n");
  EXPECT_EQ(run.err, "");
}

// They are allowed, and the tests of settings without rules ended the program.
TEST_F(CliTest, RunsTheTestsOfSettingsWithoutRules) {
  const std::string settings = folder_.write("winnow.yaml", "rules: []\n").string();
  const std::string file =
      folder_.write("none.yaml", "version: 1\ntests:\n  - {name: a, facts: {spam: 95%}, expect: {verdict: accept}}\n")
          .string();
  const ToolRun run = run_tool({"test", "--config", settings, file});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "1 passed, 0 failed\n");
}

TEST_F(CliTest, ShowsWhatAFailedTestGotAndWhichRulesWereTried) {
  const std::string file = tests(
      "  - {name: a, facts: {spam: 95%}, expect: {verdict: junk}}\n"
      "  - {name: own users, facts: {spam: 95%, authenticated: true}, expect: {verdict: junk, actions: []}}\n");
  const ToolRun run = run_tool({"test", file});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, file +
                         ":5: failed: own users\n"
                         "  verdict: expected junk, got accept (rule 'own-users')\n"
                         "  actions: expected [], got [accept]\n"
                         "  rules tried\n"
                         "    own-users  matched, decided\n"
                         "1 passed, 1 failed\n");
}

TEST_F(CliTest, ReportsTheProblemsOfAllFilesAndRunsNothing) {
  const std::string first = tests("  - {name: a, facts: {spam: 95%}, expect: {verdict: jnk}}\n");
  const std::string second =
      folder_.write("b.yaml", "rules: [absent.yaml]\ntests:\n  - {name: a, facts: {span: 1%}, expect: {rule: x}}\n")
          .string();
  const std::string third =
      folder_.write("c.yaml", "rules: [absent.yaml]\ntests:\n  - {name: a, facts: {}, expect: {rule: x}}\n").string();
  const ToolRun run = run_tool({"test", first, second, third});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  for (const char* part :
       {"tests.yaml:4:53: error: verdict must be", "b.yaml:3:23: error: unknown fact 'span'", "absent.yaml"}) {
    EXPECT_NE(run.err.find(part), std::string::npos) << part << "\n" << run.err;
  }
}

/// Against no rules at all a test that expects mail to be accepted passes.
TEST_F(CliTest, RefusesRulesThatDoNotExist) {
  const std::string test = "tests:\n  - {name: a, facts: {spam: 95%}, expect: {verdict: accept}}\n";
  const std::string file = folder_.write("t.yaml", "rules: [nosuch]\n" + test).string();
  const ToolRun run = run_tool({"test", file});
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_NE(run.err.find("nosuch: error: cannot be read: no such file"), std::string::npos) << run.err;
  const std::string other = (folder_.path() / "rules.d").string();
  EXPECT_EQ(
      run_tool({"test", "--rules", other, tests("  - {name: a, facts: {}, expect: {verdict: accept}}\n")}).exit_code,
      1);
}

TEST_F(CliTest, TakesTheRulesOfTheSettingsWhenTheFileNamesNone) {
  folder_.write("winnow.yaml", "engine: { model: absent.pt }\nrules: [rules.yaml]\n");
  const std::string file =
      folder_.write("t.yaml", "tests:\n  - {name: a, facts: {spam: 95%}, expect: {rule: junk}}\n").string();
  const ToolRun run = run_tool({"test", "--config", (folder_.path() / "winnow.yaml").string(), file});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

TEST_F(CliTest, PrefersTheRulesOfTheCommandLine) {
  const std::string other = folder_.write("other.yaml", "rules: [{id: other, when: true, then: [reject]}]\n").string();
  const std::string file = tests("  - {name: a, facts: {spam: 95%}, expect: {rule: other}}\n");
  EXPECT_EQ(run_tool({"test", "--rules", other, file}).exit_code, 0);
  EXPECT_EQ(run_tool({"test", file}).exit_code, 1);
}

TEST_F(CliTest, ReadsMailWithoutAModelWhenTheProbabilityIsGiven) {
  folder_.write("a.eml", "From: A <a@partner.example>\nSubject: hello\nX-Site: yes\n\ntext\n");
  folder_.write("rules.yaml",
                "rules:\n  - {id: mail, when: from.domain == \"partner.example\" and header(\"X-Site\") == \"yes\" and "
                "subject == \"other\" and feature(\"mail_from_differs\") == 0.25 and spam == 95%, then: [flag]}\n");
  const ToolRun run = run_tool({"test", tests("  - {name: a, mail: a.eml, facts: {spam: 95%, subject: other, features: "
                                              "{mail_from_differs: 0.25}}, expect: {rule: mail}}\n")});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

/// As classify, explain and replay do: with an empty envelope no override was applied.
TEST_F(CliTest, TakesTheEnvelopeFromTheHeadersOfAMail) {
  folder_.write("a.eml", "Return-Path: <news@shop.example>\nDelivered-To: ann@own.example\nSubject: hello\n\ntext\n");
  folder_.write("rules.yaml",
                "overrides:\n  - {for: [\"@own.example\"], ceiling: junk}\n"
                "rules:\n  - {id: shop, when: mail_from.domain == \"shop.example\", then: [reject]}\n");
  const std::string one = "  - {name: a, mail: a.eml, facts: {spam: 5%}, expect: {rule: shop, recipients: {";
  const ToolRun run = run_tool({"test", tests(one + "ann@own.example: junk}}}\n")});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  const ToolRun other = run_tool({"test", tests(one + "joe@own.example: junk}}}\n")});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.out.find("recipient joe@own.example: expected junk, got no such recipient"), std::string::npos)
      << other.out << other.err;
}

TEST_F(CliTest, FailsATestWhoseMailIsMissing) {
  const ToolRun run =
      run_tool({"test", tests("  - {name: a, mail: absent.eml, facts: {spam: 95%}, expect: {rule: junk}}\n"
                              "  - {name: b, facts: {spam: 95%}, expect: {rule: junk}}\n")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.out.find("absent.eml"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("1 passed, 1 failed"), std::string::npos) << run.out;
}

TEST_F(CliTest, WritesAJunitReportBesideItsText) {
  const std::string report = (folder_.path() / "report.xml").string();
  const ToolRun run = run_tool(
      {"test", "--junit", report, tests("  - {name: \"<a> & \\\"b\\\"\", facts: {spam: 5%}, expect: {rule: junk}}\n")});
  EXPECT_EQ(run.exit_code, 1);
  const std::string xml = folder_.read("report.xml");
  EXPECT_NE(xml.find("name=\"&lt;a&gt; &amp; &quot;b&quot;\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("message=\"rule: expected rule 'junk', got no rule\""), std::string::npos) << xml;
}

TEST_F(CliTest, IsWrongUsageWithoutAFile) { EXPECT_EQ(run_tool({"test"}).exit_code, 2); }

TEST(JunitReport, CountsAndEscapesAllItShows) {
  const std::vector<JunitSuite> suites{{"a<b>.yaml",
                                        {{"fine", "a:1", "", ""},
                                         {"wrong\x1B", "a:2", "verdict: x\nrule: y & z", ""},
                                         {"torn", "a:3", "", "no \xEF\xBF\xBF\xFFmail"}}}};
  EXPECT_EQ(junit_report(suites),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites tests=\"3\" failures=\"1\" errors=\"1\">\n"
            "  <testsuite name=\"a&lt;b&gt;.yaml\" tests=\"3\" failures=\"1\" errors=\"1\">\n"
            "    <testcase classname=\"a&lt;b&gt;.yaml\" name=\"fine\"/>\n"
            "    <testcase classname=\"a&lt;b&gt;.yaml\" name=\"wrong?\">\n"
            "      <failure message=\"verdict: x\">a:2\nverdict: x\nrule: y &amp; z</failure>\n"
            "    </testcase>\n"
            "    <testcase classname=\"a&lt;b&gt;.yaml\" name=\"torn\">\n"
            "      <error message=\"no ??mail\">a:3\nno ??mail</error>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "</testsuites>\n");
}

#if WINNOW_HAS_TORCH
TEST(CliTestWithModel, JudgesMailWhoseProbabilityIsNotGiven) {
  const SmallInstallation small;
  ASSERT_EQ(small.training().exit_code, 0) << small.training().err;
  const std::string file =
      small.folder()
          .write("t.yaml",
                 "tests:\n  - {name: ham, mail: ham/100.eml, expect: {verdict: accept, rule: rest}}\n"
                 "  - {name: model, mail: ham/100.eml, facts: {subject: x}, expect: {rule: rest}}\n")
          .string();
  const ToolRun run = run_tool({"test", "--config", small.config(), file});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "2 passed, 0 failed\n");
}
#else
TEST_F(CliTest, SaysHowToGetTorchWhenMailMustBeJudged) {
  folder_.write("a.eml", "From: a@partner.example\n\ntext\n");
  const std::string model = folder_.write("model.pt", "any octets").string();
  const ToolRun run = run_tool({"test", "--model", model, tests("  - {name: a, mail: a.eml, expect: {rule: junk}}\n")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("build Winnow with -DWINNOW_TORCH=ON"), std::string::npos) << run.err;
}
#endif

}  // namespace
}  // namespace winnow
