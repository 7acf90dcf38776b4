#include "lib/config/units.hpp"

#include "lib/config/nearest.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace walferry::config {
namespace {

struct unit {
    std::string_view name;
    std::uint64_t factor;
};

// Largest first, as printing wants them.
constexpr std::array<unit, 5> time_units = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

constexpr std::uint64_t kibi = 1024;
constexpr std::array<unit, 8> size_units = {{{"TiB", kibi* kibi* kibi* kibi},
                                             {"TB", 1'000'000'000'000},
                                             {"GiB", kibi* kibi* kibi},
                                             {"GB", 1'000'000'000},
                                             {"MiB", kibi* kibi},
                                             {"MB", 1'000'000},
                                             {"KiB", kibi},
                                             {"kB", 1'000}}};

// Durations and sizes stay below 2^63, so that they fit wherever they are counted.
constexpr std::uint64_t amount_max = std::numeric_limits<std::int64_t>::max();

std::string quoted(std::string_view text) {
    return "\"" + std::string{text} + "\"";
}

template <std::size_t count>
std::string meant_unit(std::string_view name, const std::array<unit, count>& units) {
    std::array<std::string_view, count> names;
    for (std::size_t i = 0; i < count; ++i) {
        names[i] = units[i].name;
    }
    return did_you_mean(name, names);
}

template <std::size_t count>
parsed<std::uint64_t> parse_amount(std::string_view text, const std::array<unit, count>& units,
                                   bool unit_needed, const std::string& expectation) {
    std::uint64_t amount = 0;
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, amount);
    if (failed == std::errc::result_out_of_range) {
        return tl::unexpected(quoted(text) + " is too large");
    }
    if (failed != std::errc{}) {
        return tl::unexpected(quoted(text) + expectation);
    }
    const std::string_view name{stop, static_cast<std::size_t>(end - stop)};
    if (name.empty() && (amount == 0 || !unit_needed)) {
        return amount;
    }
    for (const unit& known : units) {
        if (known.name == name) {
            return amount > amount_max / known.factor
                       ? parsed<std::uint64_t>{tl::unexpected(quoted(text) + " is too large")}
                       : amount * known.factor;
        }
    }
    return tl::unexpected(quoted(text) + expectation + meant_unit(name, units));
}

template <std::size_t count>
std::string print_amount(std::uint64_t amount, const std::array<unit, count>& units) {
    if (amount != 0) {
        for (const unit& known : units) {
            if (amount % known.factor == 0) {
                return std::to_string(amount / known.factor) + std::string{known.name};
            }
        }
    }
    return std::to_string(amount);
}

}  // namespace

parsed<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const parsed<std::uint64_t> amount =
        parse_amount(text, time_units, true, " is not a duration like 500ms, 10s, 5m or 1h");
    if (!amount) {
        return tl::unexpected(amount.error());
    }
    return std::chrono::milliseconds{static_cast<std::int64_t>(*amount)};
}

std::string print_duration(std::chrono::milliseconds value) {
    return print_amount(static_cast<std::uint64_t>(value.count()), time_units);
}

parsed<std::uint64_t> parse_size(std::string_view text) {
    return parse_amount(text, size_units, false, " is not a size like 64MiB, 10kB or 123");
}

std::string print_size(std::uint64_t bytes) {
    return print_amount(bytes, size_units);
}

parsed<std::int64_t> parse_number(std::string_view text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, number);
    if (failed != std::errc{} || stop != end) {
        return tl::unexpected(quoted(text) + " is not a whole number");
    }
    return number;
}

parsed<bool> parse_boolean(std::string_view text) {
    if (text != "true" && text != "false") {
        return tl::unexpected(quoted(text) + " is not true or false");
    }
    return text == "true";
}

}  // namespace walferry::config
