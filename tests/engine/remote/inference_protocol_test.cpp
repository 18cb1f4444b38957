#include "engine/remote/inference_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

namespace winnow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr ExpectedLogits kTwoMessages{7, 2, 1};

TokenBatch two_messages() {
  TokenBatch batch;
  batch.add({5, 6, 7}, {0.5f, 0.1f, 1e-9f}, {1.0f, 2.0f});
  batch.add({}, {}, {3.0f, 4.0f});
  return batch;
}

InferenceRequest encoded(TensorFormat format, const TensorNames& names = {}) {
  InferenceRequest request{.id = 7};
  EXPECT_TRUE(encode_request(two_messages(), names, format, request));
  return request;
}

std::string float_bytes(const std::vector<float>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

struct Decoded {
  std::vector<float> logits;
  std::string error;
};

Decoded decode(const std::string& body, std::optional<std::size_t> json_bytes = {},
               const ExpectedLogits& expected = kTwoMessages) {
  Decoded decoded;
  decoded.error = decode_answer(body, json_bytes, {}, expected, decoded.logits).error();
  return decoded;
}

std::string answer(const std::string& shape, const std::string& data, const std::string& datatype = "FP32") {
  return R"({"model_name":"winnow","id":"7","outputs":[{"name":"logits","datatype":")" + datatype + R"(","shape":)" +
         shape + R"(,"data":)" + data + "}]}";
}

TEST(InferenceRequest, WritesTheWholeBatchAsJson) {
  const InferenceRequest request = encoded(TensorFormat::Json);
  EXPECT_FALSE(request.json_bytes);
  const Json json = Json::parse(request.body);
  EXPECT_EQ(json["id"], "7");
  ASSERT_EQ(json["inputs"].size(), 4u);
  EXPECT_EQ(json["inputs"][0], Json::parse(R"({"name":"tokens","datatype":"INT64","shape":[3],"data":[5,6,7]})"));
  EXPECT_EQ(json["inputs"][1]["datatype"], "FP32");
  EXPECT_EQ(json["inputs"][1]["data"][1].get<float>(), 0.1f) << "numbers come back as they were";
  EXPECT_EQ(json["inputs"][1]["data"][2].get<float>(), 1e-9f);
  EXPECT_EQ(json["inputs"][2], Json::parse(R"({"name":"offsets","datatype":"INT64","shape":[2],"data":[0,3]})"));
  EXPECT_EQ(json["inputs"][3]["shape"], Json::parse("[2,2]"));
  EXPECT_EQ(json["outputs"], Json::parse(R"([{"name":"logits"}])"));
}

TEST(InferenceRequest, PutsTensorsAfterTheJsonInTheirOrder) {
  const InferenceRequest request = encoded(TensorFormat::Binary);
  ASSERT_TRUE(request.json_bytes);
  const Json json = Json::parse(request.body.substr(0, *request.json_bytes));
  EXPECT_EQ(json["inputs"][0]["parameters"]["binary_data_size"], 24);
  EXPECT_FALSE(json["inputs"][0].contains("data"));
  EXPECT_EQ(json["inputs"][3]["parameters"]["binary_data_size"], 16);
  EXPECT_EQ(json["outputs"][0]["parameters"]["binary_data"], true);
  ASSERT_EQ(request.body.size(), *request.json_bytes + 24 + 12 + 16 + 16);
  std::int64_t first = 0;
  std::memcpy(&first, request.body.data() + *request.json_bytes, sizeof first);
  EXPECT_EQ(first, 5);
  EXPECT_TRUE(request.body.ends_with(float_bytes({1.0f, 2.0f, 3.0f, 4.0f})));
}

TEST(InferenceRequest, WritesMessagesWithoutAnyToken) {
  TokenBatch batch;
  batch.add({}, {}, {1.0f});
  InferenceRequest request;
  ASSERT_TRUE(encode_request(batch, {}, TensorFormat::Json, request));
  EXPECT_EQ(Json::parse(request.body)["inputs"][0]["data"], Json::array());
}

TEST(InferenceRequest, CallsTensorsAsTheServerDoes) {
  const Json json = Json::parse(encoded(TensorFormat::Json, triton_names()).body);
  EXPECT_EQ(json["inputs"][0]["name"], "INPUT__0");
  EXPECT_EQ(json["inputs"][3]["name"], "INPUT__3");
  EXPECT_EQ(json["outputs"][0]["name"], "OUTPUT__0");
}

TEST(InferenceRequest, RefusesWhatJsonCannotSay) {
  TokenBatch batch;
  batch.add({1}, {std::numeric_limits<float>::infinity()}, {});
  InferenceRequest request;
  EXPECT_FALSE(encode_request(batch, {}, TensorFormat::Json, request));
  EXPECT_TRUE(encode_request(batch, {}, TensorFormat::Binary, request));
}

TEST(InferenceAnswer, TakesDataInWhateverNesting) {
  for (const char* data : {"[1.5,-2]", "[[1.5],[-2]]", "[[[1.5]],[[-2]]]"}) {
    const Decoded decoded = decode(answer("[2,1]", data));
    EXPECT_EQ(decoded.error, "") << data;
    EXPECT_THAT(decoded.logits, ElementsAre(1.5f, -2.0f)) << data;
  }
}

TEST(InferenceAnswer, TakesAShapeWithoutTheOnlyLabel) { EXPECT_EQ(decode(answer("[2]", "[1,2]")).error, ""); }

TEST(InferenceAnswer, TakesDoubles) {
  EXPECT_THAT(decode(answer("[2,1]", "[1.5,2]", "FP64")).logits, ElementsAre(1.5f, 2.0f));
}

TEST(InferenceAnswer, TakesBinaryOutputsAfterOthers) {
  const std::string json =
      R"({"id":"7","outputs":[{"name":"other","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":3}},)"
      R"({"name":"written","datatype":"FP32","shape":[1],"data":[9]},)"
      R"({"name":"logits","datatype":"FP32","shape":[2,1],"parameters":{"binary_data_size":8}}]})";
  const Decoded decoded = decode(json + "abc" + float_bytes({1.5f, -2.0f}), json.size());
  EXPECT_EQ(decoded.error, "");
  EXPECT_THAT(decoded.logits, ElementsAre(1.5f, -2.0f));
}

TEST(InferenceAnswer, TakesJsonFromAServerThatWasAskedForBinary) {
  EXPECT_THAT(decode(answer("[2,1]", "[1,2]")).logits, ElementsAre(1.0f, 2.0f));
}

struct WrongAnswer {
  const char* name;
  std::string body;
  std::optional<std::size_t> json_bytes;
  const char* sentence;
};

class WrongAnswers : public testing::TestWithParam<WrongAnswer> {};

TEST_P(WrongAnswers, AreRefusedInOneSentence) {
  EXPECT_THAT(decode(GetParam().body, GetParam().json_bytes).error, HasSubstr(GetParam().sentence));
}

/// An answer that is right but for its id.
std::string with_id(const std::string& id) {
  return "{" + id + R"("outputs":[{"name":"logits","datatype":"FP32","shape":[2,1],"data":[1,2]}]})";
}

std::vector<WrongAnswer> wrong_answers() {
  const std::string binary =
      R"({"id":"7","outputs":[{"name":"logits","datatype":"FP32","shape":[2,1],"parameters":{"binary_data_size":8}}]})";
  const std::string nan = float_bytes({1.0f, std::numeric_limits<float>::quiet_NaN()});
  return {
      {"Empty", "", {}, "no JSON object"},
      {"NotJson", "<html>", {}, "no JSON object"},
      {"CutJson", answer("[2,1]", "[1,2]").substr(0, 60), {}, "no JSON object"},
      {"AList", "[1,2]", {}, "no JSON object"},
      {"NestedTooDeep", answer("[2,1]", std::string(5000, '[') + "1" + std::string(5000, ']')), {}, "no JSON object"},
      {"NanLiteral", answer("[2,1]", "[NaN,1]"), {}, "no JSON object"},
      {"HugeNumber", answer("[2,1]", "[1e999,1]"), {}, "no JSON object"},
      {"NotAFloat", answer("[2,1]", "[1e99,1]"), {}, "not a number"},
      {"Null", answer("[2,1]", "[null,1]"), {}, "not a number"},
      {"Text", answer("[2,1]", R"(["NaN",1])"), {}, "not a number"},
      {"NoOutputs", R"({"id":"7","error":"x"})", {}, "no list of outputs"},
      {"OutputsNoList", R"({"id":"7","outputs":{}})", {}, "no list of outputs"},
      {"NoSuchOutput", R"({"id":"7","outputs":[{"name":"probabilities"},5]})", {}, "no output 'logits'"},
      {"OtherShape", answer("[1,2]", "[1,2]"), {}, "shape [1,2] instead of [2,1]"},
      {"NoShape",
       R"({"id":"7","outputs":[{"name":"logits","datatype":"FP32","data":[1,2]}]})",
       {},
       "shape none instead of"},
      {"NegativeShape", answer("[-1,1]", "[1,2]"), {}, "shape [-1,1] instead of"},
      {"LongShape", answer("[2,1,1]", "[1,2]"), {}, "shape [2,1,1] instead of"},
      {"TooFew", answer("[2,1]", "[1]"), {}, "fewer numbers"},
      {"TooMany", answer("[2,1]", "[1,2,3]"), {}, "more numbers"},
      {"NoData", answer("[2,1]", "5"), {}, "no data"},
      {"Integers", answer("[2,1]", "[1,2]", "INT64"), {}, "of the type INT64"},
      {"OtherId", with_id(R"("id":"8",)"), {}, "another request"},
      {"NoId", with_id(""), {}, "another request"},
      {"EmptyId", with_id(R"("id":"",)"), {}, "another request"},
      {"NumberAsId", with_id(R"("id":7,)"), {}, "another request"},
      {"HeaderBeyondBody", binary, 5000, "shorter than its header"},
      {"CutBinary", binary + "1234", binary.size(), "ends within"},
      {"HugeBinary",
       R"({"id":"7","outputs":[{"name":"o","parameters":{"binary_data_size":18446744073709551615}}]})",
       {},
       "ends within"},
      {"OddBinary",
       R"({"id":"7","outputs":[{"name":"logits","datatype":"FP64","shape":[2,1],"parameters":{"binary_data_size":0}}]})",
       {},
       "0 bytes for 2 numbers"},
      {"BinaryNan", binary + nan, binary.size(), "not a number"},
  };
}

INSTANTIATE_TEST_SUITE_P(Table, WrongAnswers, testing::ValuesIn(wrong_answers()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(InferenceAnswer, WantsEveryLabelOfEveryMessage) {
  const ExpectedLogits expected{0, 2, 3};
  EXPECT_THAT(decode(answer("[2,3]", "[[1,2,3],[4,5,6]]").replace(29, 1, "0"), {}, expected).logits,
              ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(decode(answer("[6]", "[1,2,3,4,5,6]").replace(29, 1, "0"), {}, expected).error, HasSubstr("shape [6]"));
}

TEST(ServerMetadata, SaysWhetherBinaryTensorsAreTaken) {
  EXPECT_TRUE(offers_binary(R"({"name":"triton","extensions":["statistics","binary_tensor_data"]})"));
  EXPECT_FALSE(offers_binary(R"({"name":"mlserver","extensions":[]})"));
  EXPECT_FALSE(offers_binary(R"({"extensions":"binary_tensor_data"})"));
  EXPECT_FALSE(offers_binary("nothing"));
}

TEST(ServerError, IsShownAsPrintableText) {
  EXPECT_EQ(error_text(R"({"error":"no such model\n\u001b[1m"})"), "no such model??[1m");
  EXPECT_EQ(error_text(R"({"error":5})"), "");
  EXPECT_EQ(error_text("Internal Server Error"), "");
  EXPECT_EQ(error_text(R"({"error":")" + std::string(5000, 'x') + "\"}").size(), 200u);
}

TEST(InferenceAnswer, MayHoldAnIndentedNumberForEveryLabelOfEveryMessage) {
  EXPECT_GE(answer_limit({7, 1000, 2}), 2000 * 32u);
}

}  // namespace
}  // namespace winnow
