#include "engine/message/plain_headers.h"

#include <gtest/gtest.h>

#include <string>

namespace winnow {
namespace {

TEST(PlainContentType, ReadsTypeCharsetAndBoundary) {
  const auto type = plain_content_type(" Text/HTML ; charset=\"UTF-8\"; format=flowed; Boundary=\"--=_x y\" ");
  ASSERT_TRUE(type.has_value());
  EXPECT_EQ(type->type, "text/html");
  EXPECT_EQ(type->charset, "utf-8");
  EXPECT_EQ(type->boundary, "--=_x y");
}

TEST(PlainContentType, LeavesToGMimeWhatIsNotPlain) {
  for (const char* value :
       {"", "text", "text/", "text/plain;", "text/plain; charset",
        "text/plain; charset=", "text/plain; charset=\"a\\\"b\"", "text/plain; charset=utf-8 (comment)",
        "text/plain; name=a.txt", "text/plain; charset*=utf-8''x", "text/plain; charset*0=utf",
        "text/plain; charset=a; charset=b", "multipart/signed; protocol=\"a/b\"", "multipart/mixed; boundary=a=b",
        "text/plain; charset=\"=?utf-8?q?x?=\"", "text/plain; charset=\"open"}) {
    EXPECT_FALSE(plain_content_type(value).has_value()) << value;
  }
}

TEST(PlainMailbox, ReadsTheThreeUsualForms) {
  struct Form {
    const char* value;
    const char* name;
  };
  for (const Form& form : {Form{"ann.lee@Shop.EXAMPLE", ""}, Form{" Ann Lee <ann.lee@Shop.EXAMPLE> ", "Ann Lee"},
                           Form{"\"Lee, Ann\" <ann.lee@Shop.EXAMPLE>", "Lee, Ann"}}) {
    const auto mailbox = plain_mailbox(form.value);
    ASSERT_TRUE(mailbox.has_value()) << form.value;
    EXPECT_EQ(mailbox->name, form.name);
    EXPECT_EQ(mailbox->address, "ann.lee@shop.example");
    EXPECT_EQ(mailbox->domain, "shop.example");
  }
}

TEST(PlainMailbox, LeavesToGMimeWhatIsNotPlain) {
  for (const char* value : {"",
                            "<a@b.example>",
                            "ann",
                            "ann@",
                            "@b.example",
                            "a@b.example, c@d.example",
                            "Friends: a@b.example;",
                            "=?utf-8?q?Ann?= <a@b.example>",
                            "\"=?utf-8?q?Ann?=\" <a@b.example>",
                            "Ann (work) <a@b.example>",
                            "Ann <a@b.example",
                            "J. Lee <a@b.example>",
                            "\"A \\\" B\" <a@b.example>",
                            "Ann <a@b@c.example>",
                            "Ann <.a@b.example>",
                            "Ann <a@b..example>",
                            "Ann <a@xn--b.example>",
                            "\"Ann\" Lee <a@b.example>",
                            "Ann <a@b.example> Lee",
                            "Ann\xC3\xA9 <a@b.example>"}) {
    EXPECT_FALSE(plain_mailbox(value).has_value()) << value;
  }
}

TEST(PlainMailboxes, ArePartedByCommasOutsideOfQuotes) {
  const auto mailboxes = plain_mailboxes("ann@shop.example,\"Lee, Bob\" <bob@shop.example> , Eve <eve@shop.example>");
  ASSERT_TRUE(mailboxes.has_value());
  ASSERT_EQ(mailboxes->size(), 3U);
  EXPECT_EQ(mailboxes->at(0).address, "ann@shop.example");
  EXPECT_EQ(mailboxes->at(1).name, "Lee, Bob");
  EXPECT_EQ(mailboxes->at(2).address, "eve@shop.example");
}

TEST(PlainMailboxes, AreLeftToGMimeWhereOneIsNotPlain) {
  for (const char* value : {"", "a@b.example,", ",a@b.example", "a@b.example,,c@d.example", "a@b.example; c@d.example",
                            "a@b.example, J. Lee <c@d.example>", "Friends: a@b.example, c@d.example;",
                            "\"Lee, Ann <a@b.example>, c@d.example"}) {
    EXPECT_FALSE(plain_mailboxes(value).has_value()) << value;
  }
}

}  // namespace
}  // namespace winnow
