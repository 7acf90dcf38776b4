#pragma once

#include <string>

namespace walferry {

// `walferry 0.1.0 (commit, libpq 15.20, librdkafka 2.0.2, Boost 1.81)`
std::string version_line();

std::string program_version();
std::string program_commit();
std::string libpq_version();
std::string librdkafka_version();

}  // namespace walferry
