#include "lib/config/pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace walferry::config {
namespace {

constexpr char part_border = '\x1f';

// A glob, taken apart once: what a character means is decided before anything is compared.
struct glob_step {
    enum class kind { exactly, dot, one, any };
    kind what = kind::exactly;
    std::string character;  // in UTF-8, of exactly
};

using glob = std::vector<glob_step>;

// Bytes of the UTF-8 character at `at`; a stray byte counts as a character.
std::size_t character_size(std::string_view text, std::size_t at) {
    std::size_t size = 1;
    while (at + size < text.size() &&
           (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80) {
        ++size;
    }
    return size;
}

glob_step step_of(std::string_view character) {
    if (character == "*") {
        return {glob_step::kind::any, {}};
    }
    if (character == "?") {
        return {glob_step::kind::one, {}};
    }
    if (character == ".") {
        return {glob_step::kind::dot, {}};
    }
    return {glob_step::kind::exactly, std::string{character}};
}

// As SQL quotes identifiers: up to the next quote that is not doubled. Returns where the text goes
// on, or npos where no quote ends it.
std::size_t parse_quoted(std::string_view text, std::size_t at, glob& into) {
    while (at < text.size()) {
        const bool quote = text[at] == '"';
        const bool doubled = quote && at + 1 < text.size() && text[at + 1] == '"';
        if (quote && !doubled) {
            return at + 1;
        }
        at += doubled ? 1 : 0;
        const std::string_view character = text.substr(at, character_size(text, at));
        into.push_back({glob_step::kind::exactly, std::string{character}});
        at += character.size();
    }
    return std::string_view::npos;
}

// Nothing where a quote is not ended.
std::optional<glob> parse_glob(std::string_view text, std::size_t parts) {
    glob steps;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') {
            at = parse_quoted(text, at + 1, steps);
            if (at == std::string_view::npos) {
                return std::nullopt;
            }
            continue;
        }
        const bool escaped = text[at] == '\\' && at + 1 < text.size();
        at += escaped ? 1 : 0;
        const std::string_view character = text.substr(at, character_size(text, at));
        at += character.size();
        steps.push_back(escaped ? glob_step{glob_step::kind::exactly, std::string{character}}
                                : step_of(character));
    }
    auto dots = std::ranges::count(steps, glob_step::kind::dot, &glob_step::what);
    for (; dots + 1 < static_cast<std::ptrdiff_t>(parts); ++dots) {
        steps.insert(steps.begin(), {step_of("*"), step_of(".")});
    }
    return steps;
}

bool fits(const glob_step& step, std::string_view character) {
    switch (step.what) {
        case glob_step::kind::exactly:
            return step.character == character;
        case glob_step::kind::dot:
            return character == "." || character.front() == part_border;
        case glob_step::kind::one:
            return character.front() != part_border;
        case glob_step::kind::any:
            return false;
    }
    return false;
}

// Linear in memory, steps times characters in time, whatever the pattern: `reached` holds the steps
// that may come next, `any` steps passed over included.
std::vector<bool> start_of(const glob& steps) {
    std::vector<bool> reached(steps.size() + 1);
    reached[0] = true;
    for (std::size_t i = 0; i < steps.size() && steps[i].what == glob_step::kind::any; ++i) {
        reached[i + 1] = true;
    }
    return reached;
}

bool matches_glob(const glob& steps, std::string_view text) {
    std::vector<bool> reached = start_of(steps);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_size(text, at);
        std::vector<bool> next(steps.size() + 1);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const bool stays = steps[i].what == glob_step::kind::any;
            next[i] = next[i] || (stays && reached[i] && text[at] != part_border);
            next[i + 1] = next[i + 1] ||
                          (stays ? next[i] : reached[i] && fits(steps[i], text.substr(at, size)));
        }
        reached = std::move(next);
        at += size;
    }
    return reached.back();
}

std::string join(std::span<const std::string_view> parts, char border) {
    std::string joined;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i != 0) {
            joined += border;
        }
        joined += parts[i];
    }
    return joined;
}

re2::RE2::Options quiet() {
    re2::RE2::Options options;
    options.set_log_errors(false);
    return options;
}

std::size_t parts_of(pattern_subject subject) {
    return static_cast<std::size_t>(subject) + 1;
}

tl::unexpected<error> bad_pattern(std::string_view text, const std::string& why) {
    return fail(error_kind::config_invalid, "\"" + std::string{text} + "\" " + why);
}

}  // namespace

struct pattern::compiled {
    bool excludes = false;
    glob steps;
    std::unique_ptr<re2::RE2> expression;  // instead of the steps
};

pattern::pattern(std::unique_ptr<compiled> ready) : compiled_(std::move(ready)) {}
pattern::pattern(pattern&&) noexcept = default;
pattern& pattern::operator=(pattern&&) noexcept = default;
pattern::~pattern() = default;

result<pattern> pattern::compile(std::string_view text, pattern_subject subject) {
    auto made = std::make_unique<compiled>();
    std::string_view body = text;
    if (!body.empty() && body.front() == '!') {
        made->excludes = true;
        body.remove_prefix(1);
    }
    if (body.empty()) {
        return bad_pattern(text, "is an empty pattern");
    }
    if (body.front() != '/') {
        auto steps = parse_glob(body, parts_of(subject));
        if (!steps) {
            return bad_pattern(text, R"(has a " that nothing ends; a " of a name is written \")");
        }
        made->steps = std::move(*steps);
        return pattern{std::move(made)};
    }
    if (body.size() < 3 || body.back() != '/') {
        return bad_pattern(text, "is not a regular expression between slashes like /public\\.t.*/");
    }
    const std::string_view expression = body.substr(1, body.size() - 2);
    if (const std::string wrong = regex_fault(expression); !wrong.empty()) {
        return bad_pattern(text, wrong);
    }
    made->expression =
        std::make_unique<re2::RE2>(re2::StringPiece{expression.data(), expression.size()}, quiet());
    return pattern{std::move(made)};
}

bool pattern::is_exclusion() const {
    return compiled_->excludes;
}

bool pattern::matches(std::span<const std::string_view> parts) const {
    if (compiled_->expression) {
        return re2::RE2::FullMatch(join(parts, '.'), *compiled_->expression);
    }
    return matches_glob(compiled_->steps, join(parts, part_border));
}

result<pattern_list> pattern_list::compile(const std::vector<std::string>& texts,
                                           pattern_subject subject) {
    pattern_list list;
    for (const std::string& text : texts) {
        result<pattern> one = pattern::compile(text, subject);
        if (!one) {
            return tl::unexpected(one.error());
        }
        list.patterns_.push_back(std::move(*one));
    }
    return list;
}

bool pattern_list::has(std::span<const std::string_view> parts) const {
    bool only_exclusions = true;
    bool included = false;
    for (const pattern& one : patterns_) {
        only_exclusions = only_exclusions && one.is_exclusion();
        if (one.is_exclusion() || !included) {
            const bool fits = one.matches(parts);
            if (fits && one.is_exclusion()) {
                return false;
            }
            included = included || fits;
        }
    }
    return included || only_exclusions;
}

bool pattern_list::has_table(std::string_view schema, std::string_view table) const {
    return has(std::array{schema, table});
}

bool pattern_list::has_column(std::string_view schema, std::string_view table,
                              std::string_view column) const {
    return has(std::array{schema, table, column});
}

bool pattern_list::has_prefix(std::string_view prefix) const {
    return has(std::array{prefix});
}

std::string regex_fault(std::string_view expression) {
    return regex_fault(expression, "");
}

std::string regex_fault(std::string_view expression, std::string_view replacement) {
    const re2::RE2 compiled{re2::StringPiece{expression.data(), expression.size()}, quiet()};
    if (!compiled.ok()) {
        return "is not a regular expression of RE2: " + compiled.error();
    }
    std::string wrong;
    const re2::StringPiece text{replacement.data(), replacement.size()};
    return compiled.CheckRewriteString(text, &wrong) ? ""
                                                     : "does not fit its replacement: " + wrong;
}

}  // namespace walferry::config
