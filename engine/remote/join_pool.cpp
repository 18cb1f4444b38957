#include "engine/remote/join_pool.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <utility>

#include "config/text_checks.h"
#include "config/text_file.h"
#include "engine/remote/remote_model.h"
#include "engine/shared_model.h"
#include "engine/stand_in_model.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr microseconds kProbeTimeout{2'000'000};  // a server's first answer may be slow
constexpr std::size_t kMaxTokenBytes = 8192;
constexpr float kMaxLogitChange = 0.01f;  // between the pool and the model here: other hardware rounds in another way

Location in_remote_settings() { return Location{std::make_shared<const SourceText>(SourceText{"engine.remote", {}})}; }

bool has_tls(const RemotePool& pool) {
  return std::any_of(pool.urls.begin(), pool.urls.end(), [](const HttpUrl& url) { return url.tls; });
}

std::string read_token(const std::filesystem::path& file, std::string& error) {
  if (file.empty()) return {};
  std::optional<std::string> text = read_text_file(file, kMaxTokenBytes, error);
  if (!text) return {};
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r' || text->back() == ' ')) text->pop_back();
  if (text->empty() || !is_printable_ascii(*text)) error = "must hold one line of printable ASCII";
  return *text;
}

std::shared_ptr<RemotePool> pool_of(const RemoteSettings& settings, std::size_t labels, Diagnostics& problems) {
  auto pool = std::make_shared<RemotePool>();
  for (const std::string& text : settings.urls) {
    if (const auto url = parse_http_url(text)) pool->urls.push_back(*url);  // the settings were checked
  }
  pool->model = settings.model;
  if (settings.names == "triton") pool->names = triton_names();
  pool->timeout = settings.timeout;
  pool->labels = labels;
  std::string error;
  pool->token = read_token(settings.token_file, error);
  if (!error.empty()) error = "token_file " + settings.token_file.string() + ": " + error;
  if (error.empty() && has_tls(*pool)) pool->trust = make_tls_trust(settings.ca_file, error);
  std::optional<TensorFormat> format;  // auto: each server is asked
  if (settings.format != "auto") format = settings.format == "json" ? TensorFormat::Json : TensorFormat::Binary;
  pool->turns = std::make_unique<ServerTurns>(pool->urls.size(), format);
  if (error.empty()) return pool;
  problems.error(in_remote_settings(), error);
  return nullptr;
}

/// A pool of one of the servers alone, with time for a first answer.
std::shared_ptr<RemotePool> alone(const RemotePool& pool, std::size_t server) {
  auto one = std::make_shared<RemotePool>();
  one->urls = {pool.urls[server]};
  one->model = pool.model;
  one->names = pool.names;
  one->timeout = std::max(pool.timeout, kProbeTimeout);
  one->labels = pool.labels;
  one->trust = pool.trust;
  one->token = pool.token;
  one->turns = std::make_unique<ServerTurns>(1, pool.turns->format(server));
  return one;
}

/// What keeps a server from judging now; "" for nothing.
std::string not_ready(const RemotePool& one) {
  const HttpUrl& url = one.urls.front();
  const auto connection = make_http_connection(url, one.trust, one.token);
  const HttpResult result = connection->call({.target = one.model_path() + "/ready"}, Clock::now() + one.timeout);
  if (result.fault != HttpFault::None) return result.sentence;
  if (result.answer.status == 200) return {};
  const std::string words = error_text(result.answer.body);
  return authority_of(url) + " says that its model '" + one.model + "' is not ready (status " +
         std::to_string(result.answer.status) + (words.empty() ? "" : ": " + words) + ")";
}

/// Has one server judge the probe, without the proof that models ask for: what it answers is to be told here.
void check_server(const RemotePool& pool, std::size_t server, Diagnostics& problems) {
  const std::shared_ptr<RemotePool> one = alone(pool, server);
  if (const std::string reason = not_ready(*one); !reason.empty()) {
    problems.warning(in_remote_settings(), reason);
    return;
  }
  RemoteModel model(one);
  std::vector<float> logits;
  const Status status = model.run(pool.probe, logits);
  if (!status && model.failure_cause() == "answer" && pool.expected.empty()) {
    problems.error(in_remote_settings(), status.error(), "does it serve the model of engine.model?");
    return;
  }
  if (!status) problems.warning(in_remote_settings(), status.error());
  if (!status || pool.expected.empty()) return;
  const float change = largest_change(logits, pool.expected);
  if (change <= kAnotherModel) pool.turns->proven(server);
  if (change > kMaxLogitChange) {
    problems.warning(in_remote_settings(),
                     authority_of(one->urls.front()) + " judges otherwise than the model here" +
                         (change > kAnotherModel ? ", which judges instead" : ""),
                     "does it serve the model of engine.model?");
  }
}

/// All at once: servers that say nothing cost the start their time once, not one after the other.
void check_servers(const RemotePool& pool, Diagnostics& problems) {
  std::vector<std::future<Diagnostics>> checks;
  for (std::size_t i = 0; i < pool.urls.size(); ++i) {
    checks.push_back(std::async([&pool, i] {
      Diagnostics found;
      check_server(pool, i, found);
      return found;
    }));
  }
  for (auto& check : checks) problems.append(check.get());
}

std::vector<std::unique_ptr<Model>> models_of(const std::shared_ptr<RemotePool>& pool, std::size_t connections,
                                              std::vector<std::unique_ptr<Model>> here) {
  std::vector<SharedModel> stand_ins;
  for (auto& model : here) stand_ins.emplace_back(std::move(model));
  std::vector<std::unique_ptr<Model>> models;
  for (std::size_t i = 0; i < connections; ++i) {
    std::unique_ptr<Model> model = std::make_unique<RemoteModel>(pool);
    if (!stand_ins.empty())
      model = std::make_unique<StandInModel>(std::move(model), stand_ins[i % stand_ins.size()].another());
    models.push_back(std::move(model));
  }
  return models;
}

PoolServers servers_of(const std::shared_ptr<RemotePool>& pool) {
  return [pool] {
    std::vector<PoolServer> servers = pool->turns->tallies();
    for (std::size_t i = 0; i < servers.size(); ++i) servers[i].name = authority_of(pool->urls[i]) + pool->urls[i].path;
    return servers;
  };
}

}  // namespace

JoinedPool join_pool(const RemoteSettings& settings, std::size_t labels, const TokenBatch& probe,
                     std::vector<std::unique_ptr<Model>> here, Diagnostics& problems) {
  const std::size_t errors_before = problems.error_count();
  const std::shared_ptr<RemotePool> pool = pool_of(settings, labels, problems);
  if (pool == nullptr) return {};
  pool->probe = probe;
  if (!here.empty() && !here.front()->run(probe, pool->expected)) pool->expected.clear();
  check_servers(*pool, problems);
  if (problems.error_count() > errors_before) return {};
  return {models_of(pool, settings.connections, std::move(here)), servers_of(pool)};
}

}  // namespace winnow
