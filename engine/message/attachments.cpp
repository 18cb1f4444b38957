// attachments.cpp - a table of signatures.
#include "engine/message/attachments.h"

#include <algorithm>
#include <cstddef>

#include "config/ascii.h"

namespace winnow {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view octets;
  std::string_view type;
};

constexpr Signature kSignatures[] = {
    {"%PDF-"sv, "pdf"},
    {"PK\x03\x04"sv, "zip"},
    {"PK\x05\x06"sv, "zip"},
    {"Rar!\x1A\x07"sv, "rar"},
    {"7z\xBC\xAF\x27\x1C"sv, "7z"},
    {"\x1F\x8B"sv, "gzip"},
    {"MZ"sv, "exe"},
    {"\x7F"
     "ELF"sv,
     "elf"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "ole"},
    {"{\\rtf"sv, "rtf"},
    {"\x89PNG\r\n\x1A\n"sv, "image"},
    {"\xFF\xD8\xFF"sv, "image"},
    {"GIF87a"sv, "image"},
    {"GIF89a"sv, "image"},
    {"BM"sv, "image"},
    {"II*\0"sv, "image"},
    {"MM\0*"sv, "image"},
    {"\x4C\0\0\0\x01\x14\x02\0"sv, "lnk"},
    {"#!"sv, "script"},
    {"BZh"sv, "bzip2"},
    {"\xFD"
     "7zXZ\0"sv,
     "xz"},
    {"MSCF"sv, "cab"},
};

bool looks_like_text(std::string_view octets) {
  return !octets.empty() && std::none_of(octets.begin(), octets.end(), [](char c) {
    return static_cast<unsigned char>(c) < 32 && !is_space(c) && c != 27;
  });
}

bool looks_like_html(std::string_view octets) {
  for (const std::string_view mark : {"<!doctype html"sv, "<html"sv, "<head"sv, "<body"sv, "<script"sv, "<svg"sv}) {
    if (starts_ignoring_case(octets, mark)) return true;
  }
  return false;
}

}  // namespace

std::string magic_type(std::string_view octets) {
  for (const Signature& signature : kSignatures) {
    if (octets.substr(0, signature.octets.size()) == signature.octets) return std::string(signature.type);
  }
  if (octets.substr(0, 4) == "RIFF" && octets.size() >= 12 && octets.substr(8, 4) == "WEBP") return "image";
  constexpr std::size_t kIsoMark = 0x8001;  // ISO 9660: the volume descriptor stands behind 16 sectors
  if (octets.size() > kIsoMark + 5 && octets.substr(kIsoMark, 5) == "CD001") return "iso";
  if (octets.substr(0, 3) == "\xEF\xBB\xBF") octets.remove_prefix(3);
  if (looks_like_html(trim(octets.substr(0, 512)))) return "html";
  return looks_like_text(octets.substr(0, 512)) ? "text" : "";
}

std::string_view name_as_stored(std::string_view name) {
  while (!name.empty() && (name.back() == '.' || is_space(name.back()))) name.remove_suffix(1);
  return name;
}

std::string file_extension(std::string_view name) {
  name = trim(name);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view extension = name.substr(dot + 1);
  constexpr std::size_t kMax = 10;
  if (extension.empty() || extension.size() > kMax) return {};
  if (!std::all_of(extension.begin(), extension.end(), [](char c) { return is_alnum(c) || c == '_'; })) return {};
  return to_lower(extension);
}

}  // namespace winnow
