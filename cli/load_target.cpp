#include "cli/load_target.h"

#include <map>
#include <utility>

#include "cli/answer_fields.h"
#include "milter/judge.h"
#include "milter/milter_client.h"
#include "milter/modifications.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

/// As the daemon's own metrics name it.
std::string fallback_name(const std::string& cause, const std::string& action) { return cause + ", " + action; }

void read_answer(const MilterAnswer& from, LoadAnswer& answer) {
  std::map<std::string, std::string> fields = result_fields(from);
  answer.end_of_message = from.waited;
  if (fields["verdict"] == "unscanned") {
    answer.fallback = fallback_name(fields["cause"], fields["action"]);
  } else if (from.verdict == MilterVerdict::TempFail && from.reply.find(kUnscannedReply) != std::string::npos) {
    answer.fallback = fallback_name("unscanned", "tempfail");  // the log and the metrics know the cause
  } else if (from.verdict == MilterVerdict::Accept && !fields["verdict"].empty()) {
    answer.verdict = fields["verdict"];
  } else {
    answer.verdict = milter_verdict_name(from.verdict);
  }
}

class MilterConnection : public LoadConnection {
 public:
  MilterConnection(std::unique_ptr<MilterClient> client, const std::vector<MilterMail>& mails)
      : client_(std::move(client)), mails_(mails) {}
  ~MilterConnection() override { (void)client_->quit(); }

  Status send(std::size_t number, LoadAnswer& answer) override {
    MilterAnswer got;
    const Status status = client_->send(mails_[number % mails_.size()], got);
    if (status) read_answer(got, answer);
    return status;
  }

 private:
  std::unique_ptr<MilterClient> client_;
  const std::vector<MilterMail>& mails_;
};

class MilterTarget : public LoadTarget {
 public:
  MilterTarget(std::string socket, const std::vector<MailInput>& mails) : socket_(std::move(socket)) {
    for (const MailInput& mail : mails)
      mails_.push_back(milter_mail_from(mail, "BENCH" + std::to_string(mails_.size())));
  }

  std::unique_ptr<LoadConnection> connect(std::string& error) const override {
    auto client = MilterClient::connect(socket_, {}, error);
    return client ? std::make_unique<MilterConnection>(std::move(client), mails_) : nullptr;
  }

  int process() const override {
    std::string ignored;
    const auto client = MilterClient::connect(socket_, {}, ignored);
    return client ? client->peer_process().value_or(-1) : -1;
  }

 private:
  const std::string socket_;
  std::vector<MilterMail> mails_;
};

class EngineTarget : public LoadTarget {
 public:
  EngineTarget(std::shared_ptr<const Snapshot> snapshot, std::vector<MailInput> mails)
      : snapshot_(std::move(snapshot)), mails_(std::move(mails)) {}

  std::unique_ptr<LoadConnection> connect(std::string& error) const override;
  int process() const override { return 0; }

  LoadAnswer judge_one(std::size_t number) const {
    const auto start = Clock::now();
    const Judgement judgement =
        judge(*snapshot_, mails_[number % mails_.size()], {start + snapshot_->settings.milter.deadline, {}});
    LoadAnswer answer;
    answer.end_of_message = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    if (judgement.fallback) {
      answer.fallback = fallback_name(std::string(score_error_name(judgement.fallback->cause)),
                                      judgement.fallback->action == OnError::Accept ? "accept" : "tempfail");
    } else {
      answer.verdict = verdict_name(judgement.decision.verdict);
    }
    return answer;
  }

 private:
  const std::shared_ptr<const Snapshot> snapshot_;
  const std::vector<MailInput> mails_;
};

class EngineConnection : public LoadConnection {
 public:
  explicit EngineConnection(const EngineTarget& target) : target_(target) {}
  Status send(std::size_t number, LoadAnswer& answer) override {
    answer = target_.judge_one(number);
    return Status::ok();
  }

 private:
  const EngineTarget& target_;
};

std::unique_ptr<LoadConnection> EngineTarget::connect(std::string& /*error*/) const {
  return std::make_unique<EngineConnection>(*this);
}

}  // namespace

std::unique_ptr<LoadTarget> make_milter_target(std::string socket, const std::vector<MailInput>& mails) {
  return std::make_unique<MilterTarget>(std::move(socket), mails);
}

std::unique_ptr<LoadTarget> make_engine_target(std::shared_ptr<const Snapshot> snapshot, std::vector<MailInput> mails) {
  return std::make_unique<EngineTarget>(std::move(snapshot), std::move(mails));
}

}  // namespace winnow
