// The table of keys as JSON Schema.
#include "lib/config/json_of.hpp"
#include "lib/config/keys.hpp"
#include "lib/config/reference.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace walferry::config {
namespace {

using json = nlohmann::ordered_json;

json texts_schema() {
    return {{"type", "array"}, {"items", {{"type", "string"}}}};
}

json list_schema(const field& of) {
    json made = texts_schema();
    if (!of.choices.empty()) {
        made["items"] = {{"enum", of.choices}};
        made["uniqueItems"] = true;
    }
    return made;
}

json object_schema(json properties) {
    return {{"type", {"object", "null"}},
            {"additionalProperties", false},
            {"properties", std::move(properties)}};
}

json rules_schema(json properties, json required) {
    return {{"type", "array"},
            {"items",
             {{"type", "object"},
              {"additionalProperties", false},
              {"properties", std::move(properties)},
              {"required", std::move(required)}}}};
}

json number_schema(const field& of) {
    json made = {{"type", "integer"}};
    if (of.least) {
        made["minimum"] = *of.least;
    }
    if (of.most) {
        made["maximum"] = *of.most;
    }
    return made;
}

json map_schema(json of) {
    return {{"type", {"object", "null"}}, {"additionalProperties", std::move(of)}};
}

json type_schema(const field& of) {
    json text = {{"type", "string"}};
    switch (of.type) {
        case value_type::text:
            return text;
        case value_type::boolean:
            return {{"type", "boolean"}};
        case value_type::number:
            return number_schema(of);
        case value_type::time_span:
            return {{"type", {"string", "integer"}}, {"pattern", "^(0|[0-9]+(ms|s|m|h|d))$"}};
        case value_type::size:
            return {{"type", {"string", "integer"}}, {"pattern", "^[0-9]+(kB|[MGT]B|[KMGT]iB)?$"}};
        case value_type::choice:
            return {{"enum", of.choices}};
        case value_type::text_list:
        case value_type::patterns:
            return list_schema(of);
        case value_type::properties:
            return map_schema({{"type", {"string", "number", "boolean"}}});
        case value_type::columns_map:
            return map_schema(texts_schema());
        case value_type::mask_rules:
            return rules_schema({{"columns", texts_schema()},
                                 {"fixed", {{"type", "integer"}}},
                                 {"hash", text},
                                 {"salt", text},
                                 {"truncate", {{"type", "integer"}}}},
                                {"columns"});
        case value_type::rewrite_rules:
            return rules_schema({{"match", text}, {"replace", text}}, {"match", "replace"});
        case value_type::toggle:
            return object_schema(json::object());
    }
    return json::object();
}

// A value may also be a reference, whatever its type.
json with_reference(json schema, value_type type) {
    const bool is_free = is_structured(type) || type == value_type::text;
    if (is_free) {
        return schema;
    }
    return {{"anyOf", {std::move(schema), {{"type", "string"}, {"pattern", "\\$\\{"}}}}};
}

json key_schema(const key& of) {
    json made = with_reference(type_schema(of.how), of.how.type);
    made["description"] = of.text;
    if (of.how.toggles) {
        made["type"] = {"object", "boolean", "null"};
    } else if (of.default_text.empty()) {
        made["default"] = json_of(of.how.read(settings{}));
    }
    return made;
}

// The `properties` of the section of that name, made on the way.
json& properties_at(json& root, std::string_view name) {
    json* at = &root["properties"];
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        json& one = (*at)[std::string{name.substr(0, dot)}];
        if (one.is_null()) {
            one = object_schema(json::object());
        }
        at = &one["properties"];
        name = name.substr(std::min(dot + 1, name.size()));
    }
    return *at;
}

}  // namespace

std::string reference_json_schema() {
    json root = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "walferry.yaml"}};
    root.update(object_schema(json::object()));
    for (const key& of : all_keys()) {
        properties_at(root, section_of(of.name))[std::string{last_part(of.name)}] = key_schema(of);
    }
    for (const section& of : all_sections()) {
        properties_at(root, section_of(of.name))[std::string{last_part(of.name)}]["description"] =
            of.text;
    }
    return root.dump(2) + "\n";
}

}  // namespace walferry::config
