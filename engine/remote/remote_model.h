// remote_model.h - a pool of inference servers as a Model.
//
// Owns:    its connections, one to each server; shares the pool's state with the other models of the engine.
// Threads: as every Model: one at a time.
// Blocks:  run() until an answer, three tries or the batch's deadline less the time that a stand-in needs.
// Fails:   a Status that names the server; failure_cause() is timeout, refused, tls, cut, status, answer, another, or, when
//          nobody was asked, deadline, open or features.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "engine/model.h"
#include "engine/remote/http_connection.h"
#include "engine/remote/inference_protocol.h"
#include "engine/remote/server_turns.h"

namespace winnow {

/// What all models of a pool have in common. Constant once the models run, but for the ServerTurns.
struct RemotePool {
  std::vector<HttpUrl> urls;
  std::string model;
  TensorNames names;
  std::chrono::microseconds timeout{500'000};
  std::size_t labels = 1;
  std::shared_ptr<TlsTrust> trust;  // null without https
  std::string token;
  std::unique_ptr<ServerTurns> turns;
  TokenBatch probe;
  std::vector<float> expected;  // what the model here answers to the probe; empty without one

  std::string model_path() const { return "/v2/models/" + model; }
};

/// Logits of one model differ by rounding, on other hardware or in half precision; by as much as this those of two.
inline constexpr float kAnotherModel = 1.0f;

float largest_change(const std::vector<float>& a, const std::vector<float>& b);

class RemoteModel : public Model {
 public:
  explicit RemoteModel(std::shared_ptr<RemotePool> pool);

  Status run(const TokenBatch& batch, std::vector<float>& logits) override;
  std::string_view failure_cause() const override { return cause_; }
  std::string device() const override { return "remote"; }

 private:
  using TimePoint = HttpConnection::TimePoint;

  Status run_within_budget(const TokenBatch& batch, std::vector<float>& logits);
  /// One try of one server.
  Status ask(std::size_t server, const TokenBatch& batch, TimePoint until, std::vector<float>& logits);
  /// What GET /v2 says, when nobody has asked yet.
  Status learn_format(std::size_t server, TimePoint until, TensorFormat& format);
  /// Has a server that comes, or comes back, judge the probe before it judges mail.
  Status prove(std::size_t server, TensorFormat format, TimePoint until);
  Status infer(std::size_t server, const TokenBatch& batch, TensorFormat format, TimePoint until,
               std::vector<float>& logits);
  /// Whom a failed try speaks against.
  enum class Blame { Server, Request, Connection };
  Status failed(std::string_view cause, std::string sentence, Blame blame = Blame::Server);
  Status failed(const HttpResult& result);
  /// How the latest try of this server failed.
  void tell_pool(std::size_t server) const;
  HttpConnection& connection_to(std::size_t server);
  /// Into request_, unless the try before this one left it there.
  Status write_request(const TokenBatch& batch, TensorFormat format);

  const std::shared_ptr<RemotePool> pool_;
  std::vector<std::unique_ptr<HttpConnection>> connections_;
  InferenceRequest request_;
  std::optional<TensorFormat> written_;  // what request_ holds of the batch in work
  std::uint64_t requests_ = 0;
  std::string_view cause_;
  Blame blame_ = Blame::Server;
};

}  // namespace winnow
