#include "models/base.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/torch_backend.h"
#include "models/train.h"
#include "models/whole_file.h"
#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

using testing::HasSubstr;

/// Alternating labels; the logit tells them apart by `gap` and errs in every tenth pair.
std::vector<CalibrationSample> judged(double gap) {
  std::vector<CalibrationSample> samples;
  for (int i = 0; i < 80; ++i) {
    const bool spam = i / 2 % 2 == 0, wrong = i % 20 >= 18;
    samples.push_back({(spam != wrong ? gap : -gap) + 0.01 * i, spam, 1});
  }
  return samples;
}

TEST(BaseComparison, CallsAModelWorseThatTellsTheMailApartLessWell) {
  auto blind = judged(2);
  for (std::size_t i = 0; i < blind.size(); ++i) blind[i].logit = static_cast<double>(i % 7);
  const auto comparison = compare_with_base(judged(2), {1, 0}, blind);
  ASSERT_TRUE(comparison);
  EXPECT_TRUE(comparison->is_worse());
  EXPECT_LT(comparison->base_one_minus_auc, comparison->own_one_minus_auc);
  EXPECT_THAT(comparison->text(), HasSubstr("; the base: loss "));
}

TEST(BaseComparison, CallsAModelBetterWhoseBaseWasSureOfTheWrongThing) {
  auto overconfident = judged(2);
  for (CalibrationSample& sample : overconfident) sample.logit *= 20;
  const auto comparison = compare_with_base(overconfident, {1, 0}, judged(2));
  ASSERT_TRUE(comparison);
  EXPECT_FALSE(comparison->is_worse());
}

TEST(BaseComparison, KeepsTheCalibrationThatAFewMessagesCannotBetter) {
  const std::vector<CalibrationSample> few = {{8, true, 1}, {9, true, 1}, {-8, false, 1}, {-9, false, 1}};
  const auto comparison = compare_with_base(few, {1, 0}, few);
  ASSERT_TRUE(comparison);
  EXPECT_TRUE(comparison->keeps_calibration);
  EXPECT_FALSE(comparison->is_worse());
  EXPECT_FALSE(compare_with_base(judged(2), {20, 0}, judged(2))->keeps_calibration);
}

TEST(BaseComparison, NeedsBothClassesInBothHalves) {
  auto samples = judged(2);
  for (CalibrationSample& sample : samples) sample.positive = false;
  EXPECT_FALSE(compare_with_base(samples, {1, 0}, samples));
}

TEST(BaseComparison, TakesNoCalibrationThatIsSurerOfSpamThanTheBases) {
  const auto doubtful = judged(2);  // tells nine of ten pairs apart, which the base's calibration is too doubtful of
  const auto comparison = compare_with_base(doubtful, {0.1, -1}, doubtful);
  ASSERT_TRUE(comparison);
  EXPECT_TRUE(comparison->keeps_calibration);
  EXPECT_DOUBLE_EQ(comparison->own_loss, comparison->base_loss);
}

TEST(Base, IsLeftNoFurtherThanIsGainedBy) {
  EXPECT_DOUBLE_EQ(way_from_base({1.0, 0.5, 0.15, 0.05, 0.05, 0.0}), 0.6);  // 0.1 is enough
  EXPECT_DOUBLE_EQ(way_from_base({1.0, 0.9, 0.8, 2.0, 3.0}), 0.5);
  EXPECT_DOUBLE_EQ(way_from_base({1.0, 1.0, 1.5}), 1) << "nothing is gained: all of the way, to be refused or forced";
}

TEST(Base, OfASiteGetsTwiceTheRowsOfAGeneralOne) {
  Base base;
  base.manifest.table_size = 1024;
  base.manifest.schema_id = feature_schema().id;
  EXPECT_EQ(table_size_from(base, FeatureSet::General), 1024u);
  EXPECT_EQ(table_size_from(base, FeatureSet::Site), 2048u);
  base.manifest.schema_id = feature_schema(FeatureSet::Site).id;
  EXPECT_EQ(table_size_from(base, FeatureSet::Site), 1024u);
}

std::string invented(bool spam, std::size_t number) {
  const std::string word = spam ? "winner prize" : "meeting minutes";
  return "From: a" + std::to_string(number % 9) + "@example.org\nX-Way: " + (spam ? "fast" : "slow") +
         "\nSubject: " + word + " " + std::to_string(number) + "\n\n" + (spam ? "claim lottery " : "garden roof ") +
         std::to_string(number * 31) + "\n";
}

/// A base that knows the invented mail, and more mail to train it on.
class TrainOnBase : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    backend_ = load_torch_backend(error);
    if (backend_ == nullptr) GTEST_SKIP() << error;
    write_mail("first", 60, 0);
    options_.architecture.table_size = 1u << 10;
    options_.batch_size = 16;
    options_.held_out = 0.3;
    options_.created = "2026-01-02";
    take("first");
    options_.output = folder_.path() / "base.pt";
    ASSERT_TRUE(train()) << problems_.to_string();
    options_.base = options_.output;
    options_.output = folder_.path() / "site.pt";
  }

  void write_mail(const std::string& name, std::size_t of_each, std::size_t from) {
    for (std::size_t i = from; i < from + of_each; ++i) {
      folder_.write(name + "/ham/" + std::to_string(i), invented(false, i));
      folder_.write(name + "/spam/" + std::to_string(i), invented(true, i));
    }
  }

  void take(const std::string& name) {
    options_.sources = {{folder_.path() / name / "ham", Label::Ham}, {folder_.path() / name / "spam", Label::Spam}};
  }

  bool train() {
    problems_ = {};
    report_ = {};
    steps_ = 0;
    const auto count_steps = [this](const TrainProgress& now) {
      steps_ += now.phase == "training" ? 1 : 0;
      return true;
    };
    return train_model(options_, count_steps, report_, problems_);
  }

  test::TempFolder folder_;
  TorchBackend* backend_ = nullptr;
  TrainOptions options_;
  TrainReport report_;
  Diagnostics problems_;
  std::size_t steps_ = 0;
};

TEST_F(TrainOnBase, TakesTheBasesArchitectureAndWarnsOfLittleMail) {
  write_mail("more", 60, 1000);
  take("more");
  options_.architecture.table_size = 1u << 14;  // not asked: the base has 2^10 rows
  ASSERT_TRUE(train()) << problems_.to_string();
  EXPECT_THAT(problems_.to_string(), HasSubstr("warning: little mail: 60 ham and 60 spam"));
  const auto made = read_base(options_.output, *backend_, problems_);
  ASSERT_TRUE(made) << problems_.to_string();
  EXPECT_EQ(made->manifest.table_size, 1u << 10);
  ASSERT_TRUE(report_.comparison);
  EXPECT_LE(report_.comparison->own_loss, report_.comparison->base_loss);
}

TEST_F(TrainOnBase, TakesABaseOfAnotherPriorForAsMuchSpamAsHam) {
  auto base = read_base(options_.base, *backend_, problems_);
  ASSERT_TRUE(base) << problems_.to_string();
  Manifest rare = base->manifest;
  rare.prior_spam = 0.05;
  std::unique_ptr<Compressor> writer;
  std::string bytes;
  TableShape shape;
  ASSERT_TRUE(backend_->make_compressor(base->bytes, writer));
  ASSERT_TRUE(writer->write({}, write_manifest(rare), bytes, shape));
  const auto file = folder_.write("rare.pt", bytes);
  const auto read = read_base(file, *backend_, problems_);
  ASSERT_TRUE(read) << problems_.to_string();
  const auto before = calibrate(1.5, rare.calibration.front(), 0.05, 0.2);
  const auto after = calibrate(1.5, read->manifest.calibration.front(), read->manifest.prior_spam, 0.2);
  EXPECT_EQ(read->manifest.prior_spam, 0.5);
  EXPECT_NEAR(after->value(), before->value(), 1e-12);
}

TEST_F(TrainOnBase, AddsSiteFeaturesInRowsOfTheirOwn) {
  write_mail("more", 60, 1000);
  take("more");
  options_.features = FeatureSet::Site;
  ASSERT_TRUE(train()) << problems_.to_string();
  const auto made = read_base(options_.output, *backend_, problems_);
  ASSERT_TRUE(made) << problems_.to_string();
  EXPECT_EQ(made->manifest.schema_id, feature_schema(FeatureSet::Site).id);
  EXPECT_EQ(made->manifest.table_size, 1u << 11);
}

TEST_F(TrainOnBase, WithThreeMembersIsNoLargerThanWithOne) {
  write_mail("more", 60, 1000);
  take("more");
  std::vector<std::uintmax_t> sizes;
  for (const std::size_t members : {1u, 3u}) {
    options_.members = members;
    ASSERT_TRUE(train()) << problems_.to_string();
    sizes.push_back(std::filesystem::file_size(options_.output));
  }
  EXPECT_NEAR(static_cast<double>(sizes[1]), static_cast<double>(sizes[0]), 1000);  // the manifest's numbers differ
  std::filesystem::path card = options_.output;
  std::string text;
  ASSERT_TRUE(read_whole_file(card.replace_extension(".md"), text));
  EXPECT_THAT(text, HasSubstr("| tokens | those of the base and those of at least 2 messages |"));
  EXPECT_THAT(text, HasSubstr("as wide as its base"));
  EXPECT_THAT(text, HasSubstr("mean weights of 3 models that went on from the base `base.pt`"));
  EXPECT_THAT(text, HasSubstr("## Beside its base\n\nOn the held-out mail, which also chose how far it went: " +
                              report_.comparison->text()));
}

/// Mail that the base knows already can be told apart a little better: that is no reason to become another model.
TEST_F(TrainOnBase, StaysNearTheBaseWhenLittleIsLeftToLearn) {
  write_mail("more", 120, 1000);
  take("more");
  options_.optimizer.learning_rate = 0.1;
  ASSERT_TRUE(train()) << problems_.to_string();
  std::filesystem::path card = options_.output;
  std::string text;
  ASSERT_TRUE(read_whole_file(card.replace_extension(".md"), text));
  EXPECT_THAT(text, ::testing::ContainsRegex("It went [1-9]0 % of the way"));
}

TEST_F(TrainOnBase, RefusesTooLittleMail) {
  write_mail("few", 49, 1000);
  take("few");
  EXPECT_FALSE(train());
  EXPECT_THAT(problems_.to_string(), HasSubstr("too little mail: 49 ham and 49 spam; at least 50 of each"));
  options_.force = true;
  options_.held_out = 0.4;
  EXPECT_TRUE(train()) << problems_.to_string();
}

/// Learnt from mail whose labels are wrong, held against mail whose labels are right.
TEST_F(TrainOnBase, WritesNoModelThatIsWorseThanItsBaseUnlessForced) {
  std::string index = "corpus\tpath\tlabel\tsplit\n";
  for (std::size_t i = 0; i < 120; ++i) {
    const bool spam = i % 2 == 0, held_out = i >= 80;
    folder_.write("mixed/" + std::to_string(i), invented(spam, 2000 + i));
    index += "mixed\t" + std::to_string(i) + "\t" + (spam == held_out ? "spam" : "ham") + "\t" +
             (held_out ? "dev" : "train") + "\n";
  }
  options_.sources = {{folder_.write("index.tsv", index), Label::Ham}};
  options_.optimizer.learning_rate = 0.5;
  options_.epochs = 30;
  options_.checkpoint = folder_.path() / "site.checkpoint";
  EXPECT_FALSE(train());
  EXPECT_TRUE(std::filesystem::exists(options_.checkpoint));
  EXPECT_THAT(problems_.to_string(), HasSubstr("not written: the model is worse than its base on 40 held-out"));
  EXPECT_FALSE(std::filesystem::exists(options_.output));
  options_.force = true;
  EXPECT_TRUE(train());
  EXPECT_EQ(steps_, 0u) << "--force learnt all over again what was learnt already";
  EXPECT_THAT(problems_.to_string(), HasSubstr("warning: the model is worse than its base"));
  EXPECT_TRUE(std::filesystem::exists(options_.output));
  EXPECT_FALSE(std::filesystem::exists(options_.checkpoint));
}

/// A model of exchanged labels does better than its base on the mail held out, whose labels are exchanged, too.
TEST_F(TrainOnBase, WritesNoModelOfLabelsThatTheBaseContradictsUnlessForced) {
  std::string index = "corpus\tpath\tlabel\tsplit\n";
  for (std::size_t i = 0; i < 120; ++i) {
    const bool spam = i % 2 == 0;
    folder_.write("exchanged/" + std::to_string(i), invented(spam, 2000 + i));
    index +=
        "exchanged\t" + std::to_string(i) + "\t" + (spam ? "ham" : "spam") + "\t" + (i >= 80 ? "dev" : "train") + "\n";
  }
  options_.sources = {{folder_.write("index.tsv", index), Label::Ham}};
  EXPECT_FALSE(train());
  EXPECT_THAT(problems_.to_string(), HasSubstr("not written: the base says the opposite of the labels of 40 held-out"));
  EXPECT_FALSE(std::filesystem::exists(options_.output));
  options_.force = true;
  EXPECT_TRUE(train()) << problems_.to_string();
  EXPECT_TRUE(std::filesystem::exists(options_.output));
}

TEST_F(TrainOnBase, RefusesAFileThatIsNoModel) {
  options_.base = folder_.write("letter.pt", "Dear all");
  EXPECT_FALSE(train());
  EXPECT_THAT(problems_.to_string(), HasSubstr("letter.pt: error: base: "));
}

}  // namespace
}  // namespace winnow
