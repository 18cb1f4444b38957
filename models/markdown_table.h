// markdown_table.h - a Markdown table that also reads well on a terminal: columns are padded to one width.
//
// Owns:    plain values.
// Fails:   never.
// Units:   width counts octets: headings and figures are ASCII.
#pragma once

#include <string>
#include <vector>

namespace winnow {

using MarkdownRow = std::vector<std::string>;

/// The first row is the heading. The first column is left aligned, all others are right aligned.
std::string markdown_table(const std::vector<MarkdownRow>& rows);

/// 12.34, or - where there is no figure.
std::string percent_number(double share, int digits);

}  // namespace winnow
