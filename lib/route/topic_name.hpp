#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace walferry::route {

inline constexpr std::size_t topic_name_max = 249;

// Every character outside of [A-Za-z0-9._-] becomes one `_`, as Debezium has it. Cut at 249.
std::string legal_topic_name(std::string_view name);

// Makes topic names from `topics.name` ({name}, {schema}, {table}) and `topics.rewrite`: the first
// rule whose expression matches the whole name replaces it (\1 for groups). Pure.
class topic_namer {
public:
    // Errors: config_invalid, for an expression that RE2 refuses.
    static result<topic_namer> make(std::string name, const config::topic_settings& topics);

    topic_namer(topic_namer&&) noexcept;
    topic_namer& operator=(topic_namer&&) noexcept;
    ~topic_namer();

    std::string topic_of(std::string_view schema, std::string_view table) const;

private:
    struct rules;
    explicit topic_namer(std::unique_ptr<rules> ready);

    std::unique_ptr<rules> rules_;
};

}  // namespace walferry::route
