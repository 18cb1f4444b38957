#include "tests/engine/torch/model_archive.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/native/quantized/PackedParams.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/custom_class.h>
#include <torch/script.h>

#include <numeric>
#include <sstream>
#include <stdexcept>

#include "engine/features/features.h"

namespace winnow {
namespace {

std::string save(const torch::jit::Module& module, const std::string& manifest_json) {
  torch::jit::ExtraFilesMap extra;
  if (!manifest_json.empty()) extra["winnow.json"] = manifest_json;
  std::ostringstream stream;
  module.save(stream, extra);
  return stream.str();
}

torch::jit::Module module_of(const char* name, const std::string& code) {
  torch::jit::Module module(name);
  module.register_buffer("gain", torch::full({1}, 2.0));
  module.register_buffer("kernel", torch::full({1, 1, 1, 2}, 2.0));
  module.define(code);
  return module;
}

/// Lets code say quantized.add(...) without Python.
struct QuantizedResolver : torch::jit::Resolver {
  std::shared_ptr<torch::jit::SugaredValue> resolveValue(const std::string& name, torch::jit::GraphFunction& function,
                                                         const torch::jit::SourceRange& at) override {
    if (name == "quantized") return std::make_shared<torch::jit::BuiltinModule>("quantized");
    return torch::jit::nativeResolver()->resolveValue(name, function, at);
  }
  c10::TypePtr resolveType(const std::string& name, const torch::jit::SourceRange& at) override {
    return torch::jit::nativeResolver()->resolveType(name, at);
  }
};

using PackedLayer = c10::intrusive_ptr<LinearPackedParamsBase>;

PackedLayer pack_layer() {
  const at::Tensor weight = at::quantize_per_tensor(torch::eye(2), 0.01, 0, at::kQInt8);
  const auto prepack = c10::Dispatcher::singleton()
                           .findSchemaOrThrow("quantized::linear_prepack", "")
                           .typed<PackedLayer(at::Tensor, c10::optional<at::Tensor>)>();
  return prepack.call(weight, c10::nullopt);
}

}  // namespace

std::vector<std::int64_t> all_rows(std::size_t rows) {
  std::vector<std::int64_t> all(rows);
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

std::unique_ptr<Model> load(const std::string& archive, const Placement& placement) {
  std::unique_ptr<Model> model;
  const Status status = backend().load(archive, placement, model);
  EXPECT_TRUE(status) << status.error();
  return model;
}

std::string load_error(const std::string& archive, const Placement& placement) {
  std::unique_ptr<Model> model;
  return backend().load(archive, placement, model).error();
}

std::vector<float> run(Model& model, const TokenBatch& batch) {
  std::vector<float> logits;
  const Status status = model.run(batch, logits);
  EXPECT_TRUE(status) << status.error();
  return logits;
}

const char* const kSumForward = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    ones = torch.ones([int(weights.size(0)), 1])
    rows = torch.arange(int(weights.size(0)))
    bag = torch.embedding_bag(ones, rows, offsets, False, 0, False, weights)[0]
    return self.gain * (bag + dense.sum(1, True))
)";

TorchBackend& backend() {
  std::string error;
  TorchBackend* loaded = load_torch_backend(error);
  if (loaded == nullptr) throw std::runtime_error(error);
  return *loaded;
}

std::string archive_of(const std::string& code, const std::string& manifest_json) {
  return save(module_of("Example", code), manifest_json);
}

std::string archive_with_inner(const std::string& code, const std::string& inner_code) {
  torch::jit::Module module("Example");
  module.register_buffer("gain", torch::full({1}, 2.0));
  module.register_module("inner", module_of("Inner", inner_code));
  module.define(code);
  return save(module, "");
}

std::string archive_in_parts(const std::vector<NamedCode>& parts, const std::string& code,
                             const std::string& manifest_json) {
  torch::jit::Module module("Example");
  module.register_buffer("gain", torch::full({1}, 2.0));
  for (const NamedCode& part : parts) module.register_module(part.name, module_of("Part", part.code));
  module.define(code);
  return save(module, manifest_json);
}

std::string archive_with_int8_layer(const std::string& code) {
  torch::jit::Module module("Example");
  module.register_attribute("layer", c10::getCustomClassType<PackedLayer>(), c10::IValue(pack_layer()));
  module.define(code, std::make_shared<QuantizedResolver>());
  return save(module, "");
}

std::string archive_with_extra(const std::string& code, const std::vector<std::string>& names) {
  torch::jit::ExtraFilesMap extra;
  for (const std::string& name : names) extra[name] = "content of " + name;
  std::ostringstream stream;
  module_of("Example", code).save(stream, extra);
  return stream.str();
}

Manifest fitting_manifest() {
  Manifest manifest;
  manifest.name = "example";
  manifest.created = "2026-11-21";
  manifest.schema_id = feature_schema().id;
  manifest.schema_hash = feature_schema().hash;
  manifest.table_size = 1024;
  for (const DenseFeature& feature : dense_features()) manifest.dense_names.emplace_back(feature.name);
  manifest.calibration = {Calibration{}};
  return manifest;
}

}  // namespace winnow
