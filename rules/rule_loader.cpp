#include "rules/rule_loader.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "rules/rule_file_reader.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

using Paths = std::vector<std::filesystem::path>;

bool is_rules_name(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const std::string name = path.filename().string();
  return (extension == ".yaml" || extension == ".yml") && !name.starts_with(".");
}

void report_file(const std::filesystem::path& path, std::string text, Diagnostics& problems) {
  problems.error(in_file(path), std::move(text));
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

enum class MissingFolder { IsEmpty, IsAnError };

/// By its name, of a path that does not exist: folders have no extension, or that of a rules.d.
bool is_meant_as_file(const std::filesystem::path& path) { return path.has_extension() && path.extension() != ".d"; }

/// The shipped settings name a rules.d, and most sites never make one.
void doubt_missing_folder(const std::filesystem::path& path, Diagnostics& problems) {
  const std::filesystem::path name = path.has_filename() ? path.filename() : path.parent_path().filename();
  if (name != "rules.d") problems.warning(in_file(path), "this folder of rules does not exist");
}

/// The path itself, or a folder on its way, when that is a link to what does not exist; "" else. What is not mounted, or a
/// release that was removed, took rules along that somebody had put there.
std::filesystem::path dangling_link(std::filesystem::path path) {
  std::error_code failed;
  if (!path.has_filename()) path = path.parent_path();  // "rules.d/": with the slash the link would be followed
  for (; path.has_relative_path(); path = path.parent_path()) {
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(path, failed)) &&
        !std::filesystem::exists(path, failed)) {
      return path;
    }
  }
  return {};
}

std::string dangling_text(const std::filesystem::path& link) {
  std::error_code failed;
  return "cannot be read: " + quoted_for_message(link.string()) + " is a link to " +
         quoted_for_message(std::filesystem::read_symlink(link, failed).string()) + ", which does not exist";
}

void report_missing(const std::filesystem::path& path, MissingFolder missing_folder, Diagnostics& problems) {
  if (const std::filesystem::path link = dangling_link(path); !link.empty()) {
    report_file(path, dangling_text(link), problems);
  } else if (missing_folder == MissingFolder::IsAnError) {
    report_file(path, "cannot be read: no such file or folder", problems);
  } else {
    doubt_missing_folder(path, problems);
  }
}

/// A file of rules, and who asks for it: by its name the settings or another file, or only the folder it lies in.
struct FoundFile {
  enum class By { Name, Folder };
  std::filesystem::path path;
  By by = By::Name;
};

std::vector<FoundFile> all_files(const Paths& paths, MissingFolder missing_folder, Diagnostics& problems) {
  std::vector<FoundFile> files;
  for (const std::filesystem::path& path : paths) {
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (std::filesystem::is_directory(status)) {
      for (const std::filesystem::path& file : files_of_folder(path, problems)) {
        files.push_back({file, FoundFile::By::Folder});
      }
    } else if (std::filesystem::exists(status) || is_meant_as_file(path)) {
      files.push_back({path});  // one that does not exist is reported when it is read
    } else if (status.type() != std::filesystem::file_type::not_found) {
      report_file(path, "cannot be read: " + failed.message(), problems);
    } else {
      report_missing(path, missing_folder, problems);
    }
  }
  return files;
}

/// Reads files, each after those that it includes.
class FileCollector {
 public:
  explicit FileCollector(Diagnostics& problems) : problems_(problems) {}

  /// A file that the settings name, or that lies in a folder they name.
  void add_found(const FoundFile& file) {
    if (is_read(file.path.lexically_normal())) {
      report_file(file.path, "is read already: another file includes it, or it is named twice", problems_);
    } else {
      add_file(file);
    }
  }

  void add_text(RuleText text) {
    std::optional<YamlNode> root = read_yaml_text(text.file.string(), std::move(text.text), problems_);
    if (root) add(text.file, std::move(*root));
  }

  std::vector<RuleFile> take() { return std::move(files_); }

 private:
  void add_file(const FoundFile& file) {
    const std::size_t errors_before = problems_.error_count();
    std::optional<YamlNode> root = read_yaml_file(file.path, problems_);
    if (!root) return;
    if (root->kind == YamlNode::Kind::Null && problems_.error_count() == errors_before) doubt_nothing(file, *root);
    add(file.path, std::move(*root));
  }

  /// A full disk and a script that failed leave nothing at all; whoever switched rules off left comments.
  void doubt_nothing(const FoundFile& file, const YamlNode& root) {
    if (root.where.source == nullptr || trim(root.where.source->text).empty()) {
      problems_.error(in_file(file.path), "the file is empty",
                      file.by == FoundFile::By::Folder ? "write its rules, or remove it"
                                                       : "write its rules, or a comment if it has none");
    } else {
      problems_.warning(in_file(file.path), "the file holds no rules, only comments");
    }
  }

  bool is_read(const std::filesystem::path& file) const {
    return std::any_of(files_.begin(), files_.end(),
                       [&](const RuleFile& other) { return other.file.lexically_normal() == file; });
  }

  void add(const std::filesystem::path& file, YamlNode root) {
    open_.push_back(file.lexically_normal());
    if (const YamlNode* include = root.find("include")) read_includes(*include, file.parent_path());
    open_.pop_back();
    files_.push_back({file, std::move(root)});
  }

  void read_includes(const YamlNode& include, const std::filesystem::path& folder) {
    const std::string hint = include.kind == YamlNode::Kind::Scalar ? "write [" + include.scalar + "]" : "";
    if (!require_sequence(include, "include", hint, problems_)) return;
    for (const YamlNode& item : include.items) {
      if (require_text(item, "an included file", problems_) != nullptr) read_include(item, folder);
    }
  }

  void read_include(const YamlNode& item, const std::filesystem::path& folder) {
    const std::filesystem::path file =
        (folder / item.scalar).lexically_normal();  // an absolute path replaces the folder
    const auto opened = std::find(open_.begin(), open_.end(), file);
    if (opened != open_.end()) {
      problems_.error(item.where, "the include goes in a circle", circle_from(opened) + file.string());
    } else if (is_read(file)) {
      problems_.error(item.where, quoted_for_message(file.string()) + " is read already", "a file counts once");
    } else if (std::error_code failed; std::filesystem::is_regular_file(file, failed)) {
      add_file({file});
    } else {
      const bool is_missing = failed == std::errc::no_such_file_or_directory;
      problems_.error(item.where, "the file " + quoted_for_message(file.string()) + " cannot be included: " +
                                      (is_missing ? "no such file"
                                       : failed   ? failed.message()
                                                  : "it is not a file"));
    }
  }

  std::string circle_from(Paths::const_iterator first) const {
    std::string names;
    for (auto file = first; file != open_.end(); ++file) names += file->string() + " includes ";
    return names;
  }

  Diagnostics& problems_;
  std::vector<RuleFile> files_;
  Paths open_;  // the file being read, last, and those that include it
};

std::shared_ptr<const RuleSet> rule_set_of(const std::vector<RuleFile>& files, std::size_t errors_before,
                                           const FeatureNames& features, Diagnostics& problems) {
  auto program = std::make_shared<RuleProgram>(read_rule_files(files, features, problems));
  if (problems.error_count() > errors_before) return nullptr;
  if (program->info.rules == 0) problems.warning({}, "there are no rules: every message is accepted");
  return make_rule_set(std::move(program));
}

std::shared_ptr<const RuleSet> load_from(const Paths& paths, MissingFolder missing_folder, const FeatureNames& features,
                                         Diagnostics& problems) {
  const std::size_t errors_before = problems.error_count();
  FileCollector files(problems);
  for (const FoundFile& file : all_files(paths, missing_folder, problems)) files.add_found(file);
  return rule_set_of(files.take(), errors_before, features, problems);
}

}  // namespace

std::shared_ptr<const RuleSet> load_rules(const std::vector<std::filesystem::path>& paths, Diagnostics& problems,
                                          const FeatureNames& features) {
  return load_from(paths, MissingFolder::IsEmpty, features, problems);
}

std::shared_ptr<const RuleSet> load_named_rules(const std::vector<std::filesystem::path>& paths, Diagnostics& problems,
                                                const FeatureNames& features) {
  return load_from(paths, MissingFolder::IsAnError, features, problems);
}

std::shared_ptr<const RuleSet> load_rule_texts(std::vector<RuleText> texts, Diagnostics& problems,
                                               const FeatureNames& features) {
  const std::size_t errors_before = problems.error_count();
  FileCollector files(problems);
  for (RuleText& text : texts) files.add_text(std::move(text));
  return rule_set_of(files.take(), errors_before, features, problems);
}

}  // namespace winnow
