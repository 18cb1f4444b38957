#include "milter/milter_client.h"

namespace winnow {
namespace {

/// One line without its end; `text` moves past it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  char before = 0;
  for (const char c : text) {
    if (c == '\n' && before != '\r') out += '\r';
    out += c;
    before = c;
  }
  return out;
}

bool is_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && colon > 0 && line.substr(0, colon).find(' ') == std::string_view::npos;
}

}  // namespace

MilterMail milter_mail_from(const MailInput& input, std::string queue_id) {
  MilterMail mail;
  mail.envelope = input.envelope;
  mail.queue_id = std::move(queue_id);
  std::string_view rest = input.raw;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::string_view line = take_line(rest);
    if (line.empty()) break;
    if ((line.front() == ' ' || line.front() == '\t') && !mail.headers.empty()) {
      mail.headers.back().second.append("\n").append(line);
    } else if (is_field(line)) {
      const std::size_t colon = line.find(':');
      mail.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    } else {
      rest = before;  // not a header field: MTAs take the body to begin here
      break;
    }
  }
  mail.body = with_crlf(rest);
  return mail;
}

}  // namespace winnow
