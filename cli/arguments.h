// arguments.h - the options of one command: declared once, parsed, checked, and turned into its help.
//
// Owns:    the declarations; the variables that options write to are borrowed until parse() has returned.
// Fails:   parse() prints what is wrong, with the nearest known option, and returns the exit code for wrong usage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace winnow {

/// How an option is written and what it means. The default shown in the help is the variable's value at declaration.
struct OptionText {
  std::string_view names;    // "--output,-o"; for what stands without an option just "FILE"
  std::string_view value;    // the placeholder: "FILE"; "" for a switch
  std::string_view meaning;  // without the default
};

/// What a number may be, both ends included.
struct NumberRange {
  double least = 0, most = std::numeric_limits<double>::infinity();
};

class Arguments {
 public:
  explicit Arguments(const Command& command);
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  void add(const OptionText& text, bool& value);
  void add(const OptionText& text, std::string& value);
  void add(const OptionText& text, std::filesystem::path& value);
  void add(const OptionText& text, std::size_t& value, const NumberRange& range = {});
  void add(const OptionText& text, double& value, const NumberRange& range = {});
  void add(const OptionText& text, std::vector<std::string>& value);
  void add(const OptionText& text, std::vector<std::filesystem::path>& value);
  /// What stands without an option: one of these words, "settings|rules".
  void add_choice(std::string_view words, std::string_view meaning, std::string& value);
  /// What stands without an option: one or more files.
  void add_files(std::string_view meaning, std::vector<std::filesystem::path>& value);
  /// The same where there need be none.
  void add_optional_files(std::string_view meaning, std::vector<std::filesystem::path>& value);

  /// Reads argv[1..]. nullopt: go on; else the exit code to end with (help was asked for, or the usage is wrong).
  std::optional<int> parse(int argc, char** argv);

  /// The first of these options that was given, "" when none was. After parse().
  std::string first_given(std::initializer_list<std::string_view> names) const;

  /// Says what is wrong about the options together and returns the exit code for it.
  int wrong_usage(const std::string& why) const;

  std::string help() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace winnow
