// attachment_facts.cpp - kinds of attached files, by name and by first octets.
#include <algorithm>
#include <string>
#include <string_view>

#include "config/ascii.h"
#include "engine/features/gather.h"
#include "engine/message/attachments.h"

namespace winnow {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool is_program(std::string_view extension) {
  return one_of(extension, {"exe", "scr", "com", "pif", "bat", "cmd", "msi", "cpl", "dll", "jar", "apk", "lnk", "iso",
                            "img", "vhd", "hta", "msc", "reg", "app"});
}
bool is_script(std::string_view extension) {
  return one_of(extension, {"js", "jse", "vbs", "vbe", "wsf", "wsh", "ps1", "py", "sh", "chm", "url", "svg"});
}
bool is_archive(std::string_view extension) {
  return one_of(extension,
                {"zip", "rar", "7z", "gz", "tar", "tgz", "bz2", "xz", "cab", "ace", "arj", "z", "lzh", "r00", "zst"});
}
bool is_macro_document(std::string_view extension) {
  return one_of(extension,
                {"docm", "xlsm", "xlsb", "pptm", "dotm", "xltm", "xlam", "doc", "xls", "ppt", "rtf", "one", "slk"});
}
bool is_document(std::string_view extension) {
  return one_of(extension, {"pdf", "docx", "xlsx", "pptx", "odt", "ods", "txt", "csv", "ics", "eml"});
}
bool is_image(std::string_view extension) {
  return one_of(extension, {"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic"});
}

/// What the first octets of a file with that extension should be; "" where that is not sure.
std::string_view expected_magic(std::string_view extension) {
  if (extension == "pdf") return "pdf";
  if (one_of(extension, {"zip", "docx", "xlsx", "pptx", "docm", "xlsm", "odt", "ods", "jar", "apk"})) return "zip";
  if (is_image(extension) && extension != "heic") return "image";
  if (extension == "rar") return "rar";
  if (extension == "exe" || extension == "scr") return "exe";
  return {};
}

bool is_executable(const Attachment& file) {
  return is_program(file.extension) || one_of(file.magic_type, {"exe", "lnk", "iso"});
}

bool is_mismatched(const Attachment& file) {
  const std::string_view expected = expected_magic(file.extension);
  if (!expected.empty()) return !file.magic_type.empty() && file.magic_type != expected;
  return file.magic_type == "exe" && !is_program(file.extension);
}

bool has_double_extension(const Attachment& file) {
  if (!is_program(file.extension) && !is_script(file.extension) && file.extension != "html" && file.extension != "htm")
    return false;
  const std::string before =
      file_extension(std::string_view(file.name).substr(0, file.name.size() - file.extension.size() - 1));
  return is_document(before) || is_image(before) || is_macro_document(before);
}

}  // namespace

bool is_attached_file(const Attachment& file) { return !file.is_body || is_executable(file); }

AttachmentFacts gather_attachments(const Message& message) {
  AttachmentFacts facts;
  for (const Attachment& file : message.attachments) {
    if (!is_attached_file(file)) continue;
    const bool html = one_of(file.extension, {"html", "htm", "shtml", "xhtml", "mht"}) ||
                      (file.extension.empty() && file.magic_type == "html");
    ++facts.count;
    if (is_executable(file)) ++facts.executables;
    if (is_script(file.extension)) ++facts.scripts;
    if (is_archive(file.extension)) ++facts.archives;
    if (is_macro_document(file.extension)) ++facts.macros;
    if (html) ++facts.html;
    if (is_image(file.extension) || file.declared_type.rfind("image/", 0) == 0) ++facts.images;
    if (is_document(file.extension)) ++facts.documents;
    if (is_mismatched(file)) ++facts.mismatched;
    if (!file.name.empty() && has_double_extension(file)) ++facts.double_extensions;
  }
  return facts;
}

}  // namespace winnow
