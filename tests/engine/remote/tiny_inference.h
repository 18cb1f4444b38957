// tiny_inference.h - what a TinyServer answers when it is to look like an inference server.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/engine/remote/tiny_server.h"

namespace winnow {

/// One logit a message: the sum of its tokens. Takes JSON only.
inline std::string sums_of(const std::string& request) {
  const auto json = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
  const auto tokens = json["inputs"][0]["data"].get<std::vector<double>>();
  const auto offsets = json["inputs"][2]["data"].get<std::vector<std::size_t>>();
  std::vector<double> sums(offsets.size());
  for (std::size_t message = 0; message < offsets.size(); ++message) {
    const std::size_t end = message + 1 < offsets.size() ? offsets[message + 1] : tokens.size();
    for (std::size_t i = offsets[message]; i < end; ++i) sums[message] += tokens[i];
  }
  const nlohmann::json output = {{"name", "logits"}, {"datatype", "FP32"}, {"shape", {sums.size(), 1}}, {"data", sums}};
  return nlohmann::json{{"model_name", "winnow"}, {"id", json["id"]}, {"outputs", {output}}}.dump();
}

inline void serve_sums(Peer& peer) {
  for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request())
    peer.answer(request.starts_with("POST") ? sums_of(request) : "{}");
}

inline void serve_errors(Peer& peer) {
  while (!peer.read_request().empty()) peer.answer(R"({"error":"out of memory"})", "500 Internal Server Error");
}

}  // namespace winnow
