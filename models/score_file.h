// score_file.h - a table of judged messages: what one filter said, for this tool or any other to measure.
//
// Owns:    plain values.
// Blocks:  reads or writes one file; it is written whole or not at all.
// Fails:   write: one sentence in the Status. Read: every bad line is a located Diagnostic (the first ones of many), and
//          the good ones are returned all the same.
//
// Tab-separated, with a first line that names the columns: corpus, path, label (ham|spam|phishing), probability (0..1), and
// uncalibrated where that is known. Other columns are skipped, so any filter's scores can be brought into this form.
#pragma once

#include <filesystem>
#include <vector>

#include "config/diagnostics.h"
#include "engine/status.h"
#include "models/evaluate.h"

namespace winnow {

/// Tabs and line breaks in names become spaces.
Status write_score_file(const std::filesystem::path& file, const std::vector<ScoredMail>& mail);
std::vector<ScoredMail> read_score_file(const std::filesystem::path& file, Diagnostics& problems);

}  // namespace winnow
