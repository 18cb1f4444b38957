#include "engine/torch/operator_list.h"

#include <sstream>
#include <string>
#include <unordered_set>

namespace winnow {
namespace {

// One line per family, so that a reviewer sees at a glance what is in and what is not.
constexpr const char* kAten =
    // arithmetic and elementwise functions
    "add sub rsub mul div floor_divide floordiv true_divide remainder mathremainder fmod pow exp exp2 expm1 log log1p "
    "log2 log10 sqrt rsqrt reciprocal square neg sign abs sin cos tan asin acos atan atan2 sinh cosh tanh sigmoid erf "
    "erfc ceil floor round trunc frac clamp clamp_min clamp_max clip maximum minimum addcdiv addcmul lerp logit "
    // matrix products
    "mm mv bmm dot matmul linear addmm addmv addbmm baddbmm einsum outer bilinear "
    // reductions, orders, comparisons
    "max min amax amin argmax argmin mean sum prod std var norm linalg_vector_norm cumsum cumprod logsumexp softmax "
    "log_softmax any all count_nonzero topk sort argsort bincount unique_consecutive cosine_similarity "
    "eq ne lt gt le ge logical_and logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_not bitwise_xor "
    "__and__ __or__ __xor__ __not__ __is__ __isnot__ __contains__ __lshift__ __rshift__ "
    "bitwise_left_shift bitwise_right_shift isnan isinf isfinite nan_to_num where masked_fill masked_select nonzero "
    // shapes and places
    "view view_as reshape flatten unflatten squeeze unsqueeze transpose t permute movedim swapaxes expand expand_as "
    "repeat repeat_interleave cat concat concatenate stack hstack vstack split split_with_sizes chunk unbind narrow "
    "slice select index index_select index_put index_add gather scatter scatter_add take take_along_dim flip roll tril "
    "triu diag diagonal pad constant_pad_nd contiguous clone detach copy fill zero broadcast_to broadcast_tensors "
    "size numel dim is_contiguous item to type_as is_floating_point "
    // new tensors
    "zeros ones full arange linspace eye tensor as_tensor scalar_tensor zeros_like ones_like full_like new_zeros "
    "new_ones new_full one_hot "
    // layers
    "relu relu6 leaky_relu elu selu celu gelu silu mish hardtanh hardsigmoid hardswish softplus softsign threshold "
    "prelu glu log_sigmoid dropout feature_dropout alpha_dropout layer_norm native_layer_norm group_norm "
    "instance_norm batch_norm conv1d conv2d convolution _convolution max_pool1d max_pool2d avg_pool1d avg_pool2d "
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d adaptive_max_pool2d embedding embedding_bag lstm gru "
    "rnn_tanh rnn_relu lstm_cell gru_cell scaled_dot_product_attention _native_multi_head_attention "
    "_transformer_encoder_layer_fwd "
    // quantized weights
    "quantize_per_tensor quantize_per_channel dequantize int_repr q_scale q_zero_point "
    // numbers, lists, dictionaries, texts
    "Int Float Bool IntImplicit FloatImplicit ScalarImplicit len append extend insert pop list dict keys values items "
    "get update count __getitem__ _set_item Delete str format __range_length __derive_index "
    "is_grad_enabled is_autocast_enabled";

constexpr const char* kPrim =
    "Constant ListConstruct ListUnpack TupleConstruct TupleUnpack TupleIndex TupleSlice DictConstruct GetAttr SetAttr "
    "CallMethod CallFunction CreateObject If Loop Return Param Uninitialized unchecked_cast unchecked_unwrap_optional "
    "RaiseException isinstance NumToTensor ImplicitTensorToNum device dtype layout is_cuda is_quantized is_nested "
    "requires_grad ndim min max rangelist EnumValue EnumName";

constexpr const char* kQuantized =
    "linear linear_relu linear_dynamic linear_relu_dynamic linear_dynamic_fp16 conv1d conv2d add mul cat "
    "embedding_byte embedding_4bit embedding_bag_byte embedding_bag_4bit embedding_bag_byte_rowwise_offsets "
    "embedding_bag_4bit_rowwise_offsets";

std::unordered_set<std::string> make_set() {
  std::unordered_set<std::string> kinds;
  const auto add = [&kinds](const std::string& space, const char* names) {
    std::istringstream words(names);
    for (std::string word; words >> word;) kinds.insert(space + word);
  };
  add("aten::", kAten);
  add("prim::", kPrim);
  add("quantized::", kQuantized);
  return kinds;
}

}  // namespace

bool operator_allowed(std::string_view kind) {
  static const std::unordered_set<std::string> allowed = make_set();
  if (allowed.count(std::string(kind)) > 0) return true;
  const bool in_place = kind.size() > 1 && kind.back() == '_' && kind[kind.size() - 2] != '_';
  return in_place && allowed.count(std::string(kind.substr(0, kind.size() - 1))) > 0;
}

}  // namespace winnow
