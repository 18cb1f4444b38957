// What editors are told of winnow.yaml, held against what its reader takes.
#include <gtest/gtest.h>

#include "config/setting_table.h"
#include "tests/support/fits_form.h"

namespace winnow {
namespace {

const char* const kScalars[] = {"4s",
                                "0",
                                "0us",
                                "1min",
                                "1.5s",
                                "4",
                                "64KiB",
                                "1.5MiB",
                                "1MB",
                                "50%",
                                "12.5%",
                                "0.5",
                                "007%",
                                "101%",
                                "auto",
                                "cpu",
                                "cuda",
                                "cuda:1",
                                "cuda:x",
                                "unix:/run/w.sock",
                                "inet:8891@127.0.0.1",
                                "inet6:8891@::1",
                                "inet:8891",
                                "127.0.0.1:80",
                                "'[::1]:80'",
                                "accept",
                                "tempfail",
                                "junk",
                                "true",
                                "false",
                                "yes",
                                "stderr",
                                "syslog",
                                "0660",
                                "660",
                                "0999",
                                "9",
                                "256",
                                "100001",
                                "X-A",
                                "X A",
                                "EUR",
                                "0.25",
                                "postfix",
                                "_www",
                                "-x",
                                "''",
                                "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef",
                                "0123",
                                "/tmp/x",
                                "mx.example.org",
                                "http://a",
                                "'https://[::1]:8000/v2/'",
                                "http://a?b",
                                "json",
                                "triton",
                                "winnow"};

const char* const kItems[] = {"authenticated", "10.0.0.0/8",     "'::1'", "127.0.0.1", "'2001:db8::/32'",
                              "10.0.0.0/99x",  "mx.example.org", "mx/1",  "'a,b'",     "somebody",
                              "rules.d",       "http://a:1",     "cpu",   "cuda:1",    "cuda"};

std::string without_quotes(const std::string& yaml) {
  return yaml.starts_with('\'') ? yaml.substr(1, yaml.size() - 2) : yaml;
}

bool reader_takes(const SettingKey& key, const std::string& yaml) {
  std::string text = std::string(key.leaf()) + ": " + yaml;
  for (std::string group(key.group()); !group.empty();
       group.resize(group.find('.') == group.npos ? 0 : group.rfind('.')))
    text = group.substr(group.rfind('.') + 1) + ": {" + text + "}";
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
    const ValueForm& form = key.form.kind == ValueForm::Kind::AnyOf ? key.form.forms.back() : key.form;
    if (form.kind != ValueForm::Kind::List) continue;
    for (const std::string yaml : kItems) {
      if (!reader_takes(key, "[" + yaml + "]")) continue;
      EXPECT_TRUE(fits_form(without_quotes(yaml), form.forms.front())) << key.path << ": " << yaml;
    }
  }
}

/// What has no unit, is misspelled or out of a whole number's range is underlined before anyone runs `winnow check`.
TEST(SettingsForm, RefusesWhatIsCommonlyWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"milter.deadline", "4"},          {"milter.deadline", "4 s"},       {"milter.max_scan_bytes", "1M"},
      {"milter.on_error", "reject"},     {"milter.max_in_flight", "0"},    {"milter.socket", "/run/w.sock"},
      {"milter.socket_mode", "0999"},    {"engine.device", "gpu"},         {"engine.replicas", "257"},
      {"engine.sha256", "0123"},         {"engine.prior_spam", "101%"},    {"log.addresses", "yes"},
      {"headers.flag_name", "X A"},      {"headers.flag_name", "Subject"}, {"metrics.listen", "9111"},
      {"engine.remote.url", "gpu:8000"}, {"engine.remote.format", "grpc"}, {"cost.currency", "euro"},
      {"cost.watts_per_core", "1001"},   {"cost.price_per_kwh", "0,30"}};
  for (const auto& [path, text] : wrong) {
    for (const SettingKey& key : setting_table()) {
      EXPECT_FALSE(key.path == path && fits_form(text, key.form)) << path << ": " << text;
    }
  }
}

/// The number of keys in a mapping and in the groups below it.
std::size_t described_keys(const ValueForm& mapping, const std::string& path) {
  std::size_t keys = 0;
  for (const KeyForm& key : mapping.keys) {
    const bool is_group = key.form.kind == ValueForm::Kind::Mapping;
    EXPECT_FALSE(key.meaning.empty()) << path << key.name;
    EXPECT_EQ(key.fallback.empty(), is_group) << path << key.name;
    keys += is_group ? described_keys(key.form, path + key.name + ".") : 1;
  }
  return keys;
}

TEST(SettingsForm, HasAMeaningAndAFallbackForEveryKeyOfEveryGroup) {
  EXPECT_EQ(described_keys(settings_form(default_settings("/etc/winnow")), ""), setting_table().size());
}

}  // namespace
}  // namespace winnow
