#include "tests/simulation/plan.hpp"

#include <algorithm>

namespace walferry::simulation {
namespace {

constexpr std::uint64_t kinds = static_cast<std::uint64_t>(fault_kind::count_of_kinds);

// Most faults are common, so that they meet; those that end a history are rare.
fault_kind any_fault(dice& random) {
    auto kind = static_cast<fault_kind>(random.below(kinds));
    bool rare = kind == fault_kind::other_system || kind == fault_kind::slot_advanced ||
                kind == fault_kind::slot_dropped || kind == fault_kind::half_open;
    return rare && !random.chance(300) ? fault_kind::cut : kind;
}

bool stops_for_good(fault_kind kind) {
    return kind == fault_kind::promotion || kind == fault_kind::other_system ||
           kind == fault_kind::slot_advanced || kind == fault_kind::slot_dropped;
}

unsigned sometimes(dice& random, unsigned per_mille) {
    return random.chance(400) ? per_mille : 0;
}

}  // namespace

plan make_plan(dice& random) {
    plan made;
    made.keeps_state = random.chance(600);
    made.acknowledge_interval = random.chance(300) ? 0 : 100 * ms;
    made.status_interval = random.chance(500) ? 1 * second : 10 * second;
    made.shutdown_timeout = random.chance(500) ? 2 * second : 30 * second;
    made.partitions = static_cast<unsigned>(random.between(1, 3));
    made.keys = static_cast<unsigned>(random.between(1, 6));
    made.items = static_cast<unsigned>(random.between(1, 12));
    made.rows_max = static_cast<unsigned>(random.between(1, 5));
    made.budget = random.chance(500) ? random.between(1, 200) : 1'000'000;
    made.active = random.between(50, 3'000) * ms;
    for (auto left = random.below(5); left > 0; --left) {
        made.faults.push_back(any_fault(random));
    }
    made.lost_replies = sometimes(random, 60);
    made.rejected = sometimes(random, 60);
    made.missing_offsets = sometimes(random, 60);
    made.slow_batches = sometimes(random, 200);
    made.failed_connects = sometimes(random, 200);
    made.failed_topics = sometimes(random, 200);
    made.extra_keepalives = sometimes(random, 200);
    // Asks no chance, so that seeds without them mean what they meant.
    made.catch_ups = (made.items + made.keys + made.rows_max) % 3 == 0 ? 700 : 0;
    return made;
}

void add_poison(plan& how, std::uint64_t seed) {
    dice random{seed ^ 0x706f69736f6e};
    if (!random.chance(200)) {
        return;
    }
    how.poison = random.chance(500) ? 50 : 300;
    how.on_poison =
        random.chance(300) ? config::poison_policy::skip : config::poison_policy::dead_letter;
}

void add_streams(plan& how, std::uint64_t seed) {
    dice random{seed ^ 0x73747265616d};
    if (!random.chance(300)) {
        return;
    }
    how.streams = random.chance(500) ? 200 : 700;
    how.spool_memory = random.chance(500) ? 1 : 1u << 20;
    how.spool_disk = random.chance(800) ? 64u << 20 : 1u << 18;
    how.spool_fails = random.chance(200) ? 20 : 0;
}

void add_messages(plan& how, std::uint64_t seed) {
    dice random{seed ^ 0x73656e64776f7264};
    if (random.chance(300)) {
        how.messages = random.chance(500) ? 100 : 400;
    }
}

void add_second_instance(plan& how, std::uint64_t seed) {
    dice random{seed ^ 0x7365636f6e64};
    if (!how.keeps_state || !random.chance(300)) {
        return;
    }
    how.instances = 2;
    how.pauses = static_cast<unsigned>(random.between(0, 4));
    std::erase_if(how.faults, stops_for_good);
}

}  // namespace walferry::simulation
