#include "config/setting_table.h"

#include "config/setting_checks.h"
#include "config/setting_values.h"

namespace winnow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// One key: where its field is, and the kind that reads and prints it.
template <typename F>
SettingKey key(std::string path, std::string meaning, F& (*field)(Settings&), SettingKind<F> kind) {
  const auto read = [field, read_value = kind.read](const YamlNode& value, Settings& settings,
                                                    SettingContext& context) {
    if (std::optional<F> read_field = read_value(value, context)) field(settings) = std::move(*read_field);
  };
  const auto print = [field, print_value = kind.print](const Settings& settings) {
    Settings copy = settings;
    return print_value(field(copy));
  };
  return {std::move(path), std::move(meaning), std::move(kind.range), read, print, std::move(kind.form)};
}

// Version 14 takes the `&` of `-> auto&` for an operator.
// clang-format off
std::vector<SettingKey> milter_keys() {
  return {
      key<std::string>("milter.socket", "Where the MTA reaches the daemon.",
                       [](Settings& s) -> auto& { return s.milter.socket; },
                       listening_address("unix:PATH | inet:PORT@ADDRESS | inet6:PORT@ADDRESS", check_milter_socket,
                                         "^(unix:.+|inet6?:[0-9]+@.+)$")),
      key<unsigned>("milter.socket_mode", "File mode of a unix socket.",
                    [](Settings& s) -> auto& { return s.milter.socket_mode; }, file_mode()),
      key<std::string>("milter.socket_group", "Group of a unix socket; \"\" is the daemon's own.",
                       [](Settings& s) -> auto& { return s.milter.socket_group; },
                       text_with("a group", check_group_name, "^([A-Za-z0-9_.][A-Za-z0-9_.-]{0,31})?$")),
      key<microseconds>("milter.deadline", "Time from the end of a message to its answer; then on_error answers.",
                        [](Settings& s) -> auto& { return s.milter.deadline; },
                        duration_between(milliseconds(100), seconds(60))),
      key<OnError>("milter.on_error", "Answer when a message could not be judged.",
                   [](Settings& s) -> auto& { return s.milter.on_error; }, accept_or_tempfail()),
      key<OnError>("milter.on_overload", "Answer when too many messages wait.",
                   [](Settings& s) -> auto& { return s.milter.on_overload; }, accept_or_tempfail()),
      key<std::size_t>("milter.max_in_flight", "Messages between end of message and answer; one more is overload.",
                       [](Settings& s) -> auto& { return s.milter.max_in_flight; }, count_between(1, 100'000)),
      key<std::uint64_t>("milter.max_scan_bytes", "Bytes of a message that are judged; the rest is not looked at.",
                         [](Settings& s) -> auto& { return s.milter.max_scan_bytes; },
                         size_between(16u << 10, 64u << 20)),
      key<std::vector<std::string>>("milter.trusted_authserv_ids",
                                    "Servers whose Authentication-Results headers are believed.",
                                    [](Settings& s) -> auto& { return s.milter.trusted_authserv_ids; },
                                    list_of("a list of authserv-ids", check_authserv_id,
                                            R"(^[!#-'*+\--:<>-\[\]-~]{0,254}[!#-'*+\-/-:<>-\[\]-~]$)")),
      key<std::vector<std::string>>("milter.skip", "Clients whose mail is accepted unseen.",
                                    [](Settings& s) -> auto& { return s.milter.skip; },
                                    list_of("a list of networks, and 'authenticated'", check_skip_entry,
                                            "^(authenticated|[0-9A-Fa-f:.]+(/[0-9]{1,3})?)$")),
  };
}

std::vector<SettingKey> engine_keys() {
  return {
      key<std::filesystem::path>("engine.model", "The TorchScript file that judges.",
                                 [](Settings& s) -> auto& { return s.engine.model; }, file_path()),
      key<std::string>("engine.sha256", "SHA-256 the model file must have; \"\" is no check.",
                       [](Settings& s) -> auto& { return s.engine.sha256; },
                       text_with("64 hexadecimal digits", check_sha256, "^([0-9A-Fa-f]{64})?$")),
      key<DeviceSetting>("engine.device",
                         "Where the model runs; auto takes the GPUs when there are any, but for the default architecture the CPU.",
                         [](Settings& s) -> auto& { return s.engine.device; }, word_or_devices(256)),
      key<std::size_t>("engine.replicas", "Copies of the model; auto is one per GPU or device listed, or half of the cores.",
                       [](Settings& s) -> auto& { return s.engine.replicas; }, auto_or_count(256)),
      key<std::size_t>("engine.max_batch_size", "Messages of one model call.",
                       [](Settings& s) -> auto& { return s.engine.max_batch_size; }, count_between(1, 1024)),
      key<std::size_t>("engine.max_batch_tokens", "Tokens of one model call; a message that has more goes alone.",
                       [](Settings& s) -> auto& { return s.engine.max_batch_tokens; },
                       count_between(1'000, 100'000'000)),
      key<microseconds>("engine.max_queue_delay", "Time the oldest message waits for others to join its batch.",
                        [](Settings& s) -> auto& { return s.engine.max_queue_delay; },
                        duration_between(microseconds(0), milliseconds(100))),
      key<std::size_t>("engine.max_queue_length", "Messages waiting for the model; one more is overload.",
                       [](Settings& s) -> auto& { return s.engine.max_queue_length; }, count_between(1, 1'000'000)),
      key<std::optional<double>>("engine.prior_spam", "Share of spam in the site's mail; auto is the model's own.",
                                 [](Settings& s) -> auto& { return s.engine.prior_spam; },
                                 auto_or_percent(0.01, 0.99)),
  };
}

std::vector<SettingKey> remote_keys() {
  return {
      key<std::vector<std::string>>("engine.remote.url", "Inference servers of the pool, taken in turn; \"\" is no pool.",
                                    [](Settings& s) -> auto& { return s.engine.remote.urls; },
                                    text_or_list("http[s]://HOST[:PORT][/PREFIX] | a list of them | \"\"", check_pool_url,
                                                 R"(^(https?://[^/?#@\s]+(/[^?#\s]*)?)?$)")),
      key<std::string>("engine.remote.model", "The model's name in the pool.",
                       [](Settings& s) -> auto& { return s.engine.remote.model; },
                       text_with("a name", check_pool_model, "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$")),
      key<std::string>("engine.remote.names",
                       "How the pool calls tensors: tokens ... logits, or triton's INPUT__0 ... OUTPUT__0.",
                       [](Settings& s) -> auto& { return s.engine.remote.names; }, one_of({"winnow", "triton"})),
      key<std::string>("engine.remote.format", "How tensors travel; auto is binary where the pool says it can.",
                       [](Settings& s) -> auto& { return s.engine.remote.format; }, one_of({"auto", "json", "binary"})),
      key<microseconds>("engine.remote.timeout", "Time for one try of one server.",
                        [](Settings& s) -> auto& { return s.engine.remote.timeout; },
                        duration_between(milliseconds(10), seconds(30))),
      key<std::size_t>("engine.remote.connections", "Batches that the pool works on at a time.",
                       [](Settings& s) -> auto& { return s.engine.remote.connections; }, count_between(1, 256)),
      key<std::filesystem::path>("engine.remote.ca_file",
                                 "Certificates that https servers must be signed by; \"\" is the system's.",
                                 [](Settings& s) -> auto& { return s.engine.remote.ca_file; }, file_path_or_none()),
      key<std::filesystem::path>("engine.remote.token_file", "File whose text is sent as bearer token; \"\" sends none.",
                                 [](Settings& s) -> auto& { return s.engine.remote.token_file; }, file_path_or_none()),
  };
}

std::vector<SettingKey> other_keys() {
  return {
      key<std::string>("headers.flag_name", "Header that marks mail at the flag threshold.",
                       [](Settings& s) -> auto& { return s.headers.flag_name; },
                       text_with("a header name that begins with X-", check_flag_name, "^[Xx]-[!-9;-~]{1,62}$")),
      key<std::string>("headers.flag_value", "Value of that header.",
                       [](Settings& s) -> auto& { return s.headers.flag_value; },
                       text_with("printable ASCII", check_flag_value, "")),
      key<bool>("headers.show_authenticated", "Write Winnow's headers on mail of authenticated clients too.",
                [](Settings& s) -> auto& { return s.headers.show_authenticated; }, yes_or_no()),
      key<bool>("headers.reasons", "Say in X-Winnow what spoke for spam, on mail that is marked.",
                [](Settings& s) -> auto& { return s.headers.reasons; }, yes_or_no()),
      key<std::vector<std::filesystem::path>>("rules", "Rule files, and folders of *.yaml taken by name.",
                                              [](Settings& s) -> auto& { return s.rules; }, path_list()),
      key<std::string>("metrics.listen", "Where metrics and health are served; \"\" is off.",
                       [](Settings& s) -> auto& { return s.metrics.listen; },
                       listening_address("ADDRESS:PORT | unix:PATH | \"\"", check_listen_address,
                                         "^(unix:.+|.+:[0-9]{1,5})?$")),
      key<std::string>("log.to", "Where the log goes; auto is the journal under systemd, else stderr.",
                       [](Settings& s) -> auto& { return s.log.to; }, one_of({"auto", "stderr", "syslog"})),
      key<bool>("log.addresses", "Write sender and recipients into the log line.",
                [](Settings& s) -> auto& { return s.log.addresses; }, yes_or_no()),
  };
}

std::vector<SettingKey> cost_keys() {
  return {
      key<double>("cost.watts_per_core", "Watts of a busy core; counts where no energy counter can be read.",
                  [](Settings& s) -> auto& { return s.cost.watts_per_core; }, number_between(0, 1'000)),
      key<double>("cost.price_per_kwh", "Price of a kilowatt-hour.",
                  [](Settings& s) -> auto& { return s.cost.price_per_kwh; }, number_between(0, 1'000'000)),
      key<std::string>("cost.currency", "Currency of that price.",
                       [](Settings& s) -> auto& { return s.cost.currency; },
                       text_with("three capitals", check_currency, "^[A-Z]{3}$")),
      key<double>("cost.gco2e_per_kwh", "Grams of CO2 equivalent of a kilowatt-hour.",
                  [](Settings& s) -> auto& { return s.cost.gco2e_per_kwh; }, number_between(0, 10'000)),
  };
}

// clang-format on

std::vector<SettingKey> all_keys() {
  std::vector<SettingKey> keys = milter_keys();
  for (const std::vector<SettingKey>& more : {engine_keys(), remote_keys(), other_keys(), cost_keys()}) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

struct Group {
  std::string_view name, meaning;
};

constexpr Group kGroups[] = {
    {"milter", "The MTA's side: where it connects, and what it hears when a message cannot be judged."},
    {"engine", "The model and how messages reach it."},
    {"engine.remote", "A pool of inference servers that judges; the model here stands in when it cannot."},
    {"headers", "What Winnow writes on mail, beside its fixed headers."},
    {"metrics", "Where the daemon tells how it is."},
    {"log", "What the daemon writes down, and where."},
    {"cost", "What energy costs, for the figures of metrics, winnow status and winnow bench."},
};

std::string meaning_of_group(std::string_view name) {
  for (const Group& group : kGroups) {
    if (group.name == name) return std::string(group.meaning);
  }
  return {};
}

/// Where the keys of a group stand in the form; the group, and those around it, are made at their first key.
std::vector<KeyForm>& keys_of_group(ValueForm& file, std::string_view group) {
  if (group.empty()) return file.keys;
  const std::size_t dot = group.rfind('.');
  const std::string_view around = dot == group.npos ? std::string_view() : group.substr(0, dot);
  const std::string name(dot == group.npos ? group : group.substr(dot + 1));
  std::vector<KeyForm>& keys = keys_of_group(file, around);
  if (keys.empty() || keys.back().name != name) {
    keys.push_back({.name = name, .meaning = meaning_of_group(group), .form = mapping_form({})});
    keys.back().form.may_be_nothing = true;
  }
  return keys.back().form.keys;
}

}  // namespace

std::string_view SettingKey::group() const {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? std::string_view() : std::string_view(path).substr(0, dot);
}

std::string_view SettingKey::leaf() const {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? std::string_view(path) : std::string_view(path).substr(dot + 1);
}

const std::vector<SettingKey>& setting_table() {
  static const std::vector<SettingKey> table = all_keys();
  return table;
}

ValueForm settings_form(const Settings& defaults) {
  ValueForm file = mapping_form({});
  file.may_be_nothing = true;
  for (const SettingKey& key : setting_table()) {
    keys_of_group(file, key.group())
        .push_back({.name = std::string(key.leaf()),
                    .meaning = key.meaning + "\nValues: " + key.range,
                    .form = key.form,
                    .fallback = key.print(defaults)});
  }
  return file;
}

}  // namespace winnow
