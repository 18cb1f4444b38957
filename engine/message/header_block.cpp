// header_block.cpp - one pass over the lines of a header block.
#include "engine/message/header_block.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "config/ascii.h"

namespace winnow {
namespace {

void append_value(std::string_view text, HeaderBlock& block) {
  if (text.size() > block.room) block.cut = true;
  const std::string_view kept = text.substr(0, block.room);
  block.fields.back().value += kept;
  block.room -= kept.size();
}

/// RFC 5322 field names are printable ASCII without a colon; old software also puts spaces before the colon.
std::string_view field_name(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  std::string_view name = line.substr(0, colon);
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > 32 && c < 127; });
  return printable ? name : std::string_view{};
}

constexpr std::string_view kEssential[] = {"Subject",
                                           "From",
                                           "Sender",
                                           "Reply-To",
                                           "To",
                                           "Cc",
                                           "Date",
                                           "Content-Type",
                                           "Content-Transfer-Encoding",
                                           "Content-Disposition"};

}  // namespace

bool EssentialFields::is_first(std::string_view name) {
  const auto found = find_ignoring_case(kEssential, name);
  if (found == std::end(kEssential)) return false;
  const unsigned bit = 1U << (found - std::begin(kEssential));
  const bool is_first = (seen_ & bit) == 0;
  seen_ |= bit;
  return is_first;
}

const std::string* HeaderBlock::value(std::string_view name) const {
  for (const RawHeader& field : fields) {
    if (equal_ignoring_case(field.name, name)) return &field.value;
  }
  return nullptr;
}

bool begins_field(std::string_view line) { return !field_name(line).empty(); }

void add_header_line(std::string_view line, const HeaderLimits& limits, HeaderBlock& block) {
  if (line.front() == ' ' || line.front() == '\t') {
    // A continuation of a field that was not kept must not be added to the last one that was.
    if (block.field_count == 0) ++block.skipped_lines;
    if (block.kept_last) append_value(line, block);
    return;
  }
  const std::string_view name = field_name(line);
  if (name.empty()) {
    ++block.skipped_lines;
    return;
  }
  ++block.field_count;
  const bool is_needed = block.essential.is_first(name);
  block.kept_last = block.field_count <= limits.max_fields || is_needed;
  if (!block.kept_last) {
    block.cut = true;
    return;
  }
  block.fields.push_back({name, {}});
  block.room = is_needed ? limits.max_essential_bytes : limits.max_value_bytes;
  append_value(trim(line.substr(line.find(':') + 1)), block);
}

HeaderBlock read_header_block(std::string_view octets, const HeaderLimits& limits, std::size_t& body_at) {
  return read_header_block(octets, limits, body_at, [](std::string_view) { return false; });
}

std::string normalise_line_ends(std::string_view octets) {
  std::string text;
  text.reserve(octets.size());
  std::size_t from = 0;
  while (from < octets.size()) {
    std::size_t cr = octets.find('\r', from);
    if (cr == std::string_view::npos) cr = octets.size();
    text.append(octets.substr(from, cr - from));
    if (cr < octets.size() && !(cr + 1 < octets.size() && octets[cr + 1] == '\n')) text += '\r';
    from = cr + 1;
  }
  return text;
}

}  // namespace winnow
