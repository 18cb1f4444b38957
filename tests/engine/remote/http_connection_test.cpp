// One connection against a server that does what it should, and all that it should not.
#include "engine/remote/http_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "tests/engine/remote/tiny_server.h"
#include "tests/engine/temporary_folder.h"

namespace winnow {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

HttpConnection::TimePoint patience() { return steady_clock::now() + seconds(60); }

std::unique_ptr<HttpConnection> connection_to(const std::string& url, const std::string& token = "") {
  return make_http_connection(parse_http_url(url).value(), nullptr, token);
}

HttpResult get(const std::string& url, HttpConnection::TimePoint until = patience()) {
  return connection_to(url)->call({.target = "/v2"}, until);
}

TEST(HttpConnection, SendsARequestAndReadsItsAnswer) {
  std::string request;
  const TinyServer server([&](Peer& peer) {
    request = peer.read_request();
    peer.answer("hello", "200 OK", "Inference-Header-Content-Length: 3\r\n");
  });
  const auto connection = connection_to(server.url() + "/prefix", "secret");
  const HttpResult result = connection->call({"/v2/models/m/infer", "body", 2, 100}, patience());
  ASSERT_EQ(result.fault, HttpFault::None) << result.sentence;
  EXPECT_EQ(result.answer.status, 200u);
  EXPECT_EQ(result.answer.body, "hello");
  EXPECT_EQ(result.answer.json_bytes, 3u);
  EXPECT_THAT(request, HasSubstr("POST /prefix/v2/models/m/infer HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Inference-Header-Content-Length: 2\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Bearer secret\r\n"));
  EXPECT_TRUE(request.ends_with("\r\n\r\nbody"));
}

void answer_all(Peer& peer) {
  while (!peer.read_request().empty()) peer.answer("x");
}

TEST(HttpConnection, KeepsItsConnectionAndSaysSo) {
  const TinyServer server(answer_all);
  const auto connection = connection_to(server.url());
  for (int i = 0; i < 3; ++i) {
    const HttpResult result = connection->call({.target = "/"}, patience());
    EXPECT_EQ(result.answer.body, "x");
    EXPECT_EQ(result.reused, i > 0);
  }
  EXPECT_EQ(server.connections(), 1);
}

/// A server closes idle connections when it likes; the client learns of it with its next request.
TEST(HttpConnection, ConnectsAgainWhenTheServerHasClosedAnIdleConnection) {
  const TinyServer server([](Peer& peer) {
    if (!peer.read_request().empty()) peer.answer("x");
  });
  const auto connection = connection_to(server.url());
  for (int i = 0; i < 3; ++i) {
    const HttpResult result = connection->call({.target = "/"}, patience());
    ASSERT_EQ(result.fault, HttpFault::None) << result.sentence;
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpConnection, ConnectsAgainAfterTheLongestIdleTime) {
  const TinyServer server(answer_all);
  const auto connection = make_http_connection(parse_http_url(server.url()).value(), nullptr, "", seconds(0));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connection->call({.target = "/"}, patience()).answer.body, "x");
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpConnection, DoesNotAskASecondTimeOnAFreshConnection) {
  const TinyServer server([](Peer& peer) { peer.read_request(); });
  const HttpResult result = get(server.url());
  EXPECT_EQ(result.fault, HttpFault::Cut);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpConnection, TakesAnAnswerThatHasBegunForTheRequestsOwn) {
  const TinyServer server([](Peer& peer) {
    peer.read_request();
    peer.answer("x");
    peer.read_request();
    peer.send("HTTP/1.1 200");
  });
  const auto connection = connection_to(server.url());
  EXPECT_EQ(connection->call({.target = "/"}, patience()).fault, HttpFault::None);
  EXPECT_EQ(connection->call({.target = "/"}, patience()).fault, HttpFault::Cut);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpConnection, GivesUpInTimeOnAServerThatSaysNothing) {
  const TinyServer server([](Peer& peer) { peer.hang(); });
  const auto started = steady_clock::now();
  EXPECT_EQ(get(server.url(), started + milliseconds(50)).fault, HttpFault::Timeout);
  EXPECT_GE(steady_clock::now() - started, milliseconds(50));
}

TEST(HttpConnection, GivesUpInTimeOnAnAnswerThatNeverEnds) {
  const TinyServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning");
    peer.hang();
  });
  EXPECT_EQ(get(server.url(), steady_clock::now() + milliseconds(50)).fault, HttpFault::Timeout);
}

TEST(HttpConnection, AnswersAgainAfterATimeout) {
  bool first = true;
  const TinyServer server([&](Peer& peer) {
    if (std::exchange(first, false)) return peer.hang();
    peer.read_request();
    peer.answer("late but well");
  });
  const auto connection = connection_to(server.url());
  EXPECT_EQ(connection->call({.target = "/"}, steady_clock::now() + milliseconds(50)).fault, HttpFault::Timeout);
  EXPECT_EQ(connection->call({.target = "/"}, patience()).answer.body, "late but well");
}

TEST(HttpConnection, AsksNobodyWhenTheTimeIsOver) {
  const TinyServer server([](Peer& peer) { peer.hang(); });
  EXPECT_EQ(get(server.url(), steady_clock::now() - seconds(1)).fault, HttpFault::Timeout);
}

/// The first address of a name took all the time when nobody answered there.
TEST(HttpConnection, SharesItsTimeAmongTheAddressesThatAreLeft) {
  const HttpConnection::TimePoint now{seconds(1000)};
  EXPECT_EQ(end_of_turn(now, now + milliseconds(300), 3), now + milliseconds(100));
  EXPECT_EQ(end_of_turn(now + milliseconds(100), now + milliseconds(300), 2), now + milliseconds(200));
  EXPECT_EQ(end_of_turn(now + milliseconds(200), now + milliseconds(300), 1), now + milliseconds(300));
  EXPECT_EQ(end_of_turn(now, now - milliseconds(1), 2), now - milliseconds(1));
}

/// Where the name has an IPv6 address, too, nobody listens there.
TEST(HttpConnection, FindsTheAddressOfANameThatAnswers) {
  const TinyServer server([](Peer& peer) {
    peer.read_request();
    peer.answer("here");
  });
  const std::string url = server.url();
  const HttpResult result = get("http://localhost" + url.substr(url.rfind(':')));
  EXPECT_EQ(result.answer.body, "here") << result.sentence;
}

TEST(HttpConnection, SaysWhoCannotBeReached) {
  const HttpResult refused = get(url_of_nobody());
  EXPECT_EQ(refused.fault, HttpFault::Refused);
  EXPECT_THAT(refused.sentence, HasSubstr("cannot connect to 127.0.0.1:"));
}

struct WrongServer {
  const char* name;
  std::string answer;
  HttpFault fault;
};

class WrongServers : public testing::TestWithParam<WrongServer> {};

TEST_P(WrongServers, AreAFault) {
  const TinyServer server([](Peer& peer) {
    peer.read_request();
    peer.send(GetParam().answer);
  });
  const HttpResult result = get(server.url());
  EXPECT_EQ(result.fault, GetParam().fault) << result.sentence;
  EXPECT_THAT(result.sentence, HasSubstr("127.0.0.1:"));
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongServers,
    testing::Values(WrongServer{"CutInTheBody", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", HttpFault::Cut},
                    WrongServer{"CutInTheHeaders", "HTTP/1.1 200 OK\r\nContent-", HttpFault::Cut},
                    WrongServer{"CutInAChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
                                HttpFault::Cut},
                    WrongServer{"NotHttp", "220 mx.example ESMTP\r\n\r\n", HttpFault::Answer},
                    WrongServer{"BadLength", "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n", HttpFault::Answer},
                    WrongServer{"BodyTooLarge", "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n", HttpFault::Answer},
                    WrongServer{"HeadersTooLarge", "HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'x') + "\r\n\r\n",
                                HttpFault::Answer}),
    [](const auto& info) { return std::string(info.param.name); });

/// The final answer to this request must not be taken for the answer to the next.
TEST(HttpConnection, LeavesAConnectionWithAnInterimAnswer) {
  const TinyServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 102 Processing\r\n\r\n");
    peer.hang();
  });
  const auto connection = connection_to(server.url());
  EXPECT_EQ(connection->call({.target = "/"}, patience()).answer.status, 102u);
  EXPECT_EQ(connection->call({.target = "/"}, patience()).answer.status, 102u);
  EXPECT_EQ(server.connections(), 2);
}

/// What a server sends unasked was taken for the answer to the next request.
TEST(HttpConnection, LeavesAConnectionOnWhichTheServerSpeaksUnasked) {
  std::promise<void> answered, spoken;
  const TinyServer server([&, first = true](Peer& peer) mutable {
    peer.read_request();
    peer.answer("asked");
    if (!std::exchange(first, false)) return;
    answered.get_future().wait();
    peer.answer("unasked");
    peer.await_arrival();
    spoken.set_value();
    peer.hang();
  });
  const auto connection = connection_to(server.url());
  EXPECT_EQ(connection->call({.target = "/"}, patience()).answer.body, "asked");
  answered.set_value();
  spoken.get_future().wait();
  EXPECT_EQ(connection->call({.target = "/"}, patience()).answer.body, "asked");
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpConnection, TakesAnUnreadableJsonLengthForMoreThanThereIs) {
  const TinyServer server([](Peer& peer) {
    peer.read_request();
    peer.answer("x", "200 OK", "Inference-Header-Content-Length: 1x\r\n");
  });
  EXPECT_EQ(get(server.url()).answer.json_bytes, SIZE_MAX);
}

TEST(TlsTrust, NamesTheFileThatHoldsNoCertificates) {
  const TemporaryFolder folder;
  const auto file = folder.write("ca.pem", "nothing");
  std::string error;
  EXPECT_EQ(make_tls_trust(file, error), nullptr);
  EXPECT_THAT(error, HasSubstr(file.string()));
}

TEST(TlsTrust, IsNotGivenToAServerWithoutTls) {
  const TinyServer server([](Peer& peer) { peer.send("220 mx.example ESMTP\r\n"); });
  std::string error;
  const auto trust = make_tls_trust({}, error);
  ASSERT_NE(trust, nullptr) << error;
  HttpUrl url = parse_http_url(server.url()).value();
  url.tls = true;
  EXPECT_EQ(make_http_connection(url, trust, "")->call({.target = "/"}, patience()).fault, HttpFault::Tls);
}

}  // namespace
}  // namespace winnow
