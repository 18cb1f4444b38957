#include "cli/mail_files.h"

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "models/labelled_mail.h"
#include "models/mbox.h"

namespace winnow {
namespace {

/// Reads standard input to its end, so that a writer never meets a closed pipe, but keeps only what will be judged. nullopt: a
/// problem was reported.
std::optional<MailInput> read_standard_input(std::uint64_t max_bytes, Diagnostics& problems) {
  std::string raw;
  std::uint64_t all = 0;
  std::array<char, 1 << 16> chunk;
  while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), stdin)) {
    all += got;
    if (raw.size() <= max_bytes) raw.append(chunk.data(), got);
  }
  if (std::ferror(stdin) != 0) {
    problems.error({}, "standard input cannot be read");
    return std::nullopt;
  }
  if (text_holds_several_messages(raw))
    problems.warning({}, "standard input looks like an mbox of several messages; it is judged as one",
                     "give it as a file");
  const std::uint64_t kept = raw.size();
  MailInput input = mail_from_bytes(std::move(raw), max_bytes);
  input.full_size += all - kept;
  return input;
}

}  // namespace

void read_mail(const std::vector<std::filesystem::path>& paths, std::uint64_t max_bytes, Diagnostics& problems,
               const std::function<void(NamedMail&&)>& take) {
  const std::size_t errors = problems.error_count();
  bool is_any = false;
  for (const std::filesystem::path& path : paths) {
    if (path == "-") {
      if (auto input = read_standard_input(max_bytes, problems)) {
        is_any = true;
        take({"-", std::move(*input)});
      }
      continue;
    }
    read_labelled_mail({{path, Label::Ham}}, {}, max_bytes, problems, [&](LabelledMail&& mail) {
      is_any = true;
      take({std::move(mail.name), std::move(mail.input)});
      return true;
    });
  }
  if (!is_any && problems.error_count() == errors) problems.error({}, "there is no mail in what was given");
}

}  // namespace winnow
