#include "models/labelled_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "models/mbox.h"
#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kMaxBytes = 1u << 20;

struct Reading {
  std::vector<LabelledMail> mail;
  Diagnostics problems;

  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const LabelledMail& one : mail) all.push_back(one.input.raw);
    return all;
  }
  /// Names without the folder they stand in.
  std::vector<std::string> names(const TempFolder& folder) const {
    std::vector<std::string> all;
    for (const LabelledMail& one : mail) all.push_back(one.name.substr(folder.path().string().size() + 1));
    return all;
  }
};

Reading read(const std::vector<MailSource>& sources, const IndexFilter& filter = {},
             std::uint64_t max_bytes = kMaxBytes) {
  Reading reading;
  read_labelled_mail(sources, filter, max_bytes, reading.problems, [&](LabelledMail&& mail) {
    reading.mail.push_back(std::move(mail));
    return true;
  });
  return reading;
}

TEST(LabelledMail, ReadsAFolderSortedAndDeepWithoutHiddenFiles) {
  const TempFolder folder;
  folder.write("box/b.eml", "Subject: b\n\n");
  folder.write("box/a/2.eml", "Subject: a2\n\n");
  folder.write("box/a/1.eml", "Subject: a1\n\n");
  folder.write("box/.hidden", "Subject: no\n\n");
  const Reading reading = read({{folder.path() / "box", Label::Spam}});
  EXPECT_THAT(reading.names(folder), ElementsAre("box/a/1.eml", "box/a/2.eml", "box/b.eml"));
  EXPECT_EQ(reading.mail[0].corpus, "box");
  EXPECT_EQ(reading.mail[0].label, Label::Spam);
  EXPECT_EQ(reading.mail[0].split, "");
}

TEST(LabelledMail, ReadsNewAndCurOfAMaildirButNotTmp) {
  const TempFolder folder;
  folder.write("box/cur/1:2,S", "Subject: cur\n\n");
  folder.write("box/new/2", "Subject: new\n\n");
  folder.write("box/tmp/3", "Subject: half deliv");
  folder.write("box/dovecot-uidlist", "3 V1 N2");
  folder.write("box/subscriptions", "Sent");
  const Reading reading = read({{folder.path() / "box", Label::Ham}});
  EXPECT_THAT(reading.names(folder), ElementsAre("box/cur/1:2,S", "box/new/2"));
}

TEST(LabelledMail, WarnsOfAMaildirWithoutMailOfItsOwn) {
  const TempFolder folder;
  folder.write("box/.Junk/cur/1:2,S", "Subject: junk\n\n");
  std::filesystem::create_directories(folder.path() / "box/cur");
  std::filesystem::create_directories(folder.path() / "box/new");
  const Reading reading = read({{folder.path() / "box", Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre());
  EXPECT_THAT(reading.problems.to_string(),
              HasSubstr("box: warning: there is no mail in cur and new (name the subfolders of a Maildir, too)"));
}

TEST(LabelledMail, WarnsOfMailThatGoesAwayWhileItsFolderIsRead) {
  const TempFolder folder;
  folder.write("box/cur/1:2,", "Subject: 1\n\n");
  const auto seen = folder.write("box/cur/2:2,", "Subject: 2\n\n");
  folder.write("box/cur/3:2,", "Subject: 3\n\n");
  Diagnostics problems;
  std::vector<std::string> texts;
  read_labelled_mail({{folder.path() / "box", Label::Ham}}, {}, kMaxBytes, problems, [&](LabelledMail&& mail) {
    if (texts.empty()) std::filesystem::rename(seen, seen.string() + "S");
    texts.push_back(mail.input.raw);
    return true;
  });
  EXPECT_THAT(texts, ElementsAre("Subject: 1\n\n", "Subject: 3\n\n"));
  EXPECT_EQ(problems.error_count(), 0u);
  EXPECT_THAT(problems.to_string(), HasSubstr("1 message was moved or deleted"));
}

// One message that may not be read, among thousands, ended a training.
TEST(LabelledMail, WarnsOfAFileOfAFolderThatCannotBeRead) {
  const TempFolder folder;
  folder.write("box/1", "Subject: 1\n\n");
  std::filesystem::create_symlink("/proc/self/mem", folder.path() / "box/2");  // fails to be read for root, too
  folder.write("box/3", "Subject: 3\n\n");
  const Reading reading = read({{folder.path() / "box", Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: 1\n\n", "Subject: 3\n\n"));
  EXPECT_EQ(reading.problems.error_count(), 0u);
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("box: warning: 1 message was left out: cannot "));
}

TEST(LabelledMail, WarnsOfAFileOfAFolderThatIsNoMboxThoughItIsCalledOne) {
  const TempFolder folder;
  folder.write("box/1", "Subject: 1\n\n");
  folder.write("box/note.mbox", "Dear all\n");
  const Reading reading = read({{folder.path() / "box", Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: 1\n\n"));
  EXPECT_EQ(reading.problems.error_count(), 0u);
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("box: warning: 1 message was left out: is not an mbox"));
}

TEST(LabelledMail, CutsAnMboxAtItsSeparatorsAndUndoesTheQuoting) {
  const TempFolder folder;
  const auto file =
      folder.write("box",
                   "From a Thu Jan  1 00:00:00 2026\nSubject: 1\n\n>From me\n>>From you\n> From x\nFrom here on\n\n"
                   "From b Thu Jan  1 00:00:00 2026\nSubject: 2\n\nlast line without end");
  const Reading reading = read({{file, Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: 1\n\nFrom me\n>From you\n> From x\nFrom here on\n",
                                           "Subject: 2\n\nlast line without end"));
  EXPECT_THAT(reading.names(folder), ElementsAre("box:1", "box:2"));
}

TEST(LabelledMail, CutsAnMboxWithCarriageReturnsToo) {
  const TempFolder folder;
  const auto file = folder.write("box", "From a\r\nSubject: 1\r\n\r\nx\r\n\r\nFrom b\r\nSubject: 2\r\n\r\ny\r\n");
  EXPECT_EQ(read({{file, Label::Ham}}).mail.size(), 2u);
}

TEST(LabelledMail, TakesAParagraphThatBeginsWithFromForNoSeparatorWhereSeparatorsHaveADate) {
  const TempFolder folder;
  const auto file = folder.write(
      "saved", "From a Thu Jan  1 00:00:00 2026\nSubject: 1\n\nDear all,\n\nFrom Paris we go on to Rome.\n");
  EXPECT_THAT(read({{file, Label::Ham}}).texts(),
              ElementsAre("Subject: 1\n\nDear all,\n\nFrom Paris we go on to Rome.\n"));
}

TEST(LabelledMail, ToldInMemoryAnMboxIsWhatItIsInAFile) {
  EXPECT_TRUE(text_holds_several_messages(
      "From a Thu Jan  1 00:00:00 2026\r\nS: 1\r\n\r\nx\r\n\r\nFrom b Thu Jan  1 00:00:00 2026\r\n"));
  EXPECT_FALSE(text_holds_several_messages(
      "From a Thu Jan  1 00:00:00 2026\nS: 1\n\nx\n\nFrom Rome the train of Thu May leaves 3\n\nFrom Rome at 10:30\n"));
  EXPECT_FALSE(text_holds_several_messages("Subject: 1\n\nx\n\nFrom b Thu Jan  1 00:00:00 2026\n"));
}

// A pipe lost its first block to the look at what it holds, and the rest was judged.
TEST(LabelledMail, RefusesAPipe) {
  const TempFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::vector<MailSource> sources = {{pipe, Label::Ham}};
  const Reading reading = read(sources);
  EXPECT_TRUE(reading.mail.empty());
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("pipe: error: is neither a file nor a folder"));
  EXPECT_EQ(count_labelled_mail(sources, {}), 0u);
}

TEST(LabelledMail, TakesAFileOfAFolderThatBeginsWithFromAsOneMessage) {
  const TempFolder folder;
  folder.write("box/1.eml", "From a Thu Jan  1 00:00:00 2026\nSubject: 1\n\nx\n\nFrom b\nstill the same\n");
  const Reading reading = read({{folder.path() / "box", Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: 1\n\nx\n\nFrom b\nstill the same\n"));
}

// Thunderbird, mutt and Dovecot keep mbox files without an ending: each was learnt as one message.
TEST(LabelledMail, ReadsAFileOfAFolderWithTwoSeparatorsAsAnMbox) {
  const TempFolder folder;
  folder.write("box/Inbox",
               "From - Thu Jan  1 00:00:00 2026\r\nSubject: 1\r\n\r\nx\r\n\r\n"
               "From a@example.org Thu Jan  1 12:30 2026\r\nSubject: 2\r\n\r\ny\r\n");
  const Reading reading = read({{folder.path() / "box", Label::Ham}});
  EXPECT_THAT(reading.names(folder), ElementsAre("box/Inbox:1", "box/Inbox:2"));
}

// Its "From " has nothing behind it: a whole Inbox was learnt as one message, and its index as another.
TEST(LabelledMail, ReadsAFolderOfTodaysThunderbirdMessageByMessage) {
  const TempFolder folder;
  folder.write("box/Inbox",
               "From - Thu Jan  1 00:00:00 2026\r\nSubject: 1\r\n\r\nx\r\n\r\n"
               "From \r\nSubject: 2\r\n\r\ny\r\n\r\nFrom here on all is text.\r\n\r\nFrom \r\nSubject: 3\r\n\r\nz\r\n");
  folder.write("box/Sent", "From \r\nSubject: 4\r\n\r\nx\r\n\r\nFrom \r\nSubject: 5\r\n\r\ny\r\n");
  folder.write("box/Inbox.msf", "// <!-- <mdb:mork:z v=\"1.4\"/> -->\n");
  folder.write("box/alone.msf", "Subject: 6\n\n");
  const Reading reading = read({{folder.path() / "box", Label::Ham}});
  EXPECT_THAT(reading.names(folder),
              ElementsAre("box/Inbox:1", "box/Inbox:2", "box/Inbox:3", "box/Sent:1", "box/Sent:2", "box/alone.msf"));
}

// A Maildir of mail that is stored compressed became a model that tells nothing apart.
TEST(LabelledMail, LeavesOutWhatIsCompressedAndSaysSo) {
  const TempFolder folder;
  folder.write("box/1.eml", std::string("\x1f\x8b\x08\0\0", 5));
  folder.write("box/2.eml", "Subject: 2\n\n");
  const Reading reading = read({{folder.path() / "box", Label::Ham}, {folder.path() / "box/1.eml", Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: 2\n\n"));
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("box: warning: 1 message was left out: cannot read"));
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("1.eml: error: cannot read"));
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("it is compressed, unpack it first"));
}

TEST(LabelledMail, BoundsAMessageOfAnMboxThatHasNoLineEnds) {
  const TempFolder folder;
  const std::string long_line(300'000, 'x');
  const auto file = folder.write("box", "From a\nSubject: 1\n\n" + long_line + "\n\nFrom b\nSubject: 2\n\n");
  const Reading reading = read({{file, Label::Ham}}, {}, 1000);
  ASSERT_EQ(reading.mail.size(), 2u);
  EXPECT_EQ(reading.mail[0].input.raw.size(), 1000u);
  EXPECT_TRUE(reading.mail[0].input.truncated);
  EXPECT_GE(reading.mail[0].input.full_size, 300'000u);
  EXPECT_FALSE(reading.mail[1].input.truncated);
}

class LabelledMailArchive : public testing::TestWithParam<const char*> {};

TEST_P(LabelledMailArchive, IsReadMemberByMember) {
  const TempFolder folder;
  const auto file = folder.write_tar(GetParam(), {{"./spam/2.eml", "Subject: two\n\n"}, {"1.eml", "Subject: one\n\n"}});
  const Reading reading = read({{file, Label::Spam}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: two\n\n", "Subject: one\n\n"));
  EXPECT_EQ(reading.names(folder)[0], std::string(GetParam()) + ":spam/2.eml");
  EXPECT_EQ(reading.problems.error_count(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Compressions, LabelledMailArchive, testing::Values("m.tar", "m.tar.gz", "m.tar.zst"));

TEST(LabelledMail, ReadsOnBehindAMemberWithANameOfOtherLetters) {
  const TempFolder folder;
  const auto file = folder.write_tar(
      "m.tar", {{"1.eml", "Subject: 1\n\n"}, {"Grüße 書.eml", "Subject: 2\n\n"}, {"3.eml", "Subject: 3\n\n"}});
  const Reading reading = read({{file, Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: 1\n\n", "Subject: 2\n\n", "Subject: 3\n\n"));
  EXPECT_EQ(reading.problems.error_count(), 0u);
}

// The Junk of a Maildir was learnt as ham with the rest of its archive.
TEST(LabelledMail, LeavesOutHiddenFoldersOfAnArchiveAndSaysSo) {
  const TempFolder folder;
  const auto file = folder.write_tar(
      "m.tar", {{"./box/cur/1", "Subject: 1\n\n"}, {"./box/.Junk/cur/2", "Subject: 2\n\n"}, {"./box/.hidden", "x"}});
  const Reading reading = read({{file, Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: 1\n\n"));
  EXPECT_THAT(reading.problems.to_string(),
              HasSubstr("m.tar: warning: 2 hidden files left out, such as box/.Junk/cur/2"));
}

TEST(LabelledMail, WarnsOfAnMboxInAnArchive) {
  const TempFolder folder;
  const std::string mail = "From a Thu Jan  1 00:00:00 2026\nSubject: 1\n\nx\n";
  const auto file = folder.write_tar("m.tar", {{"saved", mail}, {"Inbox", mail + "\n" + mail}});
  const Reading reading = read({{file, Label::Ham}});
  EXPECT_EQ(reading.mail.size(), 2u);
  EXPECT_THAT(reading.problems.to_string(),
              HasSubstr("m.tar: warning: 1 of its members look like mboxes of several messages, such as Inbox"));
}

TEST(LabelledMail, BoundsAMemberOfAnArchive) {
  const TempFolder folder;
  const auto file = folder.write_tar("m.tar.zst", {{"bomb", std::string(5'000'000, 'x')}, {"small", "Subject: s\n\n"}});
  const Reading reading = read({{file, Label::Spam}}, {}, 1000);
  ASSERT_EQ(reading.mail.size(), 2u);
  EXPECT_EQ(reading.mail[0].input.raw.size(), 1000u);
  EXPECT_EQ(reading.mail[0].input.full_size, 5'000'000u);
  EXPECT_TRUE(reading.mail[0].input.truncated);
}

TEST(LabelledMail, ReportsADamagedArchiveAndReadsTheNextSource) {
  const TempFolder folder;
  folder.write("broken.tar.zst", "this is no archive at all, but it is long enough to be looked at");
  folder.write("good.eml", "Subject: good\n\n");
  const Reading reading =
      read({{folder.path() / "broken.tar.zst", Label::Spam}, {folder.path() / "good.eml", Label::Ham}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: good\n\n"));
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("broken.tar.zst: error: cannot be read as a tar archive"));
}

TEST(LabelledMail, ReportsASourceThatDoesNotExistAndReadsTheNext) {
  const TempFolder folder;
  folder.write("good.eml", "Subject: good\n\n");
  const Reading reading = read({{folder.path() / "nowhere", Label::Spam}, {folder.path() / "good.eml", Label::Ham}});
  EXPECT_EQ(reading.mail.size(), 1u);
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("nowhere: error: does not exist"));
}

TEST(LabelledMail, StopsWhenToldTo) {
  const TempFolder folder;
  for (const char* name : {"box/1", "box/2", "box/3"}) folder.write(name, "Subject: x\n\n");
  Diagnostics problems;
  std::size_t count = 0;
  read_labelled_mail({{folder.path() / "box", Label::Ham}, {folder.path() / "box", Label::Spam}}, {}, kMaxBytes,
                     problems, [&](LabelledMail&&) { return ++count < 2; });
  EXPECT_EQ(count, 2u);
}

class IndexedMail : public testing::Test {
 protected:
  IndexedMail() {
    folder_.write("index.tsv",
                  "corpus\tpath\tlabel\tdate\tsplit\n"
                  "open\tham/1.eml\tham\t2026-01-02\ttrain\n"
                  "packed\tspam/1.eml\tspam\t-\tdev\n"
                  "open\tspam/2.eml\tspam\t2026-01-03\ttest\n"
                  "packed\tham/2.eml\tham\t-\ttest\n");
    folder_.write("open/ham/1.eml", "Subject: open ham\n\n");
    folder_.write("open/spam/2.eml", "Subject: open spam\n\n");
    folder_.write("open/not-in-the-index.eml", "Subject: no\n\n");
    folder_.write_tar("packed.tar.zst", {{"ham/2.eml", "Subject: packed ham\n\n"},
                                         {"other", "Subject: no\n\n"},
                                         {"spam/1.eml", "Subject: packed spam\n\n"}});
  }
  std::vector<MailSource> sources() const { return {{folder_.path() / "index.tsv", Label::Ham}}; }
  TempFolder folder_;
};

TEST_F(IndexedMail, IsReadFromFoldersAndArchivesBesideTheIndex) {
  const Reading reading = read(sources());
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: open ham\n\n", "Subject: open spam\n\n", "Subject: packed ham\n\n",
                                           "Subject: packed spam\n\n"));
  EXPECT_EQ(reading.mail[0].corpus, "open");
  EXPECT_EQ(reading.mail[0].date, "2026-01-02");
  EXPECT_EQ(reading.mail[0].split, "train");
  EXPECT_EQ(reading.mail[0].label, Label::Ham);
  EXPECT_EQ(reading.mail[3].label, Label::Spam);
  EXPECT_EQ(reading.mail[3].split, "dev");
  EXPECT_EQ(count_labelled_mail(sources(), {}), 4u);
}

TEST_F(IndexedMail, IsFilteredBySplitAndCorpus) {
  EXPECT_THAT(read(sources(), {{"test"}, {}, {}}).texts(),
              ElementsAre("Subject: open spam\n\n", "Subject: packed ham\n\n"));
  EXPECT_THAT(read(sources(), {{}, {"open"}, {}}).texts(),
              ElementsAre("Subject: open ham\n\n", "Subject: open spam\n\n"));
  EXPECT_THAT(read(sources(), {{"test"}, {}, {"open"}}).texts(), ElementsAre("Subject: packed ham\n\n"));
  EXPECT_EQ(count_labelled_mail(sources(), {{"test"}, {}, {"open"}}), 1u);
}

// A misspelt --without left nothing out, and nothing was said.
TEST_F(IndexedMail, IsNotReadByTheNameOfACorpusThatNoIndexHas) {
  for (const IndexFilter& filter :
       {IndexFilter{.corpora = {"open", "paked"}}, IndexFilter{.without_corpora = {"paked"}},
        IndexFilter{.phishing_corpora = {"paked"}}}) {
    const Reading reading = read(sources(), filter);
    EXPECT_THAT(reading.texts(), IsEmpty());
    EXPECT_THAT(reading.problems.to_string(), HasSubstr("there is no corpus 'paked' (did you mean 'packed'?)"));
  }
}

TEST_F(IndexedMail, IsFilteredByTheCorporaOfAllIndexes) {
  std::vector<MailSource> two = sources();
  two.push_back({folder_.write("more/index.tsv", "corpus\tpath\tlabel\nother\t1.eml\tham\n"), Label::Ham});
  folder_.write("more/other/1.eml", "Subject: other\n\n");
  const Reading reading = read(two, {.corpora = {"open", "other"}, .without_corpora = {"other"}});
  EXPECT_THAT(reading.texts(), ElementsAre("Subject: open ham\n\n", "Subject: open spam\n\n"));
  EXPECT_EQ(reading.problems.to_string(), "");
}

TEST_F(IndexedMail, ReportsMessagesThatTheArchiveLacks) {
  folder_.write_tar("packed.tar.zst", {{"ham/2.eml", "Subject: packed ham\n\n"}});
  const Reading reading = read(sources());
  EXPECT_EQ(reading.mail.size(), 3u);
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("lacks 1 messages of the index, such as spam/1.eml"));
}

TEST_F(IndexedMail, ReportsACorpusThatIsNotThere) {
  std::filesystem::remove(folder_.path() / "packed.tar.zst");
  const Reading reading = read(sources());
  EXPECT_EQ(reading.mail.size(), 2u);
  EXPECT_THAT(reading.problems.to_string(), HasSubstr("neither this folder nor a .tar of it"));
}

}  // namespace
}  // namespace winnow
