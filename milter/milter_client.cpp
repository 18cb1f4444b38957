#include "milter/milter_client.h"

#include <algorithm>

namespace winnow {
namespace {

// SMFIP_* of libmilter/mfdef.h: which commands the milter does not want, which it does not answer.
constexpr std::uint32_t kNoConnect = 0x1, kNoHelo = 0x2, kNoMail = 0x4, kNoRcpt = 0x8, kNoBody = 0x10,
                        kNoHeaders = 0x20, kNoEndOfHeaders = 0x40, kNoData = 0x200;
constexpr std::uint32_t kNrHeader = 0x80, kNrConnect = 0x1000, kNrHelo = 0x2000, kNrMail = 0x4000, kNrRcpt = 0x8000,
                        kNrData = 0x10000, kNrEndOfHeaders = 0x40000, kNrBody = 0x80000, kLeadingSpace = 0x100000;
constexpr std::size_t kBodyChunk = 65535;  // MILTER_CHUNK_SIZE

std::string nul_terminated(std::string_view text) {
  std::string out(text.substr(0, text.find('\0')));
  out += '\0';
  return out;
}

/// The strings of a payload, each ended by NUL.
std::vector<std::string> split_strings(std::string_view payload) {
  std::vector<std::string> parts;
  while (!payload.empty()) {
    const std::size_t end = std::min(payload.find('\0'), payload.size());
    parts.emplace_back(payload.substr(0, end));
    payload.remove_prefix(std::min(end + 1, payload.size()));
  }
  return parts;
}

std::string connect_payload(const Envelope& envelope) {
  std::string payload = nul_terminated(envelope.client_name.empty() ? "unknown" : envelope.client_name);
  if (envelope.client_ip.empty()) return payload + "U";
  const bool v6 = envelope.client_ip.find(':') != std::string::npos;
  payload += v6 ? '6' : '4';
  payload += std::string_view("\x30\x39", 2);  // port 12345: MTAs send one, nobody reads it
  return payload + nul_terminated(envelope.client_ip);
}

std::string without_brackets(std::string address) {
  if (address.size() < 2 || address.front() != '<' || address.back() != '>') return address;
  return address.substr(1, address.size() - 2);
}

std::optional<HeaderEdit> edit_from(const Packet& packet) {
  HeaderEdit edit;
  std::string_view rest = packet.payload;
  if (packet.command != wire::kAddHeader) {
    if (rest.size() < 4) return std::nullopt;
    edit.kind = packet.command == wire::kInsertHeader ? HeaderEdit::Kind::Insert : HeaderEdit::Kind::Change;
    edit.index = decode_u32(rest);
    rest.remove_prefix(4);
  }
  const std::vector<std::string> parts = split_strings(rest);
  if (parts.size() != 2) return std::nullopt;
  edit.name = parts[0];
  edit.value = parts[1];
  return edit;
}

}  // namespace

std::string_view milter_verdict_name(MilterVerdict verdict) {
  switch (verdict) {
    case MilterVerdict::Accept:
      return "accept";
    case MilterVerdict::Reject:
      return "reject";
    case MilterVerdict::TempFail:
      return "tempfail";
    case MilterVerdict::Discard:
      return "discard";
  }
  return "accept";
}

MilterClient::MilterClient(Descriptor socket, const MilterClientOptions& options)
    : wire_(std::move(socket), options.timeout) {}

std::unique_ptr<MilterClient> MilterClient::connect(const std::string& socket, const MilterClientOptions& options,
                                                    std::string& error) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(socket, error);
  if (!endpoint) return nullptr;
  Descriptor descriptor = connect_to(*endpoint, options.timeout, error);
  if (!descriptor) {
    error = "cannot connect to " + socket + ": " + error;
    return nullptr;
  }
  std::unique_ptr<MilterClient> client(new MilterClient(std::move(descriptor), options));
  if (Status negotiated = client->negotiate(options.offer); !negotiated) {
    error = "cannot negotiate with " + socket + ": " + negotiated.error();
    return nullptr;
  }
  return client;
}

Status MilterClient::negotiate(const MilterOffer& offer) {
  wire_.queue(wire::kNegotiate, encode_u32(offer.version) + encode_u32(offer.actions) + encode_u32(offer.protocol));
  Packet packet;
  if (Status got = wire_.read(packet); !got) return got;
  if (packet.command != wire::kNegotiate || packet.payload.size() < 12) {
    return Status::failed("not a milter's answer to the negotiation");
  }
  const std::string_view payload = packet.payload;
  actions_ = decode_u32(payload.substr(4));
  protocol_ = decode_u32(payload.substr(8));
  if ((actions_ & ~offer.actions) != 0 || (protocol_ & ~offer.protocol) != 0) {
    return Status::failed("the milter asks for what was not offered");
  }
  return Status::ok();
}

void MilterClient::queue_macros(char command, const std::vector<std::pair<std::string, std::string>>& macros) {
  std::string payload(1, command);
  for (const auto& [name, value] : macros) {
    if (!value.empty()) payload += nul_terminated(name) + nul_terminated(value);
  }
  if (payload.size() > 1) wire_.queue(wire::kMacro, payload);
}

Status MilterClient::command(const char* stage, char code, std::string_view payload, std::uint32_t no_reply,
                             MilterAnswer& answer) {
  if (finished_) return Status::ok();
  wire_.queue(code, payload);
  if ((protocol_ & no_reply) != 0) return Status::ok();
  Packet packet;
  if (Status got = wire_.read(packet); !got) return got;
  return take_reply(stage, packet, answer);
}

Status MilterClient::take_reply(const char* stage, const Packet& packet, MilterAnswer& answer) {
  switch (packet.command) {
    case wire::kContinue:
      return Status::ok();
    case wire::kSkip:
      answer.body_skipped = true;
      return Status::ok();
    case wire::kAccept:
      answer.verdict = MilterVerdict::Accept;
      break;
    case wire::kReject:
      answer.verdict = MilterVerdict::Reject;
      break;
    case wire::kTempFail:
      answer.verdict = MilterVerdict::TempFail;
      break;
    case wire::kDiscard:
      answer.verdict = MilterVerdict::Discard;
      break;
    case wire::kReplyCode:
      answer.reply = packet.payload.substr(0, packet.payload.find('\0'));
      answer.verdict = answer.reply.starts_with('5') ? MilterVerdict::Reject : MilterVerdict::TempFail;
      break;
    default:
      return Status::failed(std::string("an answer of unknown kind at ") + stage);
  }
  answer.stage = stage;
  finished_ = true;
  return Status::ok();
}

Status MilterClient::send_session(const Envelope& envelope, MilterAnswer& answer) {
  if (session_open_) return Status::ok();
  session_open_ = true;
  queue_macros(wire::kConnect, {{"j", "mx.example.com"}, {"{daemon_name}", "smtpd"}, {"v", "Winnow"}});
  if ((protocol_ & kNoConnect) == 0) {
    if (Status s = command("connect", wire::kConnect, connect_payload(envelope), kNrConnect, answer); !s) return s;
  }
  queue_macros(wire::kHelo, {{"{tls_version}", envelope.tls ? "TLSv1.3" : ""}});
  if ((protocol_ & kNoHelo) != 0 || envelope.helo.empty()) return Status::ok();
  return command("helo", wire::kHelo, nul_terminated(envelope.helo), kNrHelo, answer);
}

Status MilterClient::send_envelope(const MilterMail& mail, MilterAnswer& answer) {
  const Envelope& envelope = mail.envelope;
  queue_macros(wire::kMail, {{"{auth_authen}", envelope.auth_user}, {"{mail_addr}", envelope.mail_from}});
  if ((protocol_ & kNoMail) == 0) {
    const std::string sender = nul_terminated("<" + envelope.mail_from + ">");
    if (Status s = command("mail", wire::kMail, sender, kNrMail, answer); !s) return s;
  }
  for (const std::string& recipient : envelope.recipients) {
    queue_macros(wire::kRcpt, {{"{rcpt_addr}", recipient}});
    if ((protocol_ & kNoRcpt) != 0) continue;
    if (Status s = command("rcpt", wire::kRcpt, nul_terminated("<" + recipient + ">"), kNrRcpt, answer); !s) return s;
  }
  queue_macros(wire::kData, {{"i", mail.queue_id}});
  if ((protocol_ & kNoData) != 0) return Status::ok();
  return command("data", wire::kData, "", kNrData, answer);
}

Status MilterClient::send_content(const MilterMail& mail, MilterAnswer& answer) {
  const bool leading_space = (protocol_ & kLeadingSpace) != 0;
  for (const auto& [name, value] : mail.headers) {
    if ((protocol_ & kNoHeaders) != 0) break;
    std::string_view text = value;
    if (!leading_space && text.starts_with(' ')) text.remove_prefix(1);
    const std::string payload = nul_terminated(name) + nul_terminated(text);
    if (Status s = command("header", wire::kHeader, payload, kNrHeader, answer); !s) return s;
  }
  queue_macros(wire::kEndOfHeaders, {{"i", mail.queue_id}});
  if ((protocol_ & kNoEndOfHeaders) == 0) {
    if (Status s = command("eoh", wire::kEndOfHeaders, "", kNrEndOfHeaders, answer); !s) return s;
  }
  return send_body(mail, answer);
}

Status MilterClient::send_body(const MilterMail& mail, MilterAnswer& answer) {
  std::string_view body = mail.body;
  while (!body.empty() && (protocol_ & kNoBody) == 0 && !answer.body_skipped && !finished_) {
    const std::string_view chunk = body.substr(0, kBodyChunk);
    if (Status s = command("body", wire::kBody, chunk, kNrBody, answer); !s) return s;
    body.remove_prefix(chunk.size());
  }
  return Status::ok();
}

Status MilterClient::end_message(const MilterMail& mail, MilterAnswer& answer) {
  if (finished_) return Status::ok();
  queue_macros(wire::kEndOfMessage, {{"i", mail.queue_id}, {"{auth_authen}", mail.envelope.auth_user}});
  wire_.queue(wire::kEndOfMessage, "");
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    Packet packet;
    if (Status got = wire_.read(packet); !got) return got;
    if (packet.command == wire::kProgress) {
      ++answer.progress;
    } else if (packet.command == wire::kQuarantine) {
      answer.quarantine = packet.payload.substr(0, packet.payload.find('\0'));
    } else if (packet.command == wire::kAddRecipient || packet.command == wire::kDeleteRecipient) {
      auto& recipients = packet.command == wire::kAddRecipient ? answer.recipients_added : answer.recipients_removed;
      recipients.push_back(without_brackets(packet.payload.substr(0, packet.payload.find('\0'))));
    } else if (packet.command == wire::kAddHeader || packet.command == wire::kInsertHeader ||
               packet.command == wire::kChangeHeader) {
      const std::optional<HeaderEdit> edit = edit_from(packet);
      if (!edit) return Status::failed("a header edit that cannot be read");
      answer.edits.push_back(*edit);
    } else {
      answer.waited = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
      if (answer.stage.empty()) answer.stage = "eom";
      return take_reply("eom", packet, answer);
    }
  }
}

Status MilterClient::run_stages(const MilterMail& mail, MilterAnswer& answer) {
  if (Status s = send_session(mail.envelope, answer); !s || finished_) return s;
  if (Status s = send_envelope(mail, answer); !s || finished_) return s;
  if (Status s = send_content(mail, answer); !s || finished_) return s;
  return end_message(mail, answer);
}

Status MilterClient::send(const MilterMail& mail, MilterAnswer& answer) {
  answer = {};
  finished_ = false;
  return run_stages(mail, answer);
}

Status MilterClient::abort() {
  wire_.queue(wire::kAbort, "");
  return wire_.flush();
}

Status MilterClient::quit() {
  wire_.queue(wire::kQuit, "");
  return wire_.flush();
}

}  // namespace winnow
