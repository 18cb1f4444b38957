#include "cli/arguments.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "cli/terminal.h"
#include "config/diagnostics.h"

namespace winnow {
namespace {

struct HelpLine {
  std::string form;  // "--output, -o FILE"
  std::string meaning;
};

std::string comma_spaced(std::string_view names) {
  std::string out;
  for (const char c : names) {
    out += c;
    if (c == ',') out += ' ';
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::string shown_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

/// Of a text that is no number the parser itself complains.
std::string outside(const NumberRange& range, const std::string& given) {
  char* end = nullptr;
  const double value = std::strtod(given.c_str(), &end);
  if (end == given.c_str() || (value >= range.least && value <= range.most)) return "";
  return "must be " + (range.most < std::numeric_limits<double>::infinity()
                           ? shown_number(range.least) + " to " + shown_number(range.most)
                           : "at least " + shown_number(range.least));
}

void print_error(const std::string& text) { std::fprintf(stderr, "%s\n", escape_for_terminal(text).c_str()); }

}  // namespace

struct Arguments::Parser {
  explicit Parser(const Command& of) : command(of), app(std::string(of.sentence), "winnow " + std::string(of.name)) {
    app.set_help_flag("--help,-h", "this text");
    app.allow_extras();  // unknown options are reported here, with the nearest known one
  }

  void describe(const OptionText& text, const std::string& fallback) {
    std::string meaning(text.meaning);
    if (!fallback.empty()) meaning += " (default " + fallback + ")";
    std::string form = comma_spaced(text.names);
    if (!text.value.empty()) form += " " + std::string(text.value);
    lines.push_back({std::move(form), std::move(meaning)});
    for (std::size_t at = 0; at < text.names.size();) {
      const std::size_t comma = std::min(text.names.find(',', at), text.names.size());
      known.emplace_back(text.names.substr(at, comma - at));
      at = comma + 1;
    }
  }

  template <typename Value>
  CLI::Option* option(const OptionText& text, Value& value, const std::string& fallback) {
    describe(text, fallback);
    return app.add_option(std::string(text.names), value);
  }

  template <typename Number>
  void number(const OptionText& text, Number& value, const std::string& fallback, const NumberRange& range) {
    option(text, value, fallback)->check([range](const std::string& given) { return outside(range, given); });
  }

  /// What stands without an option comes before the options in the help, in the order of the command line.
  void describe_operand(std::string_view form, std::string_view meaning) {
    operands += " " + std::string(form);
    lines.insert(lines.begin() + operand_lines++, {std::string(form), std::string(meaning)});
  }

  CLI::Option* operand(std::string_view form, std::string_view meaning, std::vector<std::filesystem::path>& value) {
    describe_operand(form, meaning);
    return app.add_option_function<std::vector<std::string>>(
        "FILE", [&value](const std::vector<std::string>& given) { value.assign(given.begin(), given.end()); });
  }

  const Command& command;
  CLI::App app;
  std::vector<HelpLine> lines;
  std::vector<std::string> known{"--help", "-h"};
  std::string operands;  // " FILE..."
  std::ptrdiff_t operand_lines = 0;
};

Arguments::Arguments(const Command& command) : parser_(std::make_unique<Parser>(command)) {}
Arguments::~Arguments() = default;

void Arguments::add(const OptionText& text, bool& value) {
  parser_->describe(text, "");
  parser_->app.add_flag(std::string(text.names), value);
}

void Arguments::add(const OptionText& text, std::string& value) { parser_->option(text, value, value); }

void Arguments::add(const OptionText& text, std::filesystem::path& value) {
  parser_->describe(text, value.string());
  parser_->app.add_option_function<std::string>(std::string(text.names),
                                                [&value](const std::string& given) { value = given; });
}

void Arguments::add(const OptionText& text, std::size_t& value, const NumberRange& range) {
  parser_->number(text, value, std::to_string(value), range);
}

void Arguments::add(const OptionText& text, double& value, const NumberRange& range) {
  parser_->number(text, value, shown_number(value), range);
}

void Arguments::add(const OptionText& text, std::vector<std::string>& value) {
  parser_->option(text, value, "")->allow_extra_args(false);
}

void Arguments::add(const OptionText& text, std::vector<std::filesystem::path>& value) {
  parser_->describe(text, "");
  // One value an option: "--spam a --spam b", so that files which follow are not swallowed.
  parser_->app
      .add_option_function<std::vector<std::string>>(
          std::string(text.names),
          [&value](const std::vector<std::string>& given) { value.assign(given.begin(), given.end()); })
      ->allow_extra_args(false);
}

void Arguments::add_choice(std::string_view words, std::string_view meaning, std::string& value) {
  parser_->describe_operand(words, meaning);
  std::string name(words);  // "settings-or-rules": what the parser's own messages call it
  for (std::size_t at = name.find('|'); at != name.npos; at = name.find('|')) name.replace(at, 1, "-or-");
  const auto check = [known = split(words, '|')](const std::string& given) {
    if (std::find(known.begin(), known.end(), given) != known.end()) return std::string();
    const std::string hint = did_you_mean(given, known);
    return "there is no '" + given + "'" + (hint.empty() ? "" : " (" + hint + ")");
  };
  parser_->app.add_option(name, value)->required()->check(check);
}

void Arguments::add_files(std::string_view meaning, std::vector<std::filesystem::path>& value) {
  parser_->operand("FILE...", meaning, value)->required();
}

void Arguments::add_optional_files(std::string_view meaning, std::vector<std::filesystem::path>& value) {
  parser_->operand("[FILE...]", meaning, value);
}

std::optional<int> Arguments::parse(int argc, char** argv) {
  try {
    parser_->app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(help().c_str(), stdout);
    return kFine;
  } catch (const CLI::ParseError& error) {
    return wrong_usage(error.what());
  }
  const std::vector<std::string> unknown = parser_->app.remaining();
  if (unknown.empty()) return std::nullopt;
  const std::string& word = unknown.front();
  const std::string hint = did_you_mean(word.substr(0, word.find('=')), parser_->known);
  return wrong_usage("unknown argument '" + word + "'" + (hint.empty() ? "" : " (" + hint + ")"));
}

std::string Arguments::first_given(std::initializer_list<std::string_view> names) const {
  const auto given = [this](std::string_view name) { return parser_->app.count(std::string(name)) > 0; };
  const auto first = std::find_if(names.begin(), names.end(), given);
  return first == names.end() ? std::string() : std::string(*first);
}

int Arguments::wrong_usage(const std::string& why) const {
  const std::string name = "winnow " + std::string(parser_->command.name);
  print_error(name + ": " + why + "; see '" + name + " --help'");
  return kWrongUsage;
}

std::string Arguments::help() const {
  const Command& command = parser_->command;
  const std::string name = "winnow " + std::string(command.name);
  std::string out = name + " - " + std::string(command.sentence) + "\n";
  out += "usage: " + name + " [options]" + parser_->operands + "\n";
  std::size_t width = 0;
  for (const HelpLine& line : parser_->lines) width = std::max(width, line.form.size());
  for (const HelpLine& line : parser_->lines) {
    out += "  " + line.form + std::string(width - line.form.size() + 2, ' ') + line.meaning + "\n";
  }
  out += "exit: " + std::string(command.exit_codes) + "\n";
  out += "example: " + std::string(command.example) + "\n";
  return out;
}

}  // namespace winnow
