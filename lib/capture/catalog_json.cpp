#include "lib/capture/catalog_json.hpp"

#include <nlohmann/json.hpp>

namespace walferry::change {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(type_description::field, name, type, modifier)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(column_description, name, not_null, generated, identity,
                                   default_expression, comment, type_name)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(table_description, id, schema, name, primary_key,
                                   primary_key_deferrable, unique_key, identity_index, columns,
                                   comment)

void to_json(json& to, const type_description& from) {
    to = {{"id", from.id},
          {"schema", from.schema},
          {"name", from.name},
          {"kind", std::string(1, from.kind)},
          {"element", from.element},
          {"base", from.base},
          {"base_modifier", from.base_modifier},
          {"subtype", from.subtype},
          {"delimiter", std::string(1, from.delimiter)},
          {"labels", from.labels},
          {"fields", from.fields}};
}

void from_json(const json& from, type_description& to) {
    from.at("id").get_to(to.id);
    from.at("schema").get_to(to.schema);
    from.at("name").get_to(to.name);
    to.kind = from.at("kind").get<std::string>().at(0);
    from.at("element").get_to(to.element);
    from.at("base").get_to(to.base);
    from.at("base_modifier").get_to(to.base_modifier);
    from.at("subtype").get_to(to.subtype);
    to.delimiter = from.at("delimiter").get<std::string>().at(0);
    from.at("labels").get_to(to.labels);
    from.at("fields").get_to(to.fields);
}

}  // namespace walferry::change

namespace walferry::capture {
namespace {

using nlohmann::json;

tl::unexpected<error> not_understood(const std::exception& why) {
    return fail(error_kind::config_invalid,
                std::string{"a block of the capture is not understood: "} + why.what(),
                "was it written by a newer walferry?");
}

lsn lsn_of(const json& text) {
    auto parsed = parse_lsn(text.get<std::string>());
    if (!parsed) {
        throw std::runtime_error("\"" + text.get<std::string>() + "\" is no LSN");
    }
    return *parsed;
}

std::string text_of(const json& document) {
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string header_to_json(const header& about) {
    return text_of({{"system_id", std::to_string(about.system)},
                    {"timeline", about.timeline},
                    {"server_version", about.server_version},
                    {"database", about.database},
                    {"slot", about.slot},
                    {"publication", about.publication},
                    {"from", to_string(about.from)},
                    {"flushed", to_string(about.flushed)},
                    {"binary", about.binary},
                    {"masked", about.masked},
                    {"begun_us", about.begun.microseconds}});
}

result<header> header_from_json(std::string_view text) {
    try {
        auto from = json::parse(text);
        header about;
        about.system = std::stoull(from.at("system_id").get<std::string>());
        from.at("timeline").get_to(about.timeline);
        from.at("server_version").get_to(about.server_version);
        from.at("database").get_to(about.database);
        from.at("slot").get_to(about.slot);
        from.at("publication").get_to(about.publication);
        about.from = lsn_of(from.at("from"));
        about.flushed = lsn_of(from.at("flushed"));
        from.at("binary").get_to(about.binary);
        from.at("masked").get_to(about.masked);
        from.at("begun_us").get_to(about.begun.microseconds);
        return about;
    } catch (const std::exception& why) {
        return not_understood(why);
    }
}

std::string catalog_to_json(const change::catalog& known) {
    const change::catalog built_in;
    json types = json::array();
    json tables = json::array();
    known.each_type([&](const change::type_description& type) {
        if (built_in.type(type.id) == nullptr) {
            types.push_back(type);
        }
    });
    known.each_table([&](const change::table_description& table) { tables.push_back(table); });
    return text_of({{"types", std::move(types)}, {"tables", std::move(tables)}});
}

result<change::catalog> catalog_from_json(std::string_view text) {
    try {
        auto from = json::parse(text);
        change::catalog known;
        for (const auto& type : from.at("types")) {
            known.put(type.get<change::type_description>());
        }
        for (const auto& table : from.at("tables")) {
            known.put(table.get<change::table_description>());
        }
        return known;
    } catch (const std::exception& why) {
        return not_understood(why);
    }
}

}  // namespace walferry::capture
