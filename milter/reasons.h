// reasons.h - what can truly be said of a message in a few words: the telling features it shows.
//
// Not an explanation of the model's number (`winnow explain` gives that): names of features that are present.
// Threads: from any thread.
// Fails:   never; nothing telling gives an empty list.
#pragma once

#include <string>
#include <vector>

namespace winnow {

/// At most three names of dense features, most telling first; `dense` in the order of dense_features().
std::vector<std::string> reasons_of(const std::vector<float>& dense);

/// Every name that reasons_of can give, for documentation.
std::vector<std::string> telling_features();

}  // namespace winnow
