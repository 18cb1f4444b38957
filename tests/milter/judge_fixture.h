// judge_fixture.h - snapshots with rules and a model that a test steers, and a mail for them.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "milter/judge.h"
#include "tests/support/fake_engine.h"
#include "tests/support/scratch_folder.h"

namespace winnow {

class JudgeTest : public testing::Test {
 protected:
  std::shared_ptr<Snapshot> make_snapshot(const std::string& rules, EngineSettings engine = {}) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->settings.engine = engine;
    Diagnostics problems;
    snapshot->rules = load_rules({folder_.write("rules.yaml", "version: 1\nrules:\n" + rules)}, problems);
    EXPECT_NE(snapshot->rules, nullptr) << problems.to_string();
    snapshot->engine = make_fake_engine(control_, engine);
    return snapshot;
  }

  static MailInput mail(const std::string& subject) {
    MailInput input =
        mail_from_bytes("From: Anna Berg <anna@sender.example>\r\nReply-To: x@other.example\r\nSubject: " + subject +
                            "\r\n\r\nSee https://login.shop.example/a\r\n",
                        1 << 20);
    input.envelope = {.client_ip = "192.0.2.7",
                      .client_name = "mail.sender.example",
                      .helo = "helo.example",
                      .mail_from = "bounce@Sender.example",
                      .recipients = {"ben@home.example", "cleo@shop.example"},
                      .auth_user = "anna",
                      .tls = true,
                      .present = true};
    return input;
  }

  static JudgeContext soon() { return {std::chrono::steady_clock::now() + std::chrono::seconds(60), {}}; }

  ScratchFolder folder_;
  FakeControl* control_ = make_fake_control();
};

inline constexpr char kJunkRule[] = "  - {id: junk, when: spam >= 90%, then: [junk]}\n";

}  // namespace winnow
