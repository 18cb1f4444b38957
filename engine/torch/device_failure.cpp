#include "engine/torch/device_failure.h"

#include "engine/torch/guard.h"

namespace winnow {

bool names_device_failure(const std::string& error) {
  for (const char* sign : {"CUDA error", "CUDA out of memory", "CUDA driver", "CUDA-capable", "CUBLAS_STATUS",
                           "CUDNN_STATUS", "cuDNN error", "CUSPARSE_STATUS", "NVRTC"}) {
    if (error.find(sign) != std::string::npos) return true;
  }
  return false;
}

bool device_answers(const at::Device& device) {
  const Status status = guarded("asking the device", [&device] {
    const float two = at::ones({1}, at::TensorOptions(device)).add(1).item<float>();
    return two == 2.0f ? Status::ok() : Status::failed("it answers nonsense");
  });
  return static_cast<bool>(status);
}

}  // namespace winnow
