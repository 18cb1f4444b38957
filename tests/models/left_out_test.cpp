#include "models/left_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/engine.h"
#include "models/extract_mail.h"
#include "tests/models/train_fixture.h"

namespace winnow {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMoreThanAChunk = kChunkMessages;  // of each label: tails come from chunks before

/// Three corpora of both labels; what a corpus does not share with the others is its number in each subject.
class TrainOnCorpora : public Train {
 protected:
  void SetUp() override {
    Train::SetUp();
    if (IsSkipped()) return;
    std::string index = "corpus\tpath\tlabel\tsplit\n";
    for (std::size_t i = 0; i < kOfEach; ++i) {
      const std::string corpus = i % 3 == 0 ? "one" : i % 3 == 1 ? "two" : "three";
      for (const Label label : {Label::Ham, Label::Spam}) {
        const std::string file = std::string(label_name(label)) + std::to_string(i);
        folder_.write(corpus + "/" + file, invented(label, i));
        index +=
            corpus + "\t" + file + "\t" + std::string(label_name(label)) + "\t" + (i % 5 == 0 ? "dev" : "train") + "\n";
      }
    }
    options_.sources = {{folder_.write("index.tsv", index), Label::Ham}};
  }
};

TEST_F(TrainOnCorpora, JudgesLeftOutMailByModelsThatNeverSawIt) {
  options_.left_out = {{"one"}, {"two", "three"}};
  ASSERT_TRUE(train()) << problems_.to_string();
  EXPECT_EQ(report_.left_out.size(), 4u);  // three corpora and all together
  const Evaluation& all = report_.left_out.at("");
  EXPECT_EQ(all.ham, kOfEach);
  EXPECT_EQ(all.spam, kOfEach);
  EXPECT_GT(all.auc, 0.9);
  std::string card;
  ASSERT_TRUE(read_whole_file(folder_.path() / "site.md", card));
  EXPECT_THAT(card, HasSubstr("## On mail of unknown origin"));
}

TEST_F(TrainOnCorpora, NeitherCountsNorJudgesCopiesWithATail) {
  std::string index = "corpus\tpath\tlabel\tsplit\n", prose;
  for (int i = 0; i < 400; ++i) prose += "roof and garden " + std::to_string(i) + "\n";
  for (std::size_t i = 0; i < kMoreThanAChunk; ++i) {
    const std::string number = std::to_string(i), split = i % 5 == 0 ? "dev" : "train";
    folder_.write("long/h" + number, invented(Label::Ham, i) + prose);
    folder_.write("long/s" + number, invented(Label::Spam, i));
    index += "long\th" + number + "\tham\t" + split + "\nlong\ts" + number + "\tspam\t" + split + "\n";
  }
  options_.sources = {{folder_.write("index.tsv", index), Label::Ham}};
  options_.epochs = 1;
  options_.tails = 0;
  ASSERT_TRUE(train()) << problems_.to_string();
  const TrainReport without = report_;
  options_.tails = 0.9;
  ASSERT_TRUE(train()) << problems_.to_string();
  EXPECT_EQ(report_.spam, without.spam);
  EXPECT_EQ(report_.held_out.at("").spam, without.held_out.at("").spam);
  EXPECT_NE(report_.sha256, without.sha256);
}

TEST_F(TrainOnCorpora, CalibratesOnLeftOutMailWhenThereIsSome) {
  const auto calibration = [&] {
    EXPECT_TRUE(train()) << problems_.to_string();
    const auto engine = load(options_.output);
    return engine ? engine->manifest().calibration : std::vector<Calibration>{};
  };
  const auto held_out = calibration();
  options_.left_out = {{"one"}, {"two"}};
  const auto left_out = calibration();
  ASSERT_EQ(held_out.size(), 1u);
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_NE(left_out[0].slope, held_out[0].slope);
}

TEST_F(TrainOnCorpora, WritesTheModelsThatJudgedWhatWasLeftOut) {
  options_.left_out = {{"one"}, {"two"}};
  options_.left_out_models = folder_.path() / "left-out";
  ASSERT_TRUE(train()) << problems_.to_string();
  std::set<std::string> digests;
  for (const char* name : {"without-one", "without-two"}) {
    const auto engine = load(options_.left_out_models / (std::string(name) + ".pt"));
    ASSERT_TRUE(engine) << problems_.to_string();
    EXPECT_EQ(engine->manifest().name, name);
    digests.insert(engine->manifest().corpora_digest);
  }
  EXPECT_EQ(digests.size(), 2u) << "each has learnt other mail";
}

TEST_F(TrainOnCorpora, RefusesToLeaveOutACorpusThatIsNotThere) {
  options_.left_out = {{"one", "thre"}};
  bool has_read = false;
  EXPECT_FALSE(train([&](const TrainProgress&) { return has_read = true; }));
  EXPECT_THAT(problems_.to_string(), HasSubstr("there is no corpus 'thre' (did you mean 'three'?)"));
  EXPECT_FALSE(has_read);
}

// It was told after the trainings before it, as "the training diverged".
TEST_F(TrainOnCorpora, SaysBeforeItLearnsThatTooLittleIsLeft) {
  const auto refused = [&] {
    bool has_learnt = false;
    EXPECT_FALSE(train([&](const TrainProgress& now) {
      has_learnt = has_learnt || now.phase == "training";
      return true;
    }));
    EXPECT_FALSE(has_learnt);
    return problems_.to_string();
  };
  options_.left_out = {{"one", "two", "three"}};
  EXPECT_THAT(refused(), HasSubstr("too little mail: 0 ham to learn from without one, two, three"));
  options_.left_out = {{"one"}, {"two"}};
  options_.filter.without_corpora = {"two"};
  EXPECT_THAT(refused(), HasSubstr("no mail of two, which is to be left out"));
}

TEST_F(TrainOnCorpora, RefusesTwoJudgesOfOneName) {
  options_.left_out = {{"lists/a"}, {"lists-a"}};
  options_.left_out_models = folder_.path() / "left-out";
  EXPECT_FALSE(train([](const TrainProgress&) { return false; }));
  EXPECT_THAT(problems_.to_string(), HasSubstr("two models would be called without-lists-a.pt"));
}

/// The mail of such a corpus calibrated the model that is to be measured on it.
TEST_F(TrainOnCorpora, RefusesACorpusInTwoGroups) {
  options_.left_out = {{"one"}, {"two", "one"}};
  EXPECT_FALSE(train([](const TrainProgress&) { return false; }));
  EXPECT_THAT(problems_.to_string(), HasSubstr("the corpus one is to be left out twice"));
}

TEST_F(TrainOnCorpora, WritesAJudgeOfACorpusInAFolder) {
  std::string index = "corpus\tpath\tlabel\tsplit\n";
  for (std::size_t i = 0; i < kOfEach; ++i) {
    const std::string corpus = i % 2 == 0 ? "lists/a" : "lists/b", number = std::to_string(i);
    for (const Label label : {Label::Ham, Label::Spam}) {
      const std::string name(label_name(label));
      folder_.write(corpus + "/" + name + number, invented(label, i));
      index += corpus + "\t" + name + number + "\t" + name + "\t" + (i % 5 == 0 ? "dev" : "train") + "\n";
    }
  }
  options_.sources = {{folder_.write("lists.tsv", index), Label::Ham}};
  options_.left_out = {{"lists/a"}};
  options_.left_out_models = folder_.path() / "left-out";
  ASSERT_TRUE(train()) << problems_.to_string();
  EXPECT_TRUE(std::filesystem::exists(options_.left_out_models / "without-lists-a.pt"));
}

TEST_F(TrainOnCorpora, GoesOnWithinTheLeftOutGroupsToTheSameModel) {
  options_.left_out = {{"one"}, {"two"}};
  options_.members = 2;
  options_.linear_members = 1;
  options_.epochs = 2;
  ASSERT_TRUE(train()) << problems_.to_string();
  const std::string undisturbed = output();
  options_.checkpoint = folder_.path() / "half.checkpoint";
  for (const std::size_t stop : {20u, 100u}) {
    EXPECT_FALSE(train([&](const TrainProgress& now) { return now.phase != "training" || now.done < stop; }));
    EXPECT_THAT(problems_.to_string(), HasSubstr("stopped; the same command goes on from"));
  }
  ASSERT_TRUE(train()) << problems_.to_string();
  EXPECT_EQ(output(), undisturbed);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    EXPECT_THAT(entry.path().string(), testing::Not(HasSubstr("checkpoint")));
}

TEST_F(TrainOnCorpora, GivesPhishingALabelOfItsOwn) {
  options_.filter.phishing_corpora = {"two"};
  ASSERT_TRUE(train()) << problems_.to_string();
  const auto engine = load(options_.output);
  ASSERT_TRUE(engine) << problems_.to_string();
  EXPECT_EQ(engine->manifest().labels, (std::vector<std::string>{"spam", "phishing"}));
  EXPECT_EQ(report_.held_out.at("").spam + report_.spam, kOfEach);  // phishing is spam, too
}

// It was told after the training, as "the model does not learn 'phishing'".
TEST_F(TrainOnCorpora, CalibratesALabelOfOneLeftOutGroupOnHeldOutMail) {
  options_.filter.phishing_corpora = {"two"};
  options_.left_out = {{"one"}, {"two"}};  // without "two" there is no phishing to learn
  ASSERT_TRUE(train()) << problems_.to_string();
  const auto engine = load(options_.output);
  ASSERT_TRUE(engine) << problems_.to_string();
  ASSERT_EQ(engine->manifest().calibration.size(), 2u);
  EXPECT_GT(engine->manifest().calibration[1].slope, 0);
}

}  // namespace
}  // namespace winnow
