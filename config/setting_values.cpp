#include "config/setting_values.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "config/setting_checks.h"
#include "config/text_checks.h"
#include "config/units.h"

namespace winnow {
namespace {

std::string got(const YamlNode& value) {
  if (value.kind != YamlNode::Kind::Scalar) return std::string(kind_name(value));
  return value.scalar.empty() ? "an empty text" : quoted_for_message(value.scalar);
}

/// Reads a scalar that `parse` understands and that lies in [least, most].
template <typename F>
std::function<std::optional<F>(const YamlNode&, SettingContext&)> reader_between(
    F least, F most, std::string kind, std::function<std::optional<F>(std::string_view)> parse,
    std::function<std::string(const F&)> print) {
  return [=](const YamlNode& value, SettingContext& context) -> std::optional<F> {
    const std::optional<F> parsed = value.kind == YamlNode::Kind::Scalar ? parse(value.scalar) : std::nullopt;
    if (!parsed) {
      refuse(value, context, kind);
    } else if (*parsed < least || *parsed > most) {
      refuse(value, context, "between " + print(least) + " and " + print(most));
    } else {
      return parsed;
    }
    return std::nullopt;
  };
}

template <typename F>
std::string range_text(F least, F most, const std::function<std::string(const F&)>& print) {
  return print(least) + ".." + print(most);
}

std::optional<std::size_t> parse_count(std::string_view text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

/// Digits, and perhaps a point and more digits: no sign, no exponent, no "inf".
std::optional<double> parse_number(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_not_of("0123456789.") == text.npos && text.front() != '.';
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!plain || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string print_number(const double& number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", number);
  return text;
}

bool is_auto(const YamlNode& value) { return value.kind == YamlNode::Kind::Scalar && value.scalar == "auto"; }

std::string print_list(const std::vector<std::string>& items) {
  std::vector<std::string> scalars;
  for (const std::string& item : items) scalars.push_back(yaml_scalar(item));
  return "[" + join(scalars, ", ") + "]";
}

template <typename F>
SettingKind<F> choice_of(std::vector<Choice<F>> choices) {
  std::vector<std::string> words;
  for (const Choice<F>& choice : choices) words.push_back(choice.word);
  const std::string range = join(words, " | ");
  const auto read = [=](const YamlNode& value, SettingContext& context) -> std::optional<F> {
    for (const Choice<F>& choice : choices) {
      if (value.kind == YamlNode::Kind::Scalar && value.scalar == choice.word) return choice.value;
    }
    refuse(value, context, join(words, " or "), did_you_mean(value.scalar, words));
    return std::nullopt;
  };
  const auto print = [=](const F& field) {
    for (const Choice<F>& choice : choices) {
      if (choice.value == field) return yaml_scalar(choice.word);
    }
    return std::string();
  };
  return {range, read, print, word_form(std::move(words))};
}

std::filesystem::path absolute_path(const std::string& text, const SettingContext& context) {
  const std::filesystem::path path(text);
  return (path.is_absolute() ? path : context.directory / path).lexically_normal();
}

/// A text that may name a file: not empty, no control characters.
bool is_path_text(const YamlNode& value) {
  return value.kind == YamlNode::Kind::Scalar && !value.scalar.empty() && printable(value.scalar) == value.scalar;
}

std::optional<unsigned> parse_mode(std::string_view text) {
  unsigned mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  const bool all_read = error == std::errc() && end == text.data() + text.size();
  if (!all_read || text.size() < 3 || text.size() > 4 || mode > 0777) return std::nullopt;
  return mode;
}

/// The readers of lists share this: each item goes through `read_item`; the list counts when all its items do.
template <typename F, typename ReadItem>
std::optional<std::vector<F>> read_items(const YamlNode& value, SettingContext& context, ReadItem read_item) {
  if (value.kind != YamlNode::Kind::Sequence) {
    const bool one = value.kind == YamlNode::Kind::Scalar;
    refuse(value, context, "a list", one ? "write [" + printable(value.scalar) + "]" : "[] is the empty list");
    return std::nullopt;
  }
  std::vector<F> items;
  for (const YamlNode& item : value.items) {
    if (std::optional<F> read = read_item(item)) items.push_back(std::move(*read));
  }
  return items.size() == value.items.size() ? std::optional(items) : std::nullopt;
}

std::optional<std::string> read_checked_text(const YamlNode& value, SettingContext& context, const TextCheck& check) {
  if (value.kind != YamlNode::Kind::Scalar) {
    refuse(value, context, "a text", value.kind == YamlNode::Kind::Null ? "\"\" is the empty text" : "");
    return std::nullopt;
  }
  const std::string wrong = check(value.scalar);
  if (wrong.empty()) return value.scalar;
  context.problems.error(value.where, std::string(context.name) + " " + wrong + ", got " + got(value));
  return std::nullopt;
}

ValueForm form_of_text(std::string pattern) {
  return pattern.empty() ? any_text_form() : text_form(std::move(pattern));
}

}  // namespace

void refuse(const YamlNode& value, SettingContext& context, const std::string& expected, std::string hint) {
  context.problems.error(value.where, std::string(context.name) + " must be " + expected + ", got " + got(value),
                         std::move(hint));
}

std::string yaml_scalar(const std::string& text) {
  const std::string_view special = ":#{}[],&*!|>'\"%@`?";
  const bool plain = !text.empty() && text.front() != ' ' && text.back() != ' ' && text.front() != '-' &&
                     text != "null" && text != "~" && is_printable_ascii(text) && text.find(": ") == text.npos &&
                     text.find(" #") == text.npos && text.back() != ':' && special.find(text.front()) == special.npos &&
                     text.find_first_of(",[]{}") == text.npos;
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

SettingKind<std::chrono::microseconds> duration_between(std::chrono::microseconds least,
                                                        std::chrono::microseconds most) {
  using Duration = std::chrono::microseconds;
  const std::function<std::string(const Duration&)> print = [](const Duration& d) { return format_duration(d); };
  return {range_text(least, most, print),
          reader_between<Duration>(least, most, "a duration such as 4s or 500ms", parse_duration, print), print,
          duration_form(least == Duration::zero() ? ZeroDuration::Fits : ZeroDuration::Refused)};
}

SettingKind<std::uint64_t> size_between(std::uint64_t least, std::uint64_t most) {
  const std::function<std::string(const std::uint64_t&)> print = [](const std::uint64_t& s) { return format_size(s); };
  return {range_text(least, most, print),
          reader_between<std::uint64_t>(least, most, "a size such as 1MiB or 64KiB", parse_size, print), print,
          size_form()};
}

SettingKind<std::size_t> count_between(std::size_t least, std::size_t most) {
  const std::function<std::string(const std::size_t&)> print = [](const std::size_t& n) { return std::to_string(n); };
  return {range_text(least, most, print),
          reader_between<std::size_t>(least, most, "a whole number", parse_count, print), print,
          integer_form(static_cast<double>(least), static_cast<double>(most))};
}

SettingKind<double> number_between(double least, double most) {
  const std::function<std::string(const double&)> print = print_number;
  return {range_text(least, most, print),
          reader_between<double>(least, most, "a number such as 0.30", parse_number, print), print,
          number_form(least, most)};
}

SettingKind<std::size_t> auto_or_count(std::size_t most) {
  const SettingKind<std::size_t> count = count_between(1, most);
  const auto read = [count](const YamlNode& value, SettingContext& context) -> std::optional<std::size_t> {
    return is_auto(value) ? std::optional<std::size_t>(0) : count.read(value, context);
  };
  return {"auto | " + count.range, read, [](const std::size_t& n) { return n == 0 ? "auto" : std::to_string(n); },
          any_of_forms({word_form({"auto"}), count.form})};
}

SettingKind<std::optional<double>> auto_or_percent(double least, double most) {
  const std::function<std::string(const double&)> print = [](const double& p) { return format_percent(p); };
  const auto read_percent =
      reader_between<double>(least, most, "auto or a percentage such as 20%", parse_percent, print);
  const auto read = [=](const YamlNode& value, SettingContext& context) -> std::optional<std::optional<double>> {
    if (is_auto(value)) return std::optional<double>();
    const std::optional<double> percent = read_percent(value, context);
    return percent ? std::optional(percent) : std::nullopt;
  };
  return {"auto | " + range_text(least, most, print), read,
          [](const std::optional<double>& p) { return p ? format_percent(*p) : "auto"; },
          any_of_forms({word_form({"auto"}), percent_form(least, most)})};
}

SettingKind<bool> yes_or_no() { return choice_of<bool>({{"true", true}, {"false", false}}); }

SettingKind<OnError> accept_or_tempfail() {
  return choice_of<OnError>({{"accept", OnError::Accept}, {"tempfail", OnError::TempFail}});
}

SettingKind<unsigned> file_mode() {
  const std::string expected = "an octal file mode in quotes such as \"0660\"";
  const auto read = [=](const YamlNode& value, SettingContext& context) -> std::optional<unsigned> {
    const auto mode = value.kind == YamlNode::Kind::Scalar ? parse_mode(value.scalar) : std::nullopt;
    if (!mode) refuse(value, context, expected);
    return mode;
  };
  const auto print = [](const unsigned& mode) {
    char text[16];
    std::snprintf(text, sizeof text, "\"%04o\"", mode);
    return std::string(text);
  };
  return {"\"0000\"..\"0777\"", read, print,
          any_of_forms({text_form("^0?[0-7]{3}$"), integer_form(0, 777)})};  // YAML may take 0660 for a number
}

SettingKind<std::string> text_with(std::string range, TextCheck check, std::string pattern) {
  const auto read = [check](const YamlNode& value, SettingContext& context) {
    return read_checked_text(value, context, check);
  };
  return {std::move(range), read, yaml_scalar, form_of_text(std::move(pattern))};
}

SettingKind<std::string> one_of(std::vector<std::string> words) {
  std::vector<Choice<std::string>> choices;
  for (const std::string& word : words) choices.push_back({word, word});
  return choice_of<std::string>(std::move(choices));
}

SettingKind<std::vector<std::string>> list_of(std::string range, TextCheck check, std::string pattern) {
  const auto read = [check](const YamlNode& value, SettingContext& context) {
    return read_items<std::string>(value, context,
                                   [&](const YamlNode& item) { return read_checked_text(item, context, check); });
  };
  return {std::move(range), read, print_list, list_form(form_of_text(std::move(pattern)))};
}

SettingKind<std::vector<std::string>> text_or_list(std::string range, TextCheck check, std::string pattern) {
  using Texts = std::vector<std::string>;
  const SettingKind<Texts> list = list_of(range, check, pattern);
  const auto read = [list, check](const YamlNode& value, SettingContext& context) -> std::optional<Texts> {
    if (value.kind == YamlNode::Kind::Sequence) return list.read(value, context);
    if (value.kind == YamlNode::Kind::Scalar && value.scalar.empty()) return Texts();
    const std::optional<std::string> one = read_checked_text(value, context, check);
    return one ? std::optional(Texts{*one}) : std::nullopt;
  };
  const auto print = [](const Texts& texts) {
    return texts.size() > 1 ? print_list(texts) : yaml_scalar(texts.empty() ? "" : texts.front());
  };
  return {std::move(range), read, print, any_of_forms({form_of_text(std::move(pattern)), list.form})};
}

SettingKind<DeviceSetting> word_or_devices(std::size_t most) {
  using Names = std::vector<std::string>;
  const SettingKind<std::string> word =
      text_with("auto | cpu | cuda | cuda:N", check_device, "^(auto|cpu|cuda(:[0-9]{1,3})?)$");
  const SettingKind<Names> list = list_of("a list of cpu and cuda:N", check_device_of_list, "^(cpu|cuda:[0-9]{1,3})$");
  const auto read = [=](const YamlNode& value, SettingContext& context) -> std::optional<DeviceSetting> {
    if (value.kind != YamlNode::Kind::Sequence) return word.read(value, context);
    const bool fits = !value.items.empty() && value.items.size() <= most;
    if (fits) return list.read(value, context);
    context.problems.error(value.where, std::string(context.name) + " must list 1 to " + std::to_string(most) +
                                            " devices, got " + std::to_string(value.items.size()));
    return std::nullopt;
  };
  const auto print = [=](const DeviceSetting& setting) {
    const Names* names = std::get_if<Names>(&setting);
    return names != nullptr ? print_list(*names) : yaml_scalar(std::get<std::string>(setting));
  };
  ValueForm list_of_some = list.form;
  list_of_some.least_items = 1;
  return {word.range + " | " + list.range, read, print, any_of_forms({word.form, list_of_some})};
}

SettingKind<std::filesystem::path> file_path() {
  const auto read = [](const YamlNode& value, SettingContext& context) -> std::optional<std::filesystem::path> {
    if (is_path_text(value)) return absolute_path(value.scalar, context);
    refuse(value, context, "the path of a file");
    return std::nullopt;
  };
  return {"a path", read, [](const std::filesystem::path& path) { return yaml_scalar(path.string()); },
          any_text_form()};
}

SettingKind<std::filesystem::path> file_path_or_none() {
  SettingKind<std::filesystem::path> kind = file_path();
  const auto read_path = kind.read;
  kind.read = [read_path](const YamlNode& value, SettingContext& context) -> std::optional<std::filesystem::path> {
    if (value.kind == YamlNode::Kind::Scalar && value.scalar.empty()) return std::filesystem::path();
    return read_path(value, context);
  };
  kind.range = "a path | \"\"";
  kind.form = any_of_forms({kind.form, word_form({""})});
  return kind;
}

SettingKind<std::vector<std::filesystem::path>> path_list() {
  using Paths = std::vector<std::filesystem::path>;
  const SettingKind<std::filesystem::path> one = file_path();
  const auto read = [one](const YamlNode& value, SettingContext& context) {
    return read_items<std::filesystem::path>(value, context,
                                             [&](const YamlNode& item) { return one.read(item, context); });
  };
  const auto print = [](const Paths& paths) {
    return print_list(std::vector<std::string>(paths.begin(), paths.end()));
  };
  return {"a list of paths", read, print, list_form(one.form)};
}

SettingKind<std::string> listening_address(std::string range, TextCheck check, std::string pattern) {
  const auto read = [check](const YamlNode& value, SettingContext& context) -> std::optional<std::string> {
    const std::optional<std::string> text = read_checked_text(value, context, check);
    if (!text || !text->starts_with("unix:")) return text;
    const std::string resolved = "unix:" + absolute_path(text->substr(5), context).string();
    const std::string wrong = check(resolved);  // the path may have become too long
    if (wrong.empty()) return resolved;
    context.problems.error(value.where, std::string(context.name) + " " + wrong + ", got '" + resolved + "'");
    return std::nullopt;
  };
  return {std::move(range), read, yaml_scalar, text_form(std::move(pattern))};
}

}  // namespace winnow
