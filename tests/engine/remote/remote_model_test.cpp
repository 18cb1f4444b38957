// A model of a pool against servers of every sort. What the timing decides stands in server_turns_test.cpp.
#include "engine/remote/remote_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <utility>

#include "tests/engine/remote/tiny_inference.h"

namespace winnow {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::shared_ptr<RemotePool> pool_of(const std::vector<std::string>& urls,
                                    std::optional<TensorFormat> format = TensorFormat::Json) {
  auto pool = std::make_shared<RemotePool>();
  for (const std::string& url : urls) pool->urls.push_back(parse_http_url(url).value());
  pool->model = "winnow";
  pool->timeout = seconds(30);
  pool->turns = std::make_unique<ServerTurns>(urls.size(), format);
  return pool;
}

TokenBatch two_messages() {
  TokenBatch batch;
  batch.add({3, 4}, {1.0f, 1.0f}, {0.5f});
  batch.add({9}, {1.0f}, {0.5f});
  return batch;
}

class RemoteModelTest : public ::testing::Test {
 protected:
  Status run(const std::shared_ptr<RemotePool>& pool, const TokenBatch& batch = two_messages()) {
    model_ = std::make_unique<RemoteModel>(pool);
    return model_->run(batch, logits_);
  }

  std::unique_ptr<RemoteModel> model_;
  std::vector<float> logits_;
};

TEST_F(RemoteModelTest, AnswersTheLogitsOfTheServer) {
  const TinyServer server(serve_sums);
  const Status status = run(pool_of({server.url()}));
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(logits_, ElementsAre(7.0f, 9.0f));
  EXPECT_EQ(model_->device(), "remote");
}

TEST_F(RemoteModelTest, AsksTheServerOnceHowTensorsTravel) {
  std::vector<std::string> targets;
  const TinyServer server([&](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      targets.push_back(request.substr(0, request.find(" HTTP")));
      peer.answer(request.starts_with("GET") ? R"({"extensions":["binary_tensor_data"]})" : "{}");
    }
  });
  const auto pool = pool_of({server.url()}, std::nullopt);
  RemoteModel model(pool);
  for (int i = 0; i < 2; ++i) (void)model.run(two_messages(), logits_);
  EXPECT_EQ(pool->turns->format(0), TensorFormat::Binary);
  EXPECT_THAT(targets, ElementsAre("GET /v2", "POST /v2/models/winnow/infer", "POST /v2/models/winnow/infer"));
}

TEST_F(RemoteModelTest, HasAServerJudgeTheProbeOnceBeforeItJudgesMail) {
  std::atomic<int> posts{0};
  const TinyServer server([&](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      ++posts;
      peer.answer(sums_of(request));
    }
  });
  const auto pool = pool_of({server.url()});
  pool->probe.add({5}, {1.0f}, {0.5f});
  pool->expected = {5.4f};  // but for rounding
  RemoteModel model(pool);
  for (int i = 0; i < 2; ++i) {
    const Status status = model.run(two_messages(), logits_);
    ASSERT_TRUE(status) << status.error();
    EXPECT_THAT(logits_, ElementsAre(7.0f, 9.0f));
  }
  EXPECT_EQ(posts, 3);
}

TEST_F(RemoteModelTest, WritesJsonForAServerThatDoesNotDescribeItself) {
  const TinyServer server([](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      if (request.starts_with("POST"))
        peer.answer(sums_of(request));
      else
        peer.answer("", "404 Not Found");
    }
  });
  const auto pool = pool_of({server.url()}, std::nullopt);
  ASSERT_TRUE(run(pool));
  EXPECT_EQ(pool->turns->format(0), TensorFormat::Json);
}

TEST_F(RemoteModelTest, TriesTheNextServerWhenOneFails) {
  const TinyServer broken(serve_errors), well(serve_sums);
  const auto pool = pool_of({url_of_nobody(), broken.url(), well.url()});
  const Status status = run(pool);
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(logits_, ElementsAre(7.0f, 9.0f));
}

TEST_F(RemoteModelTest, SaysWhatTheLastServerSaid) {
  const TinyServer broken(serve_errors);
  const Status status = run(pool_of({broken.url()}));
  EXPECT_THAT(status.error(), AllOf(HasSubstr(broken.url().substr(7)), HasSubstr("status 500: out of memory")));
  EXPECT_EQ(model_->failure_cause(), "status");
}

TEST_F(RemoteModelTest, LeavesAServerAloneThatKeepsFailing) {
  const TinyServer broken(serve_errors);
  const auto pool = pool_of({broken.url()});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(run(pool));
  EXPECT_FALSE(run(pool));
  EXPECT_EQ(model_->failure_cause(), "open");
  EXPECT_EQ(broken.connections(), 3);
}

/// A few odd messages took a server away from all others.
TEST_F(RemoteModelTest, GoesOnAskingAServerThatRefusesRequestsButNotOneThatCannotServe) {
  struct Case {
    const char* status;
    const char* cause;  // of the fourth failure
  };
  for (const auto& [status, cause] : std::initializer_list<Case>{{"400 Bad Request", "status"},
                                                                 {"413 Content Too Large", "status"},
                                                                 {"422 Unprocessable Content", "status"},
                                                                 {"401 Unauthorized", "open"},
                                                                 {"403 Forbidden", "open"},
                                                                 {"404 Not Found", "open"},
                                                                 {"408 Request Timeout", "open"},
                                                                 {"429 Too Many Requests", "open"},
                                                                 {"503 Service Unavailable", "open"}}) {
    const TinyServer server([status = status](Peer& peer) {
      while (!peer.read_request().empty()) peer.answer("", status);
    });
    const auto pool = pool_of({server.url()});
    pool->turns = std::make_unique<ServerTurns>(
        1, TensorFormat::Json, BreakerSettings{.failures_to_open = 3, .first_pause = std::chrono::hours(1)});
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(run(pool));
    EXPECT_EQ(model_->failure_cause(), cause) << status;
  }
}

TEST_F(RemoteModelTest, AsksNobodyWhenTheDeadlineIsOver) {
  const TinyServer server(serve_sums);
  TokenBatch batch = two_messages();
  batch.deadline = std::chrono::steady_clock::now();
  EXPECT_FALSE(run(pool_of({server.url()}), batch));
  EXPECT_EQ(model_->failure_cause(), "deadline");
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(RemoteModelTest, DoesNotBlameTheServerForFeaturesThatJsonCannotSay) {
  const TinyServer server(serve_sums);
  const auto pool = pool_of({server.url()});
  TokenBatch batch;
  batch.add({1}, {std::numeric_limits<float>::infinity()}, {});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(run(pool, batch));
  EXPECT_EQ(model_->failure_cause(), "features");
  EXPECT_TRUE(run(pool));
}

/// A firewall forgets idle connections; that the kept one is dead says nothing of the server.
TEST_F(RemoteModelTest, DoesNotBlameTheServerForATimeoutOnAKeptConnection) {
  const TinyServer server([first = true](Peer& peer) mutable {
    if (std::exchange(first, false)) peer.answer(sums_of(peer.read_request()));
    peer.hang();
  });
  const auto pool = pool_of({server.url()});
  pool->turns = std::make_unique<ServerTurns>(
      1, TensorFormat::Json, BreakerSettings{.failures_to_open = 1, .first_pause = std::chrono::hours(1)});
  RemoteModel model(pool);
  ASSERT_TRUE(model.run(two_messages(), logits_));
  pool->timeout = milliseconds(100);
  for (const char* cause : {"timeout", "timeout", "open"}) {  // kept, new, and the new one counted
    EXPECT_FALSE(model.run(two_messages(), logits_));
    EXPECT_EQ(model.failure_cause(), cause);
  }
}

struct Fault {
  const char* name;
  void (*serve)(Peer&);
  const char* cause;
};

class RemoteFaults : public testing::TestWithParam<Fault> {};

TEST_P(RemoteFaults, EndInOneWordBeforeTheDeadline) {
  const TinyServer server([](Peer& peer) {
    peer.read_request();
    GetParam().serve(peer);
  });
  const auto pool = pool_of({server.url()});
  pool->timeout = milliseconds(100);
  RemoteModel model(pool);
  std::vector<float> logits;
  TokenBatch batch = two_messages();
  batch.deadline = std::chrono::steady_clock::now() + seconds(60);
  EXPECT_FALSE(model.run(batch, logits));
  EXPECT_EQ(model.failure_cause(), GetParam().cause);
  EXPECT_LT(std::chrono::steady_clock::now(), batch.deadline);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RemoteFaults,
    testing::Values(Fault{"Hanging", [](Peer& peer) { peer.hang(); }, "timeout"},
                    Fault{"HangingInTheBody",
                          [](Peer& peer) {
                            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
                            peer.hang();
                          },
                          "timeout"},
                    Fault{"Cut", [](Peer& peer) { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"); }, "cut"},
                    Fault{"NotHttp", [](Peer& peer) { peer.send("nonsense\r\n\r\n"); }, "answer"},
                    Fault{"NotJson", [](Peer& peer) { peer.answer("nonsense"); }, "answer"},
                    Fault{"EndlessHeaders",
                          [](Peer& peer) { peer.send("HTTP/1.1 200 OK\r\n" + std::string(100'000, 'a')); }, "answer"},
                    Fault{"EndlessBody",
                          [](Peer& peer) { peer.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(1'000'000, 'a')); },
                          "answer"},
                    Fault{"Redirect",
                          [](Peer& peer) { peer.answer("", "302 Found", "Location: http://elsewhere.example/\r\n"); },
                          "status"},
                    Fault{"Nothing", [](Peer&) {}, "cut"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(RemoteModelTest, ProvesTheNextServerByTheProbeAndNotByTheMailThatTheFirstFailedOn) {
  const TinyServer broken(serve_errors), well(serve_sums);
  const auto pool = pool_of({broken.url(), well.url()});
  pool->probe.add({5}, {1.0f}, {0.5f});
  pool->expected = {5.0f};
  pool->turns->proven(0);
  const Status status = run(pool);
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(logits_, ElementsAre(7.0f, 9.0f));
}

TEST_F(RemoteModelTest, LearnsNoFormatFromAServerThatCannotServeYet) {
  const TinyServer server(serve_errors);
  const auto pool = pool_of({server.url()}, std::nullopt);
  EXPECT_FALSE(run(pool));
  EXPECT_EQ(pool->turns->format(0), std::nullopt);
}

TEST_F(RemoteModelTest, TakesNoServerThatJudgesSomewhatOtherwise) {
  const TinyServer server(serve_sums);
  const auto pool = pool_of({server.url()});
  pool->probe.add({5}, {1.0f}, {0.5f});
  pool->expected = {6.5f};
  EXPECT_FALSE(run(pool));
  EXPECT_EQ(model_->failure_cause(), "another");
}

}  // namespace
}  // namespace winnow
