#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/position.hpp"
#include "lib/base/record.hpp"
#include "tests/simulation/plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::simulation {

// Tables: 0 has the default identity, 1 is FULL and its key is in the catalog only, 2 is not
// published by configuration.
inline constexpr unsigned table_count = 3;
inline constexpr unsigned filtered_table = 2;
inline constexpr const char* table_names[table_count] = {"orders", "people", "noise"};

// The topics of the published tables, by their number, and that of logical messages.
inline constexpr unsigned topic_count = 3;
inline constexpr unsigned message_topic = 2;
inline constexpr const char* topic_names[topic_count] = {"sim.public.orders", "sim.public.people",
                                                         "sim.message"};
// Of messages that nobody asked for.
inline constexpr const char* other_prefix = "note";

enum class row_kind : char {
    insert = 'c',
    update = 'u',
    key_change = 'k',
    remove = 'd',
    truncate = 't',
    message = 'm',
};

inline constexpr char tombstone = 'x';

struct row {
    row_kind what = row_kind::insert;
    unsigned table = 0;
    unsigned version = 0;  // of the table's definition
    unsigned key = 0;
    unsigned old_key = 0;
    std::uint64_t token = 0;
    bool poison = false;  // the broker takes its first record never
    bool told = false;    // a message that is published: its prefix is the key
};

// A piece of the WAL: a transaction, a logical message outside of any, or what other databases
// wrote.
struct item {
    enum class kind { transaction, message, foreign };
    kind what = kind::transaction;
    lsn first;   // start of its first record
    lsn commit;  // start of the commit record
    lsn end;
    std::vector<row> rows;  // of a message: itself, where messages are published
    bool announced = true;  // an empty transaction is sent (14) or skipped (15 and later)
    bool lost = false;      // it never happened on the timeline that is followed now
    bool excused = false;   // somebody else moved the slot over it
    unsigned missing = 0;   // its records that no consumer has seen in order yet
};

// One record that a topic must have: known before anybody publishes it.
struct wanted_record {
    std::uint32_t item = 0;
    std::uint32_t lane = 0;   // see truth
    std::uint32_t place = 0;  // in its lane
    std::uint32_t sequence = 0;
    char what = 'c';
    unsigned key = 0;
    bool keyed = true;
    std::uint64_t token = 0;
    bool poison = false;
    bool buried = false;  // it is among the dead letters
};

using record_id = std::uint32_t;

// What happened in the database, what the topics must therefore hold, and what they do hold. A lane
// is one partition of one topic; its consumer keeps the highest position and drops what it has
// seen.
class truth {
public:
    truth(unsigned partitions, config::poison_policy on_poison)
        : partitions_(partitions),
          keeps_letters_(on_poison == config::poison_policy::dead_letter),
          lanes_(topic_count * partitions) {}

    // Writes a piece of WAL. Its LSNs follow the end of the WAL.
    void write(dice& random, const plan& how);
    // Nothing behind `at` happened: another server took over.
    void lose_after(lsn at);
    // Somebody made the slot skip everything that commits before `at`.
    void excuse_before(lsn at);

    const std::vector<item>& items() const { return items_; }
    // The live ones in the order of the WAL, as indexes of items().
    const std::vector<std::uint32_t>& order() const { return order_; }
    lsn wal_end() const { return wal_end_; }
    unsigned version(unsigned table) const { return versions_[table]; }
    unsigned lane_of(unsigned topic, int partition) const {
        return topic * partitions_ + static_cast<unsigned>(partition);
    }

    // Which wanted record the engine handed over. Violations: a phantom, a position that is not the
    // change's own, another topic, partition or key than it must have.
    record_id identify(unsigned topic, int partition, const record& what) const;
    // Where what it tells of became durable.
    lsn commit_of(record_id which) const { return items_[wanted_[which].item].commit; }

    // A record is in the partition's log. Violations: one overtook another.
    void landed(record_id which);
    // The broker takes it never.
    bool is_poison(record_id which) const { return wanted_[which].poison; }
    // Which poison a dead letter is of. Violations: of none, or a record that could be published.
    record_id identify_letter(const record& what) const;
    // A dead letter is in its topic's log.
    void letter_landed(record_id which);

    // From here on the lane may have holes that a replay fills: a batch went missing inside the
    // producer.
    void torn(std::uint32_t where) { lanes_[where].torn = true; }

    // Everything that a server would skip after `flush` is in the topics.
    void require_published(lsn flush);
    // Something that commits before `at` is not in the topics.
    bool misses_before(lsn at) const;
    bool complete() const;
    // A record behind `at` may be with the broker.
    bool is_lost(record_id which) const { return items_[wanted_[which].item].lost; }

private:
    struct lane_log {
        std::vector<record_id> expected;
        std::size_t next = 0;
        bool torn = false;
    };

    item make_item(dice& random, const plan& how);
    row make_row(dice& random, const plan& how);
    row make_message(dice& random, const plan& how);
    position position_of(const wanted_record& what) const;
    void want(std::uint32_t index, const row& change, std::uint32_t sequence);
    void want(wanted_record what, unsigned topic);
    bool letters_complete() const;
    void skip_excused(lane_log& where);

    unsigned partitions_;
    bool keeps_letters_;
    std::vector<lane_log> lanes_;
    std::vector<item> items_;
    std::vector<std::uint32_t> order_;
    std::vector<wanted_record> wanted_;
    lsn wal_end_{0x1000};
    std::uint64_t timeline_ = 1;
    std::uint64_t tokens_ = 0;
    std::size_t verified_ = 0;  // entries of order_ that are known to be published
    unsigned versions_[table_count] = {};
};

}  // namespace walferry::simulation
