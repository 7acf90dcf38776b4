// simulation --seconds 60 [--seed N] [--histories N] [--variant NAME] [--replay SEED]
//            [--seeds FILE] [--instances 2]
//
// Runs histories with the seeds N, N+1, ... and stops at the first violation: exit 1, with its
// trace. With --variant the mistake must be found: exit 0 when it was, 1 when it was not.

#include "tests/simulation/history.hpp"
#include "tests/simulation/violation.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace walferry::simulation {
namespace {

struct request {
    double seconds = 0;
    std::uint64_t histories = 0;
    std::uint64_t seed = 0;
    bool seeded = false;
    bool replay = false;
    variant lie = variant::none;
    std::string_view lie_name = "none";
    std::string seeds_file;
    unsigned instances = 1;  // 2: in some of the histories
};

[[noreturn]] void usage() {
    std::fputs(
        "usage: simulation [--seconds N] [--histories N] [--seed N] [--variant NAME]\n"
        "                  [--replay SEED] [--seeds FILE] [--instances 2]\nvariants:",
        stderr);
    for (const auto& known : all_variants) {
        std::fprintf(stderr, " %s", std::string{known.name}.c_str());
    }
    std::fputc('\n', stderr);
    std::exit(2);
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) {
        usage();
    }
    return value;
}

request parse(int argc, char** argv) {
    request made;
    for (int i = 1; i < argc; i += 2) {
        std::string_view option = argv[i];
        if (i + 1 == argc) {
            usage();
        }
        std::string_view value = argv[i + 1];
        if (option == "--seconds") {
            made.seconds = static_cast<double>(number(value));
        } else if (option == "--histories") {
            made.histories = number(value);
        } else if (option == "--seed" || option == "--replay") {
            made.seed = number(value);
            made.seeded = true;
            made.replay = option == "--replay";
        } else if (option == "--variant" && find_variant(value)) {
            made.lie = *find_variant(value);
            made.lie_name = value;
        } else if (option == "--seeds") {
            made.seeds_file = value;
        } else if (option == "--instances" && (value == "1" || value == "2")) {
            made.instances = value == "2" ? 2 : 1;
        } else {
            usage();
        }
    }
    return made;
}

std::optional<std::string> violation_of(const request& what, std::uint64_t seed, trace log) {
    try {
        run_history(seed, what.lie, log, what.instances);
    } catch (const violation& found) {
        return found.what();
    }
    return std::nullopt;
}

void tell_failure(const request& what, std::uint64_t seed, const std::string& found) {
    violation_of(what, seed, trace{stdout});
    std::printf("\nseed %llu: %s\nreplay: simulation --replay %llu%s%s%s\n",
                static_cast<unsigned long long>(seed), found.c_str(),
                static_cast<unsigned long long>(seed),
                what.lie == variant::none ? "" : " --variant ",
                what.lie == variant::none ? "" : std::string{what.lie_name}.c_str(),
                what.instances == 1 ? "" : " --instances 2");
}

int run_file(const request& what) {
    std::ifstream file{what.seeds_file};
    std::string line;
    std::uint64_t count = 0;
    while (std::getline(file, line)) {
        auto word = line.substr(0, line.find_first_of(" #"));
        if (word.empty()) {
            continue;
        }
        ++count;
        auto seed = number(word);
        if (auto found = violation_of(what, seed, trace{})) {
            tell_failure(what, seed, *found);
            return 1;
        }
    }
    std::printf("%llu seeds that failed once hold\n", static_cast<unsigned long long>(count));
    return file.eof() && count > 0 ? 0 : 1;
}

int run_many(const request& what) {
    using clock = std::chrono::steady_clock;
    auto base = what.seeded ? what.seed : std::uint64_t{std::random_device{}()} << 24;
    std::printf("seeds from %llu\n", static_cast<unsigned long long>(base));
    auto begin = clock::now();
    std::uint64_t done = 0;
    std::uint64_t events = 0;
    auto spent = [&] { return std::chrono::duration<double>(clock::now() - begin).count(); };
    auto goes_on = [&] {
        return what.histories != 0 ? done < what.histories : spent() < what.seconds;
    };
    for (auto seed = base; goes_on(); ++seed, ++done) {
        try {
            events += run_history(seed, what.lie, trace{}, what.instances);
        } catch (const violation& found) {
            if (what.lie != variant::none) {
                std::printf("caught by history %llu (seed %llu): %s\n",
                            static_cast<unsigned long long>(done + 1),
                            static_cast<unsigned long long>(seed), found.what());
                return 0;
            }
            tell_failure(what, seed, found.what());
            return 1;
        }
    }
    std::printf("%llu histories, %llu happenings in %.1f s: %.0f histories/s\n",
                static_cast<unsigned long long>(done), static_cast<unsigned long long>(events),
                spent(), static_cast<double>(done) / spent());
    return what.lie == variant::none ? 0 : 1;
}

int run(const request& what) {
    if (!what.seeds_file.empty()) {
        return run_file(what);
    }
    if (what.replay) {
        auto found = violation_of(what, what.seed, trace{});
        tell_failure(what, what.seed, found.value_or("holds"));
        return found ? 1 : 0;
    }
    if (what.seconds == 0 && what.histories == 0) {
        usage();
    }
    return run_many(what);
}

}  // namespace
}  // namespace walferry::simulation

int main(int argc, char** argv) {
    return walferry::simulation::run(walferry::simulation::parse(argc, argv));
}
