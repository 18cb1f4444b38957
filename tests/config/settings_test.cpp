#include "config/settings.h"

#include <gtest/gtest.h>

#include <set>

#include "config/setting_table.h"
#include "config/yaml_node.h"

namespace winnow {
namespace {

std::optional<Settings> load(const std::string& text, std::string* problems_text = nullptr) {
  Diagnostics problems;
  auto settings = load_settings_text("/etc/winnow/winnow.yaml", text, problems);
  if (problems_text != nullptr) *problems_text = problems.to_string();
  if (problems_text == nullptr) {
    EXPECT_EQ(problems.to_string(), "");
  }
  return settings;
}

std::string problem_of(const std::string& text) {
  std::string problems;
  EXPECT_FALSE(load(text, &problems)) << text;
  return problems.substr(0, problems.find('\n'));
}

TEST(Settings, AreTheDefaultsForAFileOfCommentsAlone) {
  const auto settings = load("# milter:\n");
  ASSERT_TRUE(settings);
  EXPECT_EQ(describe_settings(*settings), describe_settings(default_settings("/etc/winnow")));
  EXPECT_EQ(settings->rules, (std::vector<std::filesystem::path>{"/etc/winnow/rules.yaml", "/etc/winnow/rules.d"}));
  EXPECT_TRUE(settings->origins.empty());
}

/// A full disk left an empty file, and the next reload took it for a site that wants nothing but defaults.
TEST(Settings, AreNotReadFromAnEmptyFile) {
  for (const char* text : {"", " \n\n", "\xEF\xBB\xBF"}) {
    Diagnostics problems;
    EXPECT_FALSE(load_settings_text("/etc/winnow/winnow.yaml", text, problems));
    EXPECT_EQ(problems.to_string(),
              "/etc/winnow/winnow.yaml: error: the file is empty (write its settings, or a comment if all have their "
              "defaults)\n");
  }
}

TEST(Settings, AreTheDefaultsForAFileOfEmptyGroups) {
  ASSERT_TRUE(load("milter:\nengine:\n  # max_batch_size: 8\nlog: {}\n"));
}

TEST(Settings, ReadsEveryKindOfValue) {
  const auto settings = load(
      "milter:\n  socket: inet:8891@127.0.0.1\n  socket_mode: \"0600\"\n  deadline: 1500ms\n  on_error: tempfail\n"
      "  max_scan_bytes: 2MiB\n  trusted_authserv_ids: [mx.example.org]\n  skip: [authenticated, 192.0.2.0/24, '::1']\n"
      "engine:\n  model: models/own.pt\n  device: cuda:1\n  replicas: 3\n  prior_spam: 20%\n  max_queue_delay: 2ms\n"
      "headers: {show_authenticated: true}\nrules: [a.yaml]\nlog: {to: syslog}\nmetrics: {listen: ''}\n");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->milter.socket, "inet:8891@127.0.0.1");
  EXPECT_EQ(settings->milter.socket_mode, 0600u);
  EXPECT_EQ(settings->milter.deadline, std::chrono::milliseconds(1500));
  EXPECT_EQ(settings->milter.on_error, OnError::TempFail);
  EXPECT_EQ(settings->milter.max_scan_bytes, 2u << 20);
  EXPECT_EQ(settings->milter.skip.size(), 3u);
  EXPECT_EQ(settings->engine.model, "/etc/winnow/models/own.pt");
  EXPECT_EQ(settings->engine.device, DeviceSetting("cuda:1"));
  EXPECT_EQ(settings->engine.replicas, 3u);
  EXPECT_EQ(settings->engine.prior_spam, 0.2);
  EXPECT_EQ(settings->engine.max_queue_delay, std::chrono::milliseconds(2));
  EXPECT_TRUE(settings->headers.show_authenticated);
  EXPECT_EQ(settings->rules, std::vector<std::filesystem::path>{"/etc/winnow/a.yaml"});
  EXPECT_EQ(settings->metrics.listen, "");
}

TEST(Settings, ReadsAPoolOfOneServerOrOfSeveral) {
  const auto one =
      load("engine: {remote: {url: 'https://pool.example/v', timeout: 1s, ca_file: ca.pem, format: json}}");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->engine.remote.urls, std::vector<std::string>{"https://pool.example/v"});
  EXPECT_EQ(one->engine.remote.timeout, std::chrono::seconds(1));
  EXPECT_EQ(one->engine.remote.ca_file, "/etc/winnow/ca.pem");
  EXPECT_TRUE(one->origins.contains("engine.remote.url"));
  const auto two = load("engine:\n  remote:\n    url: [http://a:8000, http://b:8000]\n");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->engine.remote.urls.size(), 2u);
  EXPECT_NE(describe_settings(*two).find("engine.remote.url: [http://a:8000, http://b:8000]"), std::string::npos);
  EXPECT_TRUE(load("engine: {remote: {url: '', ca_file: ''}}")->engine.remote.urls.empty());
}

TEST(Settings, ReadsAListOfDevicesAndKeepsItApartFromAWord) {
  const DeviceSetting two = std::vector<std::string>{"cuda:0", "cpu"}, one = std::vector<std::string>{"cpu"};
  EXPECT_EQ(load("engine: {device: [cuda:0, cpu]}")->engine.device, two);
  EXPECT_EQ(load("engine:\n  device:\n    - cpu\n")->engine.device, one);
  EXPECT_EQ(load("engine: {device: cpu}")->engine.device, DeviceSetting("cpu"));
  const std::string text = describe_settings(*load("engine: {device: [cuda:0, cpu]}"));
  EXPECT_NE(text.find("engine.device: [cuda:0, cpu]   # "), std::string::npos) << text;
}

TEST(Settings, PointsAtTheEntryOfAListThatIsNoDevice) {
  std::string problems;
  EXPECT_FALSE(load("engine:\n  device: [cuda:0, gpu1, auto]\n", &problems));
  EXPECT_NE(problems.find("winnow.yaml:2:20: error: device must list devices as cpu or cuda:N, got 'gpu1'\n"
                          "    2 |   device: [cuda:0, gpu1, auto]\n"
                          "      |                    ^"),
            std::string::npos)
      << problems;
  EXPECT_NE(problems.find("winnow.yaml:2:26: error: device must list devices"), std::string::npos) << problems;
}

TEST(Settings, MakesASocketPathAbsolute) {
  EXPECT_EQ(load("milter: {socket: 'unix:run/w.sock'}")->milter.socket, "unix:/etc/winnow/run/w.sock");
  EXPECT_EQ(load("metrics: {listen: 'unix:run/m.sock'}")->metrics.listen, "unix:/etc/winnow/run/m.sock");
}

TEST(Settings, AcceptsTheBordersOfEveryRange) {
  for (const char* text :
       {"milter: {deadline: 100ms}", "milter: {deadline: 60s}", "milter: {max_in_flight: 1}",
        "milter: {max_in_flight: 100000}", "milter: {max_scan_bytes: 16KiB}", "milter: {max_scan_bytes: 64MiB}",
        "engine: {max_batch_size: 1024}", "engine: {max_queue_delay: 0}", "engine: {max_queue_delay: 100ms}",
        "cost: {watts_per_core: 0}", "cost: {watts_per_core: 1000}", "cost: {price_per_kwh: 0.0001}",
        "cost: {gco2e_per_kwh: 10000}", "engine: {max_queue_length: 1000000}", "engine: {prior_spam: 1%}",
        "engine: {prior_spam: 0.99}"}) {
    EXPECT_TRUE(load(text)) << text;
  }
}

struct WrongCase {
  const char* text;
  const char* problem;  // its first line, after the place
};

class WrongSetting : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongSetting, IsRefusedWithWhatItMustBe) {
  const std::string problem = problem_of(GetParam().text);
  EXPECT_NE(problem.find(GetParam().problem), std::string::npos) << problem;
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongSetting,
    testing::Values(
        WrongCase{"milter: {deadline: 99ms}", "deadline must be between 100ms and 1min, got '99ms'"},
        WrongCase{"milter: {deadline: 4}", "deadline must be a duration such as 4s or 500ms, got '4'"},
        WrongCase{"milter: {max_in_flight: 0}", "max_in_flight must be between 1 and 100000, got '0'"},
        WrongCase{"milter: {max_in_flight: -1}", "max_in_flight must be a whole number, got '-1'"},
        WrongCase{"milter: {max_in_flight: 1.5}", "max_in_flight must be a whole number"},
        WrongCase{"milter: {on_error: reject}", "on_error must be accept or tempfail, got 'reject'"},
        WrongCase{"milter: {socket_mode: '0888'}", "socket_mode must be an octal file mode"},
        WrongCase{"milter: {socket_mode: '1777'}", "socket_mode must be an octal file mode"},
        WrongCase{"milter: {socket: /run/w.sock}", "socket must be unix:PATH, inet:PORT@ADDRESS or inet6:PORT@ADDRESS"},
        WrongCase{"milter: {socket: 'inet:8891'}", "socket must be inet:PORT@ADDRESS, such as"},
        WrongCase{"milter: {socket: 'inet:0@127.0.0.1'}", "socket must be inet:PORT@ADDRESS"},
        WrongCase{"milter: {socket: 'inet:8891@127.0.0.256'}", "socket must name an IPv4 address or a host"},
        WrongCase{"milter: {socket: 'inet6:8891@1:2'}", "socket must name an IPv6 address or a host"},
        WrongCase{"milter: {socket: 'unix:'}", "socket must name a path after 'unix:'"},
        WrongCase{"milter: {skip: authenticated}", "skip must be a list, got 'authenticated' (write [authenticated])"},
        WrongCase{"milter: {skip: [10.0.0.1/8]}",
                  "skip has bits set after its prefix; write 10.0.0.0/8, got '10.0.0.1/8'"},
        WrongCase{"milter: {skip: [localhost]}", "skip must be 'authenticated' or a network such as 192.0.2.0/24"},
        WrongCase{"milter: {trusted_authserv_ids: ['a b']}", "trusted_authserv_ids must be the name"},
        WrongCase{"milter: {trusted_authserv_ids: [mx.example.org.]}",
                  "trusted_authserv_ids must stand without the dot behind it, got 'mx.example.org.'"},
        WrongCase{"milter: [1]", "milter must be a mapping of settings, got a list"},
        WrongCase{"milter: {deadline: }", "deadline must be a duration such as 4s or 500ms, got nothing"},
        WrongCase{"milter: {dedline: 4s}", "unknown key 'dedline' in milter (did you mean 'deadline'?)"},
        WrongCase{"deadline: 4s", "unknown key 'deadline' (it belongs in milter)"},
        WrongCase{"engine: {remote: {url: x}}",
                  "url must be http://HOST:PORT or https://HOST:PORT, with a path if the"},
        WrongCase{"engine: {remote: {url: [http://a, 'http://u@b']}}", "url must be http://HOST:PORT"},
        WrongCase{"engine: {remote: 5}", "engine.remote must be a mapping of settings, got"},
        WrongCase{"engine: {remote: {model: a/b}}", "model must be the model's name in the pool"},
        WrongCase{"engine: {remot: {}}", "unknown key 'remot' in engine (did you mean 'remote'?)"},
        WrongCase{"engine: {remote: {urls: x}}", "unknown key 'urls' in engine.remote (did you mean 'url'?)"},
        WrongCase{"url: x", "unknown key 'url' (it belongs in engine.remote)"},
        WrongCase{"cost: {watts_per_core: ten}", "watts_per_core must be a number such as 0.30, got 'ten'"},
        WrongCase{"cost: {watts_per_core: 1001}", "watts_per_core must be between 0 and 1000, got '1001'"},
        WrongCase{"cost: {price_per_kwh: -1}", "price_per_kwh must be a number such as 0.30, got '-1'"},
        WrongCase{"cost: {price_per_kwh: inf}", "price_per_kwh must be a number such as 0.30, got 'inf'"},
        WrongCase{"cost: {currency: euro}",
                  "currency must be the three capitals of a currency, such as EUR, got 'euro'"},
        WrongCase{"engine: {sha256: abc}", "sha256 must be 64 hexadecimal digits"},
        WrongCase{"engine: {device: gpu}", "device must be auto, cpu, cuda or cuda:N"},
        WrongCase{"engine: {device: 'cuda:x'}", "device must be auto, cpu, cuda or cuda:N"},
        WrongCase{"engine: {device: []}", "device must list 1 to 256 devices, got 0"},
        WrongCase{"engine: {device: [cuda]}", "device must list devices as cpu or cuda:N, got 'cuda'"},
        WrongCase{"engine: {device: {cuda: 0}}", "device must be a text, got a mapping"},
        WrongCase{"engine: {replicas: 0}", "replicas must be between 1 and 256"},
        WrongCase{"engine: {prior_spam: 100%}", "prior_spam must be between 1% and 99%"},
        WrongCase{"engine: {model: ''}", "model must be the path of a file, got an empty text"},
        WrongCase{"headers: {flag_name: X-Spam-Flag}", "flag_name must not be a header that Winnow writes"},
        WrongCase{"headers: {flag_name: 'X Y'}", "flag_name must be a header name"},
        WrongCase{"headers: {flag_name: Subject}", "flag_name must begin with X-, because it is removed"},
        WrongCase{"headers: {flag_name: DKIM-Signature}", "flag_name must begin with X-, because it is removed"},
        WrongCase{"headers: {flag_name: X-}", "flag_name must begin with X-, because it is removed"},
        WrongCase{"headers: {flag_name: x-winnow}", "flag_name must not be a header that Winnow writes"},
        WrongCase{"headers: {flag_name: x-spam-status}", "flag_name must not begin with X-Spam-"},
        WrongCase{"headers: {flag_value: \"a\\nb\"}", "flag_value must be 1 to 200 printable ASCII characters"},
        WrongCase{"headers: {show_authenticated: yes}", "show_authenticated must be true or false, got 'yes'"},
        WrongCase{"metrics: {listen: '9111'}", "listen must be ADDRESS:PORT"},
        WrongCase{"metrics: {listen: '::1:9111'}", "listen must be ADDRESS:PORT"},
        WrongCase{"log: {to: sislog}", "to must be auto or stderr or syslog, got 'sislog' (did you mean 'syslog'?)"},
        WrongCase{"rules: rules.yaml", "rules must be a list, got 'rules.yaml' (write [rules.yaml])"},
        WrongCase{"[a]", "the file must be a mapping of settings, got a list"}));

/// The header is removed from all mail that comes in, so Subject or DKIM-Signature would lose what the sender wrote.
TEST(Settings, TakeAFlagHeaderThatNoMailCanNeed) {
  for (const char* name : {"X-Winnow-Flag", "X-Suspect", "x-our-mark"}) {
    const auto settings = load(std::string("headers: {flag_name: ") + name + "}");
    ASSERT_TRUE(settings) << name;
    EXPECT_EQ(settings->headers.flag_name, name);
  }
}

TEST(Settings, DescribesEachKeyWithItsOrigin) {
  const auto settings = load("milter:\n  deadline: 2s\n");
  const std::string text = describe_settings(*settings);
  EXPECT_NE(text.find("milter.deadline: 2s   # /etc/winnow/winnow.yaml:2\n"), std::string::npos);
  EXPECT_NE(text.find("milter.socket_mode: \"0660\"   # default\n"), std::string::npos);
}

/// The described values, put back into a file, are the same settings: printers and readers agree.
TEST(Settings, DescribeWhatCanBeReadAgain) {
  const auto settings = load(
      "milter: {skip: ['::1', authenticated], socket: 'inet6:8891@::1'}\n"
      "cost: {price_per_kwh: 0.2875, currency: SEK}\n"
      "engine: {prior_spam: 12.5%, replicas: 2}\nlog: {addresses: true}\nmetrics: {listen: '[::1]:80'}\n");
  std::string again;
  std::string group;
  for (const SettingKey& key : setting_table()) {
    if (key.group() != group && !key.group().empty()) again += std::string(key.group()) + ":\n";
    group = key.group();
    again += (group.empty() ? "" : "  ") + std::string(key.leaf()) + ": " + key.print(*settings) + "\n";
  }
  const auto reread = load(again);
  ASSERT_TRUE(reread) << again;
  for (const SettingKey& key : setting_table()) EXPECT_EQ(key.print(*reread), key.print(*settings)) << key.path;
}

TEST(Settings, HaveAMeaningARangeAndOnePlaceForEachKey) {
  std::set<std::string> paths;
  for (const SettingKey& key : setting_table()) {
    EXPECT_TRUE(paths.insert(key.path).second) << key.path;
    EXPECT_TRUE(key.meaning.ends_with(".")) << key.path;
    EXPECT_FALSE(key.range.empty()) << key.path;
  }
}

TEST(ShippedSettings, NameEveryKeyWithItsDefault) {
  const std::filesystem::path file = std::filesystem::path(WINNOW_SOURCE_DIR) / "config" / "winnow.yaml";
  Diagnostics problems;
  const auto shipped = load_settings(file, problems);
  ASSERT_TRUE(shipped) << problems.to_string();
  const Settings defaults = default_settings(file.parent_path());
  for (const SettingKey& key : setting_table()) {
    EXPECT_TRUE(shipped->origins.contains(key.path)) << key.path << " is missing";
    EXPECT_EQ(key.print(*shipped), key.print(defaults)) << key.path;
  }
}

TEST(ShippedSettings, NameKeysInTheOrderOfTheTable) {
  const std::filesystem::path file = std::filesystem::path(WINNOW_SOURCE_DIR) / "config" / "winnow.yaml";
  Diagnostics problems;
  const auto shipped = load_settings(file, problems);
  ASSERT_TRUE(shipped);
  std::size_t line = 0;
  for (const SettingKey& key : setting_table()) {
    EXPECT_GT(shipped->origins.at(key.path).line, line) << key.path;
    line = shipped->origins.at(key.path).line;
  }
}

TEST(Settings, RefuseASocketPathThatIsOneByteTooLongAndEveryHeaderOfWinnowsOwnForTheFlag) {
  EXPECT_TRUE(load("milter: {socket: 'unix:/" + std::string(106, 'x') + "'}"));
  EXPECT_NE(problem_of("milter: {socket: 'unix:/" + std::string(107, 'x') + "'}").find("at most 107 bytes"),
            std::string::npos);
  for (const char* name : {"X-Spam", "x-spam-flag", "X-Spam-Score", "X-Spam-Level", "X-Winnow"})
    EXPECT_NE(problem_of(std::string("headers: {flag_name: ") + name + "}").find("must not be a header"),
              std::string::npos);
}

}  // namespace
}  // namespace winnow
