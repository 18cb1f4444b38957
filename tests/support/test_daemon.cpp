#include "tests/support/test_daemon.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "milter/daemon.h"
#include "tests/support/poll_until.h"

namespace winnow {
namespace {

std::string shipped_rules() {
  std::ifstream file(std::string(WINNOW_SOURCE_DIR) + "/config/rules.yaml");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TestDaemon::TestDaemon(std::function<void(Settings&)> adjust, const std::string& rules)
    : control_(make_fake_control()) {
  write_rules(rules.empty() ? shipped_rules() : rules);
  Settings settings = default_settings(folder_.path());
  settings.milter.socket = "unix:" + (folder_.path() / "sock").string();
  settings.milter.socket_group = "";
  settings.milter.deadline = std::chrono::seconds(30);  // far more than a loaded machine needs
  settings.metrics.listen = "";
  settings.log.to = "stderr";
  settings.rules = {folder_.path() / "rules.yaml"};
  if (adjust) adjust(settings);
  child_ = ::fork();
  if (child_ == 0) run_child(settings);
  EXPECT_TRUE(poll_until([this] { return log().find(" ready: ") != std::string::npos || !alive(); })) << log();
}

void TestDaemon::run_child(const Settings& settings) const {
  const int file = ::open((folder_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(file, STDERR_FILENO);
  serve([this, settings](const Snapshot* current, Diagnostics& problems) {
    auto next = std::make_shared<Snapshot>();
    next->settings = settings;
    next->skip = SkipList::from(settings.milter.skip);
    next->rules = load_rules(settings.rules, problems);
    next->engine = current != nullptr ? current->engine : make_fake_engine(control_, settings.engine);
    return next->rules == nullptr || problems.has_errors() ? std::shared_ptr<const Snapshot>() : next;
  });
}

TestDaemon::~TestDaemon() {
  if (alive()) {
    control_->hold = false;
    signal(SIGTERM);
    EXPECT_EQ(wait_for_exit(), 0) << log();
  }
  EXPECT_EQ(log().find("Sanitizer"), std::string::npos) << log();
}

bool TestDaemon::alive() const {
  siginfo_t state{};
  return child_ > 0 && ::waitid(P_PID, static_cast<id_t>(child_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         state.si_pid == 0;
}

void TestDaemon::signal(int number) const {
  if (child_ > 0) (void)::kill(child_, number);
}

int TestDaemon::wait_for_exit() {
  int status = 0;
  const bool ended = poll_until([&] { return child_ <= 0 || ::waitpid(child_, &status, WNOHANG) == child_; });
  if (!ended) {
    (void)::kill(child_, SIGKILL);
    (void)::waitpid(child_, &status, 0);
  }
  child_ = -1;
  if (!ended) return -1;
  return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string TestDaemon::ready_word(const std::string& key) const {
  const std::string text = log();
  const std::size_t start = text.find(key, text.find(" ready: "));
  if (start == std::string::npos) return "";
  const std::size_t from = start + key.size();
  return text.substr(from, text.find_first_of(" \n", from) - from);
}

std::unique_ptr<MilterClient> TestDaemon::client(const MilterClientOptions& options) const {
  std::string error;
  auto client = MilterClient::connect(socket(), options, error);
  EXPECT_NE(client, nullptr) << error << "\n" << log();
  return client;
}

MilterMail test_mail(const std::string& subject) {
  MilterMail mail;
  mail.envelope = {.client_ip = "192.0.2.7",
                   .client_name = "mail.sender.example",
                   .helo = "mail.sender.example",
                   .mail_from = "anna@sender.example",
                   .recipients = {"ben@home.example"},
                   .present = true};
  mail.queue_id = "4bK2xQ0cTz";
  mail.headers = {{"From", " Anna <anna@sender.example>"},
                  {"To", " ben@home.example"},
                  {"Subject", " " + subject},
                  {"Date", " Mon, 2 Nov 2026 10:00:00 +0000"},
                  {"Message-ID", " <1@sender.example>"}};
  mail.body = "Dear Ben,\r\n\r\nthe minutes are on the table in the kitchen.\r\n\r\nAnna\r\n";
  return mail;
}

}  // namespace winnow
