#include "cmd/walferry/agreement.hpp"

#include "cmd/walferry/invocation.hpp"

#include <unistd.h>

#include <iostream>

namespace walferry {

std::optional<int> unless_agreed(bool yes, const std::string& consequence) {
    if (yes) {
        return std::nullopt;
    }
    if (::isatty(STDIN_FILENO) == 0) {
        return print_error(
            {error_kind::usage, consequence, "repeat with --yes if that is meant", {}});
    }
    std::cerr << consequence << ". Type yes to go on: ";
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "yes") {
        return std::nullopt;
    }
    std::cerr << "nothing was changed\n";
    return 1;
}

}  // namespace walferry
