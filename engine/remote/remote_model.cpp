#include "engine/remote/remote_model.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

std::string_view cause_of(HttpFault fault) {
  switch (fault) {
    case HttpFault::Refused:
      return "refused";
    case HttpFault::Timeout:
      return "timeout";
    case HttpFault::Tls:
      return "tls";
    case HttpFault::Cut:
      return "cut";
    case HttpFault::Answer:
    case HttpFault::None:
      break;
  }
  return "answer";
}

std::string refusal(const HttpUrl& url, const ServerAnswer& answer) {
  const std::string words = error_text(answer.body);
  return authority_of(url) + " answered with status " + std::to_string(answer.status) +
         (words.empty() ? "" : ": " + words);
}

/// Whether the server finds fault with this request: it may serve the next. Every other status speaks of the server.
bool refuses_request(unsigned status) { return status == 400 || status == 413 || status == 422; }

}  // namespace

float largest_change(const std::vector<float>& a, const std::vector<float>& b) {
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

RemoteModel::RemoteModel(std::shared_ptr<RemotePool> pool) : pool_(std::move(pool)), connections_(pool_->urls.size()) {}

Status RemoteModel::run(const TokenBatch& batch, std::vector<float>& logits) {
  cause_ = {};
  written_.reset();
  try {
    return run_within_budget(batch, logits);
  } catch (const std::exception& error) {  // memory, most likely
    return failed("answer", error.what());
  }
}

Status RemoteModel::run_within_budget(const TokenBatch& batch, std::vector<float>& logits) {
  TryBudget budget(Clock::now(), batch.deadline, pool_->timeout);
  std::vector<std::size_t> tried;
  Status last = failed("deadline", "there is no time left to ask the pool");
  while (const auto until = budget.next_try(Clock::now())) {
    const auto server = pool_->turns->next(tried, Clock::now());
    if (!server) return tried.empty() ? failed("open", "all servers of the pool have failed lately") : last;
    tried.push_back(*server);
    last = ask(*server, batch, *until, logits);
    if (last) pool_->turns->succeeded(*server);
    if (last || cause_ == "features") return last;
    tell_pool(*server);
  }
  return last;
}

void RemoteModel::tell_pool(std::size_t server) const {
  switch (blame_) {
    case Blame::Server:
      return pool_->turns->failed(server, Clock::now());
    case Blame::Request:
      return pool_->turns->refused(server);
    case Blame::Connection:
      return pool_->turns->lost(server);
  }
}

Status RemoteModel::ask(std::size_t server, const TokenBatch& batch, TimePoint until, std::vector<float>& logits) {
  TensorFormat format = TensorFormat::Json;
  if (Status status = learn_format(server, until, format); !status) return status;
  if (Status status = prove(server, format, until); !status) return status;
  return infer(server, batch, format, until, logits);
}

Status RemoteModel::prove(std::size_t server, TensorFormat format, TimePoint until) {
  if (pool_->expected.empty() || pool_->turns->is_proven(server)) return Status::ok();
  std::vector<float> logits;
  written_.reset();
  Status status = infer(server, pool_->probe, format, until, logits);
  written_.reset();
  if (!status) return status;
  if (largest_change(logits, pool_->expected) > kAnotherModel)
    return failed("another", authority_of(pool_->urls[server]) + " judges quite otherwise than the model here");
  pool_->turns->proven(server);
  return Status::ok();
}

Status RemoteModel::infer(std::size_t server, const TokenBatch& batch, TensorFormat format, TimePoint until,
                          std::vector<float>& logits) {
  const HttpUrl& url = pool_->urls[server];
  if (Status status = write_request(batch, format); !status) return failed("features", status.error());
  const ExpectedLogits expected{request_.id, batch.messages, pool_->labels};
  const HttpResult result = connection_to(server).call(
      {pool_->model_path() + "/infer", request_.body, request_.json_bytes, answer_limit(expected)}, until);
  if (result.fault != HttpFault::None) return failed(result);
  if (const unsigned code = result.answer.status; code != 200)
    return failed("status", refusal(url, result.answer), refuses_request(code) ? Blame::Request : Blame::Server);
  Status status = decode_answer(result.answer.body, result.answer.json_bytes, pool_->names, expected, logits);
  return status ? std::move(status) : failed("answer", authority_of(url) + ": " + status.error());
}

Status RemoteModel::learn_format(std::size_t server, TimePoint until, TensorFormat& format) {
  if (const auto known = pool_->turns->format(server)) {
    format = *known;
    return Status::ok();
  }
  const HttpResult result = connection_to(server).call({.target = "/v2"}, until);
  if (result.fault != HttpFault::None) return failed(result);
  // A server that does not describe itself may serve all the same; JSON is what all of them take.
  const bool binary = result.answer.status == 200 && offers_binary(result.answer.body);
  format = binary ? TensorFormat::Binary : TensorFormat::Json;
  if (result.answer.status < 500) pool_->turns->learned_format(server, format);
  return Status::ok();
}

Status RemoteModel::write_request(const TokenBatch& batch, TensorFormat format) {
  if (written_ == format) return Status::ok();
  written_.reset();
  request_.id = ++requests_;
  Status status = encode_request(batch, pool_->names, format, request_);
  if (status) written_ = format;
  return status;
}

Status RemoteModel::failed(std::string_view cause, std::string sentence, Blame blame) {
  cause_ = cause;
  blame_ = blame;
  return Status::failed(std::move(sentence));
}

Status RemoteModel::failed(const HttpResult& result) {
  // A connection that was kept may have been lost on the way; the next try makes a new one, which tells.
  const bool may_be_lost = result.fault == HttpFault::Timeout && result.reused;
  return failed(cause_of(result.fault), result.sentence, may_be_lost ? Blame::Connection : Blame::Server);
}

HttpConnection& RemoteModel::connection_to(std::size_t server) {
  std::unique_ptr<HttpConnection>& connection = connections_[server];
  if (connection == nullptr) connection = make_http_connection(pool_->urls[server], pool_->trust, pool_->token);
  return *connection;
}

}  // namespace winnow
