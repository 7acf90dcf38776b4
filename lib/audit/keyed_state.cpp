// A row is as many hashes as it has columns, so that a column that a record does not tell (TOAST
// that was left alone, a column that was added later) keeps what an earlier record told.

#include "lib/audit/json_members.hpp"
#include "lib/audit/table_state.hpp"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace walferry::audit {
namespace {

using change::operation;

struct key_hash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    bool operator==(const key_hash&) const = default;
};

struct hash_of_hash {
    std::size_t operator()(const key_hash& key) const { return key.low; }
};

key_hash hash_key(std::string_view key) {
    const auto made = XXH3_128bits(key.data(), key.size());
    return {made.low64, made.high64};
}

// 0 stands for: not told.
std::uint64_t hash_value(std::string_view value) {
    return std::max<std::uint64_t>(XXH3_64bits(value.data(), value.size()), 1);
}

class keyed_state final : public table_state {
public:
    explicit keyed_state(lsn upto) : upto_(upto) {}

    void take(const published_event& event, record_place where) override {
        if (event.at.commit >= upto_) {
            return;
        }
        if (event.what == operation::truncate) {
            truncated_ = std::max(truncated_, event.at);
            return;
        }
        if (event.what == operation::message || event.key.empty()) {
            return;
        }
        if (!event.row.empty()) {
            leave_old_key(event, where);
        }
        change_row(hash_key(event.key), event, event.row, where);
    }

    void compare(const published_event& row) override {
        ++found_.rows;
        const auto known = rows_.find(hash_key(row.key));
        if (known == rows_.end() || !is_there(known->second)) {
            ++found_.missing;
            tell("missing", row.key);
            return;
        }
        known->second.seen = true;
        bool untold = false;
        bool differs = false;
        each_member(row.row, [&](std::string_view name, std::string_view value) {
            const auto column = index_of(name);
            const auto& told = known->second.columns;
            const auto is = column < told.size() ? told[column] : 0;
            untold = untold || is == 0;
            if (is != 0 && is != hash_value(value)) {
                if (!differs) {
                    tell("different in " + std::string{name}, row.key);
                }
                differs = true;
            }
        });
        found_.different += differs ? 1 : 0;
        found_.untold += untold && !differs ? 1 : 0;
    }

    table_difference finish() override {
        for (const auto& [key, row] : rows_) {
            if (!row.seen && is_there(row)) {
                ++found_.extra;
                tell("extra", "partition " + std::to_string(row.where.partition) + " offset " +
                                  std::to_string(row.where.offset));
            }
        }
        return std::move(found_);
    }

private:
    struct row_state {
        position at;
        record_place where;
        bool alive = false;
        bool seen = false;
        std::vector<std::uint64_t> columns;
    };

    bool is_there(const row_state& row) const { return row.alive && row.at > truncated_; }

    // Format plain tells a change of the key in one record, under the new key.
    void leave_old_key(const published_event& event, record_place where) {
        if (event.what != operation::update || event.before.empty()) {
            return;
        }
        std::unordered_map<std::string_view, std::string_view> before;
        each_member(event.before,
                    [&](std::string_view name, std::string_view value) { before[name] = value; });
        old_key_.assign("{");
        bool whole = true;
        each_member(event.key, [&](std::string_view name, std::string_view) {
            const auto value = before.find(name);
            whole = whole && value != before.end();
            if (whole) {
                old_key_.append(old_key_.size() > 1 ? ",\"" : "\"").append(name).append("\":");
                old_key_.append(value->second);
            }
        });
        old_key_ += '}';
        if (whole && old_key_ != event.key) {
            change_row(hash_key(old_key_), event, {}, where);
        }
    }

    // `to` empty: the key is gone.
    void change_row(const key_hash& key, const published_event& event, std::string_view to,
                    record_place where) {
        auto& row = rows_[key];
        if (event.at < row.at) {
            return;
        }
        if (event.what != operation::update || !row.alive || row.at <= truncated_) {
            row.columns.clear();
        }
        row.at = event.at;
        row.where = where;
        row.alive = !to.empty();
        if (to.empty()) {
            row.columns.clear();
            row.columns.shrink_to_fit();
            return;
        }
        left_out_.clear();
        each_text(event.unchanged, [&](std::string_view name) { left_out_.push_back(name); });
        each_member(to, [&](std::string_view name, std::string_view value) {
            if (std::ranges::find(left_out_, name) != left_out_.end()) {
                return;
            }
            const auto column = index_of(name);
            if (row.columns.size() <= column) {
                row.columns.resize(std::max(column + 1, names_.size()), 0);
            }
            row.columns[column] = hash_value(value);
        });
    }

    std::size_t index_of(std::string_view name) {
        const auto found = std::ranges::find(names_, name);
        const auto index = static_cast<std::size_t>(found - names_.begin());
        if (found == names_.end()) {
            names_.emplace_back(name);
        }
        return index;
    }

    void tell(const std::string& what, std::string_view where) {
        if (found_.examples.size() < examples_max) {
            found_.examples.push_back(what + ": " + std::string{where});
        }
    }

    lsn upto_;
    position truncated_;
    std::unordered_map<key_hash, row_state, hash_of_hash> rows_;
    std::vector<std::string> names_;  // of columns, in the order in which they were met
    std::vector<std::string_view> left_out_;
    std::string old_key_;
    table_difference found_;
};

}  // namespace

std::unique_ptr<table_state> make_keyed_state(lsn upto) {
    return std::make_unique<keyed_state>(upto);
}

}  // namespace walferry::audit
