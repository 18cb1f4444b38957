#include "milter/http_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "milter/endpoint.h"
#include "milter/http_client.h"
#include "milter/metrics.h"
#include "tests/support/poll_until.h"
#include "tests/support/scratch_folder.h"

namespace {

std::atomic<int> g_umasks{0};  // calls in this process

}  // namespace

/// The C library's own, counted.
mode_t umask(mode_t mask) noexcept {
  ++g_umasks;
  return static_cast<mode_t>(::syscall(SYS_umask, mask));
}

namespace winnow {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HttpEndpointTest : public testing::Test {
 protected:
  std::unique_ptr<HttpEndpoint> start(const std::string& listen, HttpLimits limits = {}) {
    std::string error;
    auto endpoint = HttpEndpoint::start(listen,
                                        {[] { return std::string("winnow_in_flight 0\n"); },
                                         [this] { return std::string(ready_ ? "" : "the socket is gone"); }},
                                        error, limits);
    EXPECT_NE(endpoint, nullptr) << error;
    return endpoint;
  }

  static Descriptor connect(const std::string& address) {
    std::string error;
    Endpoint endpoint;
    endpoint.path = address.starts_with("unix:") ? address.substr(5) : "";
    if (endpoint.path.empty()) {
      endpoint.family = Endpoint::Family::Inet;
      endpoint.host = address.substr(0, address.rfind(':'));
      endpoint.port = address.substr(address.rfind(':') + 1);
    }
    Descriptor socket = connect_to(endpoint, std::chrono::seconds(10), error);
    EXPECT_TRUE(socket) << error;
    return socket;
  }

  /// Everything until the server hangs up.
  static std::string read_all(const Descriptor& socket) {
    std::string text;
    const bool ended = poll_until([&] {
      char chunk[4096];
      const ssize_t count = ::recv(socket.get(), chunk, sizeof chunk, 0);
      if (count > 0) text.append(chunk, static_cast<std::size_t>(count));
      return count == 0 || (count < 0 && errno != EAGAIN);
    });
    EXPECT_TRUE(ended) << "the server did not hang up";
    return text;
  }

  static std::string ask(const std::string& address, const std::string& request) {
    const Descriptor socket = connect(address);
    (void)::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    return read_all(socket);
  }

  static std::string get(const std::string& address, const std::string& path) {
    return ask(address, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  std::atomic<bool> ready_{true};
};

TEST_F(HttpEndpointTest, ServesMetricsAndHealth) {
  const auto endpoint = start("127.0.0.1:0");
  const std::string address = endpoint->address();
  EXPECT_THAT(get(address, "/metrics"), testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("winnow_in_flight 0")));
  EXPECT_THAT(get(address, "/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(get(address, "/readyz"), StartsWith("HTTP/1.1 200"));
  ready_ = false;
  EXPECT_THAT(get(address, "/readyz"),
              testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\r\n\r\nnot ready: the socket is gone\n")));
  EXPECT_THAT(get(address, "/other"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(get(address, "/metrics?format=text"), StartsWith("HTTP/1.1 200"))
      << "Prometheus sends the params of its settings";
}

TEST_F(HttpEndpointTest, ServesOnAUnixSocket) {
  const ScratchFolder folder;
  const auto endpoint = start("unix:" + (folder.path() / "http").string());
  EXPECT_THAT(get(endpoint->address(), "/livez"), HasSubstr("alive"));
}

TEST_F(HttpEndpointTest, TakesItsSocketFileAlongButNotThatOfAnother) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path() / "http";
  auto endpoint = start("unix:" + path.string());
  endpoint.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  endpoint = start("unix:" + path.string());
  std::filesystem::rename(path, folder.path() / "moved");  // keeps its inode from being taken again
  folder.write("http", "of another");
  endpoint.reset();
  EXPECT_EQ(folder.read("http"), "of another");
}

TEST_F(HttpEndpointTest, RefusesOtherMethodsLongHeadersAndNoise) {
  const auto endpoint = start("127.0.0.1:0");
  const std::string address = endpoint->address();
  EXPECT_THAT(ask(address, "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 405"));
  EXPECT_EQ(ask(address, "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"), "");
  EXPECT_EQ(ask(address, "no HTTP at all\r\n\r\n"), "");
  EXPECT_THAT(ask(address, "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + std::string(1000, 'x')),
              StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(get(address, "/livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpEndpointTest, HangsUpOnAClientThatSendsNothing) {
  HttpLimits limits;
  limits.timeout = std::chrono::seconds(1);
  const auto endpoint = start("127.0.0.1:0", limits);
  EXPECT_EQ(read_all(connect(endpoint->address())), "");
}

/// As many connections that asked nothing kept everybody else out, for as long as somebody opened them anew.
TEST_F(HttpEndpointTest, HangsUpOnWhoHasAskedNothingForLongestWhenTooManyAreConnected) {
  HttpLimits limits;
  limits.max_connections = 2;
  limits.timeout = std::chrono::hours(1);  // else that would hang up
  const auto endpoint = start("127.0.0.1:0", limits);
  const Descriptor oldest = connect(endpoint->address());
  const Descriptor second = connect(endpoint->address());
  EXPECT_THAT(get(endpoint->address(), "/livez"), HasSubstr("alive"));
  EXPECT_EQ(read_all(oldest), "");
  const std::string request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
  (void)::send(second.get(), request.data(), request.size(), MSG_NOSIGNAL);
  EXPECT_THAT(read_all(second), HasSubstr("alive")) << "there was room for it";
}

/// An answer under way is finished, so there is no room for more.
TEST_F(HttpEndpointTest, HangsUpOnWhoComesWhenAllOthersAreBeingAnswered) {
  const ScratchFolder folder;
  HttpLimits limits;
  limits.max_connections = 1;
  limits.timeout = std::chrono::hours(1);
  std::atomic<bool> asked{false};
  std::string error;
  const auto endpoint = HttpEndpoint::start("unix:" + (folder.path() / "http").string(),
                                            {[&] {
                                               asked = true;
                                               return std::string(std::size_t{8} << 20, 'x');  // more than buffers hold
                                             },
                                             {}},
                                            error, limits);
  ASSERT_NE(endpoint, nullptr) << error;
  const Descriptor slow = connect(endpoint->address());
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  (void)::send(slow.get(), request.data(), request.size(), MSG_NOSIGNAL);
  ASSERT_TRUE(poll_until([&] { return asked.load(); }));
  EXPECT_EQ(read_all(connect(endpoint->address())), "");
}

TEST_F(HttpEndpointTest, SaysWhyItCannotStart) {
  const auto endpoint = start("127.0.0.1:0");
  for (const std::string& listen : {endpoint->address(), std::string("nonsense"), std::string("127.0.0.1:99999")}) {
    std::string error;
    EXPECT_EQ(HttpEndpoint::start(listen, {}, error), nullptr);
    EXPECT_THAT(error, HasSubstr(listen));
  }
}

TEST_F(HttpEndpointTest, IsAskedByTheClientOverTcpAndUnixSockets) {
  const ScratchFolder folder;
  for (const std::string& listen : {std::string("127.0.0.1:0"), "unix:" + (folder.path() / "http").string()}) {
    const auto endpoint = start(listen);
    std::string error;
    const auto metrics = http_get(endpoint->address(), "/metrics", std::chrono::seconds(10), error);
    ASSERT_TRUE(metrics) << error;
    EXPECT_EQ(metrics->status, 200u);
    EXPECT_EQ(metrics->body, "winnow_in_flight 0\n");
    const auto other = http_get(endpoint->address(), "/other", std::chrono::seconds(10), error);
    EXPECT_TRUE(other && other->status == 404);
  }
}

/// Only the first address of a name was once asked: where that is ::1, an endpoint on 127.0.0.1 was not found.
TEST_F(HttpEndpointTest, IsFoundOnAnyAddressOfAHostName) {
  const auto endpoint = start("127.0.0.1:0");
  const std::string port = endpoint->address().substr(endpoint->address().rfind(':'));
  std::string error;
  const auto answer = http_get("localhost" + port, "/livez", std::chrono::seconds(10), error);
  ASSERT_TRUE(answer) << error;
  EXPECT_EQ(answer->body, "alive\n");
}

TEST(HttpClient, SaysWhyThereIsNoAnswer) {
  const ScratchFolder folder;
  std::string error;
  EXPECT_FALSE(http_get("unix:" + (folder.path() / "none").string(), "/", std::chrono::seconds(10), error));
  EXPECT_THAT(error, HasSubstr("No such file"));
  EXPECT_FALSE(http_get("nonsense", "/", std::chrono::seconds(10), error));
  EXPECT_NE(error, "");
  EXPECT_FALSE(http_get("unix:" + std::string(200, 'x'), "/", std::chrono::seconds(10), error));
}

// The umask is the whole process's, and a reload may be making files on another thread when metrics are tried again.
TEST_F(HttpEndpointTest, GivesItsSocketItsModeAndLeavesTheUmaskAlone) {
  const ScratchFolder folder;
  for (const mode_t mask : {mode_t{0}, mode_t{0077}}) {
    const mode_t before = ::umask(mask);
    const int calls = g_umasks;
    const auto endpoint = start("unix:" + (folder.path() / "http").string());
    EXPECT_EQ(g_umasks, calls);
    (void)::umask(before);
    struct stat found {};
    ASSERT_EQ(::stat((folder.path() / "http").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0660u);
  }
}

TEST(Metrics, SpeaksThePrometheusTextFormat) {
  const auto metrics = make_metrics();
  Judgement judgement;
  judgement.decision.verdict = Verdict::Junk;
  judgement.decision.rule = "certain";
  judgement.decision.monitored = {"watch"};
  judgement.reasons_result = ReasonsResult::Late;
  judgement.timings.reasons = std::chrono::milliseconds(500);
  metrics->judged(judgement, std::chrono::milliseconds(3));
  metrics->fallback({ScoreError::Deadline, OnError::Accept, ""});
  EXPECT_THAT(metrics->text(), HasSubstr("winnow_last_reload_successful 1"));
  metrics->reload(ReloadResult::Failed);
  EXPECT_THAT(metrics->text(), HasSubstr("winnow_last_reload_successful 0"));
  metrics->reload(ReloadResult::Ok);
  metrics->model("m-1", "aa");
  metrics->model("m-2", "bb");
  const std::string text = metrics->text();
  for (const char* line :
       {"winnow_messages_total{verdict=\"junk\"} 1", "winnow_messages_total{verdict=\"accept\"} 0",
        "winnow_rule_total{mode=\"enforce\",rule=\"certain\"} 1",
        "winnow_rule_total{mode=\"monitor\",rule=\"watch\"} 1",
        "winnow_fallback_total{action=\"accept\",cause=\"deadline\"} 1", "winnow_reload_total{result=\"ok\"} 1",
        "winnow_last_reload_successful 1", "winnow_judge_seconds_count 1",
        "winnow_stage_seconds_count{stage=\"infer\"} 1", "winnow_stage_seconds_bucket{stage=\"reasons\",le=\"0.5\"} 1",
        "winnow_reasons_total{result=\"late\"} 1", "winnow_model_info{name=\"m-1\",sha256=\"aa\"} 0",
        "winnow_model_info{name=\"m-2\",sha256=\"bb\"} 1"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// increase() sees nothing of a series that was not there before.
TEST(Metrics, BeginAtZeroWhereAnAlertLooks) {
  const std::string text = make_metrics()->text();
  for (const char* line :
       {"winnow_fallback_total{action=\"tempfail\",cause=\"model\"} 0",
        "winnow_fallback_total{action=\"accept\",cause=\"internal\"} 0",
        "winnow_fallback_total{action=\"accept\",cause=\"busy\"} 0", "winnow_modifications_refused_total 0",
        "winnow_answers_unsent_total 0", "winnow_reasons_total{result=\"busy\"} 0",
        "winnow_stage_seconds_count{stage=\"reasons\"} 0"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, CountTheRulesOfEveryRecipientAndWhoStoodIn) {
  const auto metrics = make_metrics();
  Judgement judgement;
  judgement.decision.rule = "certain";
  judgement.recipients.resize(2);
  judgement.recipients[0].decision.rule = "certain";
  judgement.recipients[1].decision.rule = "away";
  judgement.stand_in_cause = "timeout";
  metrics->judged(judgement, std::chrono::milliseconds(3));
  for (const char* line :
       {"winnow_rule_total{mode=\"enforce\",rule=\"certain\"} 1", "winnow_rule_total{mode=\"enforce\",rule=\"away\"} 1",
        "winnow_stand_in_total{cause=\"timeout\"} 1"}) {
    EXPECT_THAT(metrics->text(), HasSubstr(line));
  }
}

}  // namespace
}  // namespace winnow
