// list_reader.h - the `lists:` of one rule file.
//
// Blocks:  reads the files that lists name.
// Fails:   every problem is reported at its place.
// Units:   a list file holds one entry a line; '#' starts a comment; at most 32 MiB and a million entries.
#pragma once

#include <filesystem>

#include "config/yaml_node.h"
#include "rules/named_lists.h"

namespace winnow {

void read_lists(const YamlNode& lists, const std::filesystem::path& directory, NamedLists& into, Diagnostics& problems);

}  // namespace winnow
