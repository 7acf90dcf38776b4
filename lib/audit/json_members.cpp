#include "lib/audit/json_members.hpp"

#include <algorithm>

namespace walferry::audit {
namespace {

constexpr std::string_view blanks = " \t\r\n";

class scanner {
public:
    explicit scanner(std::string_view text) : rest_(text) {}

    bool take(char wanted) {
        skip();
        if (rest_.empty() || rest_.front() != wanted) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    // With its quotes; empty: there is none.
    std::string_view string() {
        skip();
        if (rest_.empty() || rest_.front() != '"') {
            return {};
        }
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '\\') {
                ++i;
            } else if (rest_[i] == '"') {
                return cut(i + 1);
            }
        }
        return {};
    }

    // Up to the comma or bracket behind it; empty: it has no end.
    std::string_view value() {
        skip();
        std::size_t depth = 0;
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            const char c = rest_[i];
            if (c == '"') {
                for (++i; i < rest_.size() && rest_[i] != '"'; ++i) {
                    i += rest_[i] == '\\' ? 1U : 0U;
                }
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']' || c == ',') {
                if (depth == 0) {
                    return trimmed(cut(i));
                }
                depth -= c == ',' ? 0U : 1U;
            }
        }
        return {};
    }

private:
    void skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

    std::string_view cut(std::size_t size) {
        const auto made = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return made;
    }

    static std::string_view trimmed(std::string_view text) {
        return text.substr(0, text.find_last_not_of(blanks) + 1);
    }

    std::string_view rest_;
};

}  // namespace

std::string_view unquoted(std::string_view value) {
    const bool is_string = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    return is_string ? value.substr(1, value.size() - 2) : value;
}

bool each_member(std::string_view object,
                 const std::function<void(std::string_view, std::string_view)>& take) {
    scanner in{object};
    if (!in.take('{')) {
        return false;
    }
    if (in.take('}')) {
        return true;
    }
    do {
        const auto name = in.string();
        if (name.empty() || !in.take(':')) {
            return false;
        }
        const auto value = in.value();
        if (value.empty()) {
            return false;
        }
        take(unquoted(name), value);
    } while (in.take(','));
    return in.take('}');
}

void each_text(std::string_view array, const std::function<void(std::string_view)>& take) {
    scanner in{array};
    if (!in.take('[')) {
        return;
    }
    do {
        const auto text = in.string();
        if (text.empty()) {
            return;
        }
        take(unquoted(text));
    } while (in.take(','));
}

}  // namespace walferry::audit
