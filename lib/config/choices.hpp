#pragma once

#include "lib/config/settings.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace walferry::config {

// The words that an enumeration is written with in the configuration.
template <typename value>
struct choice_list {
    std::string_view noun;  // with its article: "a format"
    std::vector<std::pair<value, std::string_view>> names;
};

// Specialised in choices.cpp for every enumeration of settings.hpp.
template <typename value>
const choice_list<value>& choices_of();

template <typename value>
std::string_view name_of(value which) {
    for (const auto& [known, name] : choices_of<value>().names) {
        if (known == which) {
            return name;
        }
    }
    return {};
}

template <>
const choice_list<event_format>& choices_of();
template <>
const choice_list<event_encoding>& choices_of();
template <>
const choice_list<decimal_mode>& choices_of();
template <>
const choice_list<time_mode>& choices_of();
template <>
const choice_list<binary_mode>& choices_of();
template <>
const choice_list<interval_mode>& choices_of();
template <>
const choice_list<hstore_mode>& choices_of();
template <>
const choice_list<unknown_types>& choices_of();
template <>
const choice_list<name_adjustment>& choices_of();
template <>
const choice_list<snapshot_mode>& choices_of();
template <>
const choice_list<delivery_mode>& choices_of();
template <>
const choice_list<poison_policy>& choices_of();
template <>
const choice_list<log_format>& choices_of();
template <>
const choice_list<log_level>& choices_of();
template <>
const choice_list<flatten_deletes>& choices_of();
template <>
const choice_list<streaming_mode>& choices_of();

}  // namespace walferry::config
