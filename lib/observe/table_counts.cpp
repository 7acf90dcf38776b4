#include "lib/observe/table_counts.hpp"

#include <numeric>

namespace walferry::observe {

std::string_view name_of(operation what) {
    switch (what) {
        case operation::insert:
            return "insert";
        case operation::update:
            return "update";
        case operation::remove:
            return "delete";
        case operation::truncate:
            return "truncate";
        case operation::read:
            return "read";
        case operation::message:
            return "message";
    }
    return "unknown";
}

std::uint64_t table_facts::total() const {
    return std::accumulate(changes.begin(), changes.end(), std::uint64_t{0});
}

table_counts::table_counts(std::size_t tables_max) : rows_max_(tables_max + 1) {
    rows_.push_back({.name = "other"});
}

std::size_t table_counts::index_of(std::string_view table) {
    for (std::size_t i = 1; i < rows_.size(); ++i) {
        if (rows_[i].name == table) {
            return i;
        }
    }
    if (rows_.size() == rows_max_) {
        return 0;
    }
    rows_.push_back({.name = std::string{table}});
    return rows_.size() - 1;
}

}  // namespace walferry::observe
