#include "engine/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace winnow {
namespace {

using ::testing::HasSubstr;

Manifest example() {
  Manifest manifest;
  manifest.name = "default-2026-11";
  manifest.created = "2026-11-21";
  manifest.labels = {"spam", "phishing"};
  manifest.schema_id = "winnow-1";
  manifest.schema_hash = "0123456789abcdef";
  manifest.table_size = 1024;
  manifest.dense_names = {"exclamation_marks", "links"};
  manifest.calibration = {{1.25, -0.5}, {0.75, 0.125}};
  manifest.prior_spam = 0.4;
  manifest.corpora_digest = "abc";
  manifest.metrics_json = R"({"auc":0.99})";
  manifest.compress = {{"5-bit codebook", "abc", 6000, 0.0125, 0.004, 0.001}};
  manifest.half = true;
  manifest.stages = {{{"left", "right"}, Reduce::Concat}, {{"head"}, Reduce::None}};
  return manifest;
}

TEST(Manifest, ReadsBackWhatItWrote) {
  std::string error;
  const auto read = parse_manifest(write_manifest(example()), error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->name, "default-2026-11");
  EXPECT_EQ(read->created, "2026-11-21");
  EXPECT_EQ(read->labels, example().labels);
  EXPECT_EQ(read->schema_id, "winnow-1");
  EXPECT_EQ(read->schema_hash, "0123456789abcdef");
  EXPECT_EQ(read->table_size, 1024u);
  EXPECT_EQ(read->dense_names, example().dense_names);
  ASSERT_EQ(read->calibration.size(), 2u);
  EXPECT_EQ(read->calibration[1].slope, 0.75);
  EXPECT_EQ(read->calibration[0].intercept, -0.5);
  EXPECT_EQ(read->prior_spam, 0.4);
  EXPECT_EQ(read->corpora_digest, "abc");
  EXPECT_EQ(read->metrics_json, R"({"auc":0.99})");
  ASSERT_EQ(read->compress.size(), 1u);
  EXPECT_EQ(read->compress[0].step, "5-bit codebook");
  EXPECT_EQ(read->compress[0].messages, 6000u);
  EXPECT_EQ(read->compress[0].max_change, 0.0125);
  EXPECT_EQ(read->compress[0].p99_change, 0.004);
  EXPECT_EQ(read->compress[0].one_minus_auc, 0.001);
  EXPECT_TRUE(read->half);
  ASSERT_EQ(read->stages.size(), 2u);
  EXPECT_EQ(read->stages[0].parts, (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(read->stages[0].reduce, Reduce::Concat);
  EXPECT_EQ(read->stages[1].parts, std::vector<std::string>{"head"});
  EXPECT_EQ(read->stages[1].reduce, Reduce::None);
}

TEST(Manifest, SaysNothingOfPartsAndPrecisionWhereThereIsNothingToSay) {
  Manifest manifest = example();
  manifest.half = false;
  manifest.stages.clear();
  const std::string json = write_manifest(manifest);
  EXPECT_EQ(json.find("parts"), std::string::npos);
  EXPECT_EQ(json.find("half"), std::string::npos);
  std::string error;
  const auto read = parse_manifest(json, error);
  ASSERT_TRUE(read) << error;
  EXPECT_FALSE(read->half);
  EXPECT_TRUE(read->stages.empty());
}

TEST(Manifest, WritesMetricsThatAreNoJsonAsEmpty) {
  Manifest manifest = example();
  manifest.metrics_json = "{broken";
  std::string error;
  const auto read = parse_manifest(write_manifest(manifest), error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->metrics_json, "{}");
}

struct BadManifest {
  const char* what;
  const char* from;  // a stretch of the example's JSON, blanks left out
  const char* to;
  const char* error;
};

class ManifestError : public ::testing::TestWithParam<BadManifest> {};

/// The example without the blanks of pretty printing.
std::string compact() {
  std::string text;
  for (const char c : write_manifest(example()))
    if (c != '\n' && c != ' ') text += c;
  return text;
}

TEST_P(ManifestError, NamesTheKeyThatIsWrong) {
  std::string json = compact();
  const auto at = json.find(GetParam().from);
  ASSERT_NE(at, std::string::npos) << json;
  json.replace(at, std::string(GetParam().from).size(), GetParam().to);
  std::string error;
  EXPECT_FALSE(parse_manifest(json, error));
  EXPECT_THAT(error, HasSubstr(GetParam().error)) << json;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ManifestError,
    ::testing::Values(
        BadManifest{"FormatMissing", R"("format":1,)", "", "'format' is missing"},
        BadManifest{"FormatNewer", R"("format":1,)", R"("format":2,)", "'format' is 2"},
        BadManifest{"FormatText", R"("format":1,)", R"("format":"1",)", "'format' must be a whole number"},
        BadManifest{"NameMissing", R"("name":"default-2026-11",)", "", "'name' is missing"},
        BadManifest{"NameEmpty", R"("default-2026-11")", R"("")", "'name' must be a text"},
        BadManifest{"CreatedNumber", R"("2026-11-21")", "2026", "'created' must be a text"},
        BadManifest{"LabelsText", R"(["spam","phishing"])", R"("spam")", "'labels' must be a list of texts"},
        BadManifest{"LabelsMixed", R"(["spam","phishing"])", R"(["spam",1])", "'labels' must be a list of texts"},
        BadManifest{"LabelsEmpty", R"(["spam","phishing"])", "[]", "'labels' must begin with 'spam'"},
        BadManifest{"LabelsOrder", R"(["spam","phishing"])", R"(["ham","spam"])", "'labels' must begin with 'spam'"},
        BadManifest{"LabelsTwice", R"(["spam","phishing"])", R"(["spam","spam"])", "'labels' names 'spam' twice"},
        BadManifest{"InputText", R"("input":"tokens")", R"("input":"text")", "'input' is 'text'"},
        BadManifest{"FeaturesList", R"("features":{)", R"("features":[],"other":{)", "'features' must be an object"},
        BadManifest{"SchemaMissing", R"("schema":"winnow-1")", R"("x":1)", "'features.schema' is missing"},
        BadManifest{"HashNumber", R"("0123456789abcdef")", "7", "'features.hash' must be a text"},
        BadManifest{"TableOdd", R"("table_size":1024)", R"("table_size":1000)",
                    "'features.table_size' must be a power"},
        BadManifest{"TableZero", R"("table_size":1024)", R"("table_size":0)", "'features.table_size' must be a power"},
        BadManifest{"TableNegative", R"("table_size":1024)", R"("table_size":-1024)",
                    "'features.table_size' must be a whole number"},
        BadManifest{"TableHuge", R"("table_size":1024)", R"("table_size":9223372036854775808)",
                    "'features.table_size' must be a power"},
        BadManifest{"DenseMissing", R"("dense":[)", R"("thick":[)", "'features.dense' is missing"},
        BadManifest{"CalibrationShort", R"(,{"intercept":0.125,"slope":0.75})", "",
                    "'calibration' must be a list with one entry per label"},
        BadManifest{"CalibrationNumber", R"({"intercept":0.125,"slope":0.75})", "1",
                    "'calibration[1]' must be an object"},
        BadManifest{"SlopeMissing", R"(,"slope":0.75)", "", "'calibration[1].slope' is missing"},
        BadManifest{"SlopeNegative", R"("slope":0.75)", R"("slope":-1)", "'calibration[1].slope' must be above 0"},
        BadManifest{"SlopeInfinite", R"("slope":0.75)", R"("slope":1e999)", "not a JSON object"},
        BadManifest{"InterceptNull", R"("intercept":0.125)", R"("intercept":null)",
                    "'calibration[1].intercept' must be a number"},
        BadManifest{"PriorOne", R"("prior_spam":0.4)", R"("prior_spam":1)", "'prior_spam' must be above 0 and below 1"},
        BadManifest{"PriorText", R"("prior_spam":0.4)", R"("prior_spam":"40%")", "'prior_spam' must be a number"},
        BadManifest{"DigestNumber", R"("corpora_digest":"abc")", R"("corpora_digest":1)",
                    "'corpora_digest' must be a text"},
        BadManifest{"MetricsList", R"("metrics":{"auc":0.99})", R"("metrics":[])", "'metrics' must be an object"},
        BadManifest{"HalfWord", R"("half":true)", R"("half":"yes")", "'half' must be true or false"},
        BadManifest{"PartsObject", R"("parts":[)", R"("parts":{},"other":[)", "'parts' must be a list"},
        BadManifest{"StageText", R"("parts":[)", R"("parts":["left",)", "'parts[0]' must be an object"},
        BadManifest{"ModulesMissing", R"("modules":["head"],)", "", "'parts[1].modules' is missing"},
        BadManifest{"ModulesEmpty", R"("modules":["head"])", R"("modules":[])",
                    "'parts[1].modules' must name at least one module"},
        BadManifest{"ModulesPath", R"("modules":["head"])", R"("modules":["a.b"])",
                    "'parts[1].modules' must be names of submodules"},
        BadManifest{"ModulesTwice", R"("modules":["head"])", R"("modules":["left"])",
                    "'parts[1].modules' names 'left' a second time"},
        BadManifest{"ReduceMissing", R"(,"reduce":"concat")", "",
                    "'parts[0].reduce' must be sum or concat where several"},
        BadManifest{"ReduceNone", R"("reduce":"concat")", R"("reduce":"none")",
                    "'parts[0].reduce' must be sum or concat where several"},
        BadManifest{"ReduceUnknown", R"("reduce":"concat")", R"("reduce":"mean")",
                    "'parts[0].reduce' must be none, sum or concat"},
        BadManifest{"CutOff", R"("step":"5-bitcodebook"}],)", "", "not a JSON object"}),
    [](const auto& test) { return test.param.what; });

TEST(Manifest, RefusesTextThatIsNoJson) {
  std::string error;
  for (const char* text : {"", "[]", "null", "{", "\xff\xfe", "{\"format\": 1}}"}) {
    EXPECT_FALSE(parse_manifest(text, error)) << text;
    EXPECT_FALSE(error.empty()) << text;
  }
}

TEST(Manifest, RefusesJsonNestedTooDeeplyToWriteBack) {
  std::string json = compact();
  const std::string from = R"({"auc":0.99})";
  json.replace(json.find(from), from.size(), R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
  std::string error;
  EXPECT_FALSE(parse_manifest(json, error));
}

double probability(double logit, const Calibration& calibration, double model_prior, double site_prior) {
  const auto value = calibrate(logit, calibration, model_prior, site_prior);
  return value ? value->value() : -1;
}

TEST(Calibrate, IsTheSigmoidWithoutSlopeAndShift) {
  EXPECT_DOUBLE_EQ(probability(0, {}, 0.5, 0.5), 0.5);
  EXPECT_DOUBLE_EQ(probability(2, {}, 0.3, 0.3), 1 / (1 + std::exp(-2.0)));
}

TEST(Calibrate, AppliesSlopeThenIntercept) {
  EXPECT_DOUBLE_EQ(probability(3, {2, -1}, 0.5, 0.5), 1 / (1 + std::exp(-5.0)));
}

TEST(Calibrate, ShiftsTheOddsByTheRatioOfThePriors) {
  // Odds 4:1 from a model that assumes 1:1, at a site with 1:9, are 4:9.
  EXPECT_NEAR(probability(std::log(4.0), {}, 0.5, 0.1), 4.0 / 13.0, 1e-12);
}

TEST(Calibrate, GoesToTheEndsForInfiniteLogits) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(probability(kInfinity, {}, 0.5, 0.1), 1.0);
  EXPECT_EQ(probability(-kInfinity, {}, 0.5, 0.1), 0.0);
  EXPECT_EQ(probability(1e308, {100, 0}, 0.5, 0.5), 1.0);
}

TEST(Calibrate, HasNoProbabilityForNotANumber) {
  EXPECT_EQ(calibrate(std::nan(""), {}, 0.5, 0.5), std::nullopt);
  EXPECT_EQ(calibrate(1, {std::nan(""), 0}, 0.5, 0.5), std::nullopt);
}

TEST(Calibrate, HasNoProbabilityForAPriorThatIsNoShare) {
  for (const double prior : {0.0, 1.0, -0.1, 2.0, std::nan("")}) {
    EXPECT_EQ(calibrate(1, {}, prior, 0.5), std::nullopt) << prior;
    EXPECT_EQ(calibrate(1, {}, 0.5, prior), std::nullopt) << prior;
  }
}

}  // namespace
}  // namespace winnow
