#include "cli/mailbox_envelope.h"

#include <algorithm>
#include <optional>
#include <string>

#include "engine/message/message.h"

namespace winnow {
namespace {

/// The header alone: bodies are long, and the message is read once more when it is judged.
MailInput header_of(const MailInput& input) {
  MailInput header;
  const std::size_t end = std::min(input.raw.find("\n\n"), input.raw.find("\n\r\n"));
  header.raw = input.raw.substr(0, end) + "\n\n";
  header.full_size = header.raw.size();
  return header;
}

std::string without_brackets(const std::string& text) {
  const std::size_t open = text.find('<');
  const std::size_t start = text.find_first_not_of(" \t", open == text.npos ? 0 : open + 1);
  const std::size_t end = std::min(text.find_first_of("> \t\r\n", start), text.size());
  return start == text.npos ? "" : text.substr(start, end - start);
}

/// An address that a header holds by itself, which may be the null one.
std::optional<std::string> address_in(const Message& message, std::string_view name) {
  const Header* header = message.header(name);
  if (header == nullptr) return std::nullopt;
  return without_brackets(header->value);
}

std::string first_address(const std::vector<Mailbox>& mailboxes) {
  return mailboxes.empty() ? "" : mailboxes.front().address;
}

/// The recipient as the MTA's client named it: Delivered-To may come after aliases were resolved.
std::string recipient_of(const Message& message) {
  for (const char* name : {"X-Original-To", "Delivered-To"}) {
    const auto address = address_in(message, name);
    if (address && !address->empty()) return *address;
  }
  return first_address(message.to);
}

}  // namespace

Envelope envelope_of_delivered(const MailInput& input) {
  const Message message = read_message(header_of(input));
  Envelope envelope;
  envelope.mail_from = address_in(message, "Return-Path").value_or(first_address(message.from));
  const std::string recipient = recipient_of(message);
  if (!recipient.empty()) envelope.recipients = {recipient};
  return envelope;
}

void add_envelope_options(Arguments& arguments, EnvelopeOptions& options) {
  arguments.add(
      {"--from", "ADDRESS", "envelope sender, <> for the null sender (default: the mail's Return-Path, From)"},
      options.sender);
  arguments.add(
      {"--to", "ADDRESS", "envelope recipient; may be repeated (default: the mail's X-Original-To, Delivered-To, To)"},
      options.recipients);
}

Envelope envelope_for(const EnvelopeOptions& options, const MailInput& input) {
  Envelope envelope = envelope_of_delivered(input);
  if (!options.sender.empty()) envelope.mail_from = options.sender == "<>" ? "" : options.sender;
  if (!options.recipients.empty()) envelope.recipients = options.recipients;
  return envelope;
}

}  // namespace winnow
