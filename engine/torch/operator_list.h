// operator_list.h - the TorchScript operators a classifier may use: tensor mathematics and plain control flow.
//
// Threads: any.
// Fails:   never.
//
// Everything else is refused: operators that read or write files, print, start threads, or reach memory by raw strides.
#pragma once

#include <string_view>

namespace winnow {

/// `kind` as TorchScript writes it: "aten::add". An in-place form ("aten::add_") is allowed when its plain form is.
bool operator_allowed(std::string_view kind);

}  // namespace winnow
