#include "lib/change/relation.hpp"

#include <algorithm>

namespace walferry::change {
namespace {

std::unique_ptr<relation> copy_of(const pgoutput::relation& message) {
    auto table = std::make_unique<relation>();
    table->id = message.id;
    table->schema = message.schema;
    table->name = message.name;
    table->identity = message.identity;
    table->columns.reserve(message.columns.size());
    for (const auto& sent : message.columns) {
        table->columns.push_back(
            {std::string{sent.name}, sent.type, sent.type_modifier, sent.in_identity});
    }
    return table;
}

bool before_oid(const std::pair<oid, std::uint32_t>& entry, oid id) {
    return entry.first < id;
}

}  // namespace

bool relation::same_definition(const relation& other) const {
    return id == other.id && schema == other.schema && name == other.name &&
           identity == other.identity && columns == other.columns;
}

std::string to_string(const relation& table) {
    return table.schema + '.' + table.name;
}

relation_registry::announcement relation_registry::announce(const pgoutput::relation& message) {
    last_ = nullptr;
    auto table = copy_of(message);
    auto place = std::lower_bound(slots_.begin(), slots_.end(), message.id, before_oid);
    if (place == slots_.end() || place->first != message.id) {
        table->slot = static_cast<std::uint32_t>(entries_.size());
        slots_.insert(place, {message.id, table->slot});
        entries_.push_back({std::move(table), true});
        return {entries_.back().table.get(), true};
    }
    auto& known = entries_[place->second];
    known.announced = true;
    if (known.table->same_definition(*table)) {
        return {known.table.get(), false};
    }
    table->slot = place->second;
    known.table = std::move(table);
    return {known.table.get(), true};
}

const relation* relation_registry::look_up(oid id) const {
    auto place = std::lower_bound(slots_.begin(), slots_.end(), id, before_oid);
    if (place == slots_.end() || place->first != id || !entries_[place->second].announced) {
        return nullptr;
    }
    last_ = entries_[place->second].table.get();
    last_announced_ = true;
    return last_;
}

void relation_registry::new_session() {
    last_ = nullptr;
    for (auto& known : entries_) {
        known.announced = false;
    }
}

}  // namespace walferry::change
