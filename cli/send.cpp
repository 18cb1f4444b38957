#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/answer_fields.h"
#include "cli/mail_files.h"
#include "cli/snapshot_options.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "config/ascii.h"
#include "config/network.h"
#include "engine/message/message.h"
#include "milter/milter_client.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxBytes = 256u << 20;  // of one message; MTAs refuse far smaller ones

struct SendOptions {
  std::filesystem::path config;  // "" = the installed one
  std::string socket;            // "" = the settings'
  std::vector<std::filesystem::path> files;
  Envelope envelope;
  bool json = false;
};

struct Sent {
  std::string file;
  MilterAnswer answer;
};

/// A milter writes "%%" for "%", which is the start of an escape to MTAs.
std::string as_the_sender_sees(std::string_view reply) {
  std::string text;
  for (std::size_t i = 0; i < reply.size(); ++i) {
    text += reply[i];
    if (reply[i] == '%' && i + 1 < reply.size() && reply[i + 1] == '%') ++i;
  }
  return text;
}

/// "+X-Spam-Score ~Subject -X-Spam-Flag +<copy@example.org>": added, changed, removed.
std::string edits_text(const MilterAnswer& answer) {
  std::string text;
  for (const HeaderEdit& edit : answer.edits) {
    const bool changed = edit.kind == HeaderEdit::Kind::Change;
    text += (text.empty() ? "" : " ") + std::string(is_removal(edit) ? "-" : changed ? "~" : "+") + edit.name;
  }
  for (const std::string& address : answer.recipients_added) text += (text.empty() ? "+<" : " +<") + address + ">";
  for (const std::string& address : answer.recipients_removed) text += (text.empty() ? "-<" : " -<") + address + ">";
  return text;
}

std::string answer_text(const MilterAnswer& answer) {
  std::string text(milter_verdict_name(answer.verdict));
  if (!answer.reply.empty()) text += " " + as_the_sender_sees(answer.reply);
  if (!answer.quarantine.empty()) text += ", held: " + answer.quarantine;
  return text;
}

std::vector<std::string> row_of(const Sent& sent) {
  auto fields = result_fields(sent.answer);
  return {sent.file,         answer_text(sent.answer), fields["probability"],
          fields["verdict"], fields["rule"],           edits_text(sent.answer)};
}

std::string json_of(const Sent& sent) {
  auto fields = result_fields(sent.answer);
  Json edits = Json::array();
  for (const HeaderEdit& edit : sent.answer.edits) {
    const bool changed = edit.kind == HeaderEdit::Kind::Change;
    edits.push_back({{"edit", is_removal(edit) ? "remove"
                              : changed        ? "change"
                                               : "add"},
                     {"name", edit.name},
                     {"value", trim(edit.value)}});
  }
  const Json json{{"file", sent.file},
                  {"answer", milter_verdict_name(sent.answer.verdict)},
                  {"reply", as_the_sender_sees(sent.answer.reply)},
                  {"quarantine", sent.answer.quarantine},
                  {"probability", fields["probability"]},
                  {"verdict", fields["verdict"]},
                  {"rule", fields["rule"]},
                  {"headers", edits},
                  {"recipients_added", sent.answer.recipients_added},
                  {"recipients_removed", sent.answer.recipients_removed}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

/// The envelope sender: as told, "<>" for the null sender; else the author that the mail itself names.
std::string sender_of(const std::string& told, const MailInput& input) {
  if (told == "<>") return "";
  if (!told.empty()) return told;
  const Message message = read_message(input);
  return message.from.empty() ? "" : message.from.front().address;
}

/// One connection a message, as if each came from another client. nullopt: `error` says why.
std::optional<Sent> send_one(const SendOptions& options, NamedMail mail, std::size_t number, std::string& error) {
  if (mail.input.truncated) {
    error = "longer than 256 MiB";
    return std::nullopt;
  }
  const auto client = MilterClient::connect(options.socket, {}, error);
  if (!client) return std::nullopt;
  const std::string sender = sender_of(options.envelope.mail_from, mail.input);
  mail.input.envelope = options.envelope;
  mail.input.envelope.mail_from = sender;
  Sent sent{std::move(mail.name), {}};
  const Status status = client->send(milter_mail_from(mail.input, "SEND" + std::to_string(number)), sent.answer);
  if (!status) {
    error = options.socket + ": " + status.error();
    return std::nullopt;
  }
  // The answer is complete; that the goodbye fails changes nothing about it.
  static_cast<void>(client->quit());
  return sent;
}

void add_envelope_options(Arguments& arguments, Envelope& envelope) {
  envelope.present = true;
  envelope.client_ip = "192.0.2.10";
  envelope.client_name = "client.example.com";
  envelope.helo = "client.example.com";
  arguments.add({"--client-ip", "ADDRESS", "of the SMTP client"}, envelope.client_ip);
  arguments.add({"--client-name", "NAME", "verified host name of the client"}, envelope.client_name);
  arguments.add({"--helo", "NAME", "what the client said in HELO"}, envelope.helo);
  arguments.add({"--from", "ADDRESS", "envelope sender, <> for the null sender (default: the mail's From)"},
                envelope.mail_from);
  arguments.add({"--to", "ADDRESS", "envelope recipient; may be repeated (default recipient@example.com)"},
                envelope.recipients);
  arguments.add({"--auth-user", "NAME", "the client has authenticated as this user"}, envelope.auth_user);
}

void add_send_options(Arguments& arguments, SendOptions& options) {
  arguments.add_files("mail: files, folders, Maildir, mbox, - for standard input", options.files);
  arguments.add({"--config", "FILE", "settings file, whose milter.socket is taken (default /etc/winnow/winnow.yaml)"},
                options.config);
  arguments.add({"--socket", "SOCKET", "of the running daemon: unix:PATH or inet:PORT@HOST (default: the settings')"},
                options.socket);
  add_envelope_options(arguments, options.envelope);
  arguments.add({"--json", "", "one JSON object a line"}, options.json);
}

/// Without an address the client is one whose address nobody knows.
std::string wrong_about(const Envelope& envelope) {
  const bool readable = envelope.client_ip.empty() || parse_ip_bytes(envelope.client_ip);
  return readable ? "" : "--client-ip must be an IP address, got '" + envelope.client_ip + "'";
}

/// False when the settings, which name the socket, cannot be read.
bool find_socket(SendOptions& options, Diagnostics& problems) {
  if (!options.socket.empty()) return true;
  const auto settings = load_daemon_settings(options.config, problems);
  if (settings) options.socket = settings->milter.socket;
  return settings.has_value();
}

/// Whether every message was answered.
bool send_all(const SendOptions& options, Diagnostics& problems) {
  std::vector<std::vector<std::string>> rows;
  std::size_t number = 0;
  bool failed = false;
  read_mail(options.files, kMaxBytes, problems, [&](NamedMail&& mail) {
    std::string error;
    const std::string name = escape_for_terminal(mail.name, LineBreaks::Escape);
    if (const auto sent = send_one(options, std::move(mail), ++number, error); !sent) {
      failed = true;
      std::fprintf(stderr, "%s: error: %s\n", name.c_str(), escape_for_terminal(error).c_str());
    } else if (options.json) {
      std::puts(json_of(*sent).c_str());
    } else {
      rows.push_back(row_of(*sent));
    }
  });
  const std::vector<Column> columns{{"mail"},    {"answer"}, {"probability", Align::Right},
                                    {"verdict"}, {"rule"},   {"changes"}};
  if (!rows.empty()) std::fputs(format_table(columns, rows).c_str(), stdout);
  return !failed;
}

int run_send(const Command& self, int argc, char** argv) {
  SendOptions options;
  Arguments arguments(self);
  add_send_options(arguments, options);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  if (const std::string wrong = wrong_about(options.envelope); !wrong.empty()) return arguments.wrong_usage(wrong);
  if (options.envelope.recipients.empty()) options.envelope.recipients = {"recipient@example.com"};

  Diagnostics problems;
  const bool answered = find_socket(options, problems) && send_all(options, problems);
  print_problems(problems);
  return answered && !problems.has_errors() ? kFine : kProblems;
}

}  // namespace

const Command kSendCommand{"send", "hand mail to the running daemon as an MTA would, and show its answer.",
                           "0 every message answered, 1 problems, 2 wrong usage",
                           "winnow send --to alice@example.org suspicious.eml", run_send};

}  // namespace winnow
