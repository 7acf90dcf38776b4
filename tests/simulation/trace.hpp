#pragma once

#include "tests/simulation/schedule.hpp"

#include <cstdio>
#include <string>

namespace walferry::simulation {

// Tells what happens, when somebody wants to read it: the text is made only then.
class trace {
public:
    explicit trace(std::FILE* to = nullptr) : to_(to) {}

    template <typename make_text>
    void tell(const schedule& calendar, make_text&& make) {
        if (to_ != nullptr) {
            auto now = calendar.now();
            std::fprintf(to_, "%4llu.%06llu  %s\n", static_cast<unsigned long long>(now / second),
                         static_cast<unsigned long long>(now % second),
                         std::string{make()}.c_str());
        }
    }

private:
    std::FILE* to_;
};

}  // namespace walferry::simulation
