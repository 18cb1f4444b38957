// model_archive.h - TorchScript archives made from a few lines of code, good and bad ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/manifest.h"
#include "engine/torch_backend.h"

namespace winnow {

/// The plugin; a test without it has failed.
TorchBackend& backend();

/// Of a table of so many rows.
std::vector<std::int64_t> all_rows(std::size_t rows);

/// As the plugin loads it; failures are the test's.
std::unique_ptr<Model> load(const std::string& archive, const Placement& placement);
/// Why it does not.
std::string load_error(const std::string& archive, const Placement& placement);
/// The logits of the batch.
std::vector<float> run(Model& model, const TokenBatch& batch);

/// A module with the float buffers `gain` [1] and `kernel` [1, 1, 1, 2], both of 2, and the methods that `code` defines.
std::string archive_of(const std::string& code, const std::string& manifest_json = "");
/// The same with a submodule `inner` made of `inner_code`.
std::string archive_with_inner(const std::string& code, const std::string& inner_code);

struct NamedCode {
  std::string name, code;
};
/// The same with a submodule for each of `parts`.
std::string archive_in_parts(const std::vector<NamedCode>& parts, const std::string& code,
                             const std::string& manifest_json = "");

/// The same whose code may call quantized.*, with an attribute `layer`: the packed weights of an 8-bit layer of 2 x 2.
std::string archive_with_int8_layer(const std::string& code);

/// The same with small extra files of these names.
std::string archive_with_extra(const std::string& code, const std::vector<std::string>& names);

/// A forward() of the contract whose logit is gain * (sum of weights + sum of dense).
extern const char* const kSumForward;

/// A manifest that this program accepts.
Manifest fitting_manifest();

}  // namespace winnow
