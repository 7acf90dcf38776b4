// Columns are separated by tabs, NULL is \N. A backslash stands before what would be read
// otherwise: \b \f \n \r \t \v and \\ (CopyAttributeOutText() of PostgreSQL writes no other).

#include "lib/snapshot/row_text.hpp"

#include <cstring>

namespace walferry::snapshot {
namespace {

char unescape(char letter) {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'v':
            return '\v';
        default:
            return letter;
    }
}

}  // namespace

void row_text::add(std::string_view field) {
    if (field == "\\N") {
        values_.push_back({pgoutput::value_kind::null, {}});
        return;
    }
    const auto escape = field.find('\\');
    if (escape == std::string_view::npos) {
        values_.push_back({pgoutput::value_kind::text, field});
        return;
    }
    // The room was made for the whole line: what earlier columns point to does not move.
    char* const start = unescaped_.reserve(field.size());
    char* to = start;
    for (std::size_t i = 0; i < field.size(); ++i) {
        const bool escaped = field[i] == '\\' && i + 1 < field.size();
        *to++ = escaped ? unescape(field[++i]) : field[i];
    }
    const auto length = static_cast<std::size_t>(to - start);
    unescaped_.commit(length);
    values_.push_back({pgoutput::value_kind::text, {start, length}});
}

bool row_text::read(std::string_view line, std::size_t columns) {
    values_.clear();
    unescaped_.clear();
    if (!line.empty() && line.back() == '\n') {
        line.remove_suffix(1);
    }
    if (columns == 0) {
        return line.empty();
    }
    unescaped_.reserve(line.size());
    for (;;) {
        const auto tab = line.find('\t');
        add(line.substr(0, tab));
        if (tab == std::string_view::npos) {
            return values_.size() == columns;
        }
        line.remove_prefix(tab + 1);
    }
}

}  // namespace walferry::snapshot
