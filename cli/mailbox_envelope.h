// mailbox_envelope.h - the envelope that a delivered message once had, as far as its headers still tell, or as --from
// and --to say.
//
// Threads: any.
// Blocks:  never; only the header is looked at.
// Fails:   never; what no header tells stays empty.
// Source:  RFC 5321 4.4 (Return-Path), RFC 9228 (Delivered-To), Postfix virtual(8) (X-Original-To).
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "engine/message/mail_input.h"

namespace winnow {

/// Sender: Return-Path, else the first From. Recipient: X-Original-To, else the topmost Delivered-To, else the first To.
/// `present` stays false, because nothing is known of the client.
Envelope envelope_of_delivered(const MailInput& input);

struct EnvelopeOptions {
  std::string sender;                   // <> is the null sender; "" = as the headers tell
  std::vector<std::string> recipients;  // none = as the headers tell
};

void add_envelope_options(Arguments& arguments, EnvelopeOptions& options);

/// What the options say, and what the headers tell of the rest.
Envelope envelope_for(const EnvelopeOptions& options, const MailInput& input);

}  // namespace winnow
