// Wrong settings files in tests/data/config, each with the whole text that a person would see.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/settings.h"

namespace winnow {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(WINNOW_TEST_DATA) / "config";

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".expected") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

class WrongSettingsFile : public testing::TestWithParam<std::string> {};

TEST_P(WrongSettingsFile, ShowsExactlyTheExpectedProblems) {
  std::filesystem::current_path(kFolder);  // so that messages name the file without its folder
  Diagnostics problems;
  EXPECT_FALSE(load_settings(GetParam() + ".yaml", problems));
  EXPECT_EQ(problems.to_string(), content_of(kFolder / (GetParam() + ".expected")));
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Folder, WrongSettingsFile, testing::ValuesIn(case_names()), test_name);

TEST(WrongSettingsFiles, AreAtLeastTwelve) { EXPECT_GE(case_names().size(), 12u); }

}  // namespace
}  // namespace winnow
