#include "models/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/engine.h"
#include "engine/model_file.h"
#include "engine/torch_backend.h"
#include "models/extract_mail.h"
#include "models/whole_file.h"
#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

using testing::HasSubstr;

constexpr std::size_t kOfEach = 120;
constexpr std::size_t kMoreThanAChunk = kChunkMessages;  // of each label: tails come from chunks before

/// Invented mail that differs in its words, never the same twice.
std::string invented(Label label, std::size_t number) {
  const bool spam = label == Label::Spam;
  const std::vector<std::string> words =
      spam ? std::vector<std::string>{"winner", "prize", "claim", "lottery", "urgent", "million"}
           : std::vector<std::string>{"meeting", "minutes", "garden", "roof", "tuesday", "drawing"};
  const std::string& one = words[number % 6];
  const std::string& two = words[(number / 6 + 2) % 6];
  return "From: <a" + std::to_string(number) + "@example.org>\nTo: <b@example.net>\nSubject: " + one + " " +
         std::to_string(number * 7919 % 1000) + "\n\n" + two + " and " + one + ", number " + std::to_string(number) +
         ".\n";
}

class Train : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    if (load_torch_backend(error) == nullptr) GTEST_SKIP() << error;
    for (std::size_t i = 0; i < kOfEach; ++i) {
      folder_.write("spam/" + std::to_string(i), invented(Label::Spam, i));
      folder_.write("ham/" + std::to_string(i), invented(Label::Ham, i));
    }
    options_.sources = {{folder_.path() / "spam", Label::Spam}, {folder_.path() / "ham", Label::Ham}};
    options_.output = folder_.path() / "site.pt";
    options_.created = "2026-01-02";
    options_.architecture.table_size = 1u << 12;
    options_.held_out = 0.25;
    options_.epochs = 3;
    options_.batch_size = 16;
  }

  bool train(const std::function<bool(const TrainProgress&)>& on_progress = [](const TrainProgress&) { return true; }) {
    problems_ = {};
    report_ = {};
    return train_model(options_, on_progress, report_, problems_);
  }

  std::string output() const {
    std::string bytes;
    EXPECT_TRUE(read_whole_file(options_.output, bytes));
    return bytes;
  }

  test::TempFolder folder_;
  TrainOptions options_;
  TrainReport report_;
  Diagnostics problems_;
};

TEST_F(Train, MakesAModelThatLoadsAndTellsTheWordsApart) {
  ASSERT_TRUE(train()) << problems_.to_string();
  EngineSettings settings;
  settings.model = options_.output;
  settings.device = "cpu";
  const auto engine = make_engine(settings, problems_);
  ASSERT_TRUE(engine) << problems_.to_string();
  const auto scored = score_mail(
      *engine, {options_.sources}, [](std::size_t, std::size_t) { return true; }, problems_);
  const Evaluation figures = evaluate(scored);
  EXPECT_EQ(figures.ham, kOfEach);
  EXPECT_EQ(figures.spam, kOfEach);
  EXPECT_GT(figures.auc, 0.99);
  EXPECT_LT(figures.fpr_50, 0.05);
  EXPECT_EQ(engine->manifest().name, "local");
  EXPECT_EQ(engine->manifest().created, "2026-01-02");
  EXPECT_EQ(engine->manifest().prior_spam, 0.5);
}

TEST_F(Train, CountsWhatItLearntAndMeasuresOnTheRest) {
  ASSERT_TRUE(train()) << problems_.to_string();
  const Evaluation& held_out = report_.held_out.at("");
  EXPECT_EQ(report_.ham + held_out.ham, kOfEach);
  EXPECT_EQ(report_.spam + held_out.spam, kOfEach);
  EXPECT_GT(held_out.ham, 10u);
  EXPECT_EQ(report_.sha256, sha256_hex(output()));
}

TEST_F(Train, WritesACardThatSaysFromWhatAndHowWell) {
  ASSERT_TRUE(train()) << problems_.to_string();
  std::string card;
  ASSERT_TRUE(read_whole_file(folder_.path() / "site.md", card));
  EXPECT_THAT(card, HasSubstr("# Model local"));
  EXPECT_THAT(card, HasSubstr(report_.sha256));
  EXPECT_THAT(card, HasSubstr("| spam | 0 | " + std::to_string(report_.spam) + " |"));
  EXPECT_THAT(card, HasSubstr(evaluation_table(report_.held_out)));
}

TEST_F(Train, GivesTheSameFileForTheSameMailAndSeed) {
  ASSERT_TRUE(train()) << problems_.to_string();
  const std::string first = output();
  ASSERT_TRUE(train()) << problems_.to_string();
  EXPECT_EQ(output(), first);
  options_.optimizer.seed = 2;
  ASSERT_TRUE(train()) << problems_.to_string();
  EXPECT_NE(output(), first);
}

TEST_F(Train, GoesOnFromItsCheckpointToTheSameModel) {
  ASSERT_TRUE(train()) << problems_.to_string();
  const std::string undisturbed = output();
  std::filesystem::remove(options_.output);
  options_.checkpoint = folder_.path() / "half.checkpoint";
  EXPECT_FALSE(train([](const TrainProgress& now) { return now.phase != "training" || now.done < 17; }));
  EXPECT_FALSE(std::filesystem::exists(options_.output));
  ASSERT_TRUE(std::filesystem::exists(options_.checkpoint));
  std::size_t first_step = 0;
  ASSERT_TRUE(train([&](const TrainProgress& now) {
    if (now.phase == "training" && first_step == 0) first_step = now.done;
    return true;
  })) << problems_.to_string();
  EXPECT_EQ(first_step, 17u);
  EXPECT_EQ(output(), undisturbed);
  EXPECT_FALSE(std::filesystem::exists(options_.checkpoint));
}

// A nightly training that was interrupted once, and had new mail the next night, failed for ever.
TEST_F(Train, StartsAfreshFromTheCheckpointOfOtherOptions) {
  options_.checkpoint = folder_.path() / "half.checkpoint";
  EXPECT_FALSE(train([](const TrainProgress& now) { return now.phase != "training" || now.done < 3; }));
  options_.batch_size = 8;
  std::size_t first_step = 1;
  EXPECT_TRUE(train([&](const TrainProgress& now) {
    if (now.phase == "training") first_step = std::min(first_step, now.done);
    return true;
  }));
  EXPECT_EQ(first_step, 0u);
  EXPECT_THAT(problems_.to_string(), HasSubstr("half.checkpoint: warning: belongs to another training"));
  EXPECT_FALSE(std::filesystem::exists(options_.checkpoint));
}

TEST_F(Train, LeavesNothingBehindWhenStoppedBeforeItLearns) {
  for (const std::string phase : {"gathering tails", "reading"}) {
    std::string last;
    EXPECT_FALSE(train([&](const TrainProgress& now) {
      last = now.phase;
      return now.phase != phase || now.done < 50;
    }));
    EXPECT_EQ(last, phase);
    EXPECT_THAT(problems_.to_string(), HasSubstr("stopped before anything was learnt"));
    EXPECT_FALSE(std::filesystem::exists(options_.output));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "site.md"));
  }
}

TEST_F(Train, RefusesAModelOfNoMembers) {
  options_.members = 0;
  EXPECT_FALSE(train());
  EXPECT_THAT(problems_.to_string(), HasSubstr("at least one member"));
}

TEST_F(Train, RefusesMailOfOneLabelOnly) {
  options_.sources.pop_back();
  EXPECT_FALSE(train());
  EXPECT_THAT(problems_.to_string(), HasSubstr("too little mail: 0 ham to learn from"));
}

TEST_F(Train, SaysBeforeItReadsThatItCannotWrite) {
  for (const auto& output : {folder_.path() / "nowhere/site.pt", folder_.path() / "ham", folder_.path() / "ham/0/site.pt"}) {
    options_.output = output;
    bool has_read = false;
    EXPECT_FALSE(train([&](const TrainProgress&) { return has_read = true; }));
    EXPECT_FALSE(has_read);
    EXPECT_THAT(problems_.to_string(), HasSubstr("cannot write " + output.string()));
  }
}

TEST_F(Train, WritesNothingWhenASourceIsMissing) {
  options_.sources.push_back({folder_.path() / "nowhere", Label::Ham});
  EXPECT_FALSE(train());
  EXPECT_THAT(problems_.to_string(), HasSubstr("nowhere: error: does not exist"));
  EXPECT_FALSE(std::filesystem::exists(options_.output));
}

TEST_F(Train, NeverReadsTheTestSplitOfAnIndex) {
  std::string index = "corpus\tpath\tlabel\tsplit\n";
  for (std::size_t i = 0; i < kOfEach; ++i) {
    const std::string split = i % 4 == 0 ? "test" : i % 4 == 1 ? "dev" : "train";
    index +=
        "spam\t" + std::to_string(i) + "\tspam\t" + split + "\nham\t" + std::to_string(i) + "\tham\t" + split + "\n";
  }
  options_.sources = {{folder_.write("index.tsv", index), Label::Ham}};
  options_.epochs = 1;
  for (const std::vector<std::string>& splits : {std::vector<std::string>{}, {"train", "dev", "test"}}) {
    options_.filter.splits = splits;
    ASSERT_TRUE(train()) << problems_.to_string();
    EXPECT_EQ(report_.spam, kOfEach / 2);
    EXPECT_EQ(report_.held_out.at("").ham, kOfEach / 4);
  }
}

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
        index += corpus + "\t" + file + "\t" + std::string(label_name(label)) + "\t" +
                 (i % 5 == 0 ? "dev" : "train") + "\n";
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
    EngineSettings settings;
    settings.model = options_.output;
    settings.device = "cpu";
    const auto engine = make_engine(settings, problems_);
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
    EngineSettings settings;
    settings.model = options_.left_out_models / (std::string(name) + ".pt");
    settings.device = "cpu";
    const auto engine = make_engine(settings, problems_);
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
  options_.left_out = {{"one"}, {"one", "two", "three"}};
  EXPECT_THAT(refused(), HasSubstr("too little mail: 0 ham to learn from without one, two, three"));
  options_.left_out = {{"one"}, {"two"}};
  options_.filter.without_corpora = {"two"};
  EXPECT_THAT(refused(), HasSubstr("no mail of two, which is to be left out"));
}

TEST_F(TrainOnCorpora, RefusesTwoJudgesOfOneName) {
  options_.left_out = {{"one"}, {"one"}};
  options_.left_out_models = folder_.path() / "left-out";
  EXPECT_FALSE(train([](const TrainProgress&) { return false; }));
  EXPECT_THAT(problems_.to_string(), HasSubstr("two models would be called without-one.pt"));
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
  EngineSettings settings;
  settings.model = options_.output;
  settings.device = "cpu";
  const auto engine = make_engine(settings, problems_);
  ASSERT_TRUE(engine) << problems_.to_string();
  EXPECT_EQ(engine->manifest().labels, (std::vector<std::string>{"spam", "phishing"}));
  EXPECT_EQ(report_.held_out.at("").spam + report_.spam, kOfEach);  // phishing is spam, too
}

// It was told after the training, as "the model does not learn 'phishing'".
TEST_F(Train, SaysBeforeItLearnsThatThereIsTooLittlePhishing) {
  for (std::size_t i = 0; i < 5; ++i) folder_.write("lures/" + std::to_string(i), invented(Label::Spam, 500 + i));
  options_.sources.push_back({folder_.path() / "lures", Label::Phishing});
  bool has_learnt = false;
  EXPECT_FALSE(train([&](const TrainProgress& now) {
    has_learnt = has_learnt || now.phase == "training";
    return true;
  }));
  EXPECT_FALSE(has_learnt);
  EXPECT_THAT(problems_.to_string(), HasSubstr(" held out, at least 10 and 1 are needed (give more, or give it as spam"));
}

TEST_F(TrainOnCorpora, CalibratesALabelOfOneLeftOutGroupOnHeldOutMail) {
  options_.filter.phishing_corpora = {"two"};
  options_.left_out = {{"one"}, {"two"}};  // without "two" there is no phishing to learn
  ASSERT_TRUE(train()) << problems_.to_string();
  EngineSettings settings;
  settings.model = options_.output;
  settings.device = "cpu";
  const auto engine = make_engine(settings, problems_);
  ASSERT_TRUE(engine) << problems_.to_string();
  ASSERT_EQ(engine->manifest().calibration.size(), 2u);
  EXPECT_GT(engine->manifest().calibration[1].slope, 0);
}

}  // namespace
}  // namespace winnow
