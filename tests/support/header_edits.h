// header_edits.h - the header of a message as it would be delivered after a milter's edits.
//
// Owns:    plain values.
// Fails:   never.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "config/ascii.h"
#include "milter/milter_client.h"

namespace winnow {

inline void insert_at(std::vector<HeaderField>& headers, std::size_t index, const HeaderEdit& edit) {
  const std::size_t at = std::min(index, headers.size());
  headers.insert(headers.begin() + static_cast<std::ptrdiff_t>(at), {edit.name, edit.value});
}

inline void change_instance(std::vector<HeaderField>& headers, const HeaderEdit& edit) {
  std::uint32_t instance = 0;
  for (auto field = headers.begin(); field != headers.end(); ++field) {
    if (!equal_ignoring_case(field->first, edit.name) || ++instance < std::max(edit.index, 1u)) continue;
    if (edit.value.empty()) {
      headers.erase(field);
    } else {
      field->second = edit.value;
    }
    return;
  }
  if (!edit.value.empty()) headers.emplace_back(edit.name, edit.value);  // past the last one: MTAs add it
}

/// The edits one after the other, as Postfix does (an instance that is deleted no longer counts).
inline std::vector<HeaderField> apply_edits(std::vector<HeaderField> headers, const std::vector<HeaderEdit>& edits) {
  for (const HeaderEdit& edit : edits) {
    switch (edit.kind) {
      case HeaderEdit::Kind::Add:
        insert_at(headers, headers.size(), edit);
        break;
      case HeaderEdit::Kind::Insert:
        insert_at(headers, edit.index, edit);
        break;
      case HeaderEdit::Kind::Change:
        change_instance(headers, edit);
        break;
    }
  }
  return headers;
}

}  // namespace winnow
