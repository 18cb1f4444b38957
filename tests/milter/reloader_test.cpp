#include "milter/reloader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <new>
#include <thread>
#include <utility>

#include "tests/milter/kept_log.h"
#include "tests/support/fake_engine.h"
#include "tests/support/poll_until.h"

namespace winnow {
namespace {

class ReloaderTest : public testing::Test {
 protected:
  std::unique_ptr<Snapshot> make_snapshot() {
    auto snapshot = std::make_unique<Snapshot>();
    Diagnostics problems;
    snapshot->rules = load_rules({}, problems);
    snapshot->engine = make_fake_engine(control_, {});
    return snapshot;
  }

  FakeControl* control_ = make_fake_control();
  CountingMetrics metrics_;
  KeptLog log_;
};

TEST_F(ReloaderTest, SaysEachTimeThatAChangeIsNotInForceYet) {
  MailService service(make_snapshot(), log_, metrics_);
  std::atomic<int> loaded{0};
  const auto load = [&](const Snapshot*, Diagnostics&) {
    std::shared_ptr<Snapshot> next = make_snapshot();
    next->settings.metrics.listen = "127.0.0.1:9";
    ++loaded;
    return next;
  };
  {
    Reloader reloader(load, service, metrics_);
    for (const int times : {1, 2}) {
      const auto before = service.snapshot();
      reloader.request();
      EXPECT_TRUE(poll_until([&] { return loaded == times && service.snapshot() != before; }));
    }
  }
  const auto warning = testing::HasSubstr("metrics.listen changed; that needs a restart");
  EXPECT_THAT(log_.lines_,
              testing::ElementsAre(warning, testing::HasSubstr("reloaded"), warning, testing::HasSubstr("reloaded")));
}

/// The socket file was gone, and each reload a success.
TEST_F(ReloaderTest, SaysEachTimeWhatAReloadDoesNotMend) {
  MailService service(make_snapshot(), log_, metrics_);
  {
    Reloader reloader([&](const Snapshot*, Diagnostics&) { return make_snapshot(); }, service, metrics_,
                      [] { return std::string("the socket is gone"); });
    for (int times = 0; times < 2; ++times) {
      const auto before = service.snapshot();
      reloader.request();
      EXPECT_TRUE(poll_until([&] { return service.snapshot() != before; }));
    }
  }
  const std::string fault = "not mended by a reload: the socket is gone";
  EXPECT_THAT(log_.lines_,
              testing::ElementsAre(fault, testing::HasSubstr("reloaded"), fault, testing::HasSubstr("reloaded")));
}

/// It was counted as a success, then as a failure, and was in force.
TEST_F(ReloaderTest, LeavesWhatRunsWhenMemoryRunsOut) {
  class Exhausted : public CountingMetrics {
   public:
    void model(const std::string&, const std::string&) override {
      asked_ = true;
      throw std::bad_alloc();
    }
    std::atomic<bool> asked_{false};
  } metrics;
  MailService service(make_snapshot(), log_, metrics);
  const auto before = service.snapshot();
  {
    Reloader reloader([&](const Snapshot*, Diagnostics&) { return make_snapshot(); }, service, metrics);
    reloader.request();
    EXPECT_TRUE(poll_until([&] { return metrics.asked_.load(); }));
  }
  EXPECT_EQ(service.snapshot(), before);
  EXPECT_THAT(metrics.reloads_, testing::ElementsAre(ReloadResult::Failed));
  EXPECT_THAT(log_.lines_, testing::ElementsAre(testing::HasSubstr("reload failed, the old configuration stays")));
}

TEST_F(ReloaderTest, LogsHowManyProblemsItDoesNotShow) {
  Diagnostics problems;
  for (int i = 0; i < 1003; ++i) problems.warning({}, "doubtful");
  problems.error({}, "no model");
  log_problems(problems, log_);
  ASSERT_EQ(log_.lines_.size(), 1002u);
  EXPECT_EQ(log_.lines_[1000], "error: no model");
  EXPECT_EQ(log_.lines_[1001], "and 3 more warnings");
}

TEST_F(ReloaderTest, EndsASnapshotThatAMessageUsedOnItsOwnThread) {
  std::atomic<bool> ended{false};
  std::thread::id ended_on;
  const auto note_end = [&](const Snapshot* snapshot) {
    delete snapshot;
    ended_on = std::this_thread::get_id();
    ended = true;
  };
  std::shared_ptr<const Snapshot> of_message(make_snapshot().release(), note_end);
  MailService service(of_message, log_, metrics_);
  Reloader reloader([&](const Snapshot*, Diagnostics&) { return make_snapshot(); }, service, metrics_);
  reloader.request();
  ASSERT_TRUE(poll_until([&] { return service.snapshot() != of_message; }));
  EXPECT_FALSE(ended);
  of_message.reset();
  ASSERT_TRUE(poll_until([&] { return ended.load(); }));
  EXPECT_NE(ended_on, std::this_thread::get_id());
}

TEST_F(ReloaderTest, NamesEverySettingThatNeedsARestartAndTellsTheNewModel) {
  MailService service(make_snapshot(), log_, metrics_);
  const auto load = [&](const Snapshot*, Diagnostics&) {
    std::shared_ptr<Snapshot> next = make_snapshot();
    next->settings.milter.socket = "unix:/other";
    next->settings.milter.socket_mode = 0600;
    next->settings.milter.socket_group = "other";
    next->settings.log.to = "syslog";
    next->engine = make_fake_engine(control_, {}, "fake-2");
    return next;
  };
  {
    Reloader reloader(load, service, metrics_);
    const auto before = service.snapshot();
    reloader.request();
    EXPECT_TRUE(poll_until([&] { return service.snapshot() != before; }));
  }
  EXPECT_THAT(log_.lines_.at(0),
              testing::HasSubstr("milter.socket, milter.socket_mode, milter.socket_group, log.to changed"));
  EXPECT_THAT(metrics_.models_, testing::ElementsAre("fake-2"));
  EXPECT_THAT(metrics_.reloads_, testing::ElementsAre(ReloadResult::Ok));
}

}  // namespace
}  // namespace winnow
