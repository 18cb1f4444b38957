// attachments_test.cpp - file kinds by name and by first octets.
#include "engine/message/attachments.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

using namespace std::string_view_literals;

TEST(MagicType, IsToldByTheFirstOctets) {
  const struct {
    std::string_view octets;
    const char* type;
  } cases[] = {
      {"%PDF-1.7"sv, "pdf"},
      {"PK\x03\x04zip"sv, "zip"},
      {"MZ\x90\0"sv, "exe"},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "ole"},
      {"\x89PNG\r\n\x1A\n"sv, "image"},
      {"GIF89a"sv, "image"},
      {"  <!DOCTYPE HTML>"sv, "html"},
      {"<svg xmlns"sv, "html"},
      {"just text\n"sv, "text"},
      {"\x01\x02"sv, ""},
      {""sv, ""},
      {"RIFF0000WEBPVP8"sv, "image"},
      {"#!/bin/sh"sv, "script"},
      {"{\\rtf1"sv, "rtf"},
  };
  for (const auto& c : cases) EXPECT_EQ(magic_type(c.octets), c.type) << c.octets;
}

TEST(MagicType, FindsTheMarkOfADiskImageFarInside) {
  std::string image(0x8001, '\0');
  EXPECT_EQ(magic_type(image + "CD001"), "");
  EXPECT_EQ(magic_type(image + "CD001\x01"), "iso");
}

TEST(NameAsStored, HasNoDotsAndBlanksAtItsEnd) {
  EXPECT_EQ(name_as_stored("invoice.exe. . "), "invoice.exe");
  EXPECT_EQ(name_as_stored(" a b.txt"), " a b.txt");
  EXPECT_EQ(name_as_stored("..."), "");
}

TEST(FileExtension, IsTheLastOneInLowerCase) {
  EXPECT_EQ(file_extension("Bill.PDF"), "pdf");
  EXPECT_EQ(file_extension("bill.pdf.exe "), "exe");
  EXPECT_EQ(file_extension("README"), "");
  EXPECT_EQ(file_extension("a."), "");
  EXPECT_EQ(file_extension("end of a sentence. Then more words"), "");
}

}  // namespace
}  // namespace winnow
