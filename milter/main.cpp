// winnow-milter: the daemon, in the foreground.
#include <CLI/CLI.hpp>

#include "milter/daemon.h"

int main(int argc, char** argv) {
  std::string settings_file = "/etc/winnow/winnow.yaml";
  CLI::App app{"winnow-milter - judges mail for Postfix and Sendmail with a trained classifier and the site's rules.",
               "winnow-milter"};
  app.add_option("--config", settings_file, "settings file")->capture_default_str()->type_name("FILE");
  app.set_version_flag("--version", WINNOW_VERSION);
  app.footer(
      "Runs in the foreground. SIGUSR1 reloads; SIGTERM finishes what is in flight and stops.\n"
      "exit: 0 stopped as told, 1 could not start or go on, 2 wrong usage\n"
      "example: winnow-milter --config ./winnow.yaml");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop) == 0 ? 0 : 2;
  }
  winnow::run_daemon(settings_file);
}
