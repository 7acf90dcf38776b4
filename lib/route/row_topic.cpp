#include "lib/route/row_topic.hpp"

#include "lib/route/topic_name.hpp"

namespace walferry::route {
namespace {

using config::table_use;

constexpr change::oid bpchar = 1042;

// Types whose text and binary forms are the same characters.
bool is_text(const change::type_description* type, const change::catalog& types) {
    for (int depth = 0; type != nullptr && type->kind == 'd' && depth < 32; ++depth) {
        type = types.type(type->base);
    }
    if (type == nullptr) {
        return false;
    }
    return type->kind == 'e' || type->name == "text" || type->name == "varchar" ||
           type->name == "bpchar" || type->name == "name" || type->name == "citext";
}

std::string filled(std::string text, std::string_view word, std::string_view meaning) {
    for (auto at = text.find(word); at != std::string::npos;
         at = text.find(word, at + meaning.size())) {
        text.replace(at, word.size(), meaning);
    }
    return text;
}

}  // namespace

result<row_topic> row_topic::make(const config::settings& settings, table_use use,
                                  const change::relation& table, const change::catalog& types) {
    const auto& store = settings.route.event_store;
    const auto& outbox = settings.route.outbox;
    bool is_store = use == table_use::event_store;
    row_topic made;
    made.use_ = use;
    made.only_prefix_ = is_store && store.category.empty();
    made.column_ = !is_store                ? outbox.route_by
                   : store.category.empty() ? store.stream
                                            : store.category;
    std::string setting = !is_store                ? "route.outbox.route_by"
                          : store.category.empty() ? "route.event_store.stream"
                                                   : "route.event_store.category";
    for (made.index_ = 0; made.index_ < table.columns.size(); ++made.index_) {
        if (table.columns[made.index_].name == made.column_) {
            break;
        }
    }
    if (made.index_ == table.columns.size()) {
        return fail(error_kind::table_unfit,
                    setting + " names column \"" + made.column_ + "\", which table " +
                        to_string(table) + " does not have",
                    "set " + setting + " to the column that decides about the topic");
    }
    auto type = table.columns[made.index_].type;
    if (!is_text(types.type(type), types)) {
        return fail(error_kind::table_unfit,
                    setting + " names column \"" + made.column_ + "\" of table " +
                        to_string(table) + ", which is no text and can name no topic",
                    is_store ? "set route.event_store.category to a column of type text"
                             : "set route.outbox.route_by to a column of type text");
    }
    made.padded_ = type == bpchar;
    std::string_view word = is_store ? "{category}" : "${routedByValue}";
    std::string pattern = is_store ? filled(store.topic, "{name}", settings.name) : outbox.topic;
    auto at = pattern.find(word);
    made.before_ = pattern.substr(0, at);
    made.after_ = at == std::string::npos ? "" : pattern.substr(at);
    return made;
}

std::optional<std::string_view> row_topic::value(pgoutput::row row) const {
    const auto& column = row[index_];
    if (column.kind != pgoutput::value_kind::text && column.kind != pgoutput::value_kind::binary) {
        return std::nullopt;
    }
    auto value = column.bytes;
    if (padded_) {
        value = value.substr(0, value.find_last_not_of(' ') + 1);
    }
    if (only_prefix_) {
        value = value.substr(0, value.find('-'));
    }
    return value.empty() ? std::nullopt : std::optional{value};
}

std::string row_topic::name_for(std::string_view value) const {
    std::string_view word = use_ == table_use::event_store ? "{category}" : "${routedByValue}";
    return legal_topic_name(before_ + filled(after_, word, value));
}

}  // namespace walferry::route
