#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace walferry::encode {

// A schema of Kafka Connect, printed as its JSON converter prints it. Made once a relation version.
class connect_schema {
public:
    explicit connect_schema(std::string_view type) : type_(type) {}
    static connect_schema structure() { return connect_schema{"struct"}; }
    static connect_schema array_of(const connect_schema& item);
    static connect_schema map_of(const connect_schema& key, const connect_schema& value);

    connect_schema& optional(bool is = true);
    connect_schema& named(std::string name, int version = 1);  // version 0: none
    connect_schema& documented(std::string text);
    connect_schema& parameter(std::string name, std::string value);
    connect_schema& by_default(std::string json);
    connect_schema& field(std::string_view name, const connect_schema& schema);

    std::string json() const { return json_as({}); }

private:
    std::string json_as(std::string_view field_name) const;

    std::string type_;
    std::string parts_;  // of an array or a map
    std::string fields_;
    std::string name_;
    std::string doc_;
    std::string default_;
    std::vector<std::pair<std::string, std::string>> parameters_;  // in the order of their making
    int version_ = 0;
    bool optional_ = false;
};

}  // namespace walferry::encode
