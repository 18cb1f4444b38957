// What is said at the start of a pool in each state, and which models come of it.
#include "engine/remote/join_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/engine/fake_models.h"
#include "tests/engine/remote/tiny_inference.h"
#include "tests/engine/temporary_folder.h"

namespace winnow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TokenBatch probe() {
  TokenBatch batch;
  batch.add({3, 4}, {1.0f, 1.0f}, {0.5f});
  batch.add({9}, {1.0f}, {0.5f});
  return batch;
}

/// As SumModel and a hundred times as much: another model than the pool's.
class OtherModel : public SumModel {
 public:
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    const Status status = SumModel::run(batch, logits);
    for (float& logit : logits) logit *= 100.0f;
    return status;
  }
};

class JoinPoolTest : public ::testing::Test {
 protected:
  JoinPoolTest() { settings_.connections = 3; }

  void join(std::unique_ptr<Model> here, std::size_t labels = 1) {
    std::vector<std::unique_ptr<Model>> models;
    if (here != nullptr) models.push_back(std::move(here));
    JoinedPool joined = join_pool(settings_, labels, probe(), std::move(models), problems_);
    models_ = std::move(joined.models);
    servers_ = std::move(joined.servers);
  }
  std::vector<float> logits_of(Model& model) {
    std::vector<float> logits;
    const Status status = model.run(probe(), logits);
    EXPECT_TRUE(status) << status.error();
    return logits;
  }

  RemoteSettings settings_;
  Diagnostics problems_;
  std::vector<std::unique_ptr<Model>> models_;
  PoolServers servers_;
};

/// One server failed, the other answered, and nobody could see it.
TEST_F(JoinPoolTest, TellsWhichServerFailsWhileAnotherAnswers) {
  const TinyServer well(serve_sums), broken(serve_errors);
  settings_.urls = {well.url(), broken.url()};
  join(std::make_unique<SumModel>());
  for (int i = 0; i < 6; ++i) logits_of(*models_[0]);
  const std::vector<PoolServer> servers = servers_();
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_EQ("http://" + servers[1].name, broken.url());
  EXPECT_EQ(servers[0].answered, 6u);
  EXPECT_EQ(servers[0].failed, 0u);
  EXPECT_FALSE(servers[0].left_alone);
  EXPECT_EQ(servers[1].answered, 0u);
  EXPECT_GE(servers[1].failed, 3u);  // and once more if a second has passed
  EXPECT_TRUE(servers[1].left_alone);
}

TEST_F(JoinPoolTest, MakesAModelForEachConnection) {
  const TinyServer server(serve_sums);
  settings_.urls = {server.url()};
  join(std::make_unique<SumModel>());
  EXPECT_EQ(problems_.to_string(), "");
  ASSERT_EQ(models_.size(), 3u);
  EXPECT_THAT(logits_of(*models_[0]), ElementsAre(7.0f, 9.0f));
  EXPECT_EQ(models_[0]->stand_in_cause(), "");
}

TEST_F(JoinPoolTest, WarnsOfAServerThatCannotBeReachedAndLetsTheModelHereStandIn) {
  settings_.urls = {url_of_nobody()};
  join(std::make_unique<OtherModel>());
  EXPECT_FALSE(problems_.has_errors());
  EXPECT_THAT(problems_.to_string(), HasSubstr("engine.remote: warning: cannot connect to 127.0.0.1:"));
  ASSERT_EQ(models_.size(), 3u);
  for (const auto& model : models_) {
    EXPECT_THAT(logits_of(*model), ElementsAre(700.0f, 900.0f));
    EXPECT_EQ(model->stand_in_cause(), "refused");
  }
}

/// Each answers only once both have been asked.
TEST_F(JoinPoolTest, AsksAllServersAtOnce) {
  std::atomic<int> asked{0};
  const auto serve = [&](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      if (request.find("/ready") != request.npos) {
        ++asked;
        if (!poll_until([&] { return asked == 2; })) return;
      }
      peer.answer(request.starts_with("POST") ? sums_of(request) : "{}");
    }
  };
  const TinyServer one(serve), other(serve);
  settings_.urls = {one.url(), other.url()};
  settings_.timeout = std::chrono::seconds(10);
  join(std::make_unique<SumModel>());
  EXPECT_EQ(problems_.to_string(), "");
  EXPECT_EQ(asked, 2);
}

TEST_F(JoinPoolTest, WarnsOfAModelThatIsNotReady) {
  const TinyServer server([](Peer& peer) {
    while (!peer.read_request().empty()) peer.answer(R"({"error":"unknown model"})", "404 Not Found");
  });
  settings_.urls = {server.url()};
  join(std::make_unique<SumModel>());
  EXPECT_FALSE(problems_.has_errors());
  EXPECT_THAT(problems_.to_string(), HasSubstr("its model 'winnow' is not ready (status 404: unknown model)"));
}

TEST_F(JoinPoolTest, WarnsOfAServerThatJudgesOtherwise) {
  const TinyServer server(serve_sums);
  settings_.urls = {server.url()};
  join(std::make_unique<OtherModel>());
  EXPECT_FALSE(problems_.has_errors());
  EXPECT_THAT(problems_.to_string(), HasSubstr("judges otherwise than the model here, which judges instead"));
  EXPECT_THAT(logits_of(*models_[0]), ElementsAre(700.0f, 900.0f));
  EXPECT_EQ(models_[0]->stand_in_cause(), "another");
}

/// A server that was down at the start judged all mail once it was up, whatever it served.
TEST_F(JoinPoolTest, TakesNoServerThatComesLaterWithAnotherModel) {
  std::atomic<bool> is_up{false};
  const TinyServer server([&](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request())
      peer.answer(request.starts_with("POST") ? sums_of(request) : "{}", is_up ? "200 OK" : "503 Service Unavailable");
  });
  settings_.urls = {server.url()};
  join(std::make_unique<OtherModel>());
  EXPECT_THAT(problems_.to_string(), HasSubstr("is not ready (status 503"));
  is_up = true;
  EXPECT_THAT(logits_of(*models_[0]), ElementsAre(700.0f, 900.0f));
  EXPECT_EQ(models_[0]->stand_in_cause(), "another");
}

TEST_F(JoinPoolTest, WarnsOfAnotherNumberOfLabels) {
  const TinyServer server(serve_sums);
  settings_.urls = {server.url()};
  join(std::make_unique<SumModel>(), 2);
  EXPECT_FALSE(problems_.has_errors());
  EXPECT_THAT(problems_.to_string(), HasSubstr("shape [2,1] instead of [2,2]"));
}

TEST_F(JoinPoolTest, TakesAnotherNumberOfLabelsForAnErrorWhenNothingStandsIn) {
  const TinyServer server(serve_sums);
  settings_.urls = {server.url()};
  join(nullptr, 2);
  EXPECT_TRUE(problems_.has_errors());
  EXPECT_THAT(problems_.to_string(), HasSubstr("does it serve the model of engine.model?"));
  EXPECT_TRUE(models_.empty());
}

TEST_F(JoinPoolTest, DoesWithoutAModelHere) {
  const TinyServer server(serve_sums);
  settings_.urls = {server.url()};
  join(nullptr);
  EXPECT_EQ(problems_.to_string(), "");
  ASSERT_EQ(models_.size(), 3u);
  EXPECT_THAT(logits_of(*models_[2]), ElementsAre(7.0f, 9.0f));
}

TEST_F(JoinPoolTest, SendsTheTokenOfItsFile) {
  std::string asked;
  const TinyServer server([&](Peer& peer) {
    asked = peer.read_request();
    peer.answer("", "401 Unauthorized");
  });
  const TemporaryFolder folder;
  settings_.urls = {server.url()};
  settings_.token_file = folder.write("token", "opensesame\n");
  join(nullptr);
  EXPECT_THAT(asked, HasSubstr("Authorization: Bearer opensesame\r\n"));
}

TEST_F(JoinPoolTest, RefusesATokenThatWouldBreakTheRequest) {
  const TemporaryFolder folder;
  settings_.urls = {url_of_nobody()};
  settings_.token_file = folder.write("token", "a\r\nX-Other: b\n");
  join(std::make_unique<SumModel>());
  EXPECT_THAT(problems_.to_string(), HasSubstr("must hold one line of printable ASCII"));
  EXPECT_TRUE(models_.empty());
}

TEST_F(JoinPoolTest, RefusesCertificatesThatCannotBeRead) {
  settings_.urls = {"https://127.0.0.1:1"};
  settings_.ca_file = "/nonexistent/ca.pem";
  join(std::make_unique<SumModel>());
  EXPECT_THAT(problems_.to_string(), HasSubstr("error: cannot use the certificates in /nonexistent/ca.pem"));
}

TEST_F(JoinPoolTest, WritesNamesAndFormatOfTheSettings) {
  for (const std::string format : {"json", "binary"}) {
    std::string posted;
    {
      const TinyServer server([&](Peer& peer) {
        for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
          if (request.starts_with("POST")) posted = request;
          peer.answer("{}");
        }
      });
      settings_.urls = {server.url()};
      settings_.names = "triton";
      settings_.format = format;
      join(std::make_unique<SumModel>());
      models_.clear();
    }
    EXPECT_THAT(posted, HasSubstr("\"INPUT__0\""));
    EXPECT_EQ(posted.find("Inference-Header-Content-Length") != posted.npos, format == "binary") << posted;
  }
}

TEST_F(JoinPoolTest, WarnsOfAServerThatJudgesSlightlyOtherwiseAndAsksItAllTheSame) {
  class NearModel : public SumModel {
   public:
    Status run(const TokenBatch& batch, std::vector<float>& logits) override {
      const Status status = SumModel::run(batch, logits);
      for (float& logit : logits) logit += 0.5f;
      return status;
    }
  };
  const TinyServer server(serve_sums);
  settings_.urls = {server.url()};
  join(std::make_unique<NearModel>());
  EXPECT_THAT(problems_.to_string(), HasSubstr("judges otherwise than the model here (does it serve"));
  EXPECT_THAT(logits_of(*models_[0]), ElementsAre(7.0f, 9.0f));
}

}  // namespace
}  // namespace winnow
