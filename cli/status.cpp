#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cli/snapshot_options.h"
#include "cli/status_report.h"
#include "cli/terminal.h"
#include "config/setting_checks.h"
#include "milter/http_client.h"

namespace winnow {
namespace {

constexpr std::chrono::seconds kPatience{5};

struct StatusOptions {
  std::filesystem::path config = kDefaultSettingsFile;
  std::string listen;  // "" = as the settings say
  bool json = false;
};

/// Where to ask; nullopt when nobody can be asked, and `error` says why ("" when the settings' problems say it).
std::optional<std::string> address_to_ask(const StatusOptions& options, Diagnostics& problems, std::string& error) {
  if (!options.listen.empty()) return options.listen;
  const std::optional<Settings> settings = load_settings(options.config, problems);
  if (!settings) return std::nullopt;
  if (!settings->metrics.listen.empty()) return settings->metrics.listen;
  error = "the metrics are off, so nobody can be asked; write  metrics: { listen: 127.0.0.1:9111 }  into " +
          options.config.string() + " and restart the daemon";
  return std::nullopt;
}

double unix_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Of "not ready: the reason"; "" where there is none.
std::string reason_in(const std::string& body) {
  constexpr std::string_view kBefore = "not ready: ";
  if (!body.starts_with(kBefore)) return "";
  return escape_for_terminal(body.substr(kBefore.size(), body.find('\n') - kBefore.size()));
}

std::optional<StatusReport> ask(const std::string& address, std::string& error) {
  const auto metrics = http_get(address, "/metrics", kPatience, error);
  if (!metrics) {
    error =
        "nobody answers at " + address + ": " + error + "; is winnow-milter running, and is that its metrics.listen?";
    return std::nullopt;
  }
  const MetricsText text(metrics->body);
  if (metrics->status != 200 || !text.has("winnow_messages_total")) {
    error = "what answers at " + address + " is not winnow-milter";
    return std::nullopt;
  }
  StatusReport report = status_from(text, unix_time());
  const auto ready = http_get(address, "/readyz", kPatience, error);
  report.ready = ready && ready->status == 200;
  report.why_not_ready = ready ? reason_in(ready->body) : error;
  report.address = address;
  return report;
}

int say_down(const StatusOptions& options, const std::string& error) {
  if (options.json) {
    const nlohmann::ordered_json json{{"up", false}, {"ready", false}, {"error", error}};
    std::puts(json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace).c_str());
  } else if (!error.empty()) {
    std::fprintf(stderr, "winnow status: %s\n", escape_for_terminal(error).c_str());
  }
  return kProblems;
}

int run_status(const Command& self, int argc, char** argv) {
  StatusOptions options;
  Arguments arguments(self);
  arguments.add({"--config", "FILE", "settings file, whose metrics.listen is asked"}, options.config);
  arguments.add({"--listen", "ADDRESS", "ask there instead: ADDRESS:PORT or unix:PATH"}, options.listen);
  arguments.add({"--json", "", "one JSON object"}, options.json);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  if (const std::string wrong = check_address_to_ask(options.listen); !wrong.empty()) {
    return arguments.wrong_usage("--listen " + wrong + ", got '" + options.listen + "'");
  }

  Diagnostics problems;
  std::string error;
  const std::optional<std::string> address = address_to_ask(options, problems, error);
  print_problems(problems);
  if (!address && error.empty() && options.json) error = "the settings cannot be read";
  const std::optional<StatusReport> report = address ? ask(*address, error) : std::nullopt;
  if (!report) return say_down(options, error);
  const std::string text = options.json ? status_json(*report) + "\n" : status_text(*report);
  std::fputs(text.c_str(), stdout);
  return report->ready ? kFine : kProblems;
}

}  // namespace

const Command kStatusCommand{"status",
                             "ask the running daemon how it is: messages, delays, memory, and what they cost.",
                             "0 ready, 1 not ready or no answer, 2 wrong usage", "winnow status --json", run_status};

}  // namespace winnow
