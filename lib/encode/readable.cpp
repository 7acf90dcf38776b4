#include "lib/encode/readable.hpp"

#include "lib/encode/iso_time.hpp"

#include <nlohmann/json.hpp>

namespace walferry::encode {
namespace {

using nlohmann::json;
using pgoutput::value_kind;

constexpr const char* green = "\x1b[32m";
constexpr const char* yellow = "\x1b[33m";
constexpr const char* red = "\x1b[31m";
constexpr const char* dim = "\x1b[2m";
constexpr const char* plain = "\x1b[0m";

std::string iso_time(unix_time at) {
    text_buffer out;
    append_iso_timestamp(out, at.microseconds - postgres_epoch_us, 6);
    return std::string{out.view()} + "Z";
}

const char* sign_of(change::operation what) {
    switch (what) {
        case change::operation::insert:
        case change::operation::read:
            return "+";
        case change::operation::update:
            return "~";
        case change::operation::delete_row:
            return "-";
        case change::operation::truncate:
            return "!";
        case change::operation::message:
            return "»";
    }
    return "?";
}

const char* colour_of(change::operation what) {
    switch (what) {
        case change::operation::insert:
        case change::operation::read:
            return green;
        case change::operation::update:
            return yellow;
        case change::operation::delete_row:
        case change::operation::truncate:
            return red;
        case change::operation::message:
            return dim;
    }
    return plain;
}

bool equal(const pgoutput::column_value& a, const pgoutput::column_value& b) {
    return a.kind == b.kind && a.bytes == b.bytes;
}

json value_of(const pgoutput::column_value& value) {
    return value.kind == value_kind::null ? json() : json(std::string{value.bytes});
}

json row_of(const change::change& what, pgoutput::row row, bool identity_only, json& unchanged) {
    auto out = json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto& column = what.table->columns[i];
        if (row[i].kind == value_kind::unchanged) {
            unchanged.push_back(column.name);
        } else if (!identity_only || column.in_identity) {
            out[column.name] = value_of(row[i]);
        }
    }
    return out;
}

}  // namespace

void readable::open(std::string& out, const change::transaction& what) const {
    out += paint(dim);
    out += "┌ " + iso_time(what.commit_time) + "  xid " + std::to_string(what.xid);
    out += paint(plain);
    out += '\n';
}

void readable::close(std::string& out, const change::transaction& what, std::size_t changes) const {
    out += paint(dim);
    out += "└ " + std::to_string(changes) + (changes == 1 ? " change" : " changes") + "  commit " +
           to_string(what.commit_lsn);
    out += paint(plain);
    out += '\n';
}

void readable::add(std::string& out, const change::change& what) const {
    out += what.in != nullptr ? "│ " : "  ";
    out += paint(colour_of(what.what));
    out += sign_of(what.what);
    out += ' ';
    if (what.message != nullptr) {
        out += std::string{what.message->prefix} + paint(plain) + "  ";
        add_text(out, what.message->content);
    } else {
        out += to_string(*what.table) + paint(plain);
        if (what.what == change::operation::truncate) {
            out += "  TRUNCATE";
        } else {
            add_row(out, what);
        }
    }
    out += '\n';
}

void readable::add_row(std::string& out, const change::change& what) const {
    const auto& columns = what.table->columns;
    const bool full = what.before_kind == pgoutput::old_row::full;
    if (what.after.empty()) {
        for (std::size_t i = 0; i < what.before.size(); ++i) {
            if (full || columns[i].in_identity) {
                add_column(out, columns[i], what.before[i]);
            }
        }
        return;
    }
    for (std::size_t i = 0; i < what.after.size(); ++i) {
        const auto& column = columns[i];
        const bool known = i < what.before.size() && (full || column.in_identity);
        if (known && equal(what.before[i], what.after[i]) && !column.in_identity) {
            continue;
        }
        if (known && !equal(what.before[i], what.after[i])) {
            out += "  " + column.name + ": ";
            add_value(out, what.before[i]);
            out += " → ";
            add_value(out, what.after[i]);
        } else {
            add_column(out, column, what.after[i]);
        }
    }
}

void readable::add_column(std::string& out, const change::column& column,
                          const pgoutput::column_value& value) const {
    out += "  " + column.name + "=";
    add_value(out, value);
}

void readable::add_value(std::string& out, const pgoutput::column_value& value) const {
    if (value.kind == value_kind::null || value.kind == value_kind::unchanged) {
        out += paint(dim);
        out += value.kind == value_kind::null ? "null" : "(unchanged)";
        out += paint(plain);
    } else {
        add_text(out, value.bytes);
    }
}

// What a terminal would obey is shown instead; a cut value ends between characters.
void readable::add_text(std::string& out, std::string_view text) const {
    bool cut = look_.value_max != 0 && text.size() > look_.value_max;
    auto shown = cut ? text.substr(0, look_.value_max) : text;
    while (cut && !shown.empty() &&
           (static_cast<unsigned char>(text[shown.size()]) & 0xC0) == 0x80) {
        shown.remove_suffix(1);
    }
    constexpr std::string_view digits = "0123456789abcdef";
    for (char c : shown) {
        auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += "\\x";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    if (cut) {
        out += "…";
    }
}

std::string readable_json(const change::change& what) {
    json out{{"op", std::string(1, static_cast<char>(what.what))},
             {"position", to_string(what.at)}};
    if (what.in != nullptr) {
        out["commit_time"] = iso_time(what.in->commit_time);
        out["xid"] = what.in->xid;
    }
    if (what.message != nullptr) {
        out["prefix"] = what.message->prefix;
        out["content"] = what.message->content;
    } else {
        auto unchanged = json::array();
        out["schema"] = what.table->schema;
        out["table"] = what.table->name;
        if (!what.after.empty()) {
            out["row"] = row_of(what, what.after, false, unchanged);
        }
        if (!what.before.empty()) {
            bool identity_only = what.before_kind != pgoutput::old_row::full;
            out["old"] = row_of(what, what.before, identity_only, unchanged);
        }
        if (!unchanged.empty()) {
            out["unchanged"] = std::move(unchanged);
        }
    }
    return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace walferry::encode
