#include "milter/modifications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/features/features.h"
#include "milter/result_headers.h"

namespace winnow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Modification::Kind;

Judgement judged(Verdict verdict, double probability, std::vector<Action> actions = {}) {
  Judgement judgement;
  judgement.probabilities = {{"spam", probability}};
  judgement.decision.verdict = verdict;
  judgement.decision.rule = "rule-1";
  judgement.decision.actions = std::move(actions);
  judgement.model = "default-2026-11";
  return judgement;
}

/// "Name: value" of what is inserted, in the order in which a reader sees it.
std::vector<std::string> inserted(const Answer& answer) {
  std::vector<std::string> headers;
  for (const Modification& one : answer.modifications) {
    if (one.kind == Kind::InsertHeader) headers.insert(headers.begin(), one.name + ": " + one.value);
  }
  return headers;
}

TEST(Answer, WritesEveryHeaderOfTheDesignOnJunk) {
  Judgement judgement = judged(Verdict::Junk, 0.97318);
  judgement.reasons = {{"subject word \"pills\"", 1.24}, {"link text names paypal.com, target does not", 0.9}};
  const Answer answer = answer_for(judgement, {}, {});
  EXPECT_THAT(inserted(answer),
              ElementsAre("X-Spam-Flag: YES", "X-Spam: Yes", "X-Spam-Score: 97.3%", "X-Spam-Level: *********",
                          "X-Winnow: verdict=junk; probability=0.9731; rule=rule-1;\n"
                          "\tmodel=default-2026-11; reasons=subject word \"pills\" (+1.2), link\n"
                          "\ttext names paypal.com, target does not (+0.9)"));
  EXPECT_EQ(answer.reply, Reply{});
}

TEST(Answer, WritesTheFlagHeaderAndNoSpamHeaderOnFlag) {
  EXPECT_THAT(inserted(answer_for(judged(Verdict::Flag, 0.5), {}, {})),
              ElementsAre("X-Winnow-Flag: suspect", "X-Spam-Score: 50.0%", "X-Spam-Level: *****",
                          "X-Winnow: verdict=flag; probability=0.5000; rule=rule-1;\n\tmodel=default-2026-11"));
}

TEST(Answer, WritesScoreLevelAndVerdictOnHam) {
  Judgement judgement = judged(Verdict::Accept, 0.0312);
  judgement.decision.rule.clear();
  EXPECT_THAT(inserted(answer_for(judgement, {}, {})),
              ElementsAre("X-Spam-Score: 3.1%",
                          "X-Spam-Level: ", "X-Winnow: verdict=accept; probability=0.0312; model=default-2026-11"));
}

TEST(Answer, RoundsDownSoThatNoFigureShowsAThresholdThatWasNotReached) {
  const Answer answer = answer_for(judged(Verdict::Flag, 0.89999), {}, {});
  EXPECT_THAT(inserted(answer), testing::Contains("X-Spam-Score: 89.9%"));
  EXPECT_THAT(inserted(answer), testing::Contains("X-Spam-Level: ********"));
  EXPECT_THAT(inserted(answer_for(judged(Verdict::Junk, 0.9), {}, {})),
              testing::AllOf(testing::Contains("X-Spam-Score: 90.0%"), testing::Contains("X-Spam-Level: *********")));
}

TEST(Answer, NamesFurtherLabelsOfTheModel) {
  Judgement judgement = judged(Verdict::Accept, 0.1);
  judgement.probabilities.push_back({"phishing", 0.25});
  judgement.message.truncated = true;
  EXPECT_THAT(
      inserted(answer_for(judgement, {}, {})).back(),
      testing::HasSubstr("probability=0.1000; phishing=0.2500; rule=rule-1;\n\tmodel=default-2026-11; truncated=yes"));
}

TEST(Answer, RemovesHeaderCountsFromLastToFirstBeforeAnythingElse) {
  AnswerContext context;
  context.forged = {{"X-Spam-Flag", 3}, {"X-Winnow", 1}};
  const Answer answer = answer_for(judged(Verdict::Accept, 0.1), {}, context);
  ASSERT_GE(answer.modifications.size(), 5u);
  EXPECT_EQ(answer.modifications[0], (Modification{Kind::RemoveHeader, "X-Spam-Flag", 3, ""}));
  EXPECT_EQ(answer.modifications[1], (Modification{Kind::RemoveHeader, "X-Spam-Flag", 2, ""}));
  EXPECT_EQ(answer.modifications[2], (Modification{Kind::RemoveHeader, "X-Spam-Flag", 1, ""}));
  EXPECT_EQ(answer.modifications[3], (Modification{Kind::RemoveHeader, "X-Winnow", 1, ""}));
  for (std::size_t i = 4; i < answer.modifications.size(); ++i) {
    EXPECT_EQ(answer.modifications[i].kind, Kind::InsertHeader);
    EXPECT_EQ(answer.modifications[i].index, 0u);
  }
}

TEST(Answer, LeavesAuthenticatedSubmissionUntouched) {
  AnswerContext context;
  context.authenticated = true;
  context.forged = {{"X-Spam-Flag", 1}};
  EXPECT_THAT(answer_for(judged(Verdict::Junk, 0.99), {}, context).modifications, IsEmpty());
  Settings shown;
  shown.headers.show_authenticated = true;
  EXPECT_EQ(answer_for(judged(Verdict::Junk, 0.99), shown, context).modifications.size(), 6u);
}

TEST(Answer, AddsTheHeadersOfRulesAfterItsOwn) {
  const Judgement judgement = judged(Verdict::Accept, 0.1,
                                     {{.kind = ActionKind::AddHeader, .name = "X-Tag", .text = "a\r\nX-Evil: b"},
                                      {.kind = ActionKind::AddHeader, .name = "Bad Name", .text = "x"}});
  const std::vector<std::string> headers = inserted(answer_for(judgement, {}, {}));
  EXPECT_EQ(headers.back(), "X-Tag: a X-Evil: b");
  EXPECT_EQ(headers.size(), 4u) << "a name that is none is left out";
}

struct TagCase {
  std::optional<std::string> subject;
  const char* tag;
  const char* expected;  // "" = unchanged
};

TEST(Answer, TagsTheSubjectOnceAndKeepsItsFolds) {
  const TagCase cases[] = {
      {"Hello", "[suspect]", "[suspect] Hello"},
      {"Hello", "[suspect] ", "[suspect] Hello"},
      {"[suspect] Hello", "[suspect]", ""},
      {"one\r\n\ttwo", "[x]", "[x] one\n\ttwo"},
      {"one\r\nX-Evil: two", "[x]", "[x] one X-Evil: two"},
      {"Hello", "[verdächtig]", "=?UTF-8?B?W3ZlcmTDpGNodGlnXQ==?= Hello"},
      {std::nullopt, "[x]", "[x]"},
  };
  for (const TagCase& one : cases) {
    AnswerContext context;
    context.subject = one.subject;
    const Judgement judgement = judged(Verdict::Accept, 0.1, {{.kind = ActionKind::TagSubject, .text = one.tag}});
    std::string changed;
    for (const Modification& modification : answer_for(judgement, {}, context).modifications) {
      if (modification.kind != Kind::ChangeHeader) continue;
      EXPECT_EQ(modification.name, "Subject");
      EXPECT_EQ(modification.index, 1u);
      changed = modification.value;
    }
    EXPECT_EQ(changed, one.expected) << one.tag;
  }
}

TEST(Answer, QuarantinesLastWithAShortPlainReason) {
  const Judgement judgement =
      judged(Verdict::Quarantine, 0.99, {{.kind = ActionKind::Quarantine, .text = "held\r\n" + std::string(200, 'x')}});
  const Answer answer = answer_for(judgement, {}, {});
  const Modification& last = answer.modifications.back();
  EXPECT_EQ(last.kind, Kind::Quarantine);
  EXPECT_EQ(last.value, "held??" + std::string(94, 'x'));
  EXPECT_EQ(answer.reply.kind, Reply::Kind::Accept) << "a quarantined message has to be accepted";
}

struct ReplyCase {
  Verdict verdict;
  Action action;
  Reply expected;
};

TEST(Answer, GivesRepliesThatMtasDoNotDrop) {
  const std::string standard = "Message rejected: it looks like spam";
  const ReplyCase cases[] = {
      {Verdict::Reject, {.kind = ActionKind::Reject}, {Reply::Kind::Reject, 550, "5.7.1", standard}},
      {Verdict::Reject,
       {.kind = ActionKind::Reject, .text = "No\r\nthanks", .reply_code = 554, .enhanced_code = "5.7.0"},
       {Reply::Kind::Reject, 554, "5.7.0", "No?\nthanks"}},
      {Verdict::Reject,
       {.kind = ActionKind::Reject, .reply_code = 450, .enhanced_code = "4.7.0"},
       {Reply::Kind::Reject, 550, "5.7.1", standard}},
      {Verdict::TempFail,
       {.kind = ActionKind::TempFail, .text = "Later", .reply_code = 450, .enhanced_code = "4.7.0"},
       {Reply::Kind::TempFail, 450, "4.7.0", "Later"}},
      {Verdict::Discard, {.kind = ActionKind::Discard}, {Reply::Kind::Discard, 0, "", ""}},
  };
  for (const ReplyCase& one : cases) {
    const Answer answer = answer_for(judged(one.verdict, 0.99, {one.action}), {}, {.forged = {{"X-Spam", 2}}});
    EXPECT_EQ(answer.reply, one.expected) << one.expected.text;
    EXPECT_THAT(answer.modifications, IsEmpty());
  }
}

TEST(Answer, RemovesEveryInstanceOfAHeaderARuleNamesFromTheLast) {
  Judgement judgement = judged(
      Verdict::Accept, 0.1,
      {{.kind = ActionKind::RemoveHeader, .name = "X-Old"}, {.kind = ActionKind::RemoveHeader, .name = "x-old"}});
  AnswerContext context;
  context.removable = {{"X-Old", 2}, {"X-Other", 1}};
  const Answer answer = answer_for(judgement, {}, context);
  EXPECT_EQ(answer.modifications[0], (Modification{Kind::RemoveHeader, "X-Old", 2, ""}));
  EXPECT_EQ(answer.modifications[1], (Modification{Kind::RemoveHeader, "X-Old", 1, ""}));
  EXPECT_EQ(answer.modifications[2].kind, Kind::InsertHeader);
}

/// "+added -removed", in their order.
std::string changes_of(const Judgement& judgement) {
  std::string text;
  for (const Modification& one : answer_for(judgement, {}, {}).modifications) {
    if (one.kind == Kind::AddRecipient) text += " +" + one.value;
    if (one.kind == Kind::RemoveRecipient) text += " -" + one.value;
  }
  return text;
}

std::string recipient_changes(const std::vector<std::string>& envelope,
                              const std::vector<RecipientDecision>& decisions) {
  Judgement judgement = judged(Verdict::Accept, 0.1);
  judgement.message.envelope.recipients = envelope;
  judgement.recipients = decisions;
  return changes_of(judgement);
}

RecipientDecision decision_for(std::vector<std::size_t> recipients, std::vector<Action> actions) {
  RecipientDecision one;
  one.recipients = std::move(recipients);
  one.decision.actions = std::move(actions);
  return one;
}

TEST(RecipientChanges, AreMadeOnlyForWhoseRulesAskForThem) {
  const Action redirect{.kind = ActionKind::Redirect, .address = "held@x.test"};
  const Action junk{.kind = ActionKind::Junk, .extension = "Junk"};
  const Action copy{.kind = ActionKind::Bcc, .address = "copy@x.test"};
  const std::vector<std::string> abc{"a@x.test", "b@x.test", "c+news@x.test"};
  EXPECT_EQ(recipient_changes(abc, {decision_for({0, 1, 2}, {{.kind = ActionKind::Junk}})}), "");
  EXPECT_EQ(recipient_changes(abc, {decision_for({0}, {redirect}), decision_for({1, 2}, {junk})}),
            " +held@x.test +b+Junk@x.test +c+Junk@x.test -a@x.test -b@x.test -c+news@x.test");
  EXPECT_EQ(recipient_changes(abc, {decision_for({0, 2}, {}), decision_for({1}, {{.kind = ActionKind::Discard}})}),
            " -b@x.test");
  EXPECT_EQ(recipient_changes(abc, {decision_for({0, 1, 2}, {copy, {.kind = ActionKind::Accept}})}), " +copy@x.test");
  EXPECT_EQ(recipient_changes({"\"a b\"@x.test"}, {decision_for({0}, {junk})}), "");
}

TEST(RecipientChanges, RemoveEverySpellingThatAnMtaMayKnowSomebodyBy) {
  const Action discard{.kind = ActionKind::Discard}, junk{.kind = ActionKind::Junk, .extension = "Junk"};
  EXPECT_EQ(recipient_changes({"gone@x.test", "GONE@x.test"}, {decision_for({0, 1}, {discard})}),
            " -gone@x.test -GONE@x.test");
  EXPECT_EQ(recipient_changes({"@relay.test:c@x.test"}, {decision_for({0}, {junk})}),
            " +c+Junk@x.test -@relay.test:c@x.test -c@x.test");
  EXPECT_EQ(recipient_changes({"\"a+b\"@x.test"}, {decision_for({0}, {junk})}),
            " +a+Junk@x.test -\"a+b\"@x.test -a+b@x.test");
  Judgement judgement = judged(Verdict::Accept, 0.1);
  judgement.message.envelope.recipients = {"a@x.test"};
  judgement.message.envelope.written_recipients = {"a%x.test@here.test"};
  judgement.recipients = {decision_for({0}, {discard})};
  EXPECT_EQ(changes_of(judgement), " -a@x.test -a%x.test@here.test");
}

// The log line said that two of two had been removed, and one of them had the mail.
TEST(RecipientChanges, CountARecipientOnceHoweverManySpellingsAreRemoved) {
  Judgement judgement = judged(Verdict::Accept, 0.1);
  judgement.message.envelope.recipients = {"Gone@X.test", "a@x.test"};
  judgement.message.envelope.written_recipients = {"\"Gone\"@X.test", "a@x.test"};
  judgement.recipients = {decision_for({0}, {{.kind = ActionKind::Discard}}), decision_for({1}, {})};
  EXPECT_EQ(changes_of(judgement), " -Gone@X.test -\"Gone\"@X.test");
  EXPECT_EQ(answer_for(judgement, {}, {}).recipients_removed, 1u);
  judgement.recipients = {decision_for({0, 1}, {})};
  EXPECT_EQ(answer_for(judgement, {}, {}).recipients_removed, 0u);
}

TEST(RecipientChanges, NeverTakeTheMailFromOneWhoGetsItAnyway) {
  const Action to_b{.kind = ActionKind::Redirect, .address = "B@x.test"};
  EXPECT_EQ(recipient_changes({"a@x.test", "b@x.test"}, {decision_for({0}, {to_b}), decision_for({1}, {})}),
            " -a@x.test");
  EXPECT_EQ(recipient_changes({"b@x.test"}, {decision_for({0}, {to_b})}), "");
  EXPECT_EQ(recipient_changes({}, {decision_for({0}, {to_b})}), "");
}

TEST(RecipientChanges, AreNotMadeForMailThatIsRefused) {
  Judgement judgement = judged(Verdict::Reject, 0.99, {{.kind = ActionKind::Reject}});
  judgement.message.envelope.recipients = {"a@x.test"};
  judgement.recipients = {decision_for({0}, {{.kind = ActionKind::Bcc, .address = "copy@x.test"}})};
  EXPECT_THAT(answer_for(judgement, {}, {}).modifications, IsEmpty());
}

TEST(Answer, DoesNotMarkARedirectedMessageAsSpamForThoseWhoGetItToo) {
  EXPECT_THAT(inserted(answer_for(judged(Verdict::Redirect, 0.9), {}, {})),
              testing::Not(testing::Contains("X-Spam-Flag: YES")));
}

TEST(Answer, SendsTheCopyOfAMessageThatEverybodyDiscards) {
  Judgement judgement = judged(Verdict::Discard, 0.99, {{.kind = ActionKind::Discard}});
  judgement.message.envelope.recipients = {"a@x.test"};
  judgement.recipients = {
      decision_for({0}, {{.kind = ActionKind::Bcc, .address = "copy@x.test"}, {.kind = ActionKind::Discard}})};
  const Answer answer = answer_for(judgement, {}, {});
  EXPECT_EQ(answer.reply.kind, Reply::Kind::Accept);
  EXPECT_EQ(answer.modifications[answer.modifications.size() - 2],
            (Modification{Kind::AddRecipient, "", 0, "copy@x.test"}));
  EXPECT_EQ(answer.modifications.back(), (Modification{Kind::RemoveRecipient, "", 0, "a@x.test"}));
}

TEST(Answer, DiscardsNothingForRecipientsThatTheRulesNeverSaw) {
  Judgement judgement = judged(Verdict::Discard, 0.99, {{.kind = ActionKind::Discard}});
  judgement.message.envelope.recipients = {"a@x.test"};
  judgement.message.envelope.unseen_recipients = 1;
  judgement.recipients = {decision_for({0}, {{.kind = ActionKind::Discard}})};
  const Answer answer = answer_for(judgement, {}, {});
  EXPECT_EQ(answer.reply.kind, Reply::Kind::Accept);
  EXPECT_EQ(answer.modifications.back(), (Modification{Kind::RemoveRecipient, "", 0, "a@x.test"}));
}

TEST(Answer, SaysWhyAMessageWasNotScanned) {
  Judgement judgement;
  judgement.fallback = Fallback{ScoreError::Deadline, OnError::Accept, ""};
  EXPECT_THAT(inserted(answer_for(judgement, {}, {})),
              ElementsAre("X-Winnow: verdict=unscanned; cause=deadline; action=accept"));
  judgement.fallback->action = OnError::TempFail;
  const Answer answer = answer_for(judgement, {}, {});
  EXPECT_EQ(answer.reply,
            (Reply{Reply::Kind::TempFail, 451, "4.7.1", "Message could not be scanned, try again later"}));
}

TEST(Answer, LetsNoLineBreakOrSeparatorOfANameThrough) {
  Judgement judgement = judged(Verdict::Junk, 0.99);
  judgement.model = "m\r\nX-Evil: 1; rule=x";
  judgement.decision.rule = "r;s t";
  judgement.reasons = {{"a\nb; c=\"\xD0\xB6\"", 1}};
  const std::string header = inserted(answer_for(judgement, {}, {})).back();
  EXPECT_EQ(header,
            "X-Winnow: verdict=junk; probability=0.9900; rule=r_s_t;\n\tmodel=m??X-Evil:_1__rule_x; reasons=a?b, "
            "=?UTF-8?B?Y18i0LYi?= (+1.0)");
}

TEST(Answer, AddsTheHeadersOfRulesToAuthenticatedMailToo) {
  AnswerContext context;
  context.authenticated = true;
  const Judgement judgement =
      judged(Verdict::Accept, 0.1, {{.kind = ActionKind::AddHeader, .name = "X-Tag", .text = "a"}});
  EXPECT_THAT(inserted(answer_for(judgement, {}, context)), ElementsAre("X-Tag: a"));
}

TEST(Answer, CutsALineOfAReplyThatMtasWouldNotSend) {
  const Judgement judgement =
      judged(Verdict::Reject, 0.99, {{.kind = ActionKind::Reject, .text = std::string(450, 'x') + "\nb"}});
  EXPECT_EQ(answer_for(judgement, {}, {}).reply.text, std::string(400, 'x') + "\nb");
}

}  // namespace
}  // namespace winnow
