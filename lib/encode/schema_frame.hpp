#pragma once

#include "lib/encode/connect_schema.hpp"

#include <string>
#include <string_view>

namespace walferry::encode {

// What stands around a payload: nothing, or its schema (events.encoding: json-schema).
class schema_frame {
public:
    schema_frame() = default;
    explicit schema_frame(const connect_schema& schema)
        : open_(R"({"schema":)" + schema.json() + R"(,"payload":)"), close_("}") {}

    const std::string& open() const { return open_; }
    const std::string& close() const { return close_; }

    // The payload inside of what was framed.
    std::string_view payload(std::string_view framed) const {
        return framed.substr(open_.size(), framed.size() - open_.size() - close_.size());
    }

private:
    std::string open_;
    std::string close_;
};

}  // namespace walferry::encode
