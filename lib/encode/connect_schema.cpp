#include "lib/encode/connect_schema.hpp"

#include "lib/encode/json_text.hpp"

#include <utility>

namespace walferry::encode {

connect_schema connect_schema::array_of(const connect_schema& item) {
    connect_schema made{"array"};
    made.parts_ = R"(,"items":)" + item.json();
    return made;
}

connect_schema connect_schema::map_of(const connect_schema& key, const connect_schema& value) {
    connect_schema made{"map"};
    made.parts_ = R"(,"keys":)" + key.json() + R"(,"values":)" + value.json();
    return made;
}

connect_schema& connect_schema::optional(bool is) {
    optional_ = is;
    return *this;
}

connect_schema& connect_schema::named(std::string name, int version) {
    name_ = std::move(name);
    version_ = version;
    return *this;
}

connect_schema& connect_schema::documented(std::string text) {
    doc_ = std::move(text);
    return *this;
}

connect_schema& connect_schema::parameter(std::string name, std::string value) {
    parameters_.emplace_back(std::move(name), std::move(value));
    return *this;
}

connect_schema& connect_schema::by_default(std::string json) {
    default_ = std::move(json);
    return *this;
}

connect_schema& connect_schema::field(std::string_view name, const connect_schema& schema) {
    fields_ += (fields_.empty() ? "" : ",") + schema.json_as(name);
    return *this;
}

std::string connect_schema::json_as(std::string_view field_name) const {
    std::string out = R"({"type":")" + type_ + '"' + parts_;
    if (type_ == "struct") {
        out += R"(,"fields":[)" + fields_ + "]";
    }
    out += optional_ ? R"(,"optional":true)" : R"(,"optional":false)";
    if (!name_.empty()) {
        out += R"(,"name":)" + json_of(name_);
    }
    if (version_ != 0) {
        out += R"(,"version":)" + std::to_string(version_);
    }
    if (!doc_.empty()) {
        out += R"(,"doc":)" + json_of(doc_);
    }
    std::string parameters;
    for (const auto& [name, value] : parameters_) {
        parameters += (parameters.empty() ? "" : ",") + json_of(name) + ":" + json_of(value);
    }
    if (!parameters.empty()) {
        out += R"(,"parameters":{)" + parameters + "}";
    }
    if (!default_.empty()) {
        out += R"(,"default":)" + default_;
    }
    if (!field_name.empty()) {
        out += R"(,"field":)" + json_of(field_name);
    }
    return out + "}";
}

}  // namespace walferry::encode
