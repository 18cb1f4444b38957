// What editors are told of winnow.yaml, held against what its reader takes.
#include <gtest/gtest.h>

#include "config/setting_table.h"
#include "tests/support/fits_form.h"

namespace winnow {
namespace {

const char* const kScalars[] = {
    "4s", "0", "0us", "1min", "1.5s", "4", "64KiB", "1.5MiB", "1MB", "50%", "12.5%", "0.5", "007%", "101%", "auto", "cpu",
    "cuda", "cuda:1", "cuda:x", "unix:/run/w.sock", "inet:8891@127.0.0.1", "inet6:8891@::1", "inet:8891", "127.0.0.1:80",
    "'[::1]:80'", "accept", "tempfail", "junk", "true", "false", "yes", "stderr", "syslog", "0660", "660", "0999", "9",
    "256", "100001", "X-A", "X A", "EUR", "0.25", "postfix", "_www", "-x", "''",
    "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef", "0123", "/tmp/x", "mx.example.org"};

const char* const kItems[] = {"authenticated", "10.0.0.0/8", "'::1'", "127.0.0.1", "'2001:db8::/32'", "10.0.0.0/99x",
                              "mx.example.org", "mx/1", "'a,b'", "somebody", "rules.d"};

std::string without_quotes(const std::string& yaml) {
  return yaml.starts_with('\'') ? yaml.substr(1, yaml.size() - 2) : yaml;
}

bool reader_takes(const SettingKey& key, const std::string& yaml) {
  std::string text = std::string(key.leaf()) + ": " + yaml;
  if (!key.group().empty()) text = std::string(key.group()) + ": {" + text + "}";
  Diagnostics problems;
  return load_settings_text("/etc/winnow/winnow.yaml", text, problems).has_value();
}

TEST(SettingsForm, TakesEveryScalarThatTheReaderTakes) {
  std::size_t taken = 0;
  for (const SettingKey& key : setting_table()) {
    for (const std::string yaml : kScalars) {
      if (!reader_takes(key, yaml)) continue;
      ++taken;
      EXPECT_TRUE(fits_form(without_quotes(yaml), key.form)) << key.path << ": " << yaml;
    }
  }
  EXPECT_GE(taken, 100u);
}

TEST(SettingsForm, TakesEveryListItemThatTheReaderTakes) {
  for (const SettingKey& key : setting_table()) {
    if (key.form.kind != ValueForm::Kind::List) continue;
    for (const std::string yaml : kItems) {
      if (!reader_takes(key, "[" + yaml + "]")) continue;
      EXPECT_TRUE(fits_form(without_quotes(yaml), key.form.forms.front())) << key.path << ": " << yaml;
    }
  }
}

/// What has no unit, is misspelled or out of a whole number's range is underlined before anyone runs `winnow check`.
TEST(SettingsForm, RefusesWhatIsCommonlyWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"milter.deadline", "4"},      {"milter.deadline", "4 s"},   {"milter.max_scan_bytes", "1M"},
      {"milter.on_error", "reject"}, {"milter.max_in_flight", "0"}, {"milter.socket", "/run/w.sock"},
      {"milter.socket_mode", "0999"}, {"engine.device", "gpu"},    {"engine.replicas", "257"},
      {"engine.sha256", "0123"},     {"engine.prior_spam", "101%"}, {"log.addresses", "yes"},
      {"headers.flag_name", "X A"},  {"metrics.listen", "9111"},
      {"cost.currency", "euro"},     {"cost.watts_per_core", "1001"}, {"cost.price_per_kwh", "0,30"}};
  for (const auto& [path, text] : wrong) {
    for (const SettingKey& key : setting_table()) {
      EXPECT_FALSE(key.path == path && fits_form(text, key.form)) << path << ": " << text;
    }
  }
}

TEST(SettingsForm, HasAMeaningAndAFallbackForEveryKeyOfEveryGroup) {
  std::size_t keys = 0;
  const ValueForm file = settings_form(default_settings("/etc/winnow"));
  for (const KeyForm& top : file.keys) {
    EXPECT_FALSE(top.meaning.empty()) << top.name;
    keys += top.form.kind == ValueForm::Kind::Mapping ? top.form.keys.size() : 1;
    for (const KeyForm& key : top.form.keys) {
      EXPECT_FALSE(key.meaning.empty() || key.fallback.empty()) << top.name << "." << key.name;
    }
  }
  EXPECT_EQ(keys, setting_table().size());
}

}  // namespace
}  // namespace winnow
