// device_failure.h - whether a failed call was the device's fault: then the next call will fail, too.
//
// Fails:   never.
#pragma once

#include <ATen/ATen.h>

#include <string>

namespace winnow {

/// Whether LibTorch's sentence tells of an error of CUDA or one of its libraries.
bool names_device_failure(const std::string& error);

/// Whether the device still computes: after some errors of a kernel no call on it succeeds in this process.
bool device_answers(const at::Device& device);

}  // namespace winnow
