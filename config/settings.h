// settings.h - winnow.yaml as checked values.
//
// Owns:    Settings is a plain value.
// Threads: immutable after loading; shared as part of a snapshot.
// Blocks:  load_settings reads one file.
// Fails:   every problem of the file goes into Diagnostics, all at once; the result is then nullopt.
// Units:   each field says its own; paths are absolute after loading (relative ones are relative to the file).
//
// Every key is declared once, in setting_table.cpp: name, meaning, unit, range; its default is here. The checker,
// `winnow config`, and the test that compares the shipped winnow.yaml with the defaults are made from that declaration.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/diagnostics.h"

namespace winnow {

enum class OnError { Accept, TempFail };

struct MilterSettings {
  std::string socket = "unix:/run/winnow/winnow.sock";  // unix:PATH | inet:PORT@ADDRESS | inet6:PORT@ADDRESS
  unsigned socket_mode = 0660;                          // of a unix socket
  std::string socket_group = "postfix";                 // of a unix socket; "" = the daemon's own
  std::chrono::microseconds deadline{4'000'000};        // 100ms..60s, from end of message to the answer
  OnError on_error = OnError::Accept;
  OnError on_overload = OnError::TempFail;
  std::size_t max_in_flight = 256;                // 1..100000 messages between end of message and answer
  std::uint64_t max_scan_bytes = 1u << 20;        // 16KiB..64MiB of one message
  std::vector<std::string> trusted_authserv_ids;  // RFC 8601 authserv-ids whose results are believed
  std::vector<std::string> skip;                  // "authenticated" and CIDR networks: accepted unseen
};

/// Where the model runs: one word, or a list with one entry per replica.
using DeviceSetting = std::variant<std::string, std::vector<std::string>>;

/// A pool of inference servers that judges instead of this machine: Open Inference Protocol v2 over HTTP.
struct RemoteSettings {
  std::vector<std::string> urls;               // http[s]://HOST[:PORT][/PREFIX] each; none = no pool
  std::string model = "winnow";                // the model's name in the pool
  std::string names = "winnow";                // winnow | triton: how the pool calls inputs and output
  std::string format = "auto";                 // auto | json | binary
  std::chrono::microseconds timeout{500'000};  // 10ms..30s of one try
  std::size_t connections = 4;                 // 1..256 batches that the pool works on at a time
  std::filesystem::path ca_file;               // "" = the system's
  std::filesystem::path token_file;            // "" = none
};

struct EngineSettings {
  std::filesystem::path model = "/usr/share/winnow/models/default.pt";
  std::string sha256;                            // "" = not pinned; 64 hex digits
  DeviceSetting device = "auto";                 // auto | cpu | cuda | cuda:N, or a list of cpu and cuda:N
  std::size_t replicas = 0;                      // 0 = auto: one per GPU or entry of device, on CPU half of the cores
  std::size_t max_batch_size = 32;               // 1..1024 messages
  std::size_t max_batch_tokens = 131'072;        // 1000..100000000 tokens of one model call
  std::chrono::microseconds max_queue_delay{0};  // 0us..100ms from the oldest waiting message
  std::size_t max_queue_length = 1024;           // 1..1000000 messages
  std::optional<double> prior_spam;              // nullopt = auto: the model's own; else 0.01..0.99
  RemoteSettings remote;
};

struct HeaderSettings {
  std::string flag_name = "X-Winnow-Flag";  // written at the flag threshold
  std::string flag_value = "suspect";
  bool show_authenticated = false;  // write headers on mail of authenticated clients too
  bool reasons = true;              // say in X-Winnow what spoke for spam, on mail that is marked
};

struct MetricsSettings {
  std::string listen = "127.0.0.1:9111";  // "" = off; ADDRESS:PORT or unix:PATH
};

struct LogSettings {
  std::string to = "auto";  // auto (journal under systemd, else stderr) | stderr | syslog
  bool addresses = false;   // sender and recipients in the log line
};

/// What the processor time and energy of a message are worth.
struct CostSettings {
  double watts_per_core = 10;    // 0..1000 watts of a busy core; counts only where no energy counter can be read
  double price_per_kwh = 0.30;   // 0..1000000 of the currency
  std::string currency = "EUR";  // ISO 4217
  double gco2e_per_kwh = 300;    // 0..10000 grams of CO2 equivalent
};

struct Settings {
  MilterSettings milter;
  EngineSettings engine;
  HeaderSettings headers;
  MetricsSettings metrics;
  LogSettings log;
  CostSettings cost;
  std::vector<std::filesystem::path> rules;  // files and folders (*.yaml inside, by name)
  std::map<std::string, Location> origins;   // "milter.deadline" -> where it was set; absent = default
};

/// Reads and checks a settings file. One of comments alone gives the defaults, with rules: rules.yaml, rules.d beside it
/// (rules.d may be missing); one of white space alone is an error.
std::optional<Settings> load_settings(const std::filesystem::path& file, Diagnostics& problems);

/// The same for text in memory; `file` names it in messages and gives the folder that paths are relative to.
std::optional<Settings> load_settings_text(const std::filesystem::path& file, std::string text, Diagnostics& problems);

/// The defaults as if a file of comments alone stood in `directory`.
Settings default_settings(const std::filesystem::path& directory);

/// One line per key: "milter.deadline: 4s   # winnow.yaml:12" or "# default".
std::string describe_settings(const Settings& settings);

}  // namespace winnow
