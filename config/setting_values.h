// setting_values.h - the kinds of values that settings have, each with its reader and its printer.
//
// Threads: immutable function objects.
// Fails:   a reader reports "NAME must be ..., got ..." at the value and leaves the field alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/setting_table.h"

namespace winnow {

/// How one field is read and printed; F is the field's type.
template <typename F>
struct SettingKind {
  std::string range;
  std::function<std::optional<F>(const YamlNode&, SettingContext&)> read;
  std::function<std::string(const F&)> print;
  ValueForm form;
};

/// A check of a text: "" when it is fine, else what is wrong: "must be ...".
using TextCheck = std::function<std::string(const std::string&)>;

/// A word of the file and the value it stands for.
template <typename F>
struct Choice {
  std::string word;
  F value;
};

SettingKind<std::chrono::microseconds> duration_between(std::chrono::microseconds least,
                                                        std::chrono::microseconds most);
SettingKind<std::uint64_t> size_between(std::uint64_t least, std::uint64_t most);
SettingKind<std::size_t> count_between(std::size_t least, std::size_t most);
SettingKind<double> number_between(double least, double most);
SettingKind<std::size_t> auto_or_count(std::size_t most);                       // auto is 0
SettingKind<std::optional<double>> auto_or_percent(double least, double most);  // auto is nullopt
SettingKind<bool> yes_or_no();
SettingKind<OnError> accept_or_tempfail();
SettingKind<unsigned> file_mode();
/// A text for which `check` is the judge; `pattern` is what editors can know of it ("" is any text).
SettingKind<std::string> text_with(std::string range, TextCheck check, std::string pattern);
SettingKind<std::string> one_of(std::vector<std::string> words);
SettingKind<std::vector<std::string>> list_of(std::string range, TextCheck check, std::string pattern);
/// One text may stand without the brackets; "" is the empty list.
SettingKind<std::vector<std::string>> text_or_list(std::string range, TextCheck check, std::string pattern);
/// One word, or a list of at most `most` entries, at least one.
SettingKind<DeviceSetting> word_or_devices(std::size_t most);
SettingKind<std::filesystem::path> file_path();
SettingKind<std::filesystem::path> file_path_or_none();  // "" is no file
SettingKind<std::vector<std::filesystem::path>> path_list();
/// The same for a place to listen at: a relative unix: path becomes absolute.
SettingKind<std::string> listening_address(std::string range, TextCheck check, std::string pattern);

/// "deadline must be <expected>, got 'soon'" at the value.
void refuse(const YamlNode& value, SettingContext& context, const std::string& expected, std::string hint = {});

/// A text as a YAML scalar, in quotes where it needs them.
std::string yaml_scalar(const std::string& text);

}  // namespace winnow
