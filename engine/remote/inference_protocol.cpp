#include "engine/remote/inference_protocol.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "config/text_checks.h"

namespace winnow {
namespace {

using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little, "binary tensors are little-endian");

constexpr int kMaxDepth = 16;                   // of an answer's JSON
constexpr std::size_t kAnswerOverhead = 16384;  // names, parameters, white space
constexpr std::size_t kBytesPerLogit = 64;      // an indented FP64 in a list of its own
constexpr std::size_t kErrorTextBytes = 200;

template <typename Number>
constexpr const char* datatype_of() {
  return std::is_same_v<Number, float> ? "FP32" : "INT64";
}

/// Writes one request, tensor after tensor.
class RequestWriter {
 public:
  RequestWriter(TensorFormat format, InferenceRequest& request) : format_(format), body_(request.body) {
    body_.clear();
    body_ += R"({"id":")" + std::to_string(request.id) + R"(","inputs":[)";
  }

  template <typename Number>
  void add(const std::string& name, const std::vector<Number>& values, std::size_t rows, std::size_t columns = 0) {
    if (body_.back() == '}') body_ += ',';
    body_ += R"({"name":")" + name + R"(","datatype":")" + datatype_of<Number>() + R"(","shape":[)" +
             std::to_string(rows) + (columns > 0 ? "," + std::to_string(columns) : "") + "],";
    if (format_ == TensorFormat::Binary) {
      const std::size_t bytes = values.size() * sizeof(Number);
      body_ += R"("parameters":{"binary_data_size":)" + std::to_string(bytes) + "}}";
      blobs_.append(reinterpret_cast<const char*>(values.data()), bytes);
    } else {
      body_ += R"("data":[)";
      for (const Number value : values) add_number(value);
      if (body_.back() == ',') body_.pop_back();
      body_ += "]}";
    }
  }

  void finish(const std::string& output, InferenceRequest& request) {
    body_ += R"(],"outputs":[{"name":")" + output + '"';
    if (format_ == TensorFormat::Binary) body_ += R"(,"parameters":{"binary_data":true})";
    body_ += "}]}";
    request.json_bytes = format_ == TensorFormat::Binary ? std::optional(body_.size()) : std::nullopt;
    body_ += blobs_;
  }

 private:
  template <typename Number>
  void add_number(Number value) {
    char text[32];
    const auto [end, error] = std::to_chars(text, text + sizeof text, value);
    body_.append(text, end);
    body_ += ',';
  }

  const TensorFormat format_;
  std::string& body_;
  std::string blobs_;
};

bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

/// Text of JSON or nullopt; nothing recurses into what is nested too deep.
std::optional<Json> parse(std::string_view text) {
  bool too_deep = false;
  const Json::parser_callback_t watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  Json json = Json::parse(text, watch_depth, /*allow_exceptions=*/false);
  if (json.is_discarded() || too_deep || !json.is_object()) return std::nullopt;
  return json;
}

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

const std::string* text_member(const Json& object, const char* name) {
  const Json* value = member(object, name);
  return value == nullptr ? nullptr : value->get_ptr<const std::string*>();
}

/// A size that was written as a whole number which fits.
std::optional<std::size_t> size_of(const Json* value) {
  if (value == nullptr || !value->is_number_unsigned()) return std::nullopt;
  return value->get<std::size_t>();
}

std::optional<std::size_t> binary_size(const Json& output) {
  const Json* parameters = member(output, "parameters");
  return parameters == nullptr ? std::nullopt : size_of(member(*parameters, "binary_data_size"));
}

/// The output that is wanted, and its bytes when it came as binary.
struct FoundOutput {
  const Json* output = nullptr;
  std::optional<std::string_view> blob;
};

/// Binary outputs follow the JSON in their order, so those before the wanted one must be counted.
Status find_output(const Json& answer, std::string_view blobs, const std::string& name, FoundOutput& found) {
  const Json* outputs = member(answer, "outputs");
  if (outputs == nullptr || !outputs->is_array()) return Status::failed("its answer has no list of outputs");
  for (const Json& output : *outputs) {
    const auto bytes = binary_size(output);
    if (bytes && *bytes > blobs.size()) return Status::failed("its answer ends within a binary output");
    const std::string* its_name = text_member(output, "name");
    if (its_name != nullptr && *its_name == name) {
      found.output = &output;
      if (bytes) found.blob = blobs.substr(0, *bytes);
      return Status::ok();
    }
    if (bytes) blobs.remove_prefix(*bytes);
  }
  return Status::failed("its answer has no output '" + name + "'");
}

std::string shape_text(const Json* shape) {
  return shape == nullptr ? "none"
                          : printable(shape->dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 60));
}

Status check_shape(const Json& output, const ExpectedLogits& expected) {
  const Json* shape = member(output, "shape");
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; shape != nullptr && shape->is_array() && i < shape->size() && i < 3; ++i)
    sizes.push_back(size_of(&(*shape)[i]).value_or(SIZE_MAX));
  const bool flat = expected.labels == 1 && sizes == std::vector<std::size_t>{expected.messages};
  if (flat || sizes == std::vector<std::size_t>{expected.messages, expected.labels}) return Status::ok();
  return Status::failed("its answer has the shape " + shape_text(shape) + " instead of [" +
                        std::to_string(expected.messages) + "," + std::to_string(expected.labels) + "]");
}

/// Not a number when no float can hold it.
float narrowed(double number) {
  const bool fits = std::abs(number) <= static_cast<double>(std::numeric_limits<float>::max());
  return fits ? static_cast<float>(number) : std::numeric_limits<float>::quiet_NaN();
}

/// Numbers of lists within lists, row by row. The depth was bounded while parsing.
Status flatten(const Json& data, std::size_t limit, std::vector<float>& numbers) {
  if (data.is_array()) {
    for (const Json& item : data) {
      if (Status status = flatten(item, limit, numbers); !status) return status;
    }
    return Status::ok();
  }
  if (!data.is_number()) return Status::failed("its answer holds something that is not a number");
  if (numbers.size() == limit) return Status::failed("its answer holds more numbers than its shape says");
  numbers.push_back(narrowed(data.get<double>()));
  return Status::ok();
}

template <typename Number>
Status unpack(std::string_view blob, std::size_t count, std::vector<float>& numbers) {
  if (blob.size() != count * sizeof(Number))
    return Status::failed("its answer has " + std::to_string(blob.size()) + " bytes for " + std::to_string(count) +
                          " numbers of " + std::to_string(sizeof(Number)) + " bytes");
  for (std::size_t i = 0; i < count; ++i) {
    Number number;
    std::memcpy(&number, blob.data() + i * sizeof number, sizeof number);
    numbers.push_back(narrowed(number));
  }
  return Status::ok();
}

Status read_numbers(const FoundOutput& found, std::size_t count, std::vector<float>& logits) {
  const std::string* datatype = text_member(*found.output, "datatype");
  const bool single = datatype != nullptr && *datatype == "FP32";
  if (!single && (datatype == nullptr || *datatype != "FP64"))
    return Status::failed("its answer is of the type " +
                          printable(datatype == nullptr ? "none" : datatype->substr(0, 20)) + " instead of FP32");
  if (found.blob)
    return single ? unpack<float>(*found.blob, count, logits) : unpack<double>(*found.blob, count, logits);
  const Json* data = member(*found.output, "data");
  if (data == nullptr || !data->is_array()) return Status::failed("its answer has no data");
  if (Status status = flatten(*data, count, logits); !status) return status;
  return logits.size() == count ? Status::ok() : Status::failed("its answer holds fewer numbers than its shape says");
}

}  // namespace

TensorNames triton_names() { return {"INPUT__0", "INPUT__1", "INPUT__2", "INPUT__3", "OUTPUT__0"}; }

Status encode_request(const TokenBatch& batch, const TensorNames& names, TensorFormat format,
                      InferenceRequest& request) {
  if (format == TensorFormat::Json && !(all_finite(batch.weights) && all_finite(batch.dense)))
    return Status::failed("a feature is not a number, which JSON cannot say");
  const std::size_t dense_width = batch.messages == 0 ? 0 : batch.dense.size() / batch.messages;
  RequestWriter writer(format, request);
  writer.add(names.tokens, batch.tokens, batch.tokens.size());
  writer.add(names.weights, batch.weights, batch.weights.size());
  writer.add(names.offsets, batch.offsets, batch.offsets.size());
  writer.add(names.dense, batch.dense, batch.messages, dense_width);
  writer.finish(names.logits, request);
  return Status::ok();
}

std::size_t answer_limit(const ExpectedLogits& expected) {
  return kAnswerOverhead + expected.messages * expected.labels * kBytesPerLogit;
}

Status decode_answer(std::string_view body, std::optional<std::size_t> json_bytes, const TensorNames& names,
                     const ExpectedLogits& expected, std::vector<float>& logits) {
  logits.clear();
  const std::size_t json_size = json_bytes.value_or(body.size());
  if (json_size > body.size()) return Status::failed("its answer is shorter than its header says");
  const std::optional<Json> answer = parse(body.substr(0, json_size));
  if (!answer) return Status::failed("its answer is no JSON object");
  // The protocol has a server return the id of the request. One that is missing may be that of a request before.
  const std::string* id = text_member(*answer, "id");
  if (id == nullptr || *id != std::to_string(expected.id))
    return Status::failed("its answer belongs to another request");
  FoundOutput found;
  if (Status status = find_output(*answer, body.substr(json_size), names.logits, found); !status) return status;
  if (Status status = check_shape(*found.output, expected); !status) return status;
  const std::size_t count = expected.messages * expected.labels;
  if (Status status = read_numbers(found, count, logits); !status) return status;
  return all_finite(logits) ? Status::ok() : Status::failed("its answer holds something that is not a number");
}

bool offers_binary(std::string_view server_metadata) {
  const std::optional<Json> metadata = parse(server_metadata);
  const Json* extensions = metadata ? member(*metadata, "extensions") : nullptr;
  return extensions != nullptr && extensions->is_array() &&
         std::any_of(extensions->begin(), extensions->end(),
                     [](const Json& name) { return name == "binary_tensor_data"; });
}

std::string error_text(std::string_view body) {
  const std::optional<Json> answer = parse(body);
  const std::string* text = answer ? text_member(*answer, "error") : nullptr;
  return text == nullptr ? std::string() : printable(text->substr(0, kErrorTextBytes));
}

}  // namespace winnow
