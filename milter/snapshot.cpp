#include "milter/snapshot.h"

#include <sys/stat.h>

#include <tuple>

#include "milter/judge.h"

namespace winnow {
namespace {

FileIdentity identity_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
          std::int64_t{found.st_ctim.tv_sec} * 1'000'000'000 + found.st_ctim.tv_nsec};
}

bool same_engine_settings(const EngineSettings& a, const EngineSettings& b) {
  const auto all = [](const EngineSettings& s) {
    const RemoteSettings& r = s.remote;
    return std::tie(s.model, s.sha256, s.device, s.replicas, s.max_batch_size, s.max_batch_tokens, s.max_queue_delay,
                    s.max_queue_length, s.prior_spam, r.urls, r.model, r.names, r.format, r.timeout, r.connections,
                    r.ca_file, r.token_file);
  };
  return all(a) == all(b);
}

std::shared_ptr<Engine> engine_for(const Snapshot& next, const Snapshot* previous, Diagnostics& problems) {
  const bool unchanged = previous != nullptr && previous->engine != nullptr && next.model_file != FileIdentity{} &&
                         next.model_file == previous->model_file &&
                         same_engine_settings(next.settings.engine, previous->settings.engine);
  return unchanged ? previous->engine : make_engine(next.settings.engine, problems);
}

}  // namespace

SkipList SkipList::from(const std::vector<std::string>& entries) {
  SkipList list;
  for (const std::string& entry : entries) {
    if (entry == "authenticated") {
      list.authenticated = true;
    } else if (const std::optional<IpNetwork> network = IpNetwork::parse(entry)) {
      list.networks.push_back(*network);
    }
  }
  return list;
}

SkipEntry SkipList::entry_for(const Envelope& envelope) const {
  if (authenticated && !envelope.auth_user.empty()) return SkipEntry::Authenticated;
  if (networks.empty()) return SkipEntry::None;
  const std::optional<IpBytes> address = parse_ip_bytes(envelope.client_ip);
  if (!address) return SkipEntry::None;
  for (const IpNetwork& network : networks) {
    if (network.contains(*address)) return SkipEntry::Network;
  }
  return SkipEntry::None;
}

std::shared_ptr<const Snapshot> load_snapshot(const std::filesystem::path& settings_file, const Snapshot* previous,
                                              Diagnostics& problems) {
  std::optional<Settings> settings = load_settings(settings_file, problems);
  return settings ? load_snapshot(std::move(*settings), previous, problems) : nullptr;
}

std::shared_ptr<const Snapshot> load_snapshot(Settings settings, const Snapshot* previous, Diagnostics& problems) {
  auto next = std::make_shared<Snapshot>();
  next->settings = std::move(settings);
  next->skip = SkipList::from(next->settings.milter.skip);
  next->rules = load_rules(next->settings.rules, problems, feature_names());
  next->model_file = identity_of(next->settings.engine.model);
  next->engine = engine_for(*next, previous, problems);
  if (problems.has_errors() || next->rules == nullptr || next->engine == nullptr) return nullptr;
  return next;
}

}  // namespace winnow
