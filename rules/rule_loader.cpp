#include "rules/rule_loader.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "rules/rule_reader.h"

namespace winnow {
namespace {

using Paths = std::vector<std::filesystem::path>;

bool is_rules_name(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const std::string name = path.filename().string();
  return (extension == ".yaml" || extension == ".yml") && !name.starts_with(".");
}

void report_file(const std::filesystem::path& path, std::string text, Diagnostics& problems) {
  problems.error({std::make_shared<const SourceText>(SourceText{path.string(), {}}), 0, 0, 1}, std::move(text));
}

/// The rule files of a folder, by name.
Paths files_of_folder(const std::filesystem::path& folder, Diagnostics& problems) {
  Paths files;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (is_rules_name(entry->path())) files.push_back(entry->path());
  }
  if (failed) report_file(folder, "cannot be read: " + failed.message(), problems);
  std::sort(files.begin(), files.end());
  return files;
}

Paths all_files(const Paths& paths, Diagnostics& problems) {
  Paths files;
  for (const std::filesystem::path& path : paths) {
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (std::filesystem::is_directory(status)) {
      const Paths inside = files_of_folder(path, problems);
      files.insert(files.end(), inside.begin(), inside.end());
    } else if (std::filesystem::exists(status) || is_rules_name(path)) {
      files.push_back(path);  // one that does not exist is reported when it is read
    } else if (status.type() != std::filesystem::file_type::not_found) {
      report_file(path, "cannot be read: " + failed.message(), problems);
    }
  }
  return files;
}

std::shared_ptr<const RuleSet> rule_set_of(const std::vector<RuleFile>& files, std::size_t errors_before,
                                           Diagnostics& problems) {
  RuleProgram program = read_rule_files(files, problems);
  if (problems.error_count() > errors_before) return nullptr;
  if (program.rules.empty()) problems.warning({}, "there are no rules: every message is accepted");
  return make_rule_set(std::move(program));
}

}  // namespace

std::shared_ptr<const RuleSet> load_rules(const std::vector<std::filesystem::path>& paths, Diagnostics& problems) {
  const std::size_t errors_before = problems.error_count();
  std::vector<RuleFile> files;
  for (const std::filesystem::path& path : all_files(paths, problems)) {
    if (std::optional<YamlNode> root = read_yaml_file(path, problems)) files.push_back({path, std::move(*root)});
  }
  return rule_set_of(files, errors_before, problems);
}

std::shared_ptr<const RuleSet> load_rule_texts(std::vector<RuleText> texts, Diagnostics& problems) {
  const std::size_t errors_before = problems.error_count();
  std::vector<RuleFile> files;
  for (RuleText& text : texts) {
    std::optional<YamlNode> root = read_yaml_text(text.file.string(), std::move(text.text), problems);
    if (root) files.push_back({text.file, std::move(*root)});
  }
  return rule_set_of(files, errors_before, problems);
}

}  // namespace winnow
