#include "lib/audit/table_state.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace walferry::audit {
namespace {

using change::operation;

// Positions of a snapshot's rows differ by this from one attempt to the next (lib/snapshot).
constexpr std::uint64_t positions_an_attempt = 1'000'000'000'000;

class keyless_state final : public table_state {
public:
    explicit keyless_state(lsn upto) : upto_(upto) {}

    void take(const published_event& event, record_place where) override {
        if (event.at.commit >= upto_ || event.what == operation::message || event.at <= last_) {
            return;
        }
        last_ = event.at;
        if (event.what == operation::truncate) {
            rows_.clear();
            return;
        }
        if (event.what == operation::read) {
            begin_reading(event.at);
        }
        if (!event.before.empty()) {
            count(event.before, -1, where);
        }
        if (!event.row.empty()) {
            count(event.row, 1, where);
        }
    }

    void compare(const published_event& row) override {
        ++found_.rows;
        auto& known = rows_[hash_of(row.row)];
        --known.count;
        if (known.count < 0) {
            ++found_.missing;
            tell("missing: " + std::string{row.row});
        }
    }

    table_difference finish() override {
        for (const auto& [hash, row] : rows_) {
            if (row.count > 0) {
                found_.extra += static_cast<std::uint64_t>(row.count);
                tell("extra: partition " + std::to_string(row.where.partition) + " offset " +
                     std::to_string(row.where.offset));
            }
        }
        return std::move(found_);
    }

private:
    struct counted_row {
        std::int64_t count = 0;
        record_place where;
    };

    static std::uint64_t hash_of(std::string_view row) {
        return XXH3_64bits(row.data(), row.size());
    }

    // A snapshot that was interrupted reads the table again from its beginning.
    void begin_reading(const position& at) {
        const position attempt{at.commit, at.sequence / positions_an_attempt};
        if (attempt != attempt_) {
            rows_.clear();
            attempt_ = attempt;
        }
    }

    void count(std::string_view row, std::int64_t by, record_place where) {
        auto& known = rows_[hash_of(row)];
        known.count += by;
        known.where = where;
    }

    void tell(std::string what) {
        if (found_.examples.size() < examples_max) {
            found_.examples.push_back(std::move(what));
        }
    }

    lsn upto_;
    position last_;
    position attempt_;
    std::unordered_map<std::uint64_t, counted_row> rows_;
    table_difference found_;
};

}  // namespace

std::unique_ptr<table_state> make_keyless_state(lsn upto) {
    return std::make_unique<keyless_state>(upto);
}

}  // namespace walferry::audit
