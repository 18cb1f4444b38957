// answer_fields.h - what a milter's answer says in Winnow's own header.
//
// Fails:   never; an answer without the header has no fields.
#pragma once

#include <map>
#include <string>

#include "milter/milter_client.h"

namespace winnow {

/// Whether the edit takes a header away.
bool is_removal(const HeaderEdit& edit);

/// The fields of the X-Winnow header that the milter added: "verdict" -> "junk".
std::map<std::string, std::string> result_fields(const MilterAnswer& answer);

}  // namespace winnow
