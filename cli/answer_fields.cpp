#include "cli/answer_fields.h"

#include <algorithm>

namespace winnow {

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

bool is_removal(const HeaderEdit& edit) { return edit.kind == HeaderEdit::Kind::Change && edit.value.empty(); }

std::map<std::string, std::string> result_fields(const MilterAnswer& answer) {
  std::map<std::string, std::string> fields;
  for (const HeaderEdit& edit : answer.edits) {
    if (edit.name != "X-Winnow" || is_removal(edit)) continue;
    for (std::size_t at = 0; at < edit.value.size();) {
      const std::size_t end = std::min(edit.value.find(';', at), edit.value.size());
      const std::string field = edit.value.substr(at, end - at);
      const std::size_t equals = field.find('=');
      if (equals != std::string::npos) fields[trimmed(field.substr(0, equals))] = trimmed(field.substr(equals + 1));
      at = end + 1;
    }
  }
  return fields;
}

}  // namespace winnow
