#include "lib/postgres/sql_text.hpp"

namespace walferry::postgres {
namespace {

std::string quoted(std::string_view text, char quote) {
    std::string out;
    out.reserve(text.size() + 2);
    out += quote;
    for (char c : text) {
        if (c == quote) {
            out += quote;
        }
        out += c;
    }
    out += quote;
    return out;
}

}  // namespace

std::string quote_literal(std::string_view value) {
    return quoted(value, '\'');
}

std::string quote_identifier(std::string_view name) {
    return quoted(name, '"');
}

void fill_in(std::string& sql, std::string_view place, std::string_view part) {
    sql.replace(sql.find(place), place.size(), part);
}

std::string quote_table(std::string_view schema, std::string_view table) {
    return quote_identifier(schema) + '.' + quote_identifier(table);
}

std::string oid_array(const std::vector<std::uint32_t>& oids) {
    std::string out = "'{";
    for (std::uint32_t oid : oids) {
        if (out.size() > 2) {
            out += ',';
        }
        out += std::to_string(oid);
    }
    return out + "}'::oid[]";
}

}  // namespace walferry::postgres
