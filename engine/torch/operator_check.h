// operator_check.h - walks every graph of a loaded module and refuses operators that are not on the list.
//
// Fails:   a failed Status that names the operator and the method.
#pragma once

#include "engine/status.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

/// All methods of all submodules, all functions and classes of the archive's code, with all blocks and subgraphs.
Status check_operators(const torch::jit::Module& module);

}  // namespace winnow
