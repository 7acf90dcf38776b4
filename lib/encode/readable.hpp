#pragma once

#include "lib/change/change.hpp"

#include <cstddef>
#include <string>

namespace walferry::encode {

// Changes as lines for people: transactions in brackets, inserts as +, updates as ~ with old and
// new side by side, deletes as -. Values are PostgreSQL's own texts.
class readable {
public:
    struct look {
        bool colours = false;
        std::size_t value_max = 0;  // characters of a value that are shown; 0: all
    };

    explicit readable(look how) : look_(how) {}

    // Each adds whole lines to `out`.
    void open(std::string& out, const change::transaction& what) const;
    void add(std::string& out, const change::change& what) const;
    void close(std::string& out, const change::transaction& what, std::size_t changes) const;

private:
    void add_row(std::string& out, const change::change& what) const;
    void add_column(std::string& out, const change::column& column,
                    const pgoutput::column_value& value) const;
    void add_value(std::string& out, const pgoutput::column_value& value) const;
    void add_text(std::string& out, std::string_view text) const;
    const char* paint(const char* colour) const { return look_.colours ? colour : ""; }

    look look_;
};

// The same change as one JSON object: op, position, commit_time, xid, schema, table, row, old,
// unchanged; every value a string or null.
std::string readable_json(const change::change& what);

}  // namespace walferry::encode
