#include "milter/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/milter/judge_fixture.h"
#include "tests/support/poll_until.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

TEST_F(JudgeTest, GivesProbabilityAndDecision) {
  const Judgement judgement = judge(*make_snapshot(kJunkRule), mail("Win now!!!"), soon());
  ASSERT_FALSE(judgement.fallback.has_value());
  ASSERT_EQ(judgement.probabilities.size(), 1u);
  EXPECT_NEAR(judgement.probabilities[0].probability, 0.982, 0.001);
  EXPECT_EQ(judgement.decision.verdict, Verdict::Junk);
  EXPECT_EQ(judgement.decision.rule, "junk");
  EXPECT_EQ(judgement.model, "fake-1");
  EXPECT_EQ(judgement.batch_size, 1u);
  ASSERT_EQ(judgement.recipients.size(), 1u);
  EXPECT_EQ(judgement.recipients[0].recipients.size(), 2u);
}

TEST_F(JudgeTest, FillsEveryFact) {
  Judgement judgement = judge(*make_snapshot(kJunkRule), mail("Minutes"), soon());
  const Facts facts = facts_of(judgement.message, judgement);
  const auto text = [&](Fact fact) { return std::get<std::string>(facts.get(fact)); };
  EXPECT_NEAR(std::get<double>(facts.get(Fact::Spam)), 0.018, 0.001);
  EXPECT_TRUE(std::get<bool>(facts.get(Fact::ScanOk)));
  EXPECT_EQ(text(Fact::ScanError), "");
  EXPECT_EQ(text(Fact::ModelName), "fake-1");
  EXPECT_TRUE(std::get<bool>(facts.get(Fact::Authenticated)));
  EXPECT_EQ(format_ip_bytes(std::get<IpBytes>(facts.get(Fact::ClientIp))), "192.0.2.7");
  EXPECT_EQ(text(Fact::ClientName), "mail.sender.example");
  EXPECT_EQ(text(Fact::Helo), "helo.example");
  EXPECT_TRUE(std::get<bool>(facts.get(Fact::Tls)));
  EXPECT_EQ(text(Fact::MailFrom), "bounce@Sender.example");
  EXPECT_EQ(text(Fact::MailFromDomain), "sender.example");
  EXPECT_EQ(text(Fact::FromAddress), "anna@sender.example");
  EXPECT_EQ(text(Fact::FromDomain), "sender.example");
  EXPECT_EQ(text(Fact::FromName), "Anna Berg");
  EXPECT_EQ(text(Fact::ReplyToDomain), "other.example");
  EXPECT_EQ(text(Fact::Recipient), "ben@home.example");
  EXPECT_EQ(text(Fact::RecipientDomain), "home.example");
  EXPECT_EQ(std::get<double>(facts.get(Fact::RecipientsCount)), 2);
  EXPECT_EQ(text(Fact::Subject), "Minutes");
  EXPECT_GT(std::get<double>(facts.get(Fact::Size)), 50);
  EXPECT_FALSE(std::get<bool>(facts.get(Fact::Truncated)));
  EXPECT_EQ(std::get<double>(facts.get(Fact::AttachmentsCount)), 0);
  EXPECT_EQ(std::get<std::vector<std::string>>(facts.get(Fact::UrlsDomains)), std::vector<std::string>{"shop.example"});
  EXPECT_EQ(std::get<std::vector<std::string>>(facts.get(Fact::UrlsHosts)),
            std::vector<std::string>{"login.shop.example"});
  EXPECT_EQ(text(Fact::Spf), "");
  EXPECT_FALSE(std::get<bool>(facts.get(Fact::Gtube)));
  EXPECT_EQ(facts.features.size(), dense_features().size());
  EXPECT_TRUE(std::is_sorted(facts.features.begin(), facts.features.end()));
  EXPECT_EQ(facts.headers.size(), 3u);
}

TEST_F(JudgeTest, GivesRulesOneSpellingOfAnAddress) {
  Judgement judgement = judge(*make_snapshot(kJunkRule), mail("Minutes"), soon());
  Envelope& envelope = judgement.message.envelope;
  envelope.mail_from = "@relay.example:anna@Sender.example.";
  envelope.recipients = {"\"abuse\"@home.example", "@a.example,@b.example:ben@home.example", "\"a b\"@home.example",
                         "postmaster"};
  const Facts facts = facts_of(judgement.message, judgement);
  EXPECT_EQ(facts.recipients,
            (std::vector<std::string>{"abuse@home.example", "ben@home.example", "\"a b\"@home.example", "postmaster"}));
  EXPECT_EQ(std::get<std::string>(facts.get(Fact::MailFrom)), "anna@Sender.example");
  EXPECT_EQ(std::get<std::string>(facts.get(Fact::MailFromDomain)), "sender.example");
}

TEST_F(JudgeTest, MeasuresTheAgeOfADateByThisHostsClock) {
  Judgement judgement = judge(*make_snapshot(kJunkRule), mail("Minutes"), soon());
  judgement.message.date = 1'000'000;
  judgement.message.arrived = 999'000;  // what the sender's own Received says
  judgement.message.envelope.arrived = 1'007'200;
  EXPECT_EQ(std::get<double>(facts_of(judgement.message, judgement).get(Fact::DateAge)), 7200);
  judgement.message.envelope.arrived.reset();
  EXPECT_EQ(std::get<double>(facts_of(judgement.message, judgement).get(Fact::DateAhead)), 1000);
}

TEST_F(JudgeTest, LetsTheRulesDecideOnGtube) {
  MailInput input = mail("Test");
  input.raw += "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n";
  const auto snapshot = make_snapshot("  - {id: gtube, when: gtube, then: [junk]}\n");
  EXPECT_EQ(judge(*snapshot, input, soon()).decision.rule, "gtube");
}

TEST_F(JudgeTest, FallsBackWhenTheModelFails) {
  control_->answer = FakeAnswer::Fail;
  auto snapshot = make_snapshot(kJunkRule);
  snapshot->settings.milter.on_error = OnError::TempFail;
  const Judgement judgement = judge(*snapshot, mail("Minutes"), soon());
  ASSERT_TRUE(judgement.fallback.has_value());
  EXPECT_EQ(judgement.fallback->cause, ScoreError::ModelFailed);
  EXPECT_EQ(judgement.fallback->action, OnError::TempFail);
  EXPECT_TRUE(judgement.probabilities.empty());
  EXPECT_TRUE(judgement.decision.rule.empty());
}

TEST_F(JudgeTest, FallsBackOnALogitThatIsNotANumber) {
  control_->answer = FakeAnswer::NotANumber;
  const Judgement judgement = judge(*make_snapshot(kJunkRule), mail("Minutes"), soon());
  ASSERT_TRUE(judgement.fallback.has_value());
  EXPECT_EQ(judgement.fallback->cause, ScoreError::ModelFailed);
}

TEST_F(JudgeTest, GivesUpAtTheDeadline) {
  control_->hold = true;
  const auto snapshot = make_snapshot(kJunkRule);
  const Judgement judgement = judge(*snapshot, mail("Minutes"), {Clock::now() + std::chrono::milliseconds(50), {}});
  control_->hold = false;
  ASSERT_TRUE(judgement.fallback.has_value());
  EXPECT_EQ(judgement.fallback->cause, ScoreError::Deadline);
}

// A flood of large mail was read all at once, was late all at once, and was delivered unjudged.
TEST_F(JudgeTest, ReadsWhenItsTurnHasComeAndIsOverloadWhereItNeverDoes) {
  const auto snapshot = make_snapshot(kJunkRule);
  snapshot->settings.milter.on_error = OnError::Accept;
  snapshot->settings.milter.on_overload = OnError::TempFail;
  ActivityCount readers;
  ASSERT_TRUE(readers.enter(1));
  JudgeContext context{Clock::now() + std::chrono::milliseconds(20), {}, &readers, 1};
  const Judgement late = judge(*snapshot, mail("Minutes"), context);
  ASSERT_TRUE(late.fallback.has_value());
  EXPECT_EQ(late.fallback->cause, ScoreError::Busy);
  EXPECT_EQ(late.fallback->action, OnError::TempFail);
  EXPECT_TRUE(late.message.headers.empty()) << "it was read all the same";
  context = {Clock::now() + std::chrono::seconds(60),
             [&] {
               readers.leave();  // the turn of the one before ends
               return true;
             },
             &readers, 1};
  EXPECT_FALSE(judge(*snapshot, mail("Minutes"), context).fallback.has_value());
  EXPECT_EQ(readers.count(), 0u) << "its turn is over";
}

TEST_F(JudgeTest, HoldsNoTurnWhileItWaitsForTheModel) {
  control_->hold = true;
  ActivityCount readers;
  const JudgeContext context{Clock::now() + std::chrono::seconds(60),
                             [&] {
                               EXPECT_EQ(readers.count(), 0u);
                               control_->hold = false;
                               return true;
                             },
                             &readers, 1};
  EXPECT_FALSE(judge(*make_snapshot(kJunkRule), mail("Minutes"), context).fallback.has_value());
}

TEST_F(JudgeTest, TellsTheCallerEverySecondThatItWaits) {
  control_->hold = true;
  int told = 0;
  const JudgeContext context{Clock::now() + std::chrono::seconds(60), [&] {
                               ++told;
                               control_->hold = false;
                               return true;
                             }};
  const Judgement judgement = judge(*make_snapshot(kJunkRule), mail("Minutes"), context);
  EXPECT_GE(told, 1);
  EXPECT_FALSE(judgement.fallback.has_value());
}

TEST_F(JudgeTest, StopsWaitingWhenNobodyWantsTheAnswer) {
  control_->hold = true;
  const JudgeContext context{Clock::now() + std::chrono::seconds(60), [] { return false; }};
  const auto snapshot = make_snapshot(kJunkRule);
  const Judgement judgement = judge(*snapshot, mail("Minutes"), context);
  control_->hold = false;
  ASSERT_TRUE(judgement.fallback.has_value());
  EXPECT_EQ(judgement.fallback->cause, ScoreError::Gone);
}

// It was counted as a failure of the model, and whoever looked for one found none.
TEST_F(JudgeTest, TellsAFailureOfItsOwnFromOneOfTheModel) {
  control_->hold = true;
  const JudgeContext context{Clock::now() + std::chrono::seconds(60), []() -> bool { throw std::bad_alloc(); }};
  const auto snapshot = make_snapshot(kJunkRule);
  const Judgement judgement = judge(*snapshot, mail("Minutes"), context);
  control_->hold = false;
  ASSERT_TRUE(judgement.fallback.has_value());
  EXPECT_EQ(judgement.fallback->cause, ScoreError::Internal);
  EXPECT_EQ(judgement.model, "fake-1");
}

TEST_F(JudgeTest, AnswersByOnOverloadWhenTheModelsQueueIsFull) {
  EngineSettings engine;
  engine.max_queue_length = 1;
  const auto snapshot = make_snapshot(kJunkRule, engine);
  snapshot->settings.milter.on_error = OnError::Accept;
  snapshot->settings.milter.on_overload = OnError::TempFail;
  control_->hold = true;
  const Features features = snapshot->engine->extractor().extract(read_message(mail("Minutes"), {}));
  const auto running = snapshot->engine->submit(features);
  EXPECT_TRUE(poll_until([&] { return control_->running == 1; }));
  const auto waiting = snapshot->engine->submit(features);
  const Judgement judgement = judge(*snapshot, mail("Minutes"), {Clock::now() + std::chrono::seconds(1), {}});
  control_->hold = false;
  ASSERT_TRUE(judgement.fallback.has_value());
  EXPECT_EQ(judgement.fallback->cause, ScoreError::Busy);
  EXPECT_EQ(judgement.fallback->action, OnError::TempFail);
}

/// Tells by when it was to answer, and that another model stood in.
class LateModel : public FakeModel {
 public:
  LateModel(FakeControl* control, Clock::time_point& deadline) : FakeModel(control), deadline_(deadline) {}
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    deadline_ = batch.deadline;
    return FakeModel::run(batch, logits);
  }
  std::string_view stand_in_cause() const override { return "timeout"; }

 private:
  Clock::time_point& deadline_;
};

TEST_F(JudgeTest, TellsTheModelItsDeadlineAndTheReaderWhoStoodIn) {
  Clock::time_point seen;
  LoadedModel loaded;
  loaded.manifest = fake_manifest();
  loaded.replicas.push_back(std::make_unique<LateModel>(control_, seen));
  const auto snapshot = make_snapshot(kJunkRule);
  snapshot->engine = std::make_shared<Engine>(std::move(loaded), EngineSettings{});
  const JudgeContext context = soon();
  EXPECT_EQ(judge(*snapshot, mail("Minutes"), context).stand_in_cause, "timeout");
  EXPECT_EQ(seen, context.deadline);
}

TEST_F(JudgeTest, BelievesTheServersThatTheSettingsTrust) {
  auto snapshot = make_snapshot(kJunkRule);
  snapshot->settings.milter.trusted_authserv_ids = {"mx.home.example"};
  MailInput input = mail("Minutes");
  input.raw = "Authentication-Results: mx.home.example; spf=pass smtp.mailfrom=a@b.example; dkim=fail; dmarc=none\r\n" +
              input.raw;
  const Judgement judgement = judge(*snapshot, input, soon());
  const Facts facts = facts_of(judgement.message, judgement);
  const auto text = [&](Fact fact) { return std::get<std::string>(facts.get(fact)); };
  EXPECT_EQ(text(Fact::Spf) + " " + text(Fact::Dkim) + " " + text(Fact::Dmarc), "pass fail none");
}

TEST_F(JudgeTest, TellsRulesThatNotAllOfAMessageIsRead) {
  const auto is_hit = [&](const std::string& body) {
    MailInput input = mail("Minutes");
    input.raw =
        "From: ann@partner.example\nSubject: Minutes\nContent-Type: multipart/mixed; boundary=b\n\n" + body + "--b--\n";
    const Judgement judgement = judge(*make_snapshot(kJunkRule), input, soon());
    return std::get<bool>(facts_of(judgement.message, judgement).get(Fact::LimitsHit));
  };
  const std::string part = "--b\n\na part\n";
  std::string parts;
  for (std::size_t i = 0; i < MessageLimits{}.max_parts; ++i) parts += part;
  EXPECT_TRUE(is_hit(parts));
  EXPECT_FALSE(is_hit(part));
}

TEST_F(JudgeTest, GivesRulesFurtherLabelsTruncationAndNamesOfAttachments) {
  Judgement judgement = judge(*make_snapshot(kJunkRule), mail("Minutes"), soon());
  judgement.probabilities.push_back({"phishing", 0.25});
  judgement.message.truncated = true;
  judgement.message.attachments = {{.name = "a.pdf", .other_names = {"a.pdf.scr"}}, {.name = "b.exe"}};
  const Facts facts = facts_of(judgement.message, judgement);
  EXPECT_EQ(std::get<double>(facts.get(Fact::Phishing)), 0.25);
  EXPECT_TRUE(std::get<bool>(facts.get(Fact::Truncated)));
  EXPECT_EQ(std::get<double>(facts.get(Fact::AttachmentsCount)), 2);
  EXPECT_EQ(std::get<std::vector<std::string>>(facts.get(Fact::AttachmentsNames)),
            (std::vector<std::string>{"a.pdf", "a.pdf.scr", "b.exe"}));
}

TEST_F(JudgeTest, SamplesAMessageAlikeEachTimeItIsTried) {
  const auto point = [&](const std::string& id, const std::string& subject) {
    MailInput input = mail(subject);
    input.raw = "Message-ID: <" + id + "@sender.example>\r\n" + input.raw;
    const Judgement judgement = judge(*make_snapshot(kJunkRule), input, soon());
    return std::get<double>(facts_of(judgement.message, judgement).get(Fact::SamplePoint));
  };
  EXPECT_EQ(point("1", "one"), point("1", "two"));
  EXPECT_NE(point("1", "one"), point("2", "one"));
}

}  // namespace
}  // namespace winnow
