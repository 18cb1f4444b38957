// recipient_changes.h - what the rules do for single recipients, as changes of the envelope.
//
// Fails:   never; without a recipient that the MTA named nothing changes.
#pragma once

#include <cstddef>
#include <vector>

#include "milter/modifications.h"

namespace winnow {

/// Redirects, drops, extensions and copies, additions first, so that no MTA ever holds a message for nobody. An address
/// that already gets the message is not added again. Returns how many of the envelope's recipients are removed.
std::size_t change_recipients(const Judgement& judgement, std::vector<Modification>& out);

}  // namespace winnow
