#pragma once

#include "cmd/walferry/invocation.hpp"

#include <iostream>
#include <string>

namespace walferry {

// The commands `walferry config …`. Data goes to `out`, everything else to `err`; each returns the
// exit code: 0, or 2 when the configuration or the usage is wrong. None needs a network.

// Validates; prints `ok` and the file's name.
int config_check(const invocation& how, std::ostream& out = std::cout,
                 std::ostream& err = std::cerr);

// Prints the effective configuration and where each value comes from, secrets hidden.
int config_show(const invocation& how, std::ostream& out = std::cout,
                std::ostream& err = std::cerr);

// Prints every key with its meaning: as "yaml", "json-schema" or "markdown".
int config_reference(const std::string& format, std::ostream& out = std::cout,
                     std::ostream& err = std::cerr);

// Prints the walferry.yaml that does what a Debezium connector's configuration asks for.
int config_from_debezium(const std::string& file, std::ostream& out = std::cout,
                         std::ostream& err = std::cerr);

}  // namespace walferry
