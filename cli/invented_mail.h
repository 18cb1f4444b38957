// invented_mail.h - mail that nobody wrote, of wanted sizes: the load of `winnow bench` when no mail is given.
//
// Owns:    plain values.
// Fails:   sizes_named says what is wrong; invent_mail never.
// Units:   bytes of a whole message, headers included; it gets that large or a little larger.
//
// The same seed gives the same octets. Large messages are large by an attachment, as in life. It is for load, not for
// accuracy: what a model says of it means nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/message/mail_input.h"

namespace winnow {

struct SizeShare {
  std::uint64_t bytes = 0;
  std::size_t share = 0;  // relative to the others
};

/// "small", "mixed", "large", or sizes with their shares: "4KiB:90,1MiB:10". nullopt: `error` says why.
std::optional<std::vector<SizeShare>> sizes_named(const std::string& text, std::string& error);

std::vector<MailInput> invent_mail(const std::vector<SizeShare>& sizes, std::size_t count, std::uint64_t seed);

}  // namespace winnow
