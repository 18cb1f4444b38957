#include "cli/answer_fields.h"

#include <algorithm>
#include <string_view>

#include "config/ascii.h"

namespace winnow {

bool is_removal(const HeaderEdit& edit) { return edit.kind == HeaderEdit::Kind::Change && edit.value.empty(); }

std::map<std::string, std::string> result_fields(const MilterAnswer& answer) {
  std::map<std::string, std::string> fields;
  for (const HeaderEdit& edit : answer.edits) {
    if (edit.name != "X-Winnow" || is_removal(edit)) continue;
    for (std::size_t at = 0; at < edit.value.size();) {
      const std::size_t end = std::min(edit.value.find(';', at), edit.value.size());
      const std::string_view field = std::string_view(edit.value).substr(at, end - at);
      const std::size_t equals = field.find('=');
      if (equals != field.npos) fields[std::string(trim(field.substr(0, equals)))] = trim(field.substr(equals + 1));
      at = end + 1;
    }
  }
  return fields;
}

}  // namespace winnow
