#include "lib/config/names.hpp"

#include <algorithm>
#include <cctype>

namespace walferry::config {
namespace {

constexpr std::size_t identifier_max = 63;  // NAMEDATALEN - 1

bool is_plain_letter_or_digit(char c) {
    return static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) != 0;
}

void fill(std::string& value, const std::string& derived) {
    if (value.empty()) {
        value = derived;
    }
}

}  // namespace

std::string legal_slot_name(std::string_view text) {
    std::string legal{text.substr(0, identifier_max)};
    std::transform(legal.begin(), legal.end(), legal.begin(), [](char c) {
        return is_plain_letter_or_digit(c)
                   ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                   : '_';
    });
    return legal;
}

std::string legal_topic_name(std::string_view text) {
    std::string legal{text};
    std::transform(legal.begin(), legal.end(), legal.begin(), [](char c) {
        const bool allowed = is_plain_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
        return allowed ? c : '_';
    });
    return legal;
}

void fill_names(settings& all, std::string_view database) {
    fill(all.name, legal_topic_name(database));
    if (all.name.empty()) {
        return;
    }
    const std::string slot = legal_slot_name("walferry_" + all.name);
    fill(all.source.slot, slot);
    fill(all.source.publication, slot);
    fill(all.dead_letter_topic, all.name + ".dead_letter");
}

}  // namespace walferry::config
