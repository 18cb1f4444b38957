// The manual pages name every command, option and key there is.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "config/settings.h"
#include "tests/cli/run_tool.h"

namespace winnow {
namespace {

/// The page's text with roff's escaped hyphens as plain ones.
std::string page(const std::string& name) {
  std::ifstream file(std::string(WINNOW_SOURCE_DIR) + "/packaging/man/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return std::regex_replace(text.str(), std::regex(R"(\\-)"), "-");
}

std::set<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), expression); it != std::sregex_iterator(); ++it) {
    found.insert(it->str(1));
  }
  return found;
}

/// Whole options: "--model" is not named by "--model-name".
bool names(const std::string& text, const std::string& word) {
  const std::string escaped = std::regex_replace(word, std::regex(R"([.\-])"), R"(\$&)");
  return std::regex_search(text, std::regex("(^|[^-.\\w])" + escaped + "($|[^-.\\w]|\\.\\s)"));
}

TEST(CliManPages, WinnowNamesEveryCommandAndOption) {
  const std::string manual = page("winnow.1");
  const auto commands = matches(run_tool({"--help"}).out, R"(\n  ([a-z]+) )");
  ASSERT_EQ(commands.size(), 15u);
  for (const std::string& command : commands) {
    EXPECT_TRUE(names(manual, "winnow " + command)) << command;
    for (const std::string& option : matches(run_tool({command, "--help"}).out, R"(\n  (--[a-z-]+))")) {
      EXPECT_TRUE(names(manual, option)) << command << " " << option;
    }
  }
}

TEST(CliManPages, WinnowMilterNamesEveryOption) {
  const std::string manual = page("winnow-milter.8");
  const auto options = matches(run_program(WINNOW_DAEMON, {"--help"}).out, R"((--[a-z-]+))");
  EXPECT_TRUE(options.count("--config"));
  for (const std::string& option : options) EXPECT_TRUE(names(manual, option)) << option;
}

TEST(CliManPages, WinnowYamlNamesEveryKey) {
  const std::string manual = page("winnow.yaml.5");
  const auto keys = matches("\n" + describe_settings(default_settings("/etc/winnow")), R"(\n([a-z_0-9.]+):)");
  ASSERT_GE(keys.size(), 20u);
  for (const std::string& key : keys) EXPECT_TRUE(names(manual, key)) << key;
}

}  // namespace
}  // namespace winnow
