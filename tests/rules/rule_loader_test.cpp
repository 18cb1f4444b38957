#include "rules/rule_loader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "rules/rule_set.h"
#include "tests/rules/facts_with_spam.h"

namespace winnow {
namespace {

class RuleFolder : public testing::Test {
 protected:
  RuleFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "winnow-rules-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~RuleFolder() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  std::filesystem::path folder_;
};

TEST_F(RuleFolder, MayIncludeFilesWhoseRulesComeFirst) {
  write("rules.yaml", "include: [common/first.yaml]\nrules:\n  - {id: own, when: true, then: [junk]}\n");
  write("common/first.yaml",
        "lists: {x: {file: x.txt}}\nrules:\n  - {id: first, when: from.domain in x, then: [accept]}\n");
  write("common/x.txt", "good.example\n");
  Diagnostics problems;
  const auto rules = load_rules({folder_ / "rules.yaml"}, problems);
  ASSERT_TRUE(rules) << problems.to_string();
  Facts facts = facts_with_spam(1);
  EXPECT_EQ(rules->decide(facts).message.rule, "own");
  facts.set(Fact::FromDomain, std::string("good.example"));
  EXPECT_EQ(rules->decide(facts).message.rule, "first");
}

TEST_F(RuleFolder, MustNotHoldAFileThatIsIncludedToo) {
  write("rules.yaml", "include: [rules.d/10.yaml]\nrules: []\n");
  write("rules.d/10.yaml", "rules:\n  - {id: ten, when: true, then: [flag]}\n");
  Diagnostics problems;
  EXPECT_FALSE(load_rules({folder_ / "rules.yaml", folder_ / "rules.d"}, problems));
  EXPECT_EQ(problems.error_count(), 1u);
  EXPECT_NE(problems.to_string().find("10.yaml: error: is read already"), std::string::npos);
}

TEST_F(RuleFolder, IsReadByNameAfterTheFilesBeforeIt) {
  write("rules.yaml", "rules:\n  - {id: main, when: spam > 90%, then: [junk]}\n");
  write("rules.d/20.yaml", "rules:\n  - {id: twenty, when: true, then: [flag]}\n");
  write("rules.d/10.yaml",
        "rules:\n  - {id: ten, when: from.domain in blocked, then: [reject]}\nlists: {blocked: {file: lists/b.txt}}\n");
  write("rules.d/lists/b.txt", "# bad ones\nbad.example # this one\n\n*.worse.example\r\n");
  write("rules.d/.hidden.yaml", "nonsense");
  write("rules.d/README", "nonsense");
  Diagnostics problems;
  const auto rules = load_rules({folder_ / "rules.yaml", folder_ / "rules.d"}, problems);
  ASSERT_TRUE(rules) << problems.to_string();
  EXPECT_EQ(rules->info().files,
            (std::vector<std::filesystem::path>{folder_ / "rules.yaml", folder_ / "rules.d/10.yaml",
                                                folder_ / "rules.d/20.yaml"}));
  Facts facts = facts_with_spam(0.1);
  EXPECT_EQ(rules->decide(facts).message.rule, "twenty");
  facts.set(Fact::FromDomain, std::string("a.worse.example"));
  EXPECT_EQ(rules->decide(facts).message.rule, "ten");
}

TEST_F(RuleFolder, MayBeMissingButAFileMayNot) {
  write("rules.yaml", "rules:\n  - {id: a, when: true, then: [flag]}\n");
  Diagnostics fine;
  EXPECT_TRUE(load_rules({folder_ / "rules.yaml", folder_ / "rules.d"}, fine));
  EXPECT_EQ(fine.to_string(), "");
  Diagnostics problems;
  EXPECT_FALSE(load_rules({folder_ / "other.yaml"}, problems));
  EXPECT_NE(problems.to_string().find("other.yaml: error: cannot be read: no such file"), std::string::npos);
}

/// A mistyped name of a file was taken for a missing folder, and the mail for mail without those rules.
TEST_F(RuleFolder, IsNotWhatAMissingPathWithAnExtensionMeans) {
  write("rules.yaml", "rules:\n  - {id: a, when: true, then: [flag]}\n");
  for (const char* name : {"nosuch.rules", "rules.yml.d/more.txt", "rules.yaml.bak"}) {
    Diagnostics problems;
    EXPECT_FALSE(load_rules({folder_ / "rules.yaml", folder_ / name}, problems)) << name;
    EXPECT_NE(problems.to_string().find(std::string(name) + ": error: cannot be read: no such file"), std::string::npos)
        << name;
  }
}

TEST_F(RuleFolder, IsMissedWithAWarningUnlessItIsTheShippedOne) {
  write("rules.yaml", "rules:\n  - {id: a, when: true, then: [flag]}\n");
  for (const char* name : {"site", "site.d", "site/"}) {
    Diagnostics problems;
    EXPECT_TRUE(load_rules({folder_ / "rules.yaml", folder_ / name}, problems));
    EXPECT_NE(problems.to_string().find(std::string(name) + ": warning: this folder of rules does not exist"),
              std::string::npos);
  }
  Diagnostics fine;
  EXPECT_TRUE(load_rules({folder_ / "rules.yaml", folder_ / "rules.d/"}, fine));
  EXPECT_EQ(fine.to_string(), "");
}

/// A share that was not mounted took all its rules along, and the check was fine.
TEST_F(RuleFolder, MustBeThereWhereALinkLeadsToIt) {
  write("share/rules.d/10.yaml", "rules:\n  - {id: ten, when: true, then: [flag]}\n");
  std::filesystem::create_directory_symlink("share/rules.d", folder_ / "rules.d");
  std::filesystem::create_directory_symlink("share", folder_ / "current");
  for (const char* name : {"rules.d", "rules.d/", "current/rules.d"}) {
    Diagnostics problems;
    EXPECT_TRUE(load_rules({folder_ / name}, problems)) << problems.to_string();
  }
  std::filesystem::rename(folder_ / "share", folder_ / "unmounted");
  for (const auto& [name, link, target] :
       {std::array{"rules.d", "rules.d", "share/rules.d"}, std::array{"rules.d/", "rules.d", "share/rules.d"},
        std::array{"current/rules.d", "current", "share"}}) {
    Diagnostics problems;
    EXPECT_FALSE(load_rules({folder_ / name}, problems)) << name;
    EXPECT_EQ(problems.to_string(), (folder_ / name).string() + ": error: cannot be read: '" +
                                        (folder_ / link).string() + "' is a link to '" + target +
                                        "', which does not exist\n");
  }
}

TEST_F(RuleFolder, MustExistWhenItIsNamedForOneRun) {
  for (const char* name : {"rules.d", "site", "site.yaml"}) {
    Diagnostics problems;
    EXPECT_FALSE(load_named_rules({folder_ / name}, problems)) << name;
    EXPECT_NE(problems.to_string().find(std::string(name) + ": error: cannot be read: no such file"), std::string::npos)
        << name;
  }
}

TEST_F(RuleFolder, WarnsWhenThereIsNoRuleAtAll) {
  Diagnostics problems;
  EXPECT_TRUE(load_rules({folder_ / "rules.d"}, problems));
  EXPECT_EQ(problems.to_string(), "warning: there are no rules: every message is accepted\n");
}

/// Whoever removed a file that the settings name, or that another one includes, got the next error.
TEST_F(RuleFolder, HintsAtRemovingAnEmptyFileOnlyWhereNobodyNamesIt) {
  const auto hint_is = [&](const std::string& hint, const std::vector<std::filesystem::path>& paths) {
    Diagnostics problems;
    EXPECT_FALSE(load_rules(paths, problems));
    EXPECT_NE(problems.to_string().find(": error: the file is empty (" + hint + ")"), std::string::npos)
        << problems.to_string();
  };
  write("rules.yaml", "");
  write("rules.d/a.yaml", "");
  write("all.yaml", "include: [rules.yaml]\nrules: []\n");
  hint_is("write its rules, or a comment if it has none", {folder_ / "rules.yaml"});
  hint_is("write its rules, or remove it", {folder_ / "rules.d"});
  hint_is("write its rules, or a comment if it has none", {folder_ / "all.yaml"});
}

/// "version:1" is a text that goes on in the next line, and an error.
TEST_F(RuleFolder, IsNotSaidToHoldCommentsAloneWhereAFileIsBroken) {
  Diagnostics problems;
  write("rules.yaml", "version:1\nrules: []\n");
  EXPECT_FALSE(load_rules({folder_ / "rules.yaml"}, problems));
  EXPECT_EQ(problems.to_string().find("warning"), std::string::npos) << problems.to_string();
}

/// A full disk leaves an empty file; taken as no rules, it would switch all of them off at the next reload.
TEST_F(RuleFolder, RefusesAnEmptyFileAndDoubtsOneOfCommentsAlone) {
  write("rules.yaml", "rules:\n  - {id: a, when: true, then: [flag]}\n");
  for (const char* text : {"", " \n\n"}) {
    write("site.yaml", text);
    Diagnostics problems;
    EXPECT_FALSE(load_rules({folder_ / "rules.yaml", folder_ / "site.yaml"}, problems));
    EXPECT_NE(problems.to_string().find("site.yaml: error: the file is empty"), std::string::npos)
        << problems.to_string();
  }
  write("site.yaml", "# rules:\n");
  Diagnostics problems;
  EXPECT_TRUE(load_rules({folder_ / "rules.yaml", folder_ / "site.yaml"}, problems));
  EXPECT_NE(problems.to_string().find("site.yaml: warning: the file holds no rules"), std::string::npos)
      << problems.to_string();
}

TEST_F(RuleFolder, MayHoldFilesThatEndInYml) {
  write("rules.d/10.yml", "rules:\n  - {id: ten, when: true, then: [flag]}\n");
  Diagnostics problems;
  const auto rules = load_rules({folder_ / "rules.d"}, problems);
  EXPECT_EQ(problems.to_string(), "");
  EXPECT_EQ(rules->decide(facts_with_spam(0)).message.rule, "ten");
}

TEST_F(RuleFolder, KeepsANumberSignInsideAnEntryOfAListFile) {
  write("rules.yaml", "lists: {x: {file: x.txt}}\nrules:\n  - {id: a, when: from.address in x, then: [accept]}\n");
  write("x.txt", "team#1@shop.example\t# them\n");
  Diagnostics problems;
  const auto rules = load_rules({folder_ / "rules.yaml"}, problems);
  ASSERT_TRUE(rules) << problems.to_string();
  Facts facts = facts_with_spam(0);
  facts.set(Fact::FromAddress, std::string("team#1@shop.example"));
  EXPECT_EQ(rules->decide(facts).message.rule, "a");
}

}  // namespace
}  // namespace winnow
