// mailbox_envelope.h - the envelope that a delivered message once had, as far as its headers still tell.
//
// Threads: any.
// Blocks:  never; only the header is looked at.
// Fails:   never; what no header tells stays empty.
// Source:  RFC 5321 4.4 (Return-Path), RFC 9228 (Delivered-To), Postfix virtual(8) (X-Original-To).
#pragma once

#include "engine/message/mail_input.h"

namespace winnow {

/// Sender: Return-Path, else the first From. Recipient: X-Original-To, else the topmost Delivered-To, else the first To.
/// `present` stays false, because nothing is known of the client.
Envelope envelope_of_delivered(const MailInput& input);

}  // namespace winnow
