// inference_protocol.h - one batch as a request of the Open Inference Protocol v2, and the answer to it as logits.
//
// Owns:    plain values; decode_answer() borrows the body for the call.
// Threads: pure functions.
// Fails:   a failed Status with one sentence; any bytes are safe input, and the work is linear in their number.
// Source:  Open Inference Protocol v2 (KServe) for JSON; Triton's extension "binary_tensor_data" for binary tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model.h"
#include "engine/status.h"

namespace winnow {

enum class TensorFormat { Json, Binary };

/// How a server calls the inputs and the output of the model.
struct TensorNames {
  std::string tokens = "tokens", weights = "weights", offsets = "offsets", dense = "dense";
  std::string logits = "logits";
};

/// What Triton's PyTorch backend calls the arguments of a forward().
TensorNames triton_names();

/// The header that says how much of a body is JSON, when binary tensors follow it.
inline constexpr const char* kJsonLengthHeader = "Inference-Header-Content-Length";

struct InferenceRequest {
  std::uint64_t id = 0;
  std::string body;
  std::optional<std::size_t> json_bytes;  // of the body; nullopt: all of it, and the header is not sent
};

/// Fails when JSON cannot write a number (infinite or none). The body's memory is used again.
Status encode_request(const TokenBatch& batch, const TensorNames& names, TensorFormat format,
                      InferenceRequest& request);

/// What an answer must hold.
struct ExpectedLogits {
  std::uint64_t id = 0;  // of the request; an answer that names another, or none, is refused
  std::size_t messages = 0;
  std::size_t labels = 1;
};

/// More than any honest answer to such a request takes, in bytes.
std::size_t answer_limit(const ExpectedLogits& expected);

/// `json_bytes` as the answer's header says. Takes nested and flat data, FP32 and FP64, outputs beside the one wanted.
Status decode_answer(std::string_view body, std::optional<std::size_t> json_bytes, const TensorNames& names,
                     const ExpectedLogits& expected, std::vector<float>& logits);

/// Whether GET /v2 names the extension for binary tensors; anything that cannot be read names none.
bool offers_binary(std::string_view server_metadata);

/// The server's own words for a status other than 200, made printable and cut; "" when it has none.
std::string error_text(std::string_view body);

}  // namespace winnow
