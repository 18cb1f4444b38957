// dense_shape.cpp - dense features of HTML, MIME structure, charsets and attachments.
#include <algorithm>
#include <iterator>
#include <string_view>

#include "engine/features/dense_table.h"

namespace winnow {
namespace {

using F = const MessageFacts&;

double count(std::size_t value) { return static_cast<double>(value); }

/// By letters: preview texts of newsletters are padded with hundreds of invisible characters.
float hidden_share(F f) { return share(count(f.hidden.letters), count(f.hidden.letters + f.body.letters)); }

bool has_html(F f) { return f.message->html.bytes > 0; }

float image_only(F f) {
  const std::size_t images = f.message->html.images - std::min(f.message->html.images, f.message->html.tiny_images);
  const bool any = images > 0 || f.attachments.images > 0;
  constexpr std::size_t kLittleText = 120;
  return flag(any && f.body.letters < kLittleText);
}

/// Charsets of other scripts than Latin, by how their names begin. With windows-1254, -1257 and -1258 one writes Latin.
constexpr std::string_view kOtherScripts[] = {
    "koi8",       "gb",         "hz-gb",       "x-gbk",        "big5",          "shift_jis",    "shift-jis",
    "sjis",       "x-sjis",     "windows-31j", "iso-2022",     "euc",           "x-euc",        "ks_c",
    "ksc",        "tis-620",    "windows-874", "windows-1251", "windows-1253",  "windows-1255", "windows-1256",
    "cp1251",     "cp1253",     "cp1255",      "cp1256",       "cp866",         "ibm866",       "iso-8859-5",
    "iso-8859-6", "iso-8859-7", "iso-8859-8",  "iso-8859-11",  "x-mac-cyrillic"};

bool is_of_other_script(std::string_view charset) {
  return std::any_of(std::begin(kOtherScripts), std::end(kOtherScripts),
                     [charset](std::string_view name) { return charset.starts_with(name); });
}

/// All declared charsets are of another script, but the text needs none of them.
float odd_charset(F f) {
  const auto& charsets = f.message->shape.charsets;
  const bool all_odd = !charsets.empty() && std::all_of(charsets.begin(), charsets.end(), is_of_other_script);
  return flag(all_odd && f.body.letters > 20 &&
              f.body.cyrillic + f.body.cjk + f.body.arabic + f.body.other_script == 0);
}

}  // namespace

std::vector<DenseRow> shape_rows() {
  return {
      {{"html", "there is HTML", "0, 1", "parts", "there is HTML"}, [](F f) { return flag(has_html(f)); }},
      {{"html_only", "HTML without a plain text twin", "0, 1", "parts", "HTML without a plain text twin"},
       [](F f) { return flag(has_html(f) && f.message->shape.text_parts == 0); }},
      {{"html_to_text", "bytes of HTML per byte of visible text", "0..1, log 100", "HTML",
        "much HTML for the text it shows"},
       [](F f) {
         return has_html(f) ? log_scaled(count(f.message->html.bytes) / (count(f.message->html_text.size()) + 50), 100)
                            : 0;
       }},
      {{"twin_difference", "share of the HTML's words that the plain text twin lacks", "0..1", "HTML, text",
        "HTML and plain text say different things"},
       [](F f) { return share(f.twin_difference, 1); }},
      {{"hidden_text", "hidden text as share of all text", "0..1", "HTML", "hidden text beside the visible"},
       hidden_share},
      {{"hidden_length", "letters of hidden text", "0..1, log 5000", "HTML", "length of the hidden text"},
       [](F f) { return log_scaled(count(f.hidden.letters), 5000); }},
      {{"split_words", "words split by comments or empty tags", "0..1, log 10", "HTML",
        "words split by comments or empty tags"},
       [](F f) { return log_scaled(count(f.message->html.comments_in_words), 10); }},
      {{"images", "images in the HTML", "0..1, log 30", "HTML", "images in the HTML"},
       [](F f) { return log_scaled(count(f.message->html.images), 30); }},
      {{"remote_images", "images loaded from elsewhere", "0..1, log 30", "HTML", "images loaded from elsewhere"},
       [](F f) { return log_scaled(count(f.message->html.remote_images), 30); }},
      {{"tiny_images", "images of one pixel", "0..1, log 3", "HTML", "images of one pixel"},
       [](F f) { return log_scaled(count(f.message->html.tiny_images), 3); }},
      {{"image_only", "an image and hardly any text", "0, 1", "HTML, attachments", "an image and hardly any text"},
       image_only},
      {{"forms", "forms in the HTML", "0..1, log 2", "HTML", "a form in the HTML"},
       [](F f) { return log_scaled(count(f.message->html.forms), 2); }},
      {{"scripts", "scripts in the HTML", "0..1, log 2", "HTML", "a script in the HTML"},
       [](F f) { return log_scaled(count(f.message->html.scripts), 2); }},
      {{"base64_text", "share of text parts in base64", "0..1", "parts", "text in base64"},
       [](F f) {
         return share(count(f.message->shape.base64_text_parts),
                      count(f.message->shape.text_parts + f.message->shape.html_parts));
       }},
      {{"broken_encodings", "octets and words that had to be repaired", "0..1, log 50", "parts, headers",
        "broken encodings"},
       [](F f) { return log_scaled(count(f.message->shape.broken_encodings), 50); }},
      {{"odd_charset", "declared charset of another script than the text", "0, 1", "parts",
        "declared charset of another script than the text"},
       odd_charset},
      {{"nul_bytes", "NUL octets in the message", "0, 1", "octets", "NUL octets in the message"},
       [](F f) { return flag(f.message->shape.nul_bytes > 0); }},
      {{"attachments", "attached files", "0..1, log 10", "attachments", "attached files"},
       [](F f) { return log_scaled(count(f.attachments.count), 10); }},
      {{"attached_programs", "programs, disk images and scripts attached", "0..1, log 2", "attachments",
        "a program, disk image or script attached"},
       [](F f) { return log_scaled(count(f.attachments.executables + f.attachments.scripts), 2); }},
      {{"attached_archives", "archives attached", "0..1, log 2", "attachments", "an archive attached"},
       [](F f) { return log_scaled(count(f.attachments.archives), 2); }},
      {{"attached_macros", "documents attached that can hold macros", "0..1, log 2", "attachments",
        "a document attached that can hold macros"},
       [](F f) { return log_scaled(count(f.attachments.macros), 2); }},
      {{"attached_html", "HTML files attached", "0..1, log 2", "attachments", "an HTML file attached"},
       [](F f) { return log_scaled(count(f.attachments.html), 2); }},
      {{"attached_mismatch", "files whose first octets contradict their name", "0..1, log 2", "attachments",
        "an attached file is not what its name says"},
       [](F f) { return log_scaled(count(f.attachments.mismatched + f.attachments.double_extensions), 2); }},
      {{"is_report", "multipart/report: a delivery notice", "0, 1", "parts", "a delivery notice"},
       [](F f) { return flag(f.message->shape.is_report); }},
      {{"is_signed", "signed or encrypted by S/MIME or OpenPGP", "0, 1", "parts",
        "signed or encrypted by S/MIME or OpenPGP"},
       [](F f) { return flag(f.message->shape.is_signed || f.message->shape.is_encrypted); }},
  };
}

}  // namespace winnow
