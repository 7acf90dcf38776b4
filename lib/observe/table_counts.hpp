#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::observe {

enum class operation { insert, update, remove, truncate, read, message };
inline constexpr std::size_t operation_count = 6;

// `insert`, `update`, `delete`, `truncate`, `read`, `message`: the label's values.
std::string_view name_of(operation what);

struct table_facts {
    std::string name;  // schema.table
    std::array<std::uint64_t, operation_count> changes{};

    std::uint64_t total() const;
};

// Changes by table and operation with bounded cardinality: the first `tables_max` tables have their
// own row, all later ones share the row `other`, which is the first. Loop thread only. index_of()
// is for when a Relation message arrives; what happens per row is one increment.
class table_counts {
public:
    explicit table_counts(std::size_t tables_max = 100);

    // The row of a table, stable for the life of this object.
    std::size_t index_of(std::string_view table);

    void add(std::size_t index, operation what, std::uint64_t count = 1) {
        rows_[index].changes[static_cast<std::size_t>(what)] += count;
    }

    const std::vector<table_facts>& rows() const { return rows_; }

private:
    std::vector<table_facts> rows_;
    std::size_t rows_max_;
};

}  // namespace walferry::observe
