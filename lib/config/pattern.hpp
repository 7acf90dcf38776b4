#pragma once

#include "lib/base/error.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::config {

// What the names consist of that a pattern is compared with.
enum class pattern_subject {
    prefix,  // one part
    table,   // schema, table
    column,  // schema, table, column
};

// One glob or regular expression.
//
// Glob: `*` stands for any characters and `?` for one, both inside one part of a name; `\` takes
// the next character literally, and a pair of `"` takes all between them so, as SQL does (`""` is
// one `"`); all else is compared exactly, upper and lower case included. A dot also stands for the
// border between two parts, unless it is quoted: `"a.b".c` and `a."b.c"` are different tables,
// `a.b.c` is both. A pattern with too few dots for its subject names the last parts: `orders` is
// the table of that name in any schema, `users.password` that column of `users` in any schema.
// `public.*` therefore takes all of public, and `*.orders` is `orders`.
//
// `/expression/`: RE2, must match the whole name, whose parts are joined by dots.
//
// `!` in front excludes. A glob that starts with `!` or `/` is written with `\`.
class pattern {
public:
    static result<pattern> compile(std::string_view text, pattern_subject subject);

    pattern(pattern&&) noexcept;
    pattern& operator=(pattern&&) noexcept;
    ~pattern();

    bool is_exclusion() const;

    // Whether the names fit, regardless of `!`.
    bool matches(std::span<const std::string_view> parts) const;

private:
    struct compiled;
    explicit pattern(std::unique_ptr<compiled> ready);

    std::unique_ptr<compiled> compiled_;
};

// A list of patterns. A name is in it when an including pattern fits and no excluding one does; the
// order means nothing. A list with excluding patterns only, and an empty one, include all else.
class pattern_list {
public:
    static result<pattern_list> compile(const std::vector<std::string>& texts,
                                        pattern_subject subject);

    pattern_list() = default;

    bool empty() const { return patterns_.empty(); }
    bool has_table(std::string_view schema, std::string_view table) const;
    bool has_column(std::string_view schema, std::string_view table, std::string_view column) const;
    bool has_prefix(std::string_view prefix) const;

private:
    bool has(std::span<const std::string_view> parts) const;

    std::vector<pattern> patterns_;
};

// Nothing, or what is wrong with an expression of RE2; with `replacement`, also with its `\1`.
std::string regex_fault(std::string_view expression);
std::string regex_fault(std::string_view expression, std::string_view replacement);

}  // namespace walferry::config
