#pragma once

#include "lib/base/error.hpp"
#include "lib/change/catalog.hpp"
#include "lib/change/change.hpp"
#include "lib/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace walferry::route {

// For maps that are searched by views of their keys.
struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

// How each row of an outbox or event store names its topic: by the value of one column. Knows the
// names that it made so far; there are as many as there are topics. Pure.
class row_topic {
public:
    // Errors: table_unfit, when the column is not there or holds no text.
    static result<row_topic> make(const config::settings& settings, config::table_use use,
                                  const change::relation& table, const change::catalog& types);

    // What the row says about its topic. Nothing when it is NULL or makes no name.
    std::optional<std::string_view> value(pgoutput::row row) const;

    // The name for a value, if it was asked for before.
    const std::string* known(std::string_view value) const {
        auto found = names_.find(value);
        return found == names_.end() ? nullptr : &found->second;
    }

    std::string name_for(std::string_view value) const;
    const std::string& remember(std::string_view value, std::string name) {
        return names_.emplace(value, std::move(name)).first->second;
    }

    config::table_use use() const { return use_; }
    const std::string& column() const { return column_; }

private:
    config::table_use use_ = config::table_use::changes;
    std::string column_;
    std::uint32_t index_ = 0;
    bool padded_ = false;       // char(n): blanks at the end mean nothing
    bool only_prefix_ = false;  // of a stream's name the part before the first `-`
    std::string before_;        // of the topic's name, around the value
    std::string after_;
    std::unordered_map<std::string, std::string, text_hash, std::equal_to<>> names_;
};

}  // namespace walferry::route
