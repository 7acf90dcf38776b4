// What is read: connection, tables, columns, masks, keys.
#include "lib/config/debezium_draft.hpp"
#include "lib/config/units.hpp"

#include <array>
#include <utility>

namespace walferry::config {
namespace {

std::string quoted_keyword(const std::string& value) {
    if (!value.empty() && value.find_first_of(" '\\\t") == std::string::npos) {
        return value;
    }
    std::string quoted = "'";
    for (const char c : value) {
        quoted += c == '\'' || c == '\\' ? "\\" : "";
        quoted += c;
    }
    return quoted += "'";
}

void convert_schemas(debezium_draft& draft, std::string_view property, bool exclude) {
    const auto list = draft.take(property);
    if (!list) {
        return;
    }
    const bool narrowed = !exclude && draft.left().contains("table.include.list");
    if (narrowed) {
        draft.note(property, "table.include.list names the tables already");
        return;
    }
    std::vector<node> patterns;
    for (const std::string& regex : split_list(*list)) {
        const std::string schema = pattern_of(draft, property, regex, pattern_subject::prefix);
        const bool is_glob = schema.front() != '/';
        patterns.push_back(text_node((exclude ? "!" : "") +
                                     (is_glob ? schema + ".*" : "/(?:" + regex + ")\\..*/")));
    }
    draft.append(property, "source.tables", std::move(patterns));
}

void convert_list(debezium_draft& draft, std::string_view property, std::string_view key,
                  pattern_subject subject, bool exclude) {
    if (const auto list = draft.take(property)) {
        draft.append(property, key,
                     patterns_of_list(draft, property, *list, subject, exclude).items);
    }
}

void convert_keys(debezium_draft& draft) {
    const auto rules = draft.take("message.key.columns");
    if (!rules) {
        return;
    }
    for (const std::string& rule : split_list(*rules, ';')) {
        const std::size_t colon = rule.rfind(':');
        if (colon == std::string::npos) {
            draft.complain("message.key.columns", "\"" + rule + "\" is not table:column,column");
            return;
        }
        const std::string table =
            pattern_of(draft, "message.key.columns", rule.substr(0, colon), pattern_subject::table);
        draft.set("message.key.columns", "events.keys",
                  list_node(split_list(rule.substr(colon + 1))), table);
    }
}

// The text of `name` between a prefix and a suffix, or nothing.
std::optional<std::string> between(std::string_view name, std::string_view prefix,
                                   std::string_view suffix) {
    if (name.size() < prefix.size() + suffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(suffix)) {
        return std::nullopt;
    }
    return std::string{name.substr(prefix.size(), name.size() - prefix.size() - suffix.size())};
}

node mask_node(debezium_draft& draft, const std::string& property, std::string_view list) {
    node mask = map_node();
    put(mask, "columns", patterns_of_list(draft, property, list, pattern_subject::column));
    return mask;
}

void convert_hash(debezium_draft& draft, const std::string& property, std::string_view list) {
    constexpr std::string_view border = ".with.salt.";
    const bool is_second = property.starts_with("column.mask.hash.v2.");
    const std::string rest = property.substr(is_second ? 20 : 17);
    const std::size_t salt = rest.find(border);
    if (salt == std::string::npos) {
        draft.complain(property, "is not column.mask.hash.v2.ALGORITHM.with.salt.SALT");
        return;
    }
    node mask = mask_node(draft, property, list);
    put(mask, "hash", text_node(rest.substr(0, salt)));
    put(mask, "salt", text_node(rest.substr(salt + border.size())));
    draft.append(property, "events.masks", {std::move(mask)});
    if (!is_second) {
        draft.note(property, "walferry hashes as v2 does, so that the hashes change");
    }
}

void convert_masks(debezium_draft& draft) {
    constexpr std::array<std::array<std::string_view, 3>, 2> kinds = {
        {{"column.mask.with.", ".chars", "fixed"}, {"column.truncate.to.", ".chars", "truncate"}}};
    const std::map<std::string, std::string> all = draft.left();
    for (const auto& [property, list] : all) {
        for (const auto& [prefix, suffix, word] : kinds) {
            if (const auto count = between(property, prefix, suffix)) {
                draft.take(property);
                node mask = mask_node(draft, property, list);
                put(mask, std::string{word}, literal_node(*count));
                draft.append(property, "events.masks", {std::move(mask)});
            }
        }
        if (property.starts_with("column.mask.hash.")) {
            draft.take(property);
            convert_hash(draft, property, list);
        }
    }
}

}  // namespace

void convert_connection(debezium_draft& draft) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> keywords = {{
        {"database.hostname", "host"},
        {"database.port", "port"},
        {"database.dbname", "dbname"},
        {"database.user", "user"},
        {"database.password", "password"},
        {"database.sslmode", "sslmode"},
        {"database.sslcert", "sslcert"},
        {"database.sslkey", "sslkey"},
        {"database.sslpassword", "sslpassword"},
        {"database.sslrootcert", "sslrootcert"},
    }};
    std::string url;
    bool has_password = false;
    for (const auto& [property, keyword] : keywords) {
        if (const auto value = draft.take(property)) {
            has_password = has_password || keyword == "password";
            url += (url.empty() ? "" : " ") + std::string{keyword} + "=" + quoted_keyword(*value);
            if (keyword == "sslkey") {
                draft.note(property, "libpq wants PEM, not PK8");
            }
        }
    }
    if (!url.empty()) {
        draft.set("database.hostname", "source.url", text_node(url));
    }
    if (has_password) {
        draft.remark("source.url", "better password=${file:/path} or ${env:NAME}");
    }
}

void convert_filters(debezium_draft& draft) {
    convert_schemas(draft, "schema.include.list", false);
    convert_schemas(draft, "schema.exclude.list", true);
    convert_list(draft, "table.include.list", "source.tables", pattern_subject::table, false);
    convert_list(draft, "table.exclude.list", "source.tables", pattern_subject::table, true);
    convert_list(draft, "column.include.list", "source.columns", pattern_subject::column, false);
    convert_list(draft, "column.exclude.list", "source.columns", pattern_subject::column, true);
    convert_list(draft, "message.prefix.include.list", "source.messages", pattern_subject::prefix,
                 false);
    convert_list(draft, "message.prefix.exclude.list", "source.messages", pattern_subject::prefix,
                 true);
    convert_list(draft, "column.propagate.source.type", "events.schema_source_types",
                 pattern_subject::column, false);
    convert_keys(draft);
    convert_masks(draft);
}

}  // namespace walferry::config
